"""What a labeller is told of a decided case says nothing of who decided, who else labelled, or what was said aside."""

from collections.abc import Callable

from cotlab.domain.cases import PassBody
from cotlab.domain.people import Role
from cotlab.services.cases import hand_over
from cotlab.storage import open_store
from tests.api.conftest import Site, site_over
from tests.api.work.test_isolation import AFTER_SETUP, hidden_trace, raw
from tests.services.calibration import piloting
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project


def decided(world: World, canary: str, choice: str) -> str:
    """A case on step 2, between ann and somebody; handed on, and decided by somebody else. Its id."""
    peer, first, second = (f"{name} {canary}" for name in ("Peer", "First", "Second"))
    world.set_policy(overlap=2, second_adjudicator_share=0)
    for name, role in ((peer, Role.ANNOTATOR), (first, Role.ADJUDICATOR), (second, Role.ADJUDICATOR)):
        world.add_person(name)
        world.join(name, role)
    world.add_traces(hidden_trace(canary))
    world.expert("ann").label_all(["correct", "redundant"])
    expert = world.expert(peer)
    work = expert.take()
    expert.commit(work.id, 1)
    piloting.ask(world, peer, work.id, 1, f"what of {canary}?")
    for position in (2, 3):
        expert.commit(work.id, position, rationale="needed below")
    expert.finish(work.id)
    open_cases(world)
    case_id = case_on(world, 2)
    body = PassBody(reason=f"because {canary}", experts=(second,))
    world.write(lambda db: hand_over.hand_on(db, world.people["lea"], world.project, case_id, body))
    decide(world, case_id, "correct", by=second, choice=choice, rules=("M4",))
    return case_id


async def test_two_servers_that_differ_in_what_is_hidden_answer_the_same_bytes(
    make_database: Callable[[], str],
) -> None:
    said: list[list[bytes]] = []
    for canary, choice in (("Aa1", "redundant"), ("Bb22", "incorrect")):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        case_id = decided(world, canary, choice)
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site = site_over(world)
        await reads(site, case_id)
        said.append([raw(response) for response in site.seen])
        for response in said[-1]:
            assert canary.encode() not in response
            assert not any(one.encode() in response for name, one in world.people.items() if name != "ann")
        await site.http.aclose()
        store.close()
    assert said[0] == said[1]


async def reads(site: Site, case_id: str) -> None:
    queue, mine = "/v1/queue?day_starts_at=0", "/v1/projects/{project}/my-cases"
    assert [one["decided"] for one in (await site.done("ann", "GET", queue))["projects"]] == [1]
    (entry,) = await site.done("ann", "GET", mine)
    assert entry["case_id"] == case_id
    case = await site.done("ann", "POST", f"{mine}/{case_id}")
    assert {label["label"] for label in case["labels"]} == {"correct", "redundant"}
    for other in (case_on(site.world, 1), "0" * 32):
        refused = await site.call("ann", "POST", f"{mine}/{other}")
        assert refused.json()["detail"] == "There is no such decided case of yours."
    assert [one["decided"] for one in (await site.done("ann", "GET", queue))["projects"]] == [0]
    for path in ("cases/all", "cases/report", f"cases/{case_id}"):
        assert (await site.call("ann", "GET", f"/v1/projects/{{project}}/{path}")).status_code == 403
