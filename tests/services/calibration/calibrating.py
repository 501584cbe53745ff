"""People who calibrate, through claims and commits, on gold whose labels are known."""

from collections.abc import Callable, Sequence
from typing import Any

from cotlab.domain.calibration.qualification import (
    CalibrationDecisionBody,
    CalibrationSet,
    CalibrationSetBody,
    DecisionKind,
    Standing,
)
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.projects.gates import Gate
from cotlab.domain.traces.records import Problem
from cotlab.domain.work.views import AssignmentView, Committed, NextStep
from cotlab.services.calibration import decisions, qualification, sets
from cotlab.services.gold.items import add_gold
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from tests.world import World, trace

DOMAIN = "mathematics"
TRUE = ("correct", "redundant", "incorrect", "incomplete")
GATE = Gate(threshold=0.8, steps=8, recall_steps=2)
"""Two counted traces of four steps."""
Chooses = Callable[[str, int], str]
"""The label of a step, by the trace's name and the position."""


def right(name: str, position: int) -> str:
    return TRUE[position - 1]


def clicks(name: str, position: int) -> str:
    """Correct, always."""
    return "correct"


def bring_gold(world: World, *names: str, domain: str = DOMAIN, why: str = "by M1", **fields: Any) -> dict[str, str]:
    """Gold of four steps, one of each label. Returns name -> item."""
    made = [
        trace(name, 4, id=name, problem=Problem(text=f"Problem {name}", domain=domain, **fields)) for name in names
    ]  # fmt: skip
    world.add_traces(*made)
    found = {name: str(world.value("SELECT id FROM traces WHERE external_id = :n", n=name)) for name in names}

    def add(db: Db) -> None:
        for item_id in found.values():
            version_id = guidelines.version_for_item(db, item_id)
            assert version_id is not None
            labels = {position: (label, why) for position, label in enumerate(TRUE, 1)}
            add_gold(db, world.people["lea"], world.project, item_id, GoldOrigin.IMPORTED, version_id, labels)

    world.write(add)
    return found


def draw(world: World, training: int = 1, domain: str = DOMAIN, **fields: Any) -> CalibrationSet:
    body = CalibrationSetBody(domain=domain, training=training, **fields)
    return world.write(lambda db: sets.set_calibration(db, world.people["lea"], world.project, body))


def prepare(world: World, gate: Gate | None = GATE, **policy: Any) -> None:
    """A gate, and a set of one trace for training and two counted ones."""
    world.set_policy(overlap=2, gate=gate, **policy)
    bring_gold(world, "g1", "g2", "g3")
    draw(world)


def name_of(view: AssignmentView) -> str:
    return view.problem.text.removeprefix("Problem ")


def work(world: World, who: str, chooses: Chooses = right) -> tuple[AssignmentView, list[Committed]]:
    """Claim a trace and label all of it."""
    expert, committed = world.expert(who), []
    view = expert.take()
    next_ = view.next
    while isinstance(next_, NextStep):
        world.clock.advance(seconds=1)
        position = next_.step.position
        committed.append(expert.commit(view.id, position, chooses(name_of(view), position)))
        next_ = committed[-1].next
    expert.finish(view.id)
    world.clock.advance(seconds=1)
    return view, committed


def calibrate(world: World, who: str, chooses: Chooses = right, traces: int = 3) -> Sequence[AssignmentView]:
    """So many traces of an attempt."""
    views = [work(world, who, chooses)[0] for _ in range(traces)]
    assert {view.purpose for view in views} == {"calibration"}
    return views


def stands(world: World, who: str, domain: str = DOMAIN) -> Standing:
    return world.store.read(lambda db: qualification.standing(db, world.project, world.people[who], domain))


def mine(world: World, who: str, domain: str = DOMAIN) -> Standing:
    return world.store.read(lambda db: qualification.my_standing(db, world.project, world.people[who], domain))


def decide(world: World, kind: str, who: str | None = "ann", domain: str = DOMAIN, reason: str = "it is so") -> None:
    body = CalibrationDecisionBody(domain=domain, kind=DecisionKind(kind), person=who, reason=reason)
    world.write(lambda db: decisions.decide(db, world.people["lea"], world.project, body))
    world.clock.advance(seconds=1)


def alarm(world: World, who: str = "ann", domain: str = DOMAIN) -> None:
    """A drift alarm, as the server raises it."""
    from cotlab.domain.calibration.results import Baseline, DriftAlarm, DriftResult
    from cotlab.domain.people import SERVER_ITSELF
    from cotlab.services.audit import event_data
    from cotlab.storage.calibration import drift

    fall = DriftAlarm(found=1, last_good=-1, right_since=0, steps_since=2)
    result = DriftResult(
        baseline=Baseline(right=8, steps=8, traces=2), floor=0.8, steps=2, right=0, evidence=9.0, alarm_at=5.0,
        alarm=fall,
    )  # fmt: skip

    def write(db: Db) -> None:
        row = {
            "id": db.new_id(), "project_id": world.project, "domain": domain, "member_id": world.people[who],
            "since": db.now, "document": result.model_dump_json(),
        }  # fmt: skip
        drift.add(db, **row, at=db.now, sequence=event_data.tell(db, event_data.ALARM, row, by=SERVER_ITSELF).sequence)

    world.write(write)
    world.clock.advance(seconds=1)
