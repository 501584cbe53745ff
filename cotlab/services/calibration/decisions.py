"""Calibration as leads run it: decisions, and the board of people and domains; and what a person is told of theirs."""

from typing import Any

from cotlab.domain.calibration.qualification import (
    WITHIN,
    Board,
    CalibrationDecisionBody,
    CalibrationState,
    DecisionKind,
    Standing,
)
from cotlab.domain.calibration.results import DriftResult
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.people import LABELLERS, ActorKind, Person
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.calibration.drift import drift_of
from cotlab.services.calibration.qualification import course_of, my_standing, standing
from cotlab.services.calibration.team_gate import team_gate
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Db, Reading
from cotlab.storage.people import actors
from cotlab.storage.projects import fields, projects


def decide(db: Db, by: str, project_id: str, body: CalibrationDecisionBody) -> Receipt:
    """A lead's decision about a person, or about the team. Raises BadInput, and Conflict where it changes nothing."""
    open_project(db, project_id)
    if body.domain not in fields.of_project(db, project_id):
        raise BadInput(f"domain: there is no problem of {_what(body.domain)} in this project")
    person_id = None if body.person is None else _labeller(db, project_id, body.person)
    if person_id is None:
        _check_team(db, project_id, body.domain)
    else:
        _check_person(db, project_id, person_id, body)
    columns: dict[str, Any] = {
        "id": db.new_id(), "project_id": project_id, "domain": body.domain, "actor_id": by, "member_id": person_id,
        "kind": body.kind.value, "reason": body.reason,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.CALIBRATION_DECISION, columns)
    stored.add_decision(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _what(field: str) -> str:
    return f"the field {field}" if WITHIN in field else f"the domain {field}"


def _labeller(db: Reading, project_id: str, name: str) -> str:
    row = actors.actor_named(db, ActorKind.PERSON, name)
    if row is None or not actors.person(db, row["id"]).roles_in(project_id) & LABELLERS:
        raise BadInput(f"person: {name} labels nothing in this project")
    return str(row["id"])


def _check_team(db: Reading, project_id: str, domain: str) -> None:
    policy = projects.policy(db, project_id)
    if policy.team_bar is None:
        raise Conflict("The policy has no team_bar, so that every domain is open to the team.")
    if team_gate(db, project_id, domain, policy).open:
        raise Conflict(f"{domain} is open to the team already.")


def _check_person(db: Reading, project_id: str, person_id: str, body: CalibrationDecisionBody) -> None:
    found, gate = standing(db, project_id, person_id, body.domain), projects.policy(db, project_id).gate
    kind, qualified = body.kind, found.state is CalibrationState.QUALIFIED
    if kind is DecisionKind.OVERRULE_ALARM and not _alarmed(db, project_id, person_id, body.domain):
        raise Conflict(f"There is no drift alarm about {body.person} in {body.domain} that suspends them.")
    if kind is DecisionKind.ANOTHER_ATTEMPT and (gate is None or qualified):
        why = "the project asks for no calibration" if gate is None else f"{body.person} is qualified"
        raise Conflict(f"There is nothing to attempt in {body.domain}: {why}.")
    if kind is DecisionKind.QUALIFY and gate is None and qualified:
        raise Conflict("The project asks for no calibration, so that everybody may label.")


def _alarmed(db: Reading, project_id: str, person_id: str, domain: str) -> bool:
    gate = projects.policy(db, project_id).gate
    return gate is not None and course_of(db, project_id, person_id, domain, gate).alarm is not None


def board(db: Reading, project_id: str) -> Board:
    """Everybody who labels, in every domain of the project; and the gates of the team."""
    known_project(db, project_id)
    policy, domains = projects.policy(db, project_id), fields.of_project(db, project_id)
    people = {row["id"]: None for row in actors.members(db, project_id) if row["role"] in LABELLERS}
    return Board(
        standings=tuple(_to_lead(db, project_id, person_id, domain) for person_id in people for domain in domains),
        teams=tuple(team_gate(db, project_id, domain, policy) for domain in domains),
    )


def standings(db: Reading, project_id: str, person_id: str) -> list[Standing]:
    """Where one person stands in each domain. Raises NotFound."""
    known_project(db, project_id)
    if person_id not in actors.names(db):
        raise NotFound("There is no such person.")
    return [_to_lead(db, project_id, person_id, domain) for domain in fields.of_project(db, project_id)]


def mine(db: Reading, person: Person, project_id: str) -> list[Standing]:
    """Where I stand in each domain."""
    known_project(db, project_id)
    return [my_standing(db, project_id, person.id, domain) for domain in fields.of_project(db, project_id)]


def _to_lead(db: Reading, project_id: str, person_id: str, domain: str) -> Standing:
    """With what gold in production says, or said when an alarm was raised."""
    found = standing(db, project_id, person_id, domain)
    if _alarmed(db, project_id, person_id, domain):
        raised = stored.alarms(db, project_id, domain, person_id)[-1]["document"]
        return found.model_copy(update={"drift": DriftResult.model_validate_json(raised)})
    watched = drift_of(db, project_id, person_id, domain, found, projects.policy(db, project_id))
    return found if watched is None else found.model_copy(update={"drift": watched.result})
