"""Gold looks like production, byte for byte; and the counted part of calibration tells nothing of what is verified."""

from collections.abc import Callable
from typing import Any

import pytest

from cotlab.domain.gold import GoldOrigin
from cotlab.services.gold.items import add_gold
from cotlab.storage import open_store
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from tests.api.conftest import Site, site_over
from tests.api.work.test_isolation import AFTER_SETUP, hidden_trace, looks_around, without_receipts
from tests.services.calibration.calibrating import GATE, draw
from tests.support import SIGNER, Clock, Ids
from tests.world import World, guideline_text, people_and_project, trace


def add_verified(world: World, name: str, labels: tuple[str, ...], why: str) -> str:
    """A trace of hidden_trace that is gold, not in the queue."""
    world.add_traces(hidden_trace("same", len(labels), name))
    item_id = str(world.value("SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id "
                              "WHERE p.text LIKE :name AND t.parent_id IS NULL", name=f"{name}:%"))  # fmt: skip

    def add(db: Db) -> None:
        version_id = guidelines.version_for_item(db, item_id)
        assert version_id is not None
        db.run("DELETE FROM queue WHERE item_id = :item", item=item_id)
        verified = {position: (label, why) for position, label in enumerate(labels, 1)}
        add_gold(db, world.people["lea"], world.project, item_id, GoldOrigin.IMPORTED, version_id, verified)

    world.write(add)
    return item_id


def as_gold(world: World) -> None:
    add_verified(world, "Ship", ("correct", "redundant", "incorrect"), "verified")


def as_production(world: World) -> None:
    world.add_traces(hidden_trace("same", 3, "Ship"))


ENDS = {
    "finish": {"complete": "yes"},
    "end": {"ending": "give_up", "reason": "too long"},
    "end ": {"ending": "bad_problem", "reason": "it cannot be answered"},
}


COMBINATIONS = [("sqlite", end, stop) for end in ENDS for stop in (False, True)]
"""All of them where a test costs least; that PostgreSQL answers so too, one shows."""
each_combination = pytest.mark.parametrize(
    ("make_database", "end", "stop"),
    [*COMBINATIONS, pytest.param("postgresql", "finish", False, marks=pytest.mark.postgresql)],
    indirect=["make_database"],
)
FIRST_AND_LAST = (1, 3)


async def works(site: Site, clock: Clock, end: str, looks_at: tuple[int, ...] = FIRST_AND_LAST) -> list[bytes]:
    """Ann labels a trace with every route and every mistake, takes back, ends it, and looks around again."""
    assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base, next_ = f"/v1/assignments/{assignment['id']}", assignment["next"]
    while next_["kind"] == "step":
        position = next_["step"]["position"]
        clock.advance(seconds=20)
        if position in looks_at:
            await looks_around(site, "ann", base, position)
        body = {"position": position, "label": "redundant", "unsure": True, "elapsed_ms": 900}
        key = {"Idempotency-Key": f"k{position}"}
        done = (await site.call("ann", "POST", f"{base}/labels", body, headers=key)).json()
        again = {"position": position, "label": "incorrect", "rationale": "no", "replaces": done["label_id"]}
        next_ = (await site.call("ann", "POST", f"{base}/labels", again)).json()["next"]
        await site.call("ann", "POST", "/v1/projects/{project}/claim")
    ending = {} if end == "finish" and not next_["all_shown"] else ENDS[end]
    ended = await site.call("ann", "POST", f"{base}/{end.strip()}", ending)
    assert ended.status_code == 200, ended.text
    site.world.catch_up()
    await site.call("ann", "POST", f"{base}/labels", {"position": 1, "label": "correct"})
    for path in (base, f"{base}/steps/1", "/v1/queue?day_starts_at=0", "/v1/projects/{project}/my-labels",
                 "/v1/projects/{project}/my-questions", "/v1/projects/{project}/my-cases",
                 "/v1/projects/{project}/my-calibration"):  # fmt: skip
        await site.call("ann", "GET", path)
    return [without_receipts(response) for response in site.seen]


@each_combination
async def test_gold_and_production_answer_the_same_bytes(
    make_database: Callable[[], str], end: str, stop: bool
) -> None:
    said: list[list[bytes]] = []
    purposes = []
    for bring in (as_gold, as_production):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(overlap=2, gold_every=1, stop_at_first_error=stop)
        bring(world)
        world.add_traces(*(trace(name, domain="law") for name in "abc"))
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        said.append(await works(site, clock, end))
        purposes.append(world.value("SELECT purpose FROM assignments"))
        await site.http.aclose()
        store.close()
    assert purposes == ["gold", "production"]
    one, other = said
    assert len(one) == len(other) > 60
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


def changed_labels() -> str:
    """A version under which every label of `works` is to be given anew."""
    text = guideline_text("1.1", "label-changing")
    return text.replace("change: label-changing", "change: label-changing\naffects:\n  labels: [incorrect]", 1)


@each_combination
async def test_what_comes_back_of_gold_and_of_production_answers_the_same_bytes(
    make_database: Callable[[], str], end: str, stop: bool
) -> None:
    said: list[list[bytes]] = []
    purposes = []
    for bring in (as_gold, as_production):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(overlap=2, gold_every=1, stop_at_first_error=stop)
        bring(world)
        world.add_traces(*(trace(name, domain="law") for name in "abc"))
        site = site_over(world)
        await works(site, clock, "finish", looks_at=())
        clock.now, ids.last = 1_702_000_000_000_000, AFTER_SETUP << 1
        world.publish(changed_labels())
        site.seen.clear()
        said.append(await does_again(site, clock, ids, end))
        purposes.append([row["purpose"] for row in world.rows("SELECT purpose FROM assignments ORDER BY sequence")])
        await site.http.aclose()
        store.close()
    assert [[gold, redo] for gold, redo, *_ in purposes] == [["gold", "gold_redo"], ["production", "redo"]]
    one, other = said
    assert len(one) == len(other) > 60
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


async def does_again(site: Site, clock: Clock, ids: Ids, end: str) -> list[bytes]:
    """Ann sees that something comes back, labels it anew with every route, ends it, and looks around again."""
    queue = (await site.call("ann", "GET", "/v1/queue?day_starts_at=0")).json()
    assert queue["projects"][0]["coming_back"] > 0
    assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    assert assignment["purpose"] == "redo"
    base, next_ = f"/v1/assignments/{assignment['id']}", assignment["next"]
    while next_["kind"] == "step":
        position = next_["step"]["position"]
        clock.advance(seconds=20)
        if position in FIRST_AND_LAST:
            await looks_around(site, "ann", base, position)
        body = {"position": position, "label": "redundant"} | ({"replaces": mine} if (mine := _mine(next_)) else {})
        next_ = (await site.call("ann", "POST", f"{base}/labels", body)).json()["next"]
    ending = {} if end == "finish" and not next_.get("asks") else ENDS[end]
    ended = await site.call("ann", "POST", f"{base}/{end.strip()}", ending)
    assert ended.status_code == 200, ended.text
    site.world.catch_up()
    ids.last = AFTER_SETUP << 2
    await site.call("ann", "POST", f"{base}/labels", {"position": 1, "label": "correct"})
    for path in (base, f"{base}/steps/1", "/v1/queue?day_starts_at=0", "/v1/projects/{project}/my-labels",
                 "/v1/projects/{project}/my-cases"):  # fmt: skip
        await site.call("ann", "GET", path)
    await site.call("ann", "POST", "/v1/projects/{project}/claim")
    return [without_receipts(response) for response in site.seen]


def _mine(next_: Any) -> str | None:
    mine = next_["step"]["mine"]
    return None if mine is None else str(mine["id"])


async def test_a_lease_that_ran_out_on_gold_passes_on_with_the_same_bytes(make_database: Callable[[], str]) -> None:
    said: list[list[bytes]] = []
    purposes = []
    for bring in (as_gold, as_production):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(overlap=1, gold_every=1)
        bring(world)
        world.add_traces(*(trace(name, domain="law") for name in "abc"))
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
        labels = f"/v1/assignments/{assignment['id']}/labels"
        await site.done("ann", "POST", labels, {"position": 1, "label": "correct"})
        world.set_policy(overlap=1, gold_every=0)
        for _ in range(3):
            world.expert("bob").label_all()
        clock.advance(minutes=61)
        taken = await site.done("bob", "POST", "/v1/projects/{project}/claim")
        assert taken["assignment"]["problem"] == assignment["problem"]
        for path in ("/v1/queue?day_starts_at=0", f"/v1/assignments/{taken['assignment']['id']}"):
            await site.done("bob", "GET", path)
        late = await site.call("ann", "POST", labels, {"position": 2, "label": "correct"})
        assert late.status_code == 409 and late.json()["type"].endswith("lease-taken")
        for path in ("/v1/queue?day_starts_at=0", "/v1/projects/{project}/my-labels"):
            await site.done("ann", "GET", path)
        await site.done("ann", "POST", "/v1/projects/{project}/claim")
        said.append([without_receipts(response) for response in site.seen])
        rows = world.rows("SELECT purpose FROM assignments ORDER BY sequence")
        purposes.append([row["purpose"] for row in rows])
        await site.http.aclose()
        store.close()
    assert [(row[0], row[-1]) for row in purposes] == [("gold", "gold"), ("production", "production")]
    assert said[0] == said[1]


async def test_the_counted_part_of_calibration_tells_nothing_of_what_is_verified(
    make_database: Callable[[], str],
) -> None:
    said: list[list[bytes]] = []
    for labels, why in ((("correct", "redundant"), "Aa1"), (("incorrect", "incomplete"), "Bb22")):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(overlap=2, gate=GATE)
        for name in ("Ship", "Boat"):
            add_verified(world, name, labels, why)
        draw(world, training=0, domain="law")
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        said.append(await works(site, clock, "finish"))
        assert world.value("SELECT purpose FROM assignments") == "calibration"
        await site.http.aclose()
        store.close()
    one, other = said
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number
