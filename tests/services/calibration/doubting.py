"""People who are calibrated, and whose gold in production becomes worse, written through the services."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind, Standing
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.projects.gates import DriftTest, Gate
from cotlab.domain.projects.policy import MINUTE, Policy
from cotlab.services.audit import event_data
from cotlab.services.calibration.qualification import standing
from cotlab.services.gold.items import add_gold
from cotlab.storage.calibration import calibration
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from cotlab.storage.work import assignments
from tests.world import World, trace

STEPS = 8
TRUE = ("correct", "redundant") * (STEPS // 2)
FALSE = ("redundant", "correct") * (STEPS // 2)
DOMAIN = "mathematics"
GATE = Gate(threshold=0.8, steps=STEPS)
TEST = DriftTest(alarm_at=10)
"""Two faultless traces in calibration, and then two that are all wrong, raise an alarm."""


def prepare(world: World, gold: int = 8, work: int = 6, **policy: Any) -> None:
    """Gold `g1` and on, of which the first two are the calibration set, traces `w1` and on to label, and a gate."""
    names = [f"g{number}" for number in range(1, gold + 1)]
    world.add_traces(*(trace(name, STEPS, id=name) for name in [*names, *(f"w{n}" for n in range(1, work + 1))]))
    items = [item(world, name) for name in names]
    world.write(lambda db: _make_gold(world, db, items))
    world.write(lambda db: _make_set(world, db, items[:2]))
    world.set_policy(**{"overlap": 1, "gate": GATE, "drift": TEST, **policy})


def item(world: World, name: str) -> str:
    """The id of the trace of that name."""
    return str(world.value("SELECT id FROM traces WHERE external_id = :name", name=name))


def _make_gold(world: World, db: Db, items: Sequence[str]) -> None:
    labels = {position: (label, "it is so") for position, label in enumerate(TRUE, 1)}
    for item_id in items:
        version_id = guidelines.version_for_item(db, item_id) or ""
        add_gold(db, world.people["lea"], world.project, item_id, GoldOrigin.IMPORTED, version_id, labels)


def _make_set(world: World, db: Db, items: Sequence[str]) -> None:
    row = {"id": db.new_id(), "project_id": world.project, "domain": DOMAIN, "actor_id": world.people["lea"], "seed": 1}
    appended = event_data.tell(
        db, event_data.CALIBRATION_SET, {**row, "items": sorted(items), "counted": sorted(items)}
    )
    counted = [(item_id, True) for item_id in items]
    calibration.add_set(db, counted, **row, at=db.now, sequence=appended.sequence)


def hand(world: World, name: str, trace_name: str, purpose: Purpose, number: int = 1) -> str:
    """Give a trace to a person, whatever the queue says. Returns the assignment."""

    def give(db: Db) -> str:
        item_id, person_id, assignment_id = item(world, trace_name), world.people[name], db.new_id()
        version_id = guidelines.version_for_item(db, item_id) or ""
        data = {"assignment": assignment_id, "item": item_id, "guideline_version": version_id, "informed": False,
                "purpose": purpose.value, "round": number}  # fmt: skip
        claimed = db.event(world.project, "assignment.claimed", person_id, data)
        assignments.add(
            db, assignment_id, world.project, item_id, person_id, purpose, number, version_id, False, claimed.sequence
        )  # fmt: skip
        expires_at = db.now + Policy().lease_minutes * MINUTE
        assignments.lease(db, assignment_id, world.project, item_id, person_id, expires_at, 1)
        return assignment_id

    return world.write(give)


def label(
    world: World, name: str, trace_name: str, labels: Sequence[str] = TRUE, purpose: Purpose = Purpose.PRODUCTION,
    number: int = 1, finish: bool = True,
) -> str:  # fmt: skip
    """Give a trace to a person who labels it, a second a step. Returns the assignment."""
    expert, assignment_id = world.expert(name), hand(world, name, trace_name, purpose, number)
    for position, value in enumerate(labels, 1):
        world.clock.advance(seconds=1)
        expert.commit(assignment_id, position, value)
    if finish:
        expert.finish(assignment_id)
    world.clock.advance(seconds=1)
    return assignment_id


def qualify(world: World, *names: str, number: int = 1) -> None:
    """Pass the calibration without a mistake."""
    for name in names:
        label(world, name, "g1", purpose=Purpose.CALIBRATION, number=number)
        label(world, name, "g2", purpose=Purpose.CALIBRATION, number=number)
        assert stands(world, name).may_label


def gold(world: World, name: str, trace_name: str, labels: Sequence[str], finish: bool = True) -> str:
    return label(world, name, trace_name, labels, Purpose.GOLD, finish=finish)


def fall(world: World, name: str, *traces: str) -> None:
    """Get all of the gold wrong, so that an alarm is raised."""
    for trace_name in traces:
        gold(world, name, trace_name, FALSE)
    world.catch_up()
    assert not stands(world, name).may_label


def decide(world: World, name: str, kind: DecisionKind, domain: str = DOMAIN) -> None:
    """What a lead decides about a person."""

    def write(db: Db) -> None:
        row = {"id": db.new_id(), "project_id": world.project, "domain": domain, "actor_id": world.people["lea"],
               "member_id": world.people[name], "kind": kind.value, "reason": "it is so"}  # fmt: skip
        appended = event_data.tell(db, event_data.CALIBRATION_DECISION, row)
        calibration.add_decision(db, **row, at=db.now, sequence=appended.sequence)

    world.write(write)
    world.clock.advance(seconds=1)


def stands(world: World, name: str) -> Standing:
    return world.store.read(lambda db: standing(db, world.project, world.people[name], DOMAIN))


def alarms(world: World) -> Sequence[Any]:
    return world.rows("SELECT * FROM drift_alarms ORDER BY sequence")
