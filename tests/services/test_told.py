"""Every column of a row that an event tells of is held against it."""

from typing import Any

import pytest

from cotlab.domain.agreement import CohortBody
from cotlab.domain.gold import RetireBody
from cotlab.domain.standing import DecisionKind, RecheckBody
from cotlab.services import cohorts, decided_cases, gold, rechecks
from cotlab.services.told import rows_that_differ
from cotlab.storage import Db, is_postgresql, schema_3, schema_4, schema_7
from tests.adjudicator import adjudicators
from tests.services import doubting
from tests.services.adjudicating import open_cases
from tests.services.guideline_texts import following
from tests.services.test_shown_evidence import WRONG, find
from tests.services.test_taken_agreement import POLICY, disagree, go_on, take
from tests.world import World, trace

Found = list[tuple[int, str]]


class Undone(Exception):
    """What a tampered row is found by; the write is rolled back with it."""

    def __init__(self, found: Found) -> None:
        self.found = found


@pytest.fixture
def told(world: World) -> World:
    """A project with a row in each table of cases, agreement and cohorts."""
    following(world, "told", "ann", "bob")
    world.set_policy(**POLICY, second_adjudicator_share=0)
    world.add_traces(trace("l", domain="law"), trace("m", domain="law"))
    disagree(world)
    assert take(world)[0].below
    go_on(world, "law")
    for when in ({"since": 5}, {"until": 9}):
        body = CohortBody.model_validate({"person": "ann", "cohort": "red", **when})
        world.write(lambda db: cohorts.set_cohort(db, world.people["lea"], world.project, body))  # noqa: B023
    assert open_cases(world) == 2
    one, two = adjudicators(world, ["one", "two"])
    one.pass_on(one.take_case().id, "two")
    case = two.settle(gap="no rule says it")
    ann = world.person("ann")
    world.write(lambda db: decided_cases.read(db, ann, world.project, case.case_id))
    return world


def tampered(world: World, table: str, change: str) -> Found:
    """What an audit finds after a change by somebody who has the file; nothing of it stays."""

    def tamper(db: Db) -> None:
        db.run("PRAGMA defer_foreign_keys = ON")
        for one in ("update", "delete"):
            db.run(f"DROP TRIGGER {table}_refuse_{one}")
        assert db.run(change) == 1
        raise Undone(list(rows_that_differ(db, world.project)))

    with pytest.raises(Undone) as undone:
        world.write(tamper)
    return undone.value.found


def changed(value: Any) -> str:
    return "'another'" if value is None or isinstance(value, str) else str(value + 1)


@pytest.fixture
def judged(world: World) -> World:
    """A project with a row in each table of gold, calibration and drift."""
    doubting.prepare(world)
    doubting.qualify(world, "ann")
    doubting.label(world, "ann", "w1")
    doubting.fall(world, "ann", "g4", "g5")
    body = RecheckBody(person="ann", domain=doubting.DOMAIN, share=1.0, seed=1)
    world.write(lambda db: rechecks.draw_recheck(db, world.people["lea"], world.project, body))
    doubting.decide(world, "ann", DecisionKind.QUALIFY)
    retired, end = doubting.item(world, "g8"), RetireBody(reason="it is ambiguous")
    world.write(lambda db: gold.retire(db, world.people["lea"], world.project, retired, end))
    return world


@pytest.fixture
def checked(world: World) -> World:
    """A project with a verdict that was visible."""
    taken = world.expert("ann").take()
    find(world, {1: WRONG}, problem=taken.problem.text)
    for position in (1, 2):
        world.expert("ann").commit(taken.id, position)
    return world


def missed(world: World, table: str) -> list[str]:
    """The changes of a row that no audit finds."""
    row = world.rows(f"SELECT * FROM {table}")[-1]
    keys = ("sequence", "project_id") if "sequence" in row else tuple(row)
    which = "WHERE " + " AND ".join(f"{key} = '{row[key]}'" for key in keys)
    changes = [f"UPDATE {table} SET {name} = {changed(value)} {which}" for name, value in row.items()]
    return [change for change in (*changes, f"DELETE FROM {table} {which}") if not tampered(world, table, change)]


def test_a_change_of_any_column_and_a_row_that_is_gone_are_found(told: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert told.store.read(lambda db: list(rows_that_differ(db, told.project))) == []
    assert [change for table in schema_3.APPEND_ONLY for change in missed(told, table)] == []


def test_so_are_those_of_gold_calibration_and_drift(judged: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert judged.store.read(lambda db: list(rows_that_differ(db, judged.project))) == []
    assert [change for table in schema_4.APPEND_ONLY for change in missed(judged, table)] == []


def test_so_are_those_of_checks(checked: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert checked.store.read(lambda db: list(rows_that_differ(db, checked.project))) == []
    assert [change for table in schema_7.APPEND_ONLY for change in missed(checked, table)] == []
