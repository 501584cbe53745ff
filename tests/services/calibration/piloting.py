"""A pilot in the world: started, asked about, signed and opened, straight through the services."""

from typing import Any

from cotlab.domain.calibration.pilots import HardCase, OpenBody, Opened, Pilot, PilotBody, PilotReport, SignOffBody
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, QuestionView
from cotlab.domain.work.views import Receipt
from cotlab.services.agreement import boundary_steps
from cotlab.services.calibration import pilot_opening, pilot_report, pilots
from cotlab.services.guidelines import questions
from cotlab.services.work import step_questions
from tests.world import World

LABELS = ("correct", "redundant", "incorrect", "incomplete")


def start(world: World, **sample: Any) -> Pilot:
    body = PilotBody(**{"traces": 2, "people": 2, **sample})
    items = world.store.read(lambda db: pilots.sample(db, world.project, body))
    return world.write(lambda db: pilots.start(db, world.people["lea"], world.project, body, items))


def items_of(world: World, pilot: Pilot) -> list[str]:
    rows = world.rows("SELECT item_id FROM pilot_items WHERE pilot_id = :id ORDER BY item_id", id=pilot.id)
    return [row["item_id"] for row in rows]


def is_open(world: World) -> bool:
    return world.store.read(lambda db: pilots.production_open(db, world.project))


def open_production(world: World, reason: str | None = None) -> Opened:
    body = OpenBody(reason=reason)
    return world.write(lambda db: pilot_opening.open_production(db, world.people["lea"], world.project, body))


def report(world: World) -> PilotReport:
    return world.store.read(lambda db: pilot_report.report(db, world.project))


def cases(world: World, most: int = 50) -> list[HardCase]:
    return world.store.read(lambda db: boundary_steps.hard_cases(db, world.project, most))


def walk(version: str = "1.0", labels: tuple[str, ...] = LABELS) -> SignOffBody:
    each = {"needed": "training needs it", "told_apart": "by rule M3", "used_for": "a step reward"}
    body = {"guideline": "step-correctness", "version": version, "use_cases": ["a reward model"]}
    return SignOffBody.model_validate({**body, "labels": dict.fromkeys(labels, each)})


def sign(world: World, name: str, body: SignOffBody | None = None) -> Receipt:
    person, signed = world.person(name), body or walk()
    return world.write(lambda db: pilot_opening.sign_off(db, person, world.project, signed))


def ask(world: World, name: str, assignment_id: str | None = None, position: int | None = None,
        text: str = "which rule?") -> Receipt:  # fmt: skip
    person, body = world.person(name), QuestionBody(text=text, position=position)
    if assignment_id is None:
        return world.write(lambda db: questions.ask(db, person, world.project, body))
    return world.write(lambda db: step_questions.ask_about_work(db, person, assignment_id, body))


def asked(world: World, only_open: bool = False) -> list[QuestionView]:
    return world.store.read(lambda db: questions.asked(db, world.project, only_open))


def answer(world: World, question_id: str, **fields: Any) -> Receipt:
    body = AnswerBody.model_validate({"resolution": "no_change", "text": "as it stands", **fields})
    return world.write(lambda db: questions.answer(db, world.people["lea"], world.project, question_id, body))
