"""A lead's reports on the board: accuracy and sessions of people, and alarms, which are decided there."""

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import HERE
from tests.tui.fakes.lead import dump
from tests.tui.fakes.reports import DECIDED, DRIFT, PACE, lead
from tests.tui.fakes.server import FakeServer, Refusal
from tui.app.screens.editor import Editor
from tui.app.settings import Settings

SIZES = [(60, 16), (80, 24), (160, 50)]


async def open_from_board(ui: Desktop, key: str, screen: str) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("B")
    await ui.until(lambda: ui.shows("BoardScreen") and "! drift" in ui.text())
    await ui.press(key)
    await ui.until(lambda: ui.shows(screen) and ui.status == "")


@pytest.mark.parametrize("size", SIZES)
async def test_accuracy_and_sessions(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_from_board(ui, "S", "AccuracyScreen")
        assert "2 people · against gold in production" in ui.text()
        assert "▸ everybody  0.82" in ui.text() and "410 of 500 steps right: 0.82 (0.77-0.86)" in ui.words()
        assert "bob [b]" in ui.text()
        await ui.press("j")
        await ui.until(lambda: "210 of 240 steps right: 0.88" in ui.words())
        assert "in 30 traces, 3 more left out" in ui.words()
        for _ in range(12 if size[1] < 50 else 0):
            await ui.press("pagedown")
            if "after 22 h off" in ui.text():
                break
        await ui.until(lambda: "after 22 h off" in ui.text())
        if size[1] >= 50:
            assert "recall 0.64" in ui.text() and "rows: what is right" in ui.text()
            assert "2 sessions, 2.3 h, 461 labels" in ui.text()
            assert "gold right by labels in the hour before" in ui.text()
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


async def test_against_what_others_settled(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_from_board(ui, "S", "AccuracyScreen")
        await ui.press("tab")
        await ui.until(lambda: "1 person · against what others settled" in ui.text() and ui.status == "")
        assert "no step that tells what is right" in ui.text() and "tab  against gold in production" in ui.text()
        await ui.press("tab")
        await ui.until(lambda: "2 people · against gold in production" in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_alarms(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await ui.until(lambda: "1 alarm of pace (B, then T)" in ui.words())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen") and "1 alarm · 1 of pace (T)" in ui.text())
        await ui.press("T")
        await ui.until(lambda: ui.shows("AlarmsScreen") and ui.status == "")
        assert "2 · newest first · 2 open" in ui.text() and "! open     pace   bob [b]" in ui.text()
        assert "1,536 words a minute" in ui.words() and "2  confirmed: these labels were not read" in ui.text()
        await ui.press("j")
        await ui.until(lambda: "27 of 50 gold steps right" in ui.words())
        await ui.press("1")
        assert "decides about drift" in ui.status


@pytest.mark.parametrize(("key", "decision"), [("1", "explained"), ("2", "confirmed")])
async def test_a_pace_alarm_is_decided(server: FakeServer, settings: Settings, key: str, decision: str) -> None:
    async with running(lead(server), settings) as ui:
        await open_from_board(ui, "T", "AlarmsScreen")
        await ui.press("9")
        assert ui.status == "nothing is on 9 here; decisions are on 1, 2, and ? shows all keys"
        await ui.press(key)
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert f"{decision} · bob [b]" in ui.text()
        await ui.type("known traces")
        decided = PACE.model_copy(update={**DECIDED, "decision": decision})
        server.replies["GET", f"{HERE}/reports/alarms"] = [dump(decided), dump(DRIFT)]
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == f"bob [b]: {decision}")
        assert "✓ decided" in ui.text() and f"{decision} by lea" in ui.text() and "1 open" in ui.text()
        await ui.press("1")
        assert ui.status == "this is decided already"
    asked = [body for path, _, body in server.heard if path == f"{HERE}/alarms/p1/decision"]
    assert asked == [{"decision": decision, "reason": "known traces"}]


async def test_a_refused_decision_keeps_its_reason(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["POST", f"{HERE}/alarms/p1/decision"] = Refusal(409, "conflict", "It is decided already.")
    async with running(server, settings) as ui:
        await open_from_board(ui, "T", "AlarmsScreen")
        await ui.press("1")
        await ui.type("why")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status.startswith("It is decided already"))
        await ui.press("1")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert ui.screen.query_one(Editor).text == "why"


async def test_no_alarm(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/reports/alarms"] = []
    async with running(server, settings) as ui:
        await open_from_board(ui, "T", "AlarmsScreen")
        assert "There is no alarm." in ui.text()
