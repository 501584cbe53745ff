"""Calibration as the one who calibrates sees it: the queue's lines, feedback in training, and where they stand."""

import time
from typing import Any

import pytest

from cotlab.domain.calibration.qualification import Standing
from cotlab.domain.guidelines.schema import Schema
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import DRIFT, MINE, attempt, standing
from tests.tui.fakes.lead import dump
from tests.tui.fakes.server import LABELS, FakeServer, FakeTrace
from tui.app.settings import Settings
from tui.calibration.state import COUNTS
from tui.labelling.feedback import NOTHING_YET
from tui.widgets.qualification import note, standing_lines
from tui.widgets.times import day

SIZES = [(60, 16), (80, 24), (160, 50)]
NOON = int(time.mktime((2026, 5, 12, 12, 0, 0, 0, 0, -1)) * 1e6)
WHY = "It says at what time both have covered 360 km."
NAMES = ("correct", "redundant", "incorrect", "incomplete")
LONG = " ".join(f"word{at}" for at in range(300))


NOTES: list[tuple[Standing, str]] = [
    (standing("new"), "new in everyday: The sentence of everyday (c)"),
    (standing("calibrating", attempts=(attempt(done=4),)),
     "calibrating everyday: 4 of 40 done, the last 30 without feedback (c)"),
    (standing("calibrating", attempts=(attempt(done=18),)),
     "calibrating everyday: 18 of 40 done, this part counts (c)"),
    (standing("calibrating", attempts=(attempt(),)), "calibrating in everyday: The sentence of everyday (c)"),
    (standing("qualified"), "qualified in everyday"),
    (standing("qualified", until=NOON), f"qualified in everyday until {day(NOON)}"),
    (standing("suspended", attempts=(attempt(), attempt(2))), "suspended in everyday: The sentence of everyday"),
    (standing("suspended", attempts=(attempt(),)),
     "suspended in everyday: The sentence of everyday; c to recalibrate"),
    (standing("expired"), "expired in everyday: The sentence of everyday (c)"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "said"), NOTES)
def test_notes(one: Standing, said: str) -> None:
    assert note(one) == said


def test_a_day_of_another_year_has_its_year(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.localtime
    monkeypatch.setattr(time, "localtime", lambda at=NOON / 1e6: now(at))
    assert day(NOON) == "12 May" and day(NOON + 365 * 86_400_000_000) == "12 May 2027"


def calibrating(server: FakeServer, *standings: Standing) -> FakeServer:
    server.purpose = "calibration"
    server.standings = [dump(one) for one in standings]
    server.feedback = {1: ("correct", "It names what is looked for."), 2: ("correct", WHY), 3: ("incorrect", LONG)}
    return server


@pytest.mark.parametrize("size", SIZES)
async def test_the_queue_says_where_i_stand(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    free = standing("qualified", "physics", gate=None, attempts_allowed=0)
    async with running(calibrating(server, *MINE, free), settings, size) as ui:
        await ui.until(lambda: "calibrating everyday: 18 of 40 done" in ui.text())
        assert "qualified in law until" in ui.text() and "physics" not in ui.text()
        assert "c calibrate" in ui.text() or size[0] < 160
        await ui.press("c")
        await ui.until(lambda: ui.at_step(1))


async def test_there_is_nothing_to_calibrate(server: FakeServer, settings: Settings) -> None:
    server.standings = [dump(standing("qualified"))]
    async with running(server, settings) as ui:
        await ui.until(lambda: "qualified in everyday" in ui.text())
        await ui.press("c")
        assert ui.status == "there is nothing for you to calibrate here: M says where you stand"
        server.standings = []
        await ui.press("B")
        assert ui.status == "this is for the lead of a project, and you do not lead this one"


async def test_a_server_that_refuses_to_say_where_i_stand_stops_nothing(settings: Settings) -> None:
    class Refusing(FakeServer):
        def _route(self, method: str, parts: list[str], query: str, body: Any) -> Any:
            return super()._route(method, parts if parts[-1] != "my-calibration" else ["nothing"], query, body)

    async with running(Refusing(), settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        assert [step.mine.label for step in ui.work.earlier if step.mine] == ["correct"]


@pytest.mark.parametrize("size", SIZES)
async def test_feedback_in_training(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(calibrating(server, standing("new")), settings, size) as ui:
        await ui.open_first()
        assert "algebra-pilot" in ui.text() and " · calibration  " in ui.text() and "verified" not in ui.text()
        await ui.press("e")
        assert ui.status == NOTHING_YET
        await ui.label("1", then=2)
        assert "  1  ✓ correct     = right, verified: ✓ correct" in ui.text()
        assert "\n     It names what is looked for." in ui.text()
        await ui.label("2", then=3)
        lines = ui.text().splitlines()
        at = next(number for number, line in enumerate(lines) if "≠ wrong, verified: ✓ correct" in line)
        assert lines[at].startswith("  2  ○ redundant") and lines[at + 1].strip() == WHY
        assert "The second train" in ui.text(), "the next step is there with it"
        below = next(number for number, line in enumerate(lines) if "The second train" in line)
        await ui.press("f", "1", "2")
        assert "The second train" in ui.text().splitlines()[below], "it does not move under the eyes"
        assert WHY in ui.text()


async def test_feedback_in_full(server: FakeServer, settings: Settings) -> None:
    async with running(calibrating(server, standing("new")), settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1", then=3)
        await ui.press("4", "r")
        await ui.type("off")
        await ui.label(then=4)
        assert "word5" in ui.text() and "…  e  all of it" in ui.text() and "word100" not in ui.text()
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        assert "you said  … incomplete  why: off" in ui.text() and "≠ wrong, verified: ✗ incorrect" in ui.text()
        assert "The second train has covered" in ui.text() and "word100 " in ui.text()
        await ui.press("escape")
        await ui.until(lambda: ui.at_step(4))
        await ui.press("1")
        assert ui.work.choice.label == "correct", "the label keys work again"
        await ui.press("p", "space")
        await ui.until(lambda: "why: off\n  ≠ wrong, verified: ✗ incorrect\n  word0 word1" in ui.text())
        await ui.press("escape", "u")
        await ui.until(lambda: ui.at_step(3))
        assert "≠ wrong, verified: ✗ incorrect" in ui.text(), "a step taken back keeps its feedback"


async def test_the_last_step_has_feedback_at_the_end(settings: Settings) -> None:
    server = calibrating(FakeServer([FakeTrace("P", ["One."])]), standing("new"))
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("2")
        assert "≠ wrong, verified: ✓ correct" in ui.text() and "It names what" in ui.text()
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        await ui.press("escape", "1", "enter")
        await ui.until(lambda: bool(server.endings))


async def test_feedback_where_there_is_no_room(server: FakeServer, settings: Settings) -> None:
    """Many labels on a low terminal leave none above the step; then the status line has it in short."""
    more = [{"name": f"other{key}", "key": str(key), "glyph": "·", "meaning": "m"} for key in (5, 6, 7, 8)]
    server.labels = [*LABELS, *more]
    async with running(calibrating(server, standing("new")), settings, (60, 16)) as ui:
        await ui.open_first()
        await ui.label("2", then=2)
        assert ui.status == "≠ wrong, verified: ✓ correct  (e: why)" and "It names what" not in ui.text()
        await ui.press("e")
        await ui.until(lambda: "It names what" in ui.text())


async def test_the_counted_part_says_so_once(server: FakeServer, settings: Settings) -> None:
    calibrating(server, standing("calibrating", "mathematics", attempts=(attempt(done=18),)))
    server.feedback = {}
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.until(lambda: ui.status == COUNTS)
        for then in (2, 3, 4, None):
            await ui.label("1", then=then)
            assert "verified" not in ui.text() and ui.status == ""
        await ui.press("1", "enter")
        await ui.until(lambda: ui.at_step(1) and "chalks" in ui.text())
        await settled(ui)
        assert ui.status != COUNTS, "once is enough"


async def settled(ui: Desktop) -> None:
    for _ in range(20):
        await ui.pilot.pause()


async def test_the_first_part_does_not_say_that_it_counts(server: FakeServer, settings: Settings) -> None:
    calibrating(server, standing("calibrating", "mathematics", attempts=(attempt(done=9),)))
    async with running(server, settings) as ui:
        await ui.open_first()
        await settled(ui)
        assert ui.status == ""


async def test_nothing_is_left_but_what_i_am_not_qualified_for(server: FakeServer, settings: Settings) -> None:
    server.nothing = "not_qualified"
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "Calibration comes before what is left" in ui.text() and "M there shows where you stand" in ui.words()


@pytest.mark.parametrize("size", SIZES)
async def test_my_calibration(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(calibrating(server, *MINE), settings, size) as ui:
        await ui.until(lambda: "calibrating everyday" in ui.text())
        await ui.press("M")
        await ui.until(lambda: ui.shows("StandingScreen") and "cohen-kappa" in ui.text())
        assert "▸ everyday  ▹ calibrating  cohen-kappa 0.82" in ui.text() and "2 · by domain" in ui.text()
        seen = ui.words()
        for _ in range(12):
            await ui.press("space")
            seen += " " + ui.words()
        for words in ("The sentence of everyday.", "attempt 1 40 of 40 traces, 30 of 30 that count ✗ not passed",
                      "attempt 2 18 of 40 traces, 8 of 30 that count", "✗ missing cohen-kappa is 0.820; 0.85 is asked.",
                      "✓ met 240 counted steps; 240 are asked.", "○ redundant", "0.64 16 of 25", "├", "●",
                      "gold in rows", "██ 140"):  # fmt: skip
            assert words in seen, words
        await ui.press("j")
        await ui.until(lambda: "✓ qualified" in ui.text() and "The sentence of law." in ui.text())
        await ui.press("c")
        await ui.until(lambda: ui.at_step(1))


@pytest.mark.parametrize("width", [56, 79])
def test_all_of_it_fits(width: int) -> None:
    schema = Schema.model_validate({"labels": LABELS})
    lines = standing_lines(MINE[0].model_copy(update={"drift": DRIFT}), schema, width)
    assert all(line.cell_length <= width for line in lines)
    heads = "".join(line.plain for line in lines if line.plain.startswith(" " * 12))
    assert all(f"{glyph} {name}"[:8] in heads for glyph, name in zip("✓○✗…", NAMES, strict=True)), "each has a column"


async def test_what_is_asked_before_there_is_an_attempt(server: FakeServer, settings: Settings) -> None:
    server.standings = [dump(standing("new"))]
    async with running(server, settings) as ui:
        await ui.until(lambda: "new in everyday" in ui.text())
        await ui.press("M")
        await ui.until(lambda: "what is asked" in ui.text())
        asked = "of each label with 10 gold steps or more: 0.7 of them found"
        for words in ("its value at 0.85 or more", "at least 240 counted steps", asked, "it lasts 180 days"):
            assert words in ui.words(), words
