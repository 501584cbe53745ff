"""A path that a person wrote is labelled like any other: nothing tells its author or origin, nor who writes what."""

from collections.abc import Callable

import pytest

from cotlab.domain.drafts.requests import AcceptBody
from cotlab.domain.traces.records import Origin, Step, Trace
from cotlab.services.drafts import acceptance
from cotlab.storage import SERVER, open_store
from tests.api.conftest import Site, site_over
from tests.api.work.test_isolation import AFTER_SETUP, labels_a_trace, raw, without_receipts
from tests.services.drafts import drafted
from tests.services.work import writing
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project

STEPS = ("Ship step 1.", "Ship step 2.", "Ship step 3.")


def by_a_person(world: World) -> None:
    """Bob writes the path that is asked for; the one that came with the problem is out of the way."""
    writing.ask(world, "w1", "drawing")
    writing.write(world, "bob", *STEPS, answer="Ship makes 42")


def by_a_model(world: World) -> None:
    steps = tuple(Step(text=text) for text in STEPS)
    one = Trace(problem=writing.problem("w1"), steps=steps, final_answer="Ship makes 42", origin=Origin.MODEL,
                generator="a model", strategy="drawing")  # fmt: skip
    world.add_traces(one)


def by_a_draft(world: World) -> None:
    """A model drafts it, under a strategy of its own, and the lead lets it in."""
    drafted.add_model(world)
    problem = writing.problem_id(world, "w1")
    asked = drafted.ask(world, kind="path", item_id=None, position=None, problem_id=problem, number=2)
    answer = "\n".join((*STEPS, "Answer: Ship makes 42"))
    drafted.worker(world, drafted.Scripted(lambda _: answer)).draft_next()
    accept = AcceptBody(drafts=(1,), strategy="drawing")
    lead, project = world.people["lea"], world.project
    came = world.write(lambda db: acceptance.accept(db, lead, project, asked.id, accept), SERVER, project)
    assert list(came.items) == [1]


async def test_paths_of_people_and_of_models_are_labelled_by_the_same_bytes(make_database: Callable[[], str]) -> None:
    said: list[list[bytes]] = []
    for add in (by_a_person, by_a_model, by_a_draft):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        writing.prepare(world)
        for name in ("ann", "cyn"):
            world.expert(name).label_all()
        add(world)
        ids.last = AFTER_SETUP
        clock.now = 1_700_000_100_000_000
        site = site_over(world)
        await labels_a_trace(site, "ann")
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    one, *others = said
    assert b"Ship makes 42" in b"".join(one) and {len(other) for other in others} == {len(one)}
    for other in others:
        for number, (here, there) in enumerate(zip(one, other, strict=True)):
            assert here == there, number


def worded_by_a_person(world: World) -> None:
    """Bob labels the trace of w1, and words its second step anew."""
    assignment = world.expert("bob").take()
    world.expert("bob").commit(assignment.id, 1)
    world.expert("bob").commit(assignment.id, 2)
    world.expert("bob").write(assignment.id, 2, STEPS[1])
    world.expert("bob").end(assignment.id, "give_up")


def worded_by_a_model(world: World) -> None:
    drafted.add_model(world)
    asked = drafted.ask(world, "w1", number=1)
    drafted.worker(world, drafted.Scripted(lambda _: STEPS[1])).draft_next()
    accept = AcceptBody(drafts=(1,))
    lead, project = world.people["lea"], world.project
    world.write(lambda db: acceptance.accept(db, lead, project, asked.id, accept), SERVER, project)


async def test_so_are_their_wordings_of_a_step(make_database: Callable[[], str]) -> None:
    said: list[list[bytes]] = []
    for add in (worded_by_a_person, worded_by_a_model):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        writing.prepare(world)
        add(world)
        ids.last = AFTER_SETUP
        clock.now = 1_700_000_100_000_000
        world.expert("ann").label_all()
        site = site_over(world)
        await labels_a_trace(site, "ann")
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    one, other = said
    assert STEPS[1].encode() in b"".join(one) and len(one) == len(other)
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


@pytest.fixture
def hidden(site: Site) -> Site:
    """A path is asked for of a problem with another path, which has a canary, and the answer has one too."""
    problem = writing.problem("w2", reference_answer="Xy7Canary", tags=("Xy7Canary",), source="Xy7Canary")
    steps = (Step(text="Xy7Canary"),)
    site.world.publish(writing.with_strategies("1.1", *writing.STRATEGIES))
    site.world.add_traces(Trace(problem=problem, steps=steps, final_answer="Xy7Canary", strategy="algebra",
                                generator="Xy7Canary"))  # fmt: skip
    writing.ask(site.world, "w2", "drawing")
    return site


async def test_a_writer_sees_no_answer_and_no_other_path(hidden: Site) -> None:
    claimed = await hidden.done("ann", "POST", "/v1/projects/{project}/writing/claim")
    base = f"/v1/assignments/{claimed['writing']['id']}"
    await hidden.done("ann", "GET", f"{base}/writing")
    for method, path, body in (
        ("GET", base, None), ("GET", f"{base}/steps/1", None), ("GET", f"{base}/guideline", None),
        ("POST", f"{base}/labels", {"position": 1, "label": "correct"}), ("POST", f"{base}/finish", {}),
        ("POST", f"{base}/path", {"steps": [], "final_answer": "x"}), ("GET", "/v1/queue?day_starts_at=0", None),
        ("POST", f"{base}/path", {"steps": ["so"], "final_answer": "x"}), ("GET", f"{base}/writing", None),
    ):  # fmt: skip
        await hidden.call("ann", method, path, body)
    assert hidden.seen[-2].status_code == 200 and hidden.seen[-1].status_code == 409
    assert not [response.url for response in hidden.seen if b"Xy7Canary" in raw(response)]


async def test_a_path_is_taken_once_for_its_key(hidden: Site) -> None:
    claimed = await hidden.done("ann", "POST", "/v1/projects/{project}/writing/claim")
    path, body = f"/v1/assignments/{claimed['writing']['id']}/path", {"steps": ["so"], "final_answer": "x"}
    key = {"Idempotency-Key": "k1"}
    one = await hidden.call("ann", "POST", path, body, headers=key)
    again = await hidden.call("ann", "POST", path, body, headers=key)
    assert one.status_code == again.status_code == 200 and one.content == again.content
    assert (await hidden.call("ann", "POST", path, body)).status_code == 409
    assert hidden.world.value("SELECT count(*) AS n FROM written_paths") == 1
