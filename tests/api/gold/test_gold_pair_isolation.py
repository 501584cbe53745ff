"""A gold pair looks like any other, byte for byte; counted calibration tells nothing of what is verified."""

from collections.abc import Callable
from typing import Any

import pytest

from cotlab.domain.gold import GoldOrigin
from cotlab.services.gold.items import add_gold
from cotlab.storage import open_store
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from tests.api.conftest import Site, site_over
from tests.api.work.test_isolation import AFTER_SETUP, without_receipts
from tests.api.work.test_pair_isolation import hidden
from tests.services.calibration.calibrating import GATE
from tests.services.calibration.calibrating import draw as draw_set
from tests.services.work import comparing
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project

ENDS = ("commit", "give_up", "bad_problem")


def as_gold(world: World, overall: str = "better", why: str = "verified", number: int = 1) -> None:
    comparing.add(world, hidden(number, "same", "tie"))
    item_id = str(world.value("SELECT id FROM traces WHERE external_id = :n", n=f"same{number}"))

    def add(db: Db) -> None:
        version_id = guidelines.version_for_item(db, item_id)
        assert version_id is not None
        db.run("DELETE FROM queue WHERE item_id = :item", item=item_id)
        criteria = {"clarity": (overall, why), "correctness": ("tie", why)}
        by, verified = world.people["lea"], {1: (overall, why)}
        add_gold(db, by, world.project, item_id, GoldOrigin.IMPORTED, version_id, verified, criteria)

    world.write(add)


def as_production(world: World) -> None:
    comparing.add(world, hidden(1, "same", "tie"))


def world_of(make_database: Callable[[], str]) -> tuple[World, Clock, Ids]:
    clock, ids = Clock(), Ids()
    world = people_and_project(open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids), clock)
    comparing.prepare(world)
    return world, clock, ids


async def works(site: Site, clock: Clock, end: str, mine: str | None = None) -> list[bytes]:
    """Ann compares a pair with every route and every mistake, corrects it, and looks around again."""
    assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base = f"/v1/assignments/{assignment['id']}"
    assert assignment["next"]["kind"] == "pair"
    given = assignment["next"]["pair"]["mine"]
    around = (
        base, f"{base}/preference", f"{base}/guideline", f"{base}/steps/1", f"{base}/case", f"{base}/writing",
        "/v1/queue?day_starts_at=0", "/v1/projects/{project}/my-labels", "/v1/projects/{project}/my-cases",
        "/v1/projects/{project}/my-calibration", "/v1/projects/{project}/gold",
    )  # fmt: skip
    for path in around:
        await site.call("ann", "GET", path)
    for what, body in (
        ("labels", {"position": 1, "label": "first"}), ("finish", {"complete": "yes"}), ("preference", {}),
        ("preference", {"overall": "best"}), ("preference", {"overall": "better", "criteria": {"x": "better"}}),
    ):  # fmt: skip
        await site.call("ann", "POST", f"{base}/{what}", body)
    clock.advance(seconds=20)
    if end == "commit":
        body = comparing.body("better", safety="left").model_dump() | ({"replaces": given["id"]} if given else {})
        done = await site.done("ann", "POST", f"{base}/preference", body)
        assert done["feedback"] == []
        await site.call("ann", "POST", f"{base}/preference", {**body, "overall": "tie", "replaces": done["label_id"]})
    else:
        await site.done("ann", "POST", f"{base}/end", {"ending": end, "reason": "it is so"})
    site.world.catch_up()
    for path in around:
        await site.call("ann", "GET", path)
    return [without_receipts(response) for response in site.seen]


@pytest.mark.parametrize("end", ENDS)
async def test_a_gold_pair_and_one_of_production_answer_the_same_bytes(
    make_database: Callable[[], str], end: str
) -> None:
    said: list[list[bytes]] = []
    purposes = []
    for bring in (as_gold, as_production):
        world, clock, ids = world_of(make_database)
        world.set_policy(overlap=2, gold_every=1, repeat_share=0.5)
        bring(world)
        comparing.add(world, *(comparing.pair(name) for name in "abc"))
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        found = await works(site, clock, end)
        world.set_policy(overlap=2, gold_every=0, repeat_share=0.5)
        await site.call("ann", "POST", "/v1/projects/{project}/claim")
        said.append(found)
        purposes.append(world.value("SELECT purpose FROM assignments ORDER BY sequence LIMIT 1"))
        assert world.value("SELECT count(*) FROM pair_sides") >= 1
        await site.http.aclose()
        world.store.close()
    assert purposes == ["gold", "production"]
    one, other = said
    assert len(one) == len(other) > 25
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


async def test_what_comes_back_of_gold_pairs_answers_the_same_bytes(make_database: Callable[[], str]) -> None:
    said: list[list[bytes]] = []
    purposes = []
    for bring in (as_gold, as_production):
        world, clock, ids = world_of(make_database)
        world.set_policy(overlap=2, gold_every=1, repeat_share=0.5)
        bring(world)
        comparing.add(world, comparing.pair("a"))
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        await works(site, clock, "commit")
        clock.now, ids.last = 1_702_000_000_000_000, AFTER_SETUP << 1
        text = str(world.value("SELECT text FROM guideline_versions WHERE task = 'pairs'"))
        changed = text.replace('version: "1.0"', 'version: "1.1"', 1)
        world.publish(changed.replace(
            "change: initial", "change: label-changing\naffects:\n  labels: [better, worse, tie]", 1
        ))  # fmt: skip
        site.seen.clear()
        ids.last = AFTER_SETUP << 2
        said.append(await works(site, clock, "commit"))
        purposes.append([row["purpose"] for row in world.rows("SELECT purpose FROM assignments ORDER BY sequence")])
        await site.http.aclose()
        world.store.close()
    assert purposes == [["gold", "gold_redo"], ["production", "redo"]]
    for number, (here, there) in enumerate(zip(*said, strict=True)):
        assert here == there, number


async def test_the_counted_part_of_calibration_tells_nothing_of_what_is_verified(
    make_database: Callable[[], str],
) -> None:
    said: list[list[bytes]] = []
    verified: tuple[Any, ...] = (("better", "Aa1"), ("worse", "Bb22"))
    for overall, why in verified:
        world, clock, ids = world_of(make_database)
        world.set_policy(overlap=2, gate=GATE)
        for number in (1, 2):
            as_gold(world, overall, why, number)
        draw_set(world, training=0, domain="pairs: law")
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        said.append(await works(site, clock, "commit"))
        assert world.value("SELECT purpose FROM assignments") == "calibration"
        await site.http.aclose()
        world.store.close()
    assert said[0] == said[1]
