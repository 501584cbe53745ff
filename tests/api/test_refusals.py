"""Failed sign-ins and refusals: kept, counted, limited; and no token anywhere it does not belong."""

import json
import logging
from typing import Any

import pytest

from cotlab.storage import SERVER, is_postgresql
from tests.api.conftest import Site
from tests.world import World

QUEUE = "/v1/queue?day_starts_at=0"
WRONG = "cot_01234567_" + "w" * 43


def refusals(world: World) -> list[dict[str, Any]]:
    rows = world.rows("SELECT body FROM events WHERE chain = :chain ORDER BY sequence", chain=SERVER)
    bodies = [json.loads(row["body"]) for row in rows]
    return [{"actor": each["actor"], **each["data"]} for each in bodies if each["kind"] == "access.refused"]


async def test_a_failed_sign_in_and_a_refusal_are_events(site: Site, world: World) -> None:
    assert (await site.call(WRONG, "GET", QUEUE)).status_code == 401
    assert (await site.call("ann", "GET", "/v1/projects/{project}/members")).status_code == 403
    assert (await site.call(None, "GET", QUEUE)).status_code == 401  # nobody tried to be anybody
    assert refusals(world) == [
        {"actor": "nobody", "reason": "not-signed-in", "count": 1},
        {"actor": world.people["ann"], "reason": "refused", "count": 1},
    ]


async def test_ten_thousand_attempts_write_a_handful_of_events_and_are_all_counted(
    site: Site, world: World, engine: str
) -> None:
    attempts = 2_000 if is_postgresql(engine) else 10_000
    statuses: dict[int, int] = {}
    for number in range(attempts):
        if number % (attempts // 4) == 0:
            world.clock.advance(minutes=1)
        response = await site.http.get(QUEUE, headers={"Authorization": f"Bearer {WRONG}"})
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
    assert response.headers["Retry-After"]
    assert statuses == {401: 4 * 30, 429: attempts - 4 * 30}
    await site.done("ann", "GET", QUEUE)  # who is known is let in all the while
    await site.server.refusals.flush()
    found = refusals(world)
    assert len(found) <= 8 and sum(each["count"] for each in found) == attempts


async def test_the_limit_is_one_of_a_minute(site: Site, world: World) -> None:
    async def attempt() -> int:
        return (await site.call(WRONG, "GET", QUEUE)).status_code

    assert [await attempt() for _ in range(32)] == [401] * 30 + [429] * 2
    world.clock.advance(minutes=1)
    assert await attempt() == 401


async def test_no_token_in_logs_errors_or_events(
    site: Site, world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)

    def breaks(*arguments: Any) -> None:
        raise RuntimeError("an unexpected fault")

    monkeypatch.setattr("cotlab.services.reports.my_work.queue", breaks)
    good = world.tokens["ann"]
    for token in (good, WRONG, good[:-1], good + "x"):
        for path in (
            QUEUE,
            "/v1/projects",
            f"/v1/assignments/{'0' * 32}",
            "/v1/nothing",
            "/v1/projects/{project}/members",
        ):
            await site.call(token, "GET", path)
            await site.call(token, "POST", path, {"x": 1})
    broken = await site.call("ann", "GET", QUEUE)
    assert broken.status_code == 500 and broken.json()["slug"] == "internal" and "fault" not in broken.text
    written = caplog.text + "".join(capfd.readouterr())
    assert "an unexpected fault" in written
    events = json.dumps([row["body"] for row in world.rows("SELECT body FROM events")])
    for token in (good, WRONG, good.split("_", 2)[2]):
        assert token not in written and token not in events
        assert not any(token in response.text for response in site.seen)
