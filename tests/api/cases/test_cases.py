"""An adjudicator's routes, and that no byte of what is hidden before the choice comes before it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from cotlab.domain.people import Role
from cotlab.storage import open_store
from tests.adjudicator import Adjudicator
from tests.api.conftest import Site, site_over
from tests.api.routes import routes
from tests.api.work.test_isolation import AFTER_SETUP, hidden_trace, json_strings, raw, without_receipts
from tests.services.cases.adjudicating import open_cases
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace

CLAIM = "/v1/projects/{project}/cases/claim"


def dispute(world: World, *labels: str) -> None:
    """Ann and bob label the next trace up to its second step, where they disagree; the case is open."""
    for name, label in zip(("ann", "bob"), labels, strict=True):
        expert = world.expert(name)
        mine = expert.take()
        expert.commit(mine.id, 1)
        expert.commit(mine.id, 2, label, rationale=f"it is {label}")
    open_cases(world)


async def test_a_case_from_the_list_to_the_decision_once_for_each_key(site: Site) -> None:
    site.world.set_policy(second_adjudicator_share=0)
    dispute(site.world, "redundant", "incorrect")
    listed = await site.done("adj", "GET", "/v1/projects/{project}/cases?state=open&reason=disagreement")
    (entry,) = listed["cases"]
    assert (listed["total"], entry["reasons"], entry["problem"]) == (1, ["disagreement"], "Problem a")
    assert (await site.done("adj", "GET", "/v1/projects/{project}/cases?state=decided"))["cases"] == []
    key = {"Idempotency-Key": "claim"}
    claimed = [await site.done("adj", "POST", CLAIM, {"case_id": entry["case_id"]}, headers=key) for _ in range(2)]
    assert claimed[0] == claimed[1] and claimed[0]["case"]["step"]["text"] == "a, step 2"
    base = f"/v1/assignments/{claimed[0]['case']['id']}"
    assert (await site.done("adj", "GET", f"{base}/guideline"))["version"] == "1.0"
    said = {"label": "redundant", "citations": [{"kind": "rule", "name": "M3"}]}
    chosen = [
        await site.done("adj", "POST", f"{base}/choice", said, headers={"Idempotency-Key": "c"}) for _ in range(2)
    ]
    assert chosen[0] == chosen[1]
    assert [one["rationale"] for one in chosen[0]["evidence"]["labels"]] == ["it is redundant", "it is incorrect"]
    view = await site.done("adj", "GET", f"{base}/case")
    assert view["choice"]["citations"][0]["name"] == "M3" and view["evidence"] == chosen[0]["evidence"]
    refused = await site.call("adj", "POST", f"{base}/choice", said)
    assert (refused.status_code, refused.json()["slug"]) == (409, "already-labelled")
    body = {"label": "redundant", "rationale": "by M3", "citations": [{"kind": "rule", "name": "M3"}]}
    decided = [
        await site.done("adj", "POST", f"{base}/decision", body, headers={"Idempotency-Key": "d"}) for _ in range(2)
    ]
    assert decided[0] == decided[1] and decided[0]["decided"]
    ended = await site.call("adj", "GET", f"{base}/case")
    assert (ended.status_code, ended.json()["slug"]) == (409, "lease-taken")
    (entry,) = (await site.done("adj", "GET", "/v1/projects/{project}/cases"))["cases"]
    assert (entry["state"], entry["mine"]) == ("decided", True)


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        ("choice", {}, 422, "label"),
        ("decision", {"label": "correct", "rationale": " "}, 422, "rationale"),
        ("decision", {"label": "correct", "rationale": "x", "gap": ""}, 422, "gap"),
        ("pass", {"reason": "x"}, 422, "experts: a case goes to one named expert, or to a panel"),
        ("pass", {"reason": "x", "panel": 4}, 422, "panel: a panel has an odd number of seats"),
        ("pass", {"reason": "x", "panel": 3, "experts": ["a", "b"]}, 422, "panel"),
        ("decision", {"label": "correct", "rationale": "x", "gap": "y"}, 409, "Choose your own label first"),
        ("labels", {"position": 2, "label": "correct"}, 409, "This is a case"),
        ("finish", {}, 409, "This is a case"),
        ("end", {"ending": "give_up", "reason": "x"}, 409, "This is a case"),
        ("questions", {"text": "x", "position": 2}, 409, "This is a case"),
        ("alternatives", {"position": 2, "kind": "rewording", "steps": ["x"]}, 409, "This is a case"),
    ],
)
async def test_what_does_not_fit_is_said_and_changes_nothing(
    site: Site, path: str, body: Any, status: int, detail: str
) -> None:
    dispute(site.world, "redundant", "incorrect")
    case = (await site.done("adj", "POST", CLAIM, {}))["case"]
    stood = site.world.kinds()
    response = await site.call("adj", "POST", f"/v1/assignments/{case['id']}/{path}", body)
    assert response.status_code == status and detail in response.text, response.text
    assert site.world.kinds() == stood


async def test_a_cursor_or_filter_that_is_none_is_refused(site: Site) -> None:
    for query in ("cursor=x", "state=lost", "reason=mood"):
        assert (await site.call("adj", "GET", f"/v1/projects/{{project}}/cases?{query}")).status_code in (400, 422)


async def every_call(site: Site, base: str, case_id: str) -> None:
    """What an adjudicator can call before the choice, and every mistake."""
    for path in (
        "/v1/projects/{project}/cases", "/v1/projects/{project}/cases?state=open&reason=disagreement&domain=law",
        "/v1/projects/{project}/cases?state=settled_otherwise", "/v1/queue?day_starts_at=0",
        "/v1/projects/{project}/my-labels", "/v1/projects/{project}/my-cases", "/v1/projects/{project}/cases/report",
        "/v1/projects/{project}/cases/all", f"/v1/projects/{{project}}/cases/{case_id}", base, f"{base}/case",
        f"{base}/guideline", f"{base}/steps/1", f"{base}/steps/2", f"{base}/steps/3", "/v1/projects/{project}/members",
    ):  # fmt: skip
        await site.call("adj", "GET", path)
    for path, body in (
        (CLAIM, {}), (CLAIM, {"case_id": case_id}), (CLAIM, {"case_id": "0" * 32}),
        (f"/v1/projects/{{project}}/my-cases/{case_id}", None), ("/v1/projects/{project}/claim", None),
        (f"/v1/projects/{{project}}/cases/{case_id}/pass", {"experts": ["dan"], "reason": "x"}),
        (f"{base}/choice", {"label": "superb"}), (f"{base}/choice", {"label": "incorrect"}),
        (f"{base}/choice", {"label": "correct", "citations": [{"kind": "rule", "name": "M99"}]}),
        (f"{base}/decision", {"label": "correct", "rationale": "x", "gap": "y"}),
        (f"{base}/pass", {"experts": ["dan"], "reason": "x"}), (f"{base}/pass", {"experts": ["nobody"], "reason": "x"}),
        (f"{base}/pass", {"experts": ["ann"], "reason": "x"}), (f"{base}/pass", {"panel": 5, "reason": "x"}),
        (f"{base}/labels", {"position": 2, "label": "correct"}), (f"{base}/finish", {"complete": "yes"}),
        (f"{base}/questions", {"position": 2, "text": "x"}), (f"{base}/end", {"ending": "give_up", "reason": "x"}),
    ):  # fmt: skip
        await site.call("adj", "POST", path, body)


def two_who_disagree(world: World, canary: str, label: str) -> None:
    """Two people, whose names are hidden too, disagree on the second step, where another wording is known."""
    for number, given in enumerate((label, "correct")):
        name = f"Peer {number} {canary}"
        world.add_person(name)
        world.join(name, Role.ANNOTATOR)
        peer = world.expert(name)
        mine = peer.take()
        peer.commit(mine.id, 1)
        peer.commit(mine.id, 2, given, rationale=f"because of {label}", step_size="too_fine")
        peer.write(mine.id, 2, f"wording of {canary}")
        if number == 0:
            peer.commit(mine.id, 3, "redundant")


async def test_two_servers_that_differ_in_what_is_hidden_answer_the_same_bytes_before_the_choice(
    make_database: Callable[[], str],
) -> None:
    """The one has three steps, the other seven; other labels for other reasons, by other people."""
    said: list[list[bytes]] = []
    for canary, steps, label, lead in (("Aa1", 3, "redundant", "lea"), ("Bb22", 7, "incorrect", "Lena Other")):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock, leads=lead)
        world.set_policy(overlap=2, second_adjudicator_share=0)
        world.add_traces(hidden_trace(canary, steps))
        two_who_disagree(world, canary, label)
        site = site_over(world)
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        assert open_cases(world) == 1
        case = (await site.done("adj", "POST", CLAIM, {}))["case"]
        base = f"/v1/assignments/{case['id']}"
        for _ in range(2):
            clock.advance(seconds=30)
            await every_call(site, base, case["case_id"])
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    one, other = said
    assert len(one) == len(other) > 60
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


async def test_no_name_no_later_step_and_no_answer_comes_with_the_evidence(world: World) -> None:
    canary = "Xy7Canary"
    world.set_policy(overlap=2, second_adjudicator_share=0)
    for name in ("cyn", "dan"):
        for _ in range(3):  # the world's own traces are out of the way
            world.expert(name).label_all()
    world.add_traces(hidden_trace(canary))
    two_who_disagree(world, canary, "incorrect")
    assert open_cases(world) == 1
    site = site_over(world)
    case = (await site.done("adj", "POST", CLAIM, {}))["case"]
    base = f"/v1/assignments/{case['id']}"
    await every_call(site, base, case["case_id"])
    assert b"because of" not in b"".join(map(raw, site.seen))
    evidence = (await site.done("adj", "POST", f"{base}/choice", {"label": "correct"}))["evidence"]
    assert [one["step_size"] for one in evidence["labels"]] == ["too_fine", "too_fine"]
    for _ in range(2):  # by the first time the case is decided
        await every_call(site, base, case["case_id"])
    (entry,) = (await site.done("adj", "GET", "/v1/projects/{project}/cases"))["cases"]
    assert entry["state"] == "decided"
    mine = {id_ for name, id_ in world.people.items() if name == "adj"}
    for response in site.seen:
        found = raw(response)
        for hidden in (canary, "makes 42", "Ship step 3", *(set(world.people.values()) - mine)):
            assert hidden.encode() not in found, (response.url, hidden)
        assert not json_strings(response) & {"lea", "ann", "bob"}, response.url
    called = {f"{response.request.method} {response.request.url.path}" for response in site.seen}
    for method, path, _ in routes(site.app):
        if re.search(r"/cases|/case$|/choice|assignment_id}/(decision$|pass)", path):
            pattern = re.sub(r"\{\w+\}", "[^/]+", f"{method} {path}")
            assert any(re.fullmatch(pattern, call) for call in called), path


async def test_the_list_goes_on_where_a_page_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.services.cases.adjudication.PAGE", 1)
    site.world.add_traces(trace("d", 2))
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        for _ in range(2):
            site.world.expert(name).label_all([label])
    open_cases(site.world)
    path, found = "/v1/projects/{project}/cases", []
    page = await site.done("adj", "GET", path)
    while page["next_cursor"] is not None:
        found += page["cases"]
        page = await site.done("adj", "GET", f"{path}?cursor={page['next_cursor']}")
    assert len({one["case_id"] for one in [*found, *page["cases"]]}) == page["total"] == 2
    assert Adjudicator(site.world, "adj").waiting() == 2
