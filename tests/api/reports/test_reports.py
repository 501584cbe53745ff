"""The routes of reports, through the client that the terminal UI and the command line use."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cotlab.client import ApiError, Client
from cotlab.domain.answers import Purpose
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.reports.pairs import RankedBy
from cotlab.domain.reports.people import Against, AlarmDecision, AlarmDecisionBody, AlarmKind
from tests.api.conftest import Site
from tests.services.calibration.doubting import FALSE, TRUE, label, prepare
from tests.services.work import comparing
from tests.world import World


@pytest.fixture
async def lead(site: Site) -> AsyncIterator[Client]:
    app: Any = site.app
    transport = httpx.ASGITransport(app)
    async with Client("http://127.0.0.1:1", site.world.tokens["lea"], transport=transport) as connection:
        yield connection


@pytest.fixture
def worked(world: World) -> World:
    """Ann and bob labelled a gold trace and one of production each, ann faster than the policy lets anybody read."""
    prepare(world, gate=None, pace_alarm=PaceTest(labels=5, words_a_minute=100))
    for name, labels in (("ann", FALSE), ("bob", TRUE)):
        label(world, name, "g3", labels, Purpose.GOLD)
        label(world, name, "w1", labels)
    world.catch_up()
    return world


async def test_every_report_reaches_the_lead(lead: Client, worked: World) -> None:
    project = worked.project
    found = await lead.accuracy(project, {"by": "person", "person": "bob"})
    assert [one.accuracy.hits for one in found.results] == [8, 8]
    assert (await lead.accuracy(project, {"against": "settled"})).against is Against.SETTLED
    assert {one.person for one in (await lead.sessions(project)).sessions} == {"ann", "bob"}
    assert [one.person for one in (await lead.pace(project, {"person": "ann"})).people] == ["ann"]
    (window,) = (await lead.group_drift(project, {"steps": 16})).windows
    assert (window.accuracy.hits, window.accuracy.of) == (8, 16)
    selection = await lead.selection(project)
    assert selection.at_random + selection.by_points == 1 and selection.shares[-1].labelled.of == 0


async def test_what_cannot_be_asked_is_refused(lead: Client, worked: World) -> None:
    for query in ({"against": "each other"}, {"by": "mood"}, {"person": "nobody"}):
        with pytest.raises(ApiError) as refused:
            await lead.accuracy(worked.project, query)
        assert refused.value.status in (400, 422), query
    for windows in ({"steps": 1}, {"days": 0}, {"domain": "law"}):
        with pytest.raises(ApiError) as refused:
            await lead.group_drift(worked.project, windows)
        assert refused.value.status in (400, 422), windows


async def test_an_alarm_is_listed_decided_and_no_longer_open(lead: Client, worked: World) -> None:
    alarms = await lead.alarms(worked.project, only_open=True)
    assert {one.person for one in alarms} == {"ann", "bob"}
    for one in alarms:
        body = AlarmDecisionBody(decision=AlarmDecision.EXPLAINED, reason="short steps")
        await lead.decide_alarm(worked.project, one.id, body)
    assert await lead.alarms(worked.project, only_open=True) == []
    assert {one.decision for one in await lead.alarms(worked.project)} == {"explained"}


async def test_what_they_say_depends_on_nobody_elses_project(lead: Client, worked: World) -> None:
    other = worked.add_project("other", "lea")
    for report in (lead.sessions, lead.pace, lead.group_drift):
        found = (await report(other)).model_dump()
        assert not any(found.get(name) for name in ("sessions", "people", "windows", "by_minutes"))
    assert await lead.alarms(other) == []


async def test_reports_on_pairs_reach_the_lead(lead: Client, world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1, repeat_share=0, position_alarm=0.5)
    comparing.add(world, *(comparing.pair(f"p{number}") for number in range(15)))
    for _ in range(15):
        comparing.prefer(world.expert("ann"), comparing.take(world.expert("ann"))[0].id)
    world.catch_up()
    found = await lead.comparing(world.project, {"person": "ann", "domain": "mathematics"})
    assert [one.person for one in found.people] == ["ann"] and found.everybody.first_position.hits == 15
    early = await lead.comparing(world.project, {"as_of": 1})
    assert (early.as_of, early.everybody.choices, early.people) == (1, 0, ())
    for by in RankedBy:
        ranked = await lead.ranking(world.project, {"by": by.value, "domain": "mathematics"})
        assert (ranked.by, ranked.as_of, ranked.ranking.comparisons) == (by, found.as_of, 15)
    (alarm,) = await lead.alarms(world.project)
    assert alarm.kind is AlarmKind.POSITION and alarm.position is not None and alarm.position.left > 5
    body = AlarmDecisionBody(decision=AlarmDecision.CONFIRMED, reason="they clicked")
    await lead.decide_alarm(world.project, alarm.id, body)
    assert [one.decision for one in await lead.alarms(world.project)] == ["confirmed"]


async def test_what_cannot_be_asked_of_pairs_is_refused(lead: Client, world: World) -> None:
    for query in ({"person": "nobody"}, {"domain": "alchemy"}, {"as_of": 2**40}, {"as_of": -1}):
        with pytest.raises(ApiError) as refused:
            await lead.comparing(world.project, query)
        assert refused.value.status in (400, 422), query
    for query in ({"by": "name"}, {"domain": "alchemy"}, {"as_of": 2**40}):
        with pytest.raises(ApiError) as refused:
            await lead.ranking(world.project, query)
        assert refused.value.status in (400, 422), query
