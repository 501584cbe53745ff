"""Whether people think again, and agree more, where they were shown what a check found."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.intervals.wilson import wilson
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings
from cotlab.domain.guidelines.senses import NO_RULES, Senses
from cotlab.domain.reports.checks import EvidenceRevisions, RevisionRate, Shown, ShownAgreement
from cotlab.services.agreement.labels import Labels, labels, place, ratings
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.reports import check_reports as stored

Mine = tuple[str, int, str]
"""An item, a position and a person."""


@dataclass(slots=True)
class _Chain:
    """A person's labels on a step: the values under each guideline version, and when one took another's place."""

    latest: dict[str, str]
    revised_at: list[int]


def revisions(db: Reading, project_id: str) -> EvidenceRevisions:
    """Revision rates by what was shown, and agreement on steps where all or none were shown evidence."""
    known_project(db, project_id)
    chains = _chains(stored.label_rows(db, project_id))
    seen = {_mine(row): row for row in stored.shown(db, project_id)}
    return EvidenceRevisions(
        revisions=tuple(_rates(chains, seen)), agreement=tuple(_agreements(db, project_id, chains, seen))
    )


def _mine(row: Row) -> Mine:
    return row["item_id"], row["position"], row["actor_id"]


def _chains(rows: Sequence[Row]) -> dict[Mine, _Chain]:
    chains: dict[Mine, _Chain] = defaultdict(lambda: _Chain({}, []))
    for row in rows:
        chain = chains[_mine(row)]
        chain.latest[row["guideline_version_id"]] = row["value"]
        if row["before"] is not None and row["before"] != row["value"]:
            chain.revised_at.append(row["sequence"])
    return chains


def _rates(chains: Mapping[Mine, _Chain], seen: Mapping[Mine, Row]) -> list[RevisionRate]:
    given: Counter[Shown] = Counter()
    revised: Counter[Shown] = Counter()
    for mine, chain in chains.items():
        shown = seen.get(mine)
        group: Shown = "not shown" if shown is None else shown["verdict"]
        given[group] += 1
        revised[group] += any(shown is None or at >= shown["sequence"] for at in chain.revised_at)
    return [_rate(group, given[group], revised[group]) for group in get_args(Shown)]


def _rate(group: Shown, given: int, revised: int) -> RevisionRate:
    if not given:
        return RevisionRate(evidence=group, labels=0, revised=0)
    share = revised / given
    return RevisionRate(
        evidence=group, labels=given, revised=revised, share=share, interval=wilson(share, given)
    )  # fmt: skip


def _agreements(
    db: Reading, project_id: str, chains: Mapping[Mine, _Chain], seen: Mapping[Mine, Row]
) -> list[ShownAgreement]:
    found = labels(db, project_id)
    latest = _latest(db, project_id, found, chains)
    people: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for row in found.rows:
        people[place(row)].append(_mine(row) in seen)
    groups: dict[Literal["not shown", "shown"], bool] = {"not shown": False, "shown": True}
    return [_agreement(name, wanted, found, latest, people) for name, wanted in groups.items()]


def _agreement(
    name: Literal["not shown", "shown"], wanted: bool, found: Labels, latest: Ratings,
    people: Mapping[tuple[str, int], Sequence[bool]],
) -> ShownAgreement:  # fmt: skip
    inside = np.array([all(one is wanted for one in people[place(row)]) for row in found.rows], dtype=np.bool_)
    first, last = (measure(one.where_rows(inside), [ALPHA])[0] for one in (found.ratings, latest))
    return ShownAgreement(evidence=name, steps=first.units, first=first, latest=last)


def _latest(db: Reading, project_id: str, found: Labels, chains: Mapping[Mine, _Chain]) -> Ratings:
    """The same places and people as of first labels, with the label that each has now under the same version."""
    senses = Senses(projects.timeline(db, project_id))
    rows: list[dict[str, Any]] = []
    for row in found.rows:
        version = row["guideline_version_id"]
        value = chains[_mine(row)].latest[version]
        sense = senses.at(row["domain"], json.loads(row["tags"]))[version, value, NO_RULES]
        rows.append({**row, "label": sense.value})
    return ratings(rows, actors.names(db))
