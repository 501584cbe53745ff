"""The routes around a pilot: what they answer, and to whom."""

import pytest

from tests.api.conftest import Site

CASES = "/v1/projects/{project}/hard-cases"


async def test_a_question_sent_again_with_its_key_is_asked_once(site: Site) -> None:
    opened = (await site.done("ann", "POST", "/v1/projects/{project}/claim"))["assignment"]["id"]
    for path in ("/v1/projects/{project}/questions", f"/v1/assignments/{opened}/questions"):
        said = [
            await site.done("ann", "POST", path, {"text": "which rule?"}, headers={"Idempotency-Key": path[-40:]})
            for _ in range(2)
        ]
        assert said[0] == said[1]
        other = await site.call("ann", "POST", path, {"text": "another"}, headers={"Idempotency-Key": path[-40:]})
        assert (other.status_code, other.json()["slug"]) == (409, "key-reused")
    assert len(await site.done("ann", "GET", "/v1/projects/{project}/my-questions")) == 2


async def test_only_open_questions_can_be_asked_for(site: Site) -> None:
    for text in ("first", "second"):
        await site.done("ann", "POST", "/v1/projects/{project}/questions", {"text": text})
    path = "/v1/projects/{project}/questions"
    newest = (await site.done("lea", "GET", path))[0]
    body = {"resolution": "default", "rule": "M4", "text": "so"}
    await site.done("lea", "POST", f"{path}/{newest['id']}/answer", body)
    assert [one["text"] for one in await site.done("lea", "GET", f"{path}?open=true")] == ["first"]
    assert [one["text"] for one in await site.done("lea", "GET", f"{path}?open=false")] == ["second", "first"]
    queue = await site.done("ann", "GET", "/v1/queue?day_starts_at=0")
    assert [entry["answered"] for entry in queue["projects"]] == [1]
    assert (await site.call("lea", "GET", f"{path}?open=perhaps")).status_code == 400


async def test_the_queue_and_a_claim_say_that_a_pilot_comes_first(site: Site) -> None:
    await site.done("lea", "POST", "/v1/projects/{project}/pilots", {"traces": 1, "people": 2})
    for name, waiting in (("ann", True), ("bob", True), ("cyn", False)):
        (entry,) = (await site.done(name, "GET", "/v1/queue?day_starts_at=0"))["projects"]
        assert (entry["production_open"], entry["waiting"]) == (False, waiting), name
        claimed = await site.done(name, "POST", "/v1/projects/{project}/claim")
        assert claimed["nothing"] == (None if waiting else "not_open"), name
    refused = await site.call("lea", "POST", "/v1/projects/{project}/open", {})
    assert refused.status_code == 409 and "0 of 2 assignments of the pilot are finished" in refused.json()["detail"]
    await site.done("lea", "POST", "/v1/projects/{project}/open", {"reason": "now"})
    (entry,) = (await site.done("cyn", "GET", "/v1/queue?day_starts_at=0"))["projects"]
    assert (entry["production_open"], entry["waiting"]) == (True, True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("pilots", {"traces": 0}, 422),
        ("pilots", {"people": 1}, 422),
        ("pilots", {"experts": [" "]}, 422),
        ("pilots", {"seed": True}, 422),
        ("pilots", {"domain": "nowhere"}, 409),
        ("open", {"reason": " "}, 422),
        ("open", {"reason": "x"}, 409),
        ("sign-offs", {"guideline": "a", "version": "1", "use_cases": ["x"], "labels": {}}, 409),
    ],
)
async def test_what_does_not_fit_changes_nothing(site: Site, path: str, body: dict[str, object], status: int) -> None:
    size = len(site.world.kinds())
    response = await site.call("lea", "POST", f"/v1/projects/{{project}}/{path}", body)
    assert response.status_code == status, response.text
    assert len(site.world.kinds()) == size


async def test_hard_cases_come_one_by_one_or_so_many(site: Site) -> None:
    opened = (await site.done("ann", "POST", "/v1/projects/{project}/claim"))["assignment"]["id"]
    for position in (1, 2):
        body = {"position": position, "label": "correct", "unsure": True}
        await site.done("ann", "POST", f"/v1/assignments/{opened}/labels", body)
    found = await site.done("lea", "GET", CASES)
    assert [one["why"] for one in found] == [["unsure"], ["unsure"]]
    assert await site.done("lea", "GET", f"{CASES}?most=1") == found[:1]
    assert await site.done("lea", "GET", f"{CASES}/{found[1]['id']}") == found[1]
    assert (await site.call("lea", "GET", f"{CASES}?most=0")).status_code == 400
    assert (await site.call("lea", "GET", f"{CASES}/{'0' * 32}-1")).status_code == 404
    assert (await site.call("lea", "GET", "/v1/projects/{project}/pilots/report")).status_code == 404
