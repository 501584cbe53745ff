"""The routes of calibration, through the client that the terminal UI and the command line use."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cotlab.client import ApiError, Client
from cotlab.domain.calibration.qualification import (
    CalibrationDecisionBody,
    CalibrationSetBody,
    CalibrationState,
    DecisionKind,
)
from tests.api.conftest import Site
from tests.services.calibration import calibrating
from tests.services.calibration.calibrating import DOMAIN, GATE, alarm, bring_gold, calibrate, clicks
from tests.world import World


def client(site: Site, who: str) -> Client:
    app: Any = site.app
    return Client("http://127.0.0.1:1", site.world.tokens[who], transport=httpx.ASGITransport(app))


@pytest.fixture
async def lead(site: Site) -> AsyncIterator[Client]:
    async with client(site, "lea") as connection:
        yield connection


@pytest.fixture
async def ann(site: Site) -> AsyncIterator[Client]:
    async with client(site, "ann") as connection:
        yield connection


async def test_a_lead_draws_a_set_and_sees_who_passed(site: Site, world: World, lead: Client, ann: Client) -> None:
    world.set_policy(overlap=2, gate=GATE)
    bring_gold(world, "g1", "g2", "g3")
    drawn = await lead.set_calibration(world.project, CalibrationSetBody(domain=DOMAIN, training=1))
    assert (drawn.training, drawn.counted, drawn.counted_steps) == (1, 2, 8)
    calibrate(world, "ann")
    calibrate(world, "bob", clicks, traces=1)
    board = await lead.board(world.project)
    states = {one.person: one.state.value for one in board.standings if one.domain == DOMAIN}
    assert states == {"adj": "new", "ann": "qualified", "bob": "calibrating", "cyn": "new", "dan": "new"}
    (found,) = await lead.standings(world.project, world.people["ann"])
    assert found.attempts[0].result is not None and found.attempts[0].result.passed
    (mine,) = await ann.my_standings(world.project)
    assert found.drift is not None and mine.drift is None
    assert mine == found.model_copy(update={"person": "", "drift": None})


async def test_a_lead_decides_with_a_reason(site: Site, world: World, lead: Client, ann: Client) -> None:
    calibrating.prepare(world)
    body = CalibrationDecisionBody(domain=DOMAIN, kind=DecisionKind.QUALIFY, person="ann", reason="known from before")
    await lead.decide_calibration(world.project, body)
    (mine,) = await ann.my_standings(world.project)
    assert mine.state is CalibrationState.QUALIFIED and "known from before" not in mine.model_dump_json()
    with pytest.raises(ApiError, match="no drift alarm"):
        await lead.decide_calibration(world.project, body.model_copy(update={"kind": DecisionKind.OVERRULE_ALARM}))


@pytest.mark.parametrize(
    "body",
    [
        {"domain": DOMAIN, "kind": "qualify", "reason": "x"}, {"domain": DOMAIN, "kind": "open_team", "person": "ann",
         "reason": "x"}, {"domain": DOMAIN, "kind": "qualify", "person": "ann", "reason": " "},
        {"domain": DOMAIN, "kind": "praise", "person": "ann", "reason": "x"},
    ],
)  # fmt: skip
async def test_a_decision_names_whom_and_why(site: Site, body: dict[str, str]) -> None:
    response = await site.call("lea", "POST", "/v1/projects/{project}/calibration/decisions", body)
    assert (response.status_code, response.json()["slug"]) == (422, "bad-input"), response.text


async def test_the_queue_says_that_calibration_waits_and_tells_the_lead_of_alarms(site: Site, world: World) -> None:
    calibrating.prepare(world)

    async def entry(who: str) -> dict[str, object]:
        found: dict[str, object] = (await site.done(who, "GET", "/v1/queue?day_starts_at=0"))["projects"][0]
        return found

    assert (await entry("ann"))["waiting"] is True
    calibrate(world, "ann", clicks, traces=6)
    assert (await entry("ann"))["waiting"] is False
    alarm(world, "bob")
    assert (await entry("lea"))["alarms"] == 1 and (await entry("bob"))["alarms"] == 0
