"""Drafts over HTTP, through the client: asked for, followed by server-sent events, cancelled."""

import threading
from collections.abc import Callable

import pytest

from cotlab.api.routes.drafts import drafting as routes
from cotlab.client import ApiError, Client
from cotlab.domain.drafts.requests import CancelBody, DraftBody, DraftState, DraftStatus
from cotlab.domain.provenance import Sampling
from tests.api.conftest import Site
from tests.services.drafts import drafted, revealed
from tests.world import World


@pytest.fixture
def lea(site: Site) -> Client:
    client = Client("http://localhost", site.world.tokens["lea"])
    client._http = site.http
    site.http.headers["Authorization"] = f"Bearer {site.world.tokens['lea']}"
    return client


def body(world: World, **more: object) -> DraftBody:
    given = {"kind": "alternatives", "model": "small", "item_id": drafted.item(world), "position": 2, **more}
    return DraftBody.model_validate(given)


async def test_what_a_lead_asks_for_is_drafted_and_can_be_read(site: Site, world: World, lea: Client) -> None:
    drafted.add_model(world, key_env="SECRET_NAME")
    (entry,) = await lea.models(world.project)
    assert entry.model_dump() == {"name": "small", "driver": "openai"}
    wanted = body(world, sampling=Sampling(temperature=0.1), number=2)
    made = await lea.start_drafts(world.project, wanted, key="once")
    assert await lea.start_drafts(world.project, wanted, key="once") == made
    drafted.worker(world, drafted.Scripted(drafted.by_seed)).draft_next()
    found = await lea.drafts(world.project, made.id)
    assert found.request == (await lea.draft_requests(world.project))[0]
    assert (found.request.state, found.request.sampling.temperature) == (DraftState.DONE, 0.1)
    assert [draft.ordinal for draft in found.drafts] == [1, 2] and found.drafts[0].provenance.driver == "scripted"
    assert not any(b"SECRET_NAME" in response.content for response in site.seen)


async def test_progress_comes_as_events_until_the_end(
    world: World, lea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LOOK", 0.01)
    drafted.add_model(world)
    made = await lea.start_drafts(world.project, body(world))
    may_go_on = threading.Event()

    def text(prompt: object) -> str:
        assert may_go_on.wait(30)
        return "so"

    worker = threading.Thread(target=drafted.worker(world, drafted.Scripted(text)).draft_next)

    def sent(status: DraftStatus, event: Callable[[DraftStatus], bytes] = routes.event) -> bytes:
        if status.state is DraftState.WAITING:
            worker.start()
        elif status.state is DraftState.DRAFTING:
            may_go_on.set()
        return event(status)

    monkeypatch.setattr(routes, "event", sent)
    seen = [(one.state, one.made) async for one in lea.draft_progress(world.project, made.id)]
    worker.join()
    assert seen[0] == (DraftState.WAITING, 0) and seen[-1] == (DraftState.DONE, 3)
    assert (DraftState.DRAFTING, 0) in seen and len(set(seen)) == len(seen)
    assert [one.state async for one in lea.draft_progress(world.project, made.id)] == [DraftState.DONE]


async def test_events_are_server_sent(site: Site, world: World) -> None:
    drafted.add_model(world)
    made = drafted.ask(world)
    drafted.worker(world, drafted.Scripted(lambda _: "")).draft_next()
    response = await site.call("lea", "GET", "/v1/projects/{project}/drafting/" + made.id + "/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.startswith("event: progress\ndata: {") and response.text.endswith("}\n\n")
    assert '"state":"failed"' in response.text and response.text.count("\n\n") == 1


async def test_a_request_is_cancelled_and_known_in_its_project_alone(world: World, lea: Client) -> None:
    drafted.add_model(world)
    made = await lea.start_drafts(world.project, body(world))
    ended = await lea.cancel_drafts(world.project, made.id, CancelBody(reason="enough"))
    assert (ended.state, ended.sentence) == (DraftState.CANCELLED, "enough") and ended.receipt
    other = world.add_project("other", "lea")
    for call in (
        lea.drafts(other, made.id), lea.cancel_drafts(other, made.id, CancelBody()),
        anext(lea.draft_progress(other, made.id)),
    ):  # fmt: skip
        with pytest.raises(ApiError) as refused:
            await call
        assert refused.value.status == 404
    assert await lea.draft_requests(other) == []


async def test_who_labels_sees_drafts_on_a_key_and_asks_for_a_reason(site: Site, world: World, lea: Client) -> None:
    world.set_policy(drafts=[{"reveal": "on_key", "blind_share": 0.0, "rationales": "judge"}])
    ann = world.expert("ann")
    taken = ann.take()
    draft = revealed.leave(world, revealed.item_of(world, taken.id), 1, revealed.opinion("redundant"))
    site.http.headers["Authorization"] = f"Bearer {world.tokens['ann']}"
    with pytest.raises(ApiError, match="not labelled step 1"):
        await lea.reveal(taken.id, 1)
    ann.commit(taken.id, 1)
    assert [one.id for one in (await lea.reveal(taken.id, 1)).drafts] == [draft]
    assert [one.id for one in (await lea.step(taken.id, 1)).drafts] == [draft]
    assert (await lea.ask_rationale(taken.id, 1)).state == "waiting"
    drafted.worker(world, drafted.Scripted(lambda _: "it adds nothing")).draft_next()
    there = await lea.ask_rationale(taken.id, 1)
    assert there.draft is not None and there.draft.text == "it adds nothing"
    ann.commit(taken.id, 2)
    for _ in range(2):
        assert (await lea.ask_rationale(taken.id, 2, anew=True)).state == "waiting"
        drafted.worker(world, drafted.Scripted(lambda _: " ")).draft_next()
        assert (await lea.ask_rationale(taken.id, 2)).state == "failed"
    with pytest.raises(ApiError, match="Your roles do not allow this"):
        await lea.anchoring(world.project)
    site.http.headers["Authorization"] = f"Bearer {world.tokens['lea']}"
    found = await lea.anchoring(world.project, {"task": "steps"})
    assert found.labels == 1 and found.sentence.startswith("Nothing can be said of anchoring")


async def test_adjudicators_ask_where_the_policy_lets_them(site: Site, world: World, lea: Client) -> None:
    drafted.add_model(world)
    site.http.headers["Authorization"] = f"Bearer {world.tokens['adj']}"
    with pytest.raises(ApiError, match="leads alone may ask"):
        await lea.start_drafts(world.project, body(world))
    with pytest.raises(ApiError, match="leads alone may ask"):
        await lea.start_drafts(world.project, body(world, position=99))
    world.set_policy(drafts=[{"who": "lead+adjudicator"}])
    adj = world.expert("adj")
    taken = adj.take()
    adj.commit(taken.id, 1)
    mine = revealed.item_of(world, taken.id)
    for position in (3, 4, 99):
        with pytest.raises(ApiError, match=f"You have not been shown a step {position} of this trace."):
            await lea.start_drafts(world.project, body(world, item_id=mine, position=position))
    with pytest.raises(ApiError, match="name a step"):
        await lea.start_drafts(world.project, body(world, kind="label_opinion", item_id=mine, position=None))
    made = await lea.start_drafts(world.project, body(world, item_id=mine))
    with pytest.raises(ApiError, match="Your roles do not allow this"):
        await lea.drafts(world.project, made.id)
    assert (await lea.draft_status(world.project, made.id)).state is DraftState.WAITING
    of_lead = drafted.ask(world)
    for call in (
        lea.draft_status(world.project, of_lead.id), lea.cancel_drafts(world.project, of_lead.id, CancelBody()),
        anext(lea.draft_progress(world.project, of_lead.id)),
    ):  # fmt: skip
        with pytest.raises(ApiError) as unknown:
            await call
        assert unknown.value.status == 404
    ended = await lea.cancel_drafts(world.project, made.id, CancelBody())
    assert [one.state async for one in lea.draft_progress(world.project, made.id)] == [ended.state]
    assert not any(b"document" in response.content for response in site.seen)
