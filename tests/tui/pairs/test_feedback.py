"""Calibration on pairs: what is verified is read after a commit, before the next pair comes."""

import pytest

from tests.tui.calibration.test_qualification import calibrating
from tests.tui.conftest import running
from tests.tui.fakes.calibration import attempt, standing
from tests.tui.fakes.pairs import PairServer
from tests.tui.pairs.test_comparison import ALL
from tui.app.settings import Settings
from tui.calibration.state import COUNTS


def training() -> PairServer:
    server = PairServer()
    server.purpose = "calibration"
    server.verified = {"overall": "slightly-better", "correctness": "better", "clarity": "right"}
    return server


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_verified_stays_on_the_screen_until_it_is_read(settings: Settings, size: tuple[int, int]) -> None:
    server = training()
    async with running(server, settings, size=size) as ui:
        await ui.open_pair()
        assert "verified" not in ui.text()
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.pair.judged)
        assert ui.at_pair("p1") and "4,806" in ui.text(), "the responses are still there to compare"
        assert "2 of 3 verified choices right" in ui.status and "enter leads on" in ui.status
        text = ui.text()
        assert "overall  you: left slightly better  = right, verified: left slightly better" in text
        assert "Of overall this is so" in text, "with what there is room for"
        assert "clarity  you: right slightly better  ≠ wrong, verified: right is better" in text
        await ui.press("h", "b", "r", "1")
        assert ui.pair.choice.label == "slightly-better" and ui.pair.at == "overall", "nothing is chosen any more"
        assert "enter leads on" in ui.status
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldPairScreen"))
        assert "Of clarity this is so" in ui.text()
        await ui.press("escape")
        await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p2"))
        assert "verified" not in ui.text() and not ui.pair.told
    assert len(server.pairs[0].said) == 1


async def test_a_judged_pair_is_taken_back_and_told_anew(settings: Settings) -> None:
    server = training()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("0", "l", "1", "h", "2", "h", "enter")
        await ui.until(lambda: ui.pair.judged)
        await ui.press("u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        assert "≠ wrong, verified: left slightly better" in ui.text(), "it is there while one corrects"
        await ui.press("0", "h", "h", "enter")
        await ui.until(lambda: ui.pair.judged)
        assert ui.pair.correcting and "= right, verified: left slightly better" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p2"))
    assert [one["overall"] for one in server.pairs[0].said] == ["slightly-worse", "slightly-better"]


async def test_a_judged_pair_taken_back_is_left_as_it_was(settings: Settings) -> None:
    server = training()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.pair.judged)
        await ui.press("u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        await ui.press("escape")
        await ui.until(lambda: ui.pair.judged)
        await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p2"))
    assert len(server.pairs[0].said) == 1


async def test_outside_of_training_the_next_pair_comes_at_once(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        await ui.press("e")
        assert "in the first part of calibration" in ui.status
        await ui.compare(*ALL, then="p2")


async def test_the_part_that_counts_is_named(settings: Settings) -> None:
    server = PairServer()
    calibrating(server, standing("calibrating", "pairs: general", attempts=(attempt(done=18),)))
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.until(lambda: ui.status == COUNTS)
