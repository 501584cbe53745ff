"""What is free for a person, in order, over fields and numbers of places; read from the index alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from cotlab.domain.calibration.qualification import Fields
from cotlab.domain.projects.overlap import Overlap
from cotlab.storage import Store, is_postgresql
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.queue import queue
from tests.support import Clock, plan
from tests.world import World, guideline_text, people_and_project, trace

LETTERS = "abcdefgh"
DOMAINS = ("law", "medicine", "finance")


@pytest.fixture
def eight(store: Store, clock: Clock) -> World:
    """a to h, each a minute younger, of three domains in turn; law wants three people."""
    world = people_and_project(store, clock)
    world.set_policy(overlap=2, overlaps=(Overlap(domain="law", people=3),), gold_every=0)
    for number, letter in enumerate(LETTERS):
        world.add_traces(trace(letter, 1, id=letter, domain=DOMAINS[number % 3]))
        world.clock.advance(minutes=1)
    return world


def free(world: World, who: str = "ann", most: int = 99, fields: Fields | None = None) -> str:
    found = world.store.read(
        lambda db: queue.free_items(db, world.project, world.people[who], 2, most, fields or Fields())
    )
    names = {row["id"]: row["external_id"] for row in world.rows("SELECT id, external_id FROM traces")}
    return "".join(names[item_id] for item_id in found)


def take(world: World, letter: str, times: int = 1) -> None:
    world.write(lambda db: db.run(
        "UPDATE queue SET taken = taken + :n WHERE item_id = (SELECT id FROM traces WHERE external_id = :name)",
        n=times, name=letter,
    ))  # fmt: skip


def test_fields_are_merged_by_their_place_in_the_order(eight: World) -> None:
    assert free(eight) == LETTERS and free(eight, most=3) == "abc"
    assert free(eight, fields=Fields(only=("law", "finance"))) == "acdfg"
    assert free(eight, fields=Fields(without=("law",))) == "bcefh"


def test_what_others_began_comes_first_and_what_is_full_not_at_all(eight: World) -> None:
    take(eight, "h")
    take(eight, "g", 2)
    take(eight, "e", 2)
    take(eight, "d", 3)
    assert free(eight) == "gh" + "abcf"


def test_another_overlap_acts_at_once_on_what_follows_it(eight: World) -> None:
    take(eight, "b", 2)
    take(eight, "a", 3)
    assert "b" not in free(eight)
    found = eight.store.read(lambda db: queue.free_items(db, eight.project, eight.people["ann"], 3, 1))
    assert len(found) == 1 and found[0] == eight.value("SELECT id FROM traces WHERE external_id = 'b'")


def test_what_is_read_of_the_random_share_is_cut_where_more_may_stand_in_between(eight: World) -> None:
    eight.add_traces(*(trace(f"n{number}", 1, id=f"n{number}") for number in range(40)))
    items = [row["item_id"] for row in eight.rows("SELECT item_id FROM queue ORDER BY priority, item_id")]
    drawn = eight.value("SELECT count(*) FROM queue WHERE at_random = 1")
    assert drawn > queue.AT_RANDOM_AHEAD
    for share in (0.0, 0.2, 1.0):
        who = eight.project, eight.people["ann"], 2, len(items), Fields(), share
        found = eight.store.read(lambda db: queue.free_items(db, *who))  # noqa: B023
        assert found == items[: len(found)] and len(found) >= queue.AT_RANDOM_AHEAD
        assert (len(found) < len(items)) == (queue.AT_RANDOM_AHEAD + share * len(items) < drawn)


def test_what_is_of_a_batch_is_handed_out_to_nobody_else(eight: World) -> None:
    eight.write(lambda db: db.run("UPDATE queue SET batch_id = 'x' WHERE field = 'law'"))
    assert free(eight) == "bcefh"


def test_a_field_without_a_guideline_is_left_out(store: Store, clock: Clock) -> None:
    world = people_and_project(store, clock)
    world.project = world.add_project("bare", "lea")
    world.add_traces(trace("a", 1, id="a", domain="law"), trace("b", 1, id="b"))
    assert free(world) == ""
    world.publish(guideline_text("1.1", "clarification"), domain="law", acknowledged=False)
    assert free(world) == "a"


def test_every_range_is_read_from_the_index(eight: World, engine: str) -> None:
    said: dict[str, Mapping[str, Any]] = {}

    class Listening:
        def __init__(self, db: Reading) -> None:
            self.db, self.now = db, db.now

        def rows(self, sql: str, **parameters: Any) -> Any:
            said[sql] = parameters
            return self.db.rows(sql, **parameters)

        def row(self, sql: str, **parameters: Any) -> Row | None:
            return self.db.row(sql, **parameters)

    eight.store.read(lambda db: queue.free_items(Listening(db), eight.project, eight.people["ann"], 2, 99))
    assert queue.GROUPS in said and len(said) == 3
    for sql, parameters in said.items():
        lines = [line for line in plan(eight.store, sql, **parameters).splitlines() if " queue" in line]
        assert not any("Seq Scan on queue" in line or "SCAN q" in line for line in lines), lines
    (picked,) = [sql for sql in said if "g0" in sql]
    found = plan(eight.store, picked, **said[picked])
    if is_postgresql(engine):
        assert found.count("using queue_in_order") == 3 and "Sort Key: q.taken" not in found
    else:
        assert found.count("queue_in_order (project_id=? AND field=? AND places=? AND taken=? AND at_random=?)") == 3
