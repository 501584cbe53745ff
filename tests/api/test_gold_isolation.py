"""Gold looks like production, byte for byte; and the counted part of calibration tells nothing of what is verified."""

from collections.abc import Callable

import pytest

from cotlab.domain.gold import GoldOrigin
from cotlab.services.gold import add_gold
from cotlab.storage import guidelines, open_store
from cotlab.storage.database import Db
from tests.api.conftest import Site, site_over
from tests.api.test_isolation import AFTER_SETUP, hidden_trace, looks_around, without_receipts
from tests.services.calibrating import GATE, draw
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace


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


async def works(site: Site, clock: Clock, end: str) -> list[bytes]:
    """Ann labels a trace with every route and every mistake, takes back, ends it, and looks around again."""
    assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base, next_ = f"/v1/assignments/{assignment['id']}", assignment["next"]
    while next_["kind"] == "step":
        position = next_["step"]["position"]
        clock.advance(seconds=20)
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


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("stop", [False, True])
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
