"""Nothing of where a response came from, of what others said or of what comes back is in what a person is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from cotlab.domain.coverage.pair_making import MakePairsBody
from cotlab.domain.traces.pairs import Pair, Response, ResponseKind, ResponseOrigin, SourceChoice
from cotlab.domain.traces.records import Origin, Problem, SourceLabel
from cotlab.services.coverage import pair_making
from cotlab.storage import open_store
from tests.api.conftest import Site, site_over
from tests.api.work.test_isolation import AFTER_SETUP, raw, without_receipts
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted, opined, revealed
from tests.services.work import comparing
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace


def hidden(number: int, canary: str, overall: Any) -> Pair:
    origin = ResponseOrigin(
        kind=ResponseKind.MODEL, generator=f"model {canary}", parameters={"seed": canary}, reward=float(len(canary))
    )
    problem = Problem(text=f"Prompt {number}", domain="law", reference_answer=canary, source=canary, tags=(canary,))
    return Pair(
        id=f"{canary}{number}", problem=problem,
        responses=(Response(text=f"left {number}", origin=origin), Response(text=f"right {number}")),
        labels=(SourceChoice(source=f"source {canary}", overall=overall, rationale=canary),),
    )  # fmt: skip


def imported(world: World, canary: str, overall: Any) -> None:
    comparing.add(world, *(hidden(number, canary, overall) for number in (1, 2)))


def made(world: World, canary: str, overall: Any) -> None:
    """Pairs of traces that differ in what made them, in their strategy, and in whether their answers are right.

    The traces are in no queue of the people who compare: these are told apart by what they are given.
    """
    said = SourceLabel(source=canary, value=f"final_answer_correct: {str(overall == 'much-better').lower()}")
    origin = Origin.MODEL if overall == "both-bad" else Origin.HUMAN
    world.add_traces(*(
        trace(name, 2, id=f"{canary}{name}{number}",
              problem=Problem(text=f"Prompt {number}", domain="law", source=canary),
              final_answer="4", generator=f"model {canary}", strategy=canary, origin=origin, labels=(said,))
        for number in (1, 2) for name in ("one", "two")
    ))  # fmt: skip
    report = pair_making.make_pairs(world.store, world.host, world.project, MakePairsBody(balance=()))
    assert report.made == 2
    world.write(lambda db: db.run("DELETE FROM queue WHERE item_id NOT IN (SELECT item_id FROM pairs)"))


def judged(world: World, canary: str) -> None:
    """What models think of each pair, which may be seen on a key once somebody has committed; another is to say it."""
    world.set_policy(drafts=[{"task": "pairs", "reveal": "on_key", "blind_share": 0.0}])
    for number, row in enumerate(world.rows("SELECT item_id FROM pairs ORDER BY item_id")):
        first = 0.9 if (len(canary) + number) % 2 else 0.2
        preference = "first" if first > 0.5 else "second"
        said = {"preference": preference, "first": first, "second": 1 - first, "by": canary, "flipped": False}
        revealed.leave(world, row["item_id"], 1, said, "pair_opinion", f"judge {canary}")
    for name in (f"model {canary}", f"other {canary}"):
        drafted.add_model(world, name)
        opined.ask(world, "pair_opinion", name)
        if name.startswith("model"):
            opined.give(world, Chooser(lambda _, response: len(canary) * ("left" in response), mass=0.4321))
    assert opined.progress(world)["pair_opinion", f"model {canary}"].opinions == 2


async def work(site: Site) -> None:
    """Compare two pairs, with every mistake, and correct the last one."""
    for _ in range(2):
        assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
        base = f"/v1/assignments/{assignment['id']}"
        await site.call("ann", "GET", base)
        for path in ("preference", "guideline", "steps/1", "case", "writing"):
            await site.call("ann", "GET", f"{base}/{path}")
        for what, body in (
            ("labels", {"position": 1, "label": "first"}), ("finish", {"complete": "yes"}), ("preference", {}),
            ("preference", {"overall": "best"}), ("preference", {"overall": "better", "criteria": {"x": "better"}}),
            ("alternatives", {"position": 1, "kind": "rewording", "steps": ["x"]}),
            ("steps/1/draft", None), ("steps/1/rationale", None),
        ):  # fmt: skip
            await site.call("ann", "POST", f"{base}/{what}", body)
        body = comparing.body("better", safety="left").model_dump()
        given = (await site.call("ann", "POST", f"{base}/preference", body)).json()
        await site.call("ann", "GET", f"{base}/preference")
        await site.call("ann", "POST", f"{base}/preference", {**body, "replaces": given["label_id"]})
        await site.call("ann", "GET", "/v1/projects/{project}/my-labels")
        await site.call("ann", "GET", "/v1/queue?day_starts_at=0")


@pytest.mark.parametrize("bring", [imported, made])
async def test_two_servers_that_differ_in_what_is_hidden_send_the_same(
    make_database: Callable[[], str], bring: Callable[[World, str, Any], None]
) -> None:
    said: list[list[bytes]] = []
    for canary, overall, other in (("Xy7Canary", "much-better", "better"), ("Other", "both-bad", "tie")):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        comparing.prepare(world)
        bring(world, canary, overall)
        judged(world, canary)
        view, _ = comparing.take(world.expert("bob"))
        comparing.prefer(world.expert("bob"), view.id, other, rationale=canary)
        ids.last = AFTER_SETUP
        clock.now = 1_700_000_100_000_000
        site = site_over(world)
        await work(site)
        assert not [response.url for response in site.seen if canary.encode() in raw(response)]
        assert sum(response.status_code == 200 for response in site.seen) > 15
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    one, other_said = said
    assert len(one) == len(other_said)
    for number, (here, there) in enumerate(zip(one, other_said, strict=True)):
        assert here == there, number
