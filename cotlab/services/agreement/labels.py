"""The labels that agreement is measured on: first, blind labels, read by the schema of today, with their slices.

Of pairs these are the overall choices, or those on a criterion: their signs, or places on the scale.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cotlab.agreement.ratings import Ratings, build
from cotlab.agreement.slices import Column
from cotlab.domain.answers import Question
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.guidelines.senses import Sense, Senses
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.traces.pairs import sign
from cotlab.domain.work.sessions import walked
from cotlab.services.agreement.weights import how_chosen
from cotlab.services.traces.pair_views import WITHDRAWN, as_seen
from cotlab.storage.agreement import agreement_labels as stored
from cotlab.storage.calibration import labels_in_doubt
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.projects import cohorts, projects

NOTHING = "(none)"
"""The slice of what has no value."""
MINUTES = (15, 30, 60, 90)
BUCKETS = ("0-15", "15-30", "30-60", "60-90", "90-")
"""Minutes into a session, each without its end."""
LABEL = Question.LABEL.value
Cells = list[tuple[str, ...]]
"""What each row says of one thing: no value, one, or several."""


def _read(value: Callable[[Row], tuple[str, ...]]) -> Callable[[Reading, str, Sequence[Row]], Cells]:
    return lambda db, project_id, rows: [value(row) for row in rows]


def _cohorts(db: Reading, project_id: str, rows: Sequence[Row]) -> Cells:
    """The cohorts in which a label's person was when it was received."""
    known: dict[str, list[Row]] = defaultdict(list)
    for one in cohorts.memberships(db, project_id):
        known[one["member_id"]].append(one)
    return [
        tuple(sorted({one["cohort"] for one in known.get(row["actor_id"], ()) if _there(one, row["received_at"])}))
        for row in rows
    ]


def _there(membership: Row, at: int) -> bool:
    until = membership["until"]
    return bool(membership["since"] <= at and (until is None or at < until))


def _minutes(db: Reading, project_id: str, rows: Sequence[Row]) -> Cells:
    """How far into a session of work in this project a label was received."""
    found: dict[str, int] = {}
    for person in sorted({row["actor_id"] for row in rows}):
        found |= _into_session(db, project_id, person)
    return [(BUCKETS[bisect_right(MINUTES, found[row["id"]] // MINUTE)],) for row in rows]


def _into_session(db: Reading, project_id: str, person: str) -> dict[str, int]:
    """Answer's id -> microseconds between the beginning of the session and the answer."""
    rows = stored.times_of_work(db, project_id, person)
    worked = walked(rows, projects.policy(db, project_id))
    return {row["id"]: row["received_at"] - session.started_at for row, session in worked}


def _chosen(db: Reading, project_id: str, rows: Sequence[Row]) -> Cells:
    """Why a label's trace was handed out when it was."""
    how = how_chosen(db, project_id)
    return [(how[row["item_id"]].value,) if row["item_id"] in how else () for row in rows]


COLUMNS: dict[str, Callable[[Reading, str, Sequence[Row]], Cells]] = {
    "domain": _read(lambda row: (row["domain"],)),
    "tag": _read(lambda row: tuple(json.loads(row["tags"]))),
    "difficulty": _read(lambda row: () if row["difficulty"] is None else (str(row["difficulty"]),)),
    "origin": _read(lambda row: (row["origin"],)),
    "strategy": _read(lambda row: () if row["strategy"] is None else (row["strategy"],)),
    "position": _read(lambda row: (str(row["position"]),)),
    "version": _read(lambda row: (row["guideline"],)),
    "cohort": _cohorts,
    "minutes": _minutes,
    "chosen": _chosen,
}
"""What the labels of a project can be sliced by, beside label, annotator and pair."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What agreement is asked of: labels of steps, or what was answered to a question about pairs (`label`: overall).

    On the `scale` a choice is its place there, and what is none is left out; else it is its sign. Of `sources` it is
    what files say, in the order of the responses there and a unit for each row of a file, and not what people answered.
    """

    task: str = "steps"
    question: str = LABEL
    scale: bool = False
    sources: bool = False


STEPS = Asked()


@dataclass(frozen=True, slots=True)
class Labels:
    """First labels as a table, the rows behind it, and the columns that were asked for. `stale` were left out, and so
    were those in doubt (`doubted`) unless they were asked for.

    A row has its `value` and `kind` as they read today, which of both is its `label` here, and, where these were asked
    for, the `rules` that it cites.
    """

    ratings: Ratings
    rows: Sequence[Row]
    columns: dict[str, Column]
    stale: int
    doubted: int


def labels(
    db: Reading, project_id: str, asked: Asked = STEPS, *, kinds: bool = False, version: str | None = None,
    columns: Iterable[str] = (), rules: bool = False, doubted: bool = False,
) -> Labels:  # fmt: skip
    """The first labels of people who did not see those of others, each step under the version that its labels have.

    A label that a newer version asks for anew is left out, and one in doubt (its person's gold became worse), unless
    `doubted` lets it in. `version`, as `step-correctness 1.0`, takes the labels that were given under it, also those
    that are stale by now. Raises BadInput for a version without labels here.
    """
    names = projects.version_names(db)
    read = stored.of_files if asked.sources else stored.first_labels
    given = [
        {**row, "guideline": names.get(row["guideline_version_id"] or "", NOTHING)}
        for row in read(db, project_id, asked.task, asked.question)
    ]
    if version is not None:
        given = [row for row in given if row["guideline"] == version]
        if not given:
            raise BadInput(f"version: no label was given under {version} in this project")
    return _read_today(db, project_id, asked, given, kinds, columns, rules, version is not None, doubted)


def labels_under(db: Reading, project_id: str, task: str, domain: str, version_id: str) -> Labels:
    """The first labels of a domain that were given under a version and are not stale, with the rules that they cite."""
    rows = stored.first_labels(db, project_id, task, domain=domain)
    given = [{**row} for row in rows if row["guideline_version_id"] == version_id]
    asked = Asked(task)
    return _read_today(db, project_id, asked, given, kinds=False, columns=(), rules=True, stale=False, doubted=False)


def _read_today(
    db: Reading, project_id: str, asked: Asked, given: Sequence[dict[str, Any]], kinds: bool, columns: Iterable[str],
    rules: bool, stale: bool, doubted: bool,
) -> Labels:  # fmt: skip
    senses = Senses(projects.timeline(db, project_id, task=asked.task))
    cited = guidelines.rules_cited(db, project_id, None if rules else senses.rules)
    newest, rows, in_doubt, gone = _newest(given), [], labels_in_doubt.answers_in_doubt(db, project_id), 0
    for row in newest:
        row["rules"] = frozenset(cited.get(row["id"], ()))
        sense = _of_file(row) if asked.sources and asked.task == "pairs" else _sense(senses, row)
        row["value"], row["kind"] = sense.value, sense.kind
        row["label"] = ((kinds or asked.scale) and sense.kind) or sense.value
        if sense.value == WITHDRAWN or (asked.scale and row["label"] not in CHOICES):
            gone += 1
        elif stale or not sense.stale:
            rows.append(row)
    standing = len(rows)
    sure = [row for row in rows if row["id"] not in in_doubt]
    rows = rows if doubted else sure
    found = {name: column(COLUMNS[name](db, project_id, rows)) for name in dict.fromkeys(columns)}
    table = ratings(rows, actors.names(db), CHOICES if asked.scale else None)
    return Labels(table, rows, found, len(newest) - gone - standing, standing - len(sure))


def _sense(senses: Senses, row: Row) -> Sense:
    here = senses.at(row["domain"], json.loads(row["tags"]))
    return here[row["guideline_version_id"], row["value"], senses.rules & row["rules"]]


def _of_file(row: Row) -> Sense:
    """A choice of a file, in the order in which the responses stood there."""
    value = as_seen(row["value"], row["left_one"])
    first_level = sign(value)
    return Sense(first_level, None if first_level == value else value, None, False)


def _newest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each person's first labels of a step the one under the newest version; the rows are in order."""
    last = {(*unit(row), row["actor_id"]): row for row in rows}
    return list(last.values())


def ratings(rows: Sequence[Row], people: dict[str, str], order: Sequence[str] | None = None) -> Ratings:
    """The `label` of each row as a table, with people by name; `order` are the places of a scale."""
    persons = sorted({row["actor_id"] for row in rows}, key=lambda one: people[one])
    names = list(order) if order else sorted({row["label"] for row in rows}) or [NOTHING]
    label = {name: code for code, name in enumerate(names)}
    person = {one: code for code, one in enumerate(persons)}
    units: dict[tuple[str, int, int], int] = {}
    clusters: dict[str, int] = {}
    for row in rows:
        units.setdefault(unit(row), len(units))
        clusters.setdefault(row["item_id"], len(clusters))
    return build(
        [units[unit(row)] for row in rows], [person[row["actor_id"]] for row in rows],
        [label[row["label"]] for row in rows], [clusters[row["item_id"]] for row in rows],
        people=[people[one] for one in persons], labels=names,
    )  # fmt: skip


def place(row: Row) -> tuple[str, int]:
    """The item and the position of a label."""
    return row["item_id"], row["position"]


def unit(row: Row) -> tuple[str, int, int]:
    """What is rated: a place, of what files say once for each of their rows."""
    return row["item_id"], row["position"], row["number"]


def column(cells: Cells, nothing: tuple[str, ...] = (NOTHING,)) -> Column:
    """A column of what each row says; `nothing` where it says nothing."""
    known: dict[tuple[str, ...], int] = {}
    codes = [known.setdefault(cell or nothing, len(known)) for cell in cells]
    return Column(tuple(known), np.array(codes, dtype=np.int64))
