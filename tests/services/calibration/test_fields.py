"""Qualified for a domain with its calibrated tags: sets, gates, claims, alarms and doubt are of a field."""

import json
from typing import Any

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import Fields, domain_of_field, field_of
from cotlab.domain.errors import BadInput
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.traces.records import Problem
from cotlab.services.audit import event_data
from cotlab.services.calibration import decisions
from cotlab.storage import Db, Store
from cotlab.storage.calibration import drift, rechecks
from cotlab.storage.projects import fields
from tests.services.calibration import calibrating, piloting
from tests.services.calibration.calibrating import bring_gold, calibrate, decide, draw, mine, stands
from tests.services.calibration.doubting import label
from tests.support import Clock
from tests.world import World, guideline_text, people_and_project, trace

GERMAN, FRENCH = "jurisdiction=DE", "language=fr"
FIELD = f"law + {GERMAN}"

FIELDS: list[tuple[tuple[str, ...], tuple[str, ...], str]] = [
    # tags of the trace, calibrated tags, field
    ((), (), "law"),
    ((GERMAN,), (), "law"),
    ((GERMAN,), (GERMAN,), FIELD),
    ((GERMAN, "hard"), (FRENCH, GERMAN), FIELD),
    ((FRENCH, GERMAN), (GERMAN, FRENCH), f"law + {GERMAN} + {FRENCH}"),
    ((GERMAN + "x",), (GERMAN,), "law"),
    (('a "quoted" tag',), ("quoted",), "law"),
    (('a "quoted" tag',), ('a "quoted" tag',), 'law + a "quoted" tag'),
    (("ärger",), ("ärger",), "law + ärger"),
    (("a%b",), ("a_b",), "law"),
]


@pytest.mark.parametrize(("tags", "calibrated", "expected"), FIELDS)
def test_a_field_is_the_domain_and_the_calibrated_tags(
    tags: tuple[str, ...], calibrated: tuple[str, ...], expected: str
) -> None:
    assert field_of("law", tags, calibrated) == expected
    assert domain_of_field(expected, calibrated) == "law"


@pytest.mark.parametrize(("tags", "calibrated", "expected"), FIELDS)
def test_sql_says_the_same(
    store: Store, clock: Clock, tags: tuple[str, ...], calibrated: tuple[str, ...], expected: str
) -> None:
    world = people_and_project(store, clock)
    world.add_traces(trace("a", problem=Problem(text="a", domain="law", tags=tags)))
    field, named = fields.expression(calibrated)
    assert world.value(f"SELECT {field} AS f FROM problems p JOIN traces t ON t.problem_id = p.id", **named) == expected


def test_what_is_left_out_is_left_out_with_all_that_lies_within() -> None:
    assert FIELD in Fields() and FIELD in Fields(only=(FIELD,)) and FIELD not in Fields(only=("law",))
    assert FIELD not in Fields(without=("law",)) and "law" in Fields(without=(FIELD,))
    assert "lawyers" in Fields(without=("law",))


@pytest.fixture
def german(store: Store, clock: Clock) -> World:
    """Gold and traces of law, with and without the tag, and a calibration set for each of both fields."""
    world = people_and_project(store, clock)
    world.set_policy(overlap=2, gate=calibrating.GATE, calibrated_tags=(GERMAN,), gold_every=0)
    bring_gold(world, "p1", "p2", "p3", "p4", domain="law")
    bring_gold(world, "d1", "d2", "d3", "d4", domain="law", tags=(GERMAN,))
    for field, letter in (("law", "p"), (FIELD, "d")):
        mine = (world.value("SELECT id FROM traces WHERE external_id = :n", n=f"{letter}{n}") for n in (1, 2, 3))
        draw(world, domain=field, items=tuple(mine))
    world.add_traces(
        *(trace(f"l{n}", 4, domain="law") for n in (1, 2)),
        *(trace(f"g{n}", 4, problem=Problem(text=f"Problem g{n}", domain="law", tags=(GERMAN,))) for n in (1, 2)),
    )
    return world


def production(world: World, who: str) -> list[str]:
    """The names of what a person is handed, until there is nothing more; each is labelled."""
    found = []
    while (claimed := world.expert(who).claim()).assignment is not None and claimed.assignment.purpose == "production":
        found.append(claimed.assignment.problem.text.removeprefix("Problem "))
        for position in range(1, 5):
            world.expert(who).commit(claimed.assignment.id, position, calibrating.TRUE[position - 1])
        world.expert(who).finish(claimed.assignment.id)
    return found


def test_a_set_is_drawn_from_the_gold_of_its_field(german: World) -> None:
    rows = german.rows(
        """SELECT s.domain, t.external_id AS name FROM calibration_sets s JOIN calibration_items i ON i.set_id = s.id
           JOIN traces t ON t.id = i.item_id"""
    )
    assert {(row["domain"], row["name"][0]) for row in rows} == {("law", "p"), (FIELD, "d")}
    other = german.value("SELECT id FROM traces WHERE external_id = 'd4'")
    with pytest.raises(BadInput, match="no gold of law that can be used"):
        draw(german, domain="law", items=(other,))


def test_who_qualified_for_the_domain_alone_is_handed_nothing_of_the_tag(german: World) -> None:
    decide(german, "qualify", "ann", "law")
    assert stands(german, "ann", "law").may_label and not stands(german, "ann", FIELD).may_label
    person, project = german.person("ann"), german.project
    ahead = german.store.read(lambda db: german.candidates.ahead(db, person, project))
    texts = {german.value("SELECT p.text FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.id = :i", i=one)
             for one in ahead.free}  # fmt: skip
    assert texts == {"Problem l1", "Problem l2"}


def test_calibration_for_the_tag_opens_its_traces(german: World) -> None:
    decide(german, "suspend", "ann", "law")
    views = calibrate(german, "ann")
    assert {view.problem.text.removeprefix("Problem ")[0] for view in views} == {"d"}
    assert mine(german, "ann", FIELD).may_label and not mine(german, "ann", "law").may_label
    assert production(german, "ann") == ["g1", "g2"]
    assert german.expert("ann").claim().nothing == "not_qualified"


def test_feedback_in_training_is_of_the_set_of_the_field(german: World) -> None:
    decide(german, "suspend", "ann", "law")
    _, committed = calibrating.work(german, "ann")
    assert committed[0].feedback is not None


def test_the_board_has_a_row_for_each_field(german: World) -> None:
    board = german.store.read(lambda db: decisions.board(db, german.project))
    assert {one.domain for one in board.standings} == {one.domain for one in board.teams} == {"law", FIELD}
    with pytest.raises(BadInput, match=r"no problem of the field law \+ language=fr"):
        decide(german, "qualify", "ann", f"law + {FRENCH}")


def test_without_calibrated_tags_a_domain_is_a_domain(german: World) -> None:
    german.set_policy(overlap=2, gate=calibrating.GATE, gold_every=0)
    german.catch_up()
    board = german.store.read(lambda db: decisions.board(db, german.project))
    assert {one.domain for one in board.standings} == {"law"}
    decide(german, "qualify", "ann", "law")
    assert sorted(production(german, "ann")) == ["g1", "g2", "l1", "l2"]


def doubted(world: World) -> set[str]:
    """The problems with labels in doubt."""
    content, _ = world.export("native", "each")
    out = {json.loads(line)["problem"]["text"] for line in content.decode().splitlines() if '"labels":[{' in line}
    return {f"Problem {name}" for name in ("l1", "l2", "g1", "g2")} - out


def since(world: World) -> int:
    return int(world.value("SELECT min(received_at) AS at FROM answers WHERE purpose = 'production'")) - 1


def test_an_alarm_doubts_labels_of_its_field_alone_whatever_is_calibrated_later(german: World) -> None:
    for field in ("law", FIELD):
        decide(german, "qualify", "ann", field)
    assert len(production(german, "ann")) == 4
    raise_since(german, since(german))
    assert doubted(german) == {"Problem g1", "Problem g2"}
    german.set_policy(overlap=2, gate=calibrating.GATE, gold_every=0)
    assert doubted(german) == {"Problem g1", "Problem g2"}
    alarms = german.rows("SELECT id, sequence FROM drift_alarms")
    rows = german.store.read(lambda db: rechecks.in_doubt(db, german.project, alarms))
    assert len({row["item_id"] for row in rows}) == 2


def raise_since(world: World, at: int) -> None:
    """An alarm of the tag's field whose labels are in doubt since a time."""

    def write(db: Db) -> None:
        row: dict[str, Any] = {
            "id": db.new_id(), "project_id": world.project, "domain": FIELD, "member_id": world.people["ann"],
            "since": at, "document": "{}",
        }  # fmt: skip
        drift.add(db, **row, at=db.now, sequence=event_data.tell(db, event_data.ALARM, row, by=SERVER_ITSELF).sequence)

    world.write(write)


def test_gold_in_production_is_watched_by_field(german: World) -> None:
    for name in ("p4", "d4"):
        label(german, "ann", name, calibrating.TRUE, Purpose.GOLD)
    assert [(row["domain"]) for row in german.store.read(lambda db: drift.of_project(db, german.project))] == [
        "law", FIELD,
    ]  # fmt: skip
    for field in ("law", FIELD):
        rows = german.store.read(
            lambda db: drift.given(db, german.project, german.people["ann"], field, 0, 0)  # noqa: B023
        )
        assert len(rows) == 4


def test_gold_is_mixed_in_where_somebody_is_qualified_for_its_field(german: World) -> None:
    german.set_policy(overlap=2, gate=calibrating.GATE, calibrated_tags=(GERMAN,), gold_every=1)
    decide(german, "qualify", "ann", "law")
    person, project = german.person("ann"), german.project
    ahead = german.store.read(lambda db: german.candidates.ahead(db, person, project))
    names = {row["id"]: row["external_id"] for row in german.rows("SELECT id, external_id FROM traces")}
    assert {names[one.item_id] for one in ahead.gold} == {"p4"}


def test_a_version_that_changes_labels_of_the_domain_asks_anew_in_its_fields(german: World) -> None:
    calibrate_in(german, FIELD)
    text = guideline_text("1.2", "clarification")
    german.publish(text, domain="law")
    assert stands(german, "ann", FIELD).may_label
    german.publish(guideline_text("2.0", "label-changing").replace(
        "\nschema:", "\naffects:\n  labels: [redundant]\nschema:", 1
    ), domain="law")  # fmt: skip
    found = stands(german, "ann", FIELD)
    assert not found.may_label and "changed what labels mean" in found.sentence
    (attempt,) = found.attempts
    assert attempt.result is not None and attempt.result.steps == 8, "it is judged by what stood when it was done"


def calibrate_in(world: World, field: str) -> None:
    """Ann passes the calibration of a field, and is out of the other one."""
    decide(world, "suspend", "ann", "law" if field == FIELD else FIELD)
    calibrate(world, "ann")
    assert stands(world, "ann", field).may_label


def test_who_is_suspended_in_a_field_gets_no_pilot_work_of_it(german: World) -> None:
    decide(german, "suspend", "ann", FIELD)
    piloting.start(german, traces=4)
    ann, found = german.expert("ann"), []
    while (claimed := ann.claim()).assignment is not None:
        found.append(calibrating.name_of(claimed.assignment))
        ann.end(claimed.assignment.id, "bad_problem")
    assert sorted(found) == ["l1", "l2"]
