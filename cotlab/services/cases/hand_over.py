"""Handing a case on: by whoever has it, or by the lead."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cotlab.domain.answers import Ending
from cotlab.domain.cases import PassBody
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.people import ActorKind, Person
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.cases.adjudication import case_of, my_case, refuse_closed
from cotlab.services.cases.seats import adjudicates, can_decide
from cotlab.services.projects.projects import open_project
from cotlab.services.work.endings import close
from cotlab.storage.cases import cases as stored
from cotlab.storage.cases import due_cases
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.work import assignments


def pass_on(db: Db, person: Person, assignment_id: str, body: PassBody) -> Receipt:
    """Hand on the case that I have in my hands. Others who have it too go on.

    Whoever adjudicates can be named. Who labelled the trace is not to be learned: a case whose experts cannot decide it
    goes to whoever can.
    """
    work = my_case(db, person, assignment_id)
    refuse_closed(work)
    case = case_of(db, work)
    if case["answer_id"] is not None:
        raise Conflict("This case is decided; what is open is only your correction.")
    experts = _experts(db, body, lambda expert: adjudicates(db, expert, case["project_id"]))
    receipt = _hand_on(db, person.id, case, body, experts)
    close(db, work, Ending.PASSED_ON)
    return receipt


def hand_on(db: Db, by: str, project_id: str, case_id: str, body: PassBody) -> Receipt:
    """Hand on any open case of a project, as its lead; who has it in their hands and is not named has it no more."""
    open_project(db, project_id)
    case = stored.case(db, project_id, case_id)
    if case is None:
        raise NotFound("There is no such case in this project.")
    if case["answer_id"] is not None:
        raise Conflict("This case is decided.")
    given = stored.deciders(db, [case_id]).get(case_id, set())
    experts = _experts(db, body, lambda expert: expert.id not in given and can_decide(db, expert, case))
    for lease in _leases(db, case):
        if lease["actor_id"] not in experts:
            data = {"assignment": lease["assignment_id"], "item": case["item_id"], "ending": Ending.PASSED_ON.value}
            appended = db.event(project_id, "assignment.ended", by, data)
            assignments.end(db, lease["assignment_id"], Ending.PASSED_ON, appended.sequence)
    return _hand_on(db, by, case, body, experts)


def _leases(db: Reading, case: Row) -> list[Row]:
    return [lease for lease in stored.leases(db, case["project_id"]) if lease["case_id"] == case["id"]]


def _hand_on(db: Db, by: str, case: Row, body: PassBody, experts: list[str]) -> Receipt:
    """At least one person more is asked than gave an opinion or has it in their hands and goes on with it."""
    if body.panel is not None and due_cases.adjudicators(db, case["project_id"]) < body.panel:
        raise BadInput(f"panel: fewer than {body.panel} people adjudicate in this project")
    given = stored.deciders(db, [case["id"]]).get(case["id"], set())
    going_on = {lease["actor_id"] for lease in _leases(db, case)} - {by, *experts}
    columns: Mapping[str, Any] = {
        "id": db.new_id(), "project_id": case["project_id"], "case_id": case["id"], "actor_id": by,
        "reason": body.reason, "experts": json.dumps(experts), "seats": max(body.panel or 1, len(given | going_on) + 1),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.PASS, columns)
    stored.add_pass(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _experts(db: Reading, body: PassBody, can: Callable[[Person], bool]) -> list[str]:
    """The ids of those named. Raises BadInput, always in the same words."""
    found = []
    for name in dict.fromkeys(body.experts):
        row = actors.actor_named(db, ActorKind.PERSON, name)
        if row is None or row["id"] in found or not can(actors.person(db, row["id"])):
            raise BadInput(f"experts: {name} cannot decide this case")
        found.append(row["id"])
    if body.panel is not None and found and len(found) < body.panel:
        raise BadInput("experts: somebody is named twice")
    return found
