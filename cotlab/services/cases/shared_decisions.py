"""What people learn of decisions on what they labelled or judged: from their own list, once the work is done."""

from collections.abc import Collection
from typing import Any

from cotlab.domain.cases import YOU, DecidedCase, DecidedEntry
from cotlab.domain.errors import NotFound
from cotlab.domain.people import Person
from cotlab.domain.traces.records import ProblemView
from cotlab.services.audit import event_data
from cotlab.services.cases import facts
from cotlab.services.labels.redo import coming_back
from cotlab.services.projects.projects import known_project
from cotlab.services.traces.pair_views import FIRST, on_sides, said_of
from cotlab.storage.cases import case_reports as stored
from cotlab.storage.cases import cases
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.traces import pairs, traces


def mine(db: Reading, person: Person, project_id: str) -> list[DecidedEntry]:
    """Decided cases on steps that I labelled and pairs that I judged, the newest decision first; on finished work.

    One with labels that come back to me is left out until I have given them anew, so that I give them blind.
    """
    known_project(db, project_id)
    again = _again(db, person, project_id)
    return [
        DecidedEntry(
            case_id=row["id"], problem=row["problem"], position=row["position"], step=row["step"],
            responses=on_sides(row), mine=None if row["value"] is None else said_of(row),
            decided_at=row["decided_at"], seen=bool(row["seen"]),
        )
        for row in stored.readable(db, project_id, person.id)
        if row["item_id"] not in again
    ]  # fmt: skip


def _again(db: Reading, person: Person, project_id: str) -> set[str]:
    """The traces with labels that a person is to give anew."""
    return {row["item_id"] for row in coming_back(db, person.id, project_id)}


def unread(db: Reading, person_id: str, project_id: str, again: Collection[str]) -> int:
    """How many of a person's decided cases they have not read; `again` are the traces that come back to them."""
    return sum(item_id not in again for item_id in stored.unread(db, project_id, person_id))


def read(db: Db, person: Person, project_id: str, case_id: str) -> DecidedCase:
    """A decided case on a step that I labelled or a pair that I judged. The first reading of a decision is recorded.

    Raises NotFound for any other case, whatever the cause.
    """
    row = stored.readable_case(db, project_id, person.id, case_id)
    case = cases.case(db, project_id, case_id)
    if row is None or case is None or row["item_id"] in _again(db, person, project_id):
        raise NotFound("There is no such decided case of yours.")
    if not row["seen"]:
        columns: dict[str, Any] = {"project_id": project_id, "case_id": case_id, "actor_id": person.id}
        appended = event_data.tell(db, event_data.SEEN, columns)
        stored.add_seen(db, **columns, at=db.now, sequence=appended.sequence)
    return _view(db, person, row, case)


def _view(db: Reading, person: Person, row: Row, case: Row) -> DecidedCase:
    problem, trees = traces.problem_view_row(db, case["problem_id"]), facts.trees(db, case["item_id"])
    left = row["left_one"] or FIRST
    texts = pairs.texts(db, case["item_id"]) if case["task"] == "pairs" else None
    return DecidedCase(
        case_id=case["id"],
        problem=ProblemView(
            text=problem["text"], domain=problem["domain"], language=problem["language"],
            passages=traces.passages_of(problem["passages"]),
        ),
        position=case["position"],
        step=row["step"],
        responses=None if texts is None else on_sides(texts, left),
        reasons=facts.reasons(case),
        labels=facts.labels(db, case, lambda one: YOU if one == person.id else trees(one), left),
        opinions=facts.opinions(db, case, left=left),
    )  # fmt: skip
