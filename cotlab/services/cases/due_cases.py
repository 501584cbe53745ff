"""Cases that are due: on which steps a reason holds by what people say today, where one is opened and handed out."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.labels.case_reasons import Facts, due_on
from cotlab.domain.labels.settled import facts
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit import event_data
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.services.labels.two_level import disputed
from cotlab.storage.cases import due_cases as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.projects import projects

Place = tuple[str, int]
"""An item and a position; 0 is the whole trace."""


@dataclass(frozen=True, slots=True)
class _Due:
    """Why a case is due, and whether as many people as required have a label there."""

    reasons: tuple[CaseReason, ...]
    enough: bool = True


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at items finds: where to open a case, rows of due_cases that are new or differ, and those to go.

    `numbers` is place -> number of the newest case there, `since` item -> when the oldest case was opened that is due.
    """

    opened: Mapping[Place, _Due]
    changed: Sequence[dict[str, Any]]
    gone: Sequence[Row]
    numbers: Mapping[Place, int]
    since: Mapping[str, int]

    @property
    def items(self) -> list[str]:
        """The items on which something changes."""
        rows = (row["item_id"] for row in (*self.changed, *self.gone))
        return sorted({*rows, *(item_id for item_id, _ in self.opened)})


def due(db: Reading, project_id: str, items: Collection[str]) -> dict[Place, tuple[CaseReason, ...]]:
    """Which reasons hold now on the steps of items (ids), whether or not a case is open on them."""
    return {place: one.reasons for place, one in _due(db, project_id, items).items()}


def _due(db: Reading, project_id: str, items: Collection[str]) -> dict[Place, _Due]:
    policy = projects.policy(db, project_id)
    return {
        (item_id, position): one
        for item_id, said in of_items(db, project_id, frozenset(items))
        for position, one in _on_trace(said, policy)
    }


def _on_trace(said: Said, policy: Policy) -> Iterator[tuple[int, _Due]]:
    wanted = policy.open_cases_on
    if said.unusable:
        return
    if whole := due_on(WHOLE_TRACE, Facts(bad_problem=said.bad_problem, cell=disputed(said, policy)), wanted):
        yield WHOLE_TRACE, _Due(whole)
    people = said.people(policy)
    for position in sorted({*said.votes, *said.asked}):
        found = facts(said.latest(position), people, said.beside(position))
        if reasons := due_on(position, found, wanted):
            yield position, _Due(reasons, found.enough)


def _look(db: Reading, project_id: str, items: Collection[str]) -> _Look:
    found, numbers, since = _due(db, project_id, items), dict[Place, int](), dict[str, int]()
    open_, known = dict[Place, Row](), dict[str, Row]()
    for some in chunks(sorted(items)):
        known |= {row["case_id"]: dict(row) for row in stored.kept(db, some)}
        for case in stored.on_items(db, some):
            place = case["item_id"], case["position"]
            numbers[place] = case["number"]
            if not case["decided"]:
                open_[place] = case
    dated = [(row["item_id"], row["since"]) for row in known.values()]
    dated += [(place[0], open_[place]["at"]) for place in found if place in open_]
    for item_id, at in dated:
        since[item_id] = min(at, since.get(item_id, at))
    rows = [
        _row(project_id, open_[place]["id"], place, one, since[place[0]])
        for place, one in found.items()
        if place in open_
    ]
    due_now = {row["case_id"] for row in rows}
    return _Look(
        opened={place: one for place, one in found.items() if place not in open_},
        changed=[row for row in rows if row != known.get(row["case_id"])],
        gone=[row for case_id, row in known.items() if case_id not in due_now],
        numbers=numbers,
        since=since,
    )


def _row(project_id: str, case_id: str, place: Place, one: _Due, since: int) -> dict[str, Any]:
    return {
        "case_id": case_id, "project_id": project_id, "item_id": place[0], "position": place[1],
        "reasons": _json(one.reasons), "early": int(not one.enough), "since": since,
    }  # fmt: skip


def _json(reasons: Sequence[CaseReason]) -> str:
    return json.dumps([reason.value for reason in reasons])


def changing(db: Reading, project_id: str, items: Collection[str]) -> list[str]:
    """Those of some items on which a case is to be opened, or is due where it was not, or for other reasons."""
    return _look(db, project_id, items).items


def open_due(db: Db, project_id: str, items: Collection[str]) -> int:
    """Open a case wherever one is due on items (ids) and none is undecided. Returns how many were opened."""
    look = _look(db, project_id, items)
    policy, several = projects.policy(db, project_id), stored.adjudicators(db, project_id) > 1
    for place, one in look.opened.items():
        case_id = db.new_id()
        row: dict[str, Any] = {
            "id": case_id, "project_id": project_id, "item_id": place[0], "position": place[1],
            "number": look.numbers.get(place, 0) + 1, "reasons": _json(one.reasons),
            "seats": 2 if several and _chance(case_id) < policy.second_adjudicator_share else 1,
        }  # fmt: skip
        stored.add(db, row, event_data.tell(db, event_data.CASE, row, by=SERVER_ITSELF).sequence)
        stored.keep(db, _row(project_id, case_id, place, one, look.since.get(place[0], db.now)))
    _keep(db, look)
    return len(look.opened)


def look_again(db: Db, project_id: str, item_id: str) -> None:
    """Hand out what is due on an item, and no more what is not; opens nothing."""
    _keep(db, _look(db, project_id, [item_id]))


def _keep(db: Db, look: _Look) -> None:
    for row in look.changed:
        stored.keep(db, row)
    for gone in look.gone:
        stored.forget(db, gone["case_id"])


def _chance(case_id: str) -> float:
    """A number from 0 up to 1 that the random id alone decides."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:4], "big") / 2**32
