"""How people compare the responses of pairs: by position, by length, again with sides swapped, and by criteria."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement.pairs.pair_shares import consistency, first_position, longer_won, share
from cotlab.agreement.pairs.position_bias import ALARM_AT, watch
from cotlab.agreement.ratings import Codes, Mask
from cotlab.domain.answers import Purpose
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.reports.pairs import Comparing, ComparingReport, Consistency, CriterionWork, PairShare
from cotlab.domain.traces.pairs import BOTH_BAD, CANNOT_JUDGE, STRENGTH
from cotlab.services.audit.as_of import exported_at
from cotlab.services.projects.projects import known_project
from cotlab.services.traces.pair_views import FIRST
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import fields, projects
from cotlab.storage.reports import pair_choices as stored

ASIDE = {BOTH_BAD: 8, CANNOT_JUDGE: 9}
"""Codes beside the strengths, 3 to -3, for what is no choice between the responses."""
NOT_SAID = -9
"""The code of a criterion of which nothing was said."""


def report(
    db: Reading, project_id: str, person: str | None = None, domain: str | None = None, as_of: int | None = None
) -> ComparingReport:
    """Of all and of each person, or of all and of one by name.

    Raises BadInput for one who compared nothing, for a domain that there is not, and for a sequence that is to come.
    """
    known_project(db, project_id)
    check_domain(db, project_id, domain)
    at, _ = exported_at(db, project_id, as_of)
    names = actors.names(db)
    rows = [row for row in stored.overall(db, project_id, at) if domain in (None, row["domain"])]
    people = sorted({row["actor_id"] for row in rows}, key=lambda one: names[one])
    if person is not None:
        people = [one for one in people if names[one].casefold() == person.casefold()]
        if not people:
            raise BadInput(f"person: {person} has compared nothing in this project")
    level = projects.policy(db, project_id, at).position_alarm
    read = Chosen.of(rows, stored.criteria(db, project_id, at), stored.lengths(db, project_id))
    return ComparingReport(
        as_of=at, domain=domain, everybody=_comparing(read, read.everything),
        people=tuple(_of_person(read, one, names[one], 1 / level if level else ALARM_AT) for one in people),
    )  # fmt: skip


def check_domain(db: Reading, project_id: str, domain: str | None) -> None:
    if domain is not None and domain not in fields.domains(db, project_id):
        raise BadInput(f"domain: there is no problem of the domain {domain} in this project")


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """First choices in the order in which they were given, all arrays of shape [choices].

    `strength` is towards the left response, or a code of ASIDE; `left_first` whether the first response stood there;
    `longer` is 1 where the left response is the longer one, -1 the right, 0 neither; `before` is the place of the
    choice that a swapped repeat repeats, -1 elsewhere. `criteria` are strengths towards the left, or NOT_SAID.
    """

    person: Mapping[str, Mask]
    pair: Codes
    repeat: Mask
    strength: Codes
    left_first: Mask
    longer: Codes
    before: Codes
    criteria: Mapping[str, Codes]

    @classmethod
    def of(cls, rows: Sequence[Row], criteria: Sequence[Row], lengths: Mapping[str, tuple[int, int]]) -> "Chosen":
        left_first = np.array([row["left_one"] == FIRST for row in rows], dtype=np.bool_)
        towards = np.where(left_first, 1, -1)
        said = np.array([ASIDE.get(row["value"], STRENGTH.get(row["value"], 0)) for row in rows], dtype=np.int64)
        apart = np.array([np.sign(np.subtract(*lengths[row["item_id"]])) for row in rows], dtype=np.int64)
        whose = np.array([row["actor_id"] for row in rows], dtype=np.str_)
        return cls(
            person={one: whose == one for one in np.unique(whose).tolist()},
            pair=_codes([row["item_id"] for row in rows]),
            repeat=np.array([row["purpose"] == Purpose.REPEAT for row in rows], dtype=np.bool_),
            strength=np.where(_on_the_scale(said), said * towards, said), left_first=left_first, longer=apart * towards,
            before=np.array(list(_before(rows)), dtype=np.int64), criteria=_criteria(rows, criteria, towards),
        )  # fmt: skip

    @property
    def everything(self) -> Mask:
        return np.ones(len(self.pair), dtype=np.bool_)


def _codes(values: Sequence[str]) -> Codes:
    known: dict[str, int] = {}
    return np.array([known.setdefault(one, len(known)) for one in values], dtype=np.int64)


def _before(rows: Sequence[Row]) -> Iterator[int]:
    """The place of what a repeat repeats: the person's last choice on the pair before it."""
    last: dict[tuple[str, str], int] = {}
    for place, row in enumerate(rows):
        key = (row["actor_id"], row["item_id"])
        yield last.get(key, -1) if row["purpose"] == Purpose.REPEAT else -1
        last[key] = place


def _criteria(rows: Sequence[Row], criteria: Sequence[Row], towards: Codes) -> dict[str, Codes]:
    place = {row["assignment_id"]: number for number, row in enumerate(rows)}
    names = sorted({row["question"] for row in criteria})
    found = {name: np.full(len(rows), NOT_SAID, dtype=np.int64) for name in names}
    for row in criteria:
        at = place.get(row["assignment_id"])
        if at is not None:
            found[row["question"]][at] = STRENGTH[row["value"]]
    return {
        name: np.where(column == NOT_SAID, NOT_SAID, column * towards) for name, column in found.items()
    }  # fmt: skip


def _of_person(read: Chosen, person: str, name: str, alarm_at: float) -> Comparing:
    mine = read.person[person]
    decided = mine & ~read.repeat & _names_one(read.strength)
    position = watch(read.strength[decided] > 0, alarm_at).at_alarm()
    return _comparing(read, mine).model_copy(update={"person": name, "position": position})


def _names_one(strength: Codes) -> Mask:
    """Where a choice names one of the responses."""
    found: Mask = (strength != 0) & _on_the_scale(strength)
    return found


def _on_the_scale(strength: Codes) -> Mask:
    return np.isin(strength, list(STRENGTH.values()))


def _comparing(read: Chosen, kept: Mask) -> Comparing:
    first = kept & ~read.repeat
    strength, pair = read.strength[first], read.pair[first]
    decided, scale = _names_one(strength), _on_the_scale(strength)
    unlike = decided & (read.longer[first] != 0)
    counts = Counter(strength[scale].tolist())
    return Comparing(
        choices=len(strength),
        first_position=first_position(strength[decided] > 0, pair[decided]),
        consistency=_consistency(read, kept),
        longer=longer_won((strength * read.longer[first] > 0)[unlike], pair[unlike]),
        ties=share(strength[scale] == 0, pair[scale]),
        both_bad=share(strength == ASIDE[BOTH_BAD], pair), cannot_judge=share(strength == ASIDE[CANNOT_JUDGE], pair),
        strengths={choice: counts[STRENGTH[choice]] for choice in CHOICES},
        contradictions=_contradictions(read, first),
        criteria=tuple(_criterion(name, column[first], strength, pair) for name, column in read.criteria.items()),
    )  # fmt: skip


def _consistency(read: Chosen, kept: Mask) -> Consistency:
    again = np.flatnonzero(kept & (read.before >= 0))
    first = read.before[again]

    def towards_first(places: Codes) -> Codes:
        found = read.strength[places]
        signs = np.where(read.left_first[places], np.sign(found), -np.sign(found))
        return np.where(_on_the_scale(found), signs, found)

    return consistency(towards_first(first), towards_first(again), read.pair[again])


def _contradictions(read: Chosen, first: Mask) -> PairShare:
    """Of the choices of a response with criteria beside them."""
    overall = np.sign(read.strength)
    said = [np.where(column == NOT_SAID, 0, np.sign(column)) * overall for column in read.criteria.values()]
    any_said = [column != NOT_SAID for column in read.criteria.values()]
    if not said:
        return share(np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64))
    kept = first & _names_one(read.strength) & np.logical_or.reduce(any_said)
    return share((np.sum(said, axis=0) < 0)[kept], read.pair[kept])


def _criterion(name: str, said: Codes, overall: Codes, pair: Codes) -> CriterionWork:
    there = said != NOT_SAID
    decided = there & (said != 0)
    both = decided & _names_one(overall)
    return CriterionWork(
        criterion=name, choices=int(np.count_nonzero(there)),
        first_position=first_position(said[decided] > 0, pair[decided]), ties=share(said[there] == 0, pair[there]),
        as_overall=share((np.sign(said) == np.sign(overall))[both], pair[both]),
    )  # fmt: skip
