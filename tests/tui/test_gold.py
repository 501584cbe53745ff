"""The gold of a project on its lead's screen: the pool with its suspects, and one item corrected or retired."""

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fake_calibration import GOLD, HERE, SUSPECT, gold_item, lead
from tests.tui.fake_server import FakeServer, Refusal
from tests.tui.lead import dump
from tui.gold import in_order
from tui.settings import Settings

SIZES = [(60, 16), (80, 24), (160, 50)]
ORDERED = [
    ("suspects first", ["g2", "g3", "g1"]),
    ("most missed first", ["g2", "g3", "g1"]),
    ("most exposed first", ["g3", "g1", "g2"]),
    ("by domain", ["g1", "g3", "g2"]),
]


@pytest.mark.parametrize(("order", "expected"), ORDERED)
def test_orders(order: str, expected: list[str]) -> None:
    assert [item.item_id for item in in_order(GOLD, [SUSPECT], order)] == expected


async def open_gold(ui: Desktop) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("B")
    await ui.until(lambda: ui.shows("BoardScreen") and "! drift" in ui.text())
    await ui.press("G")
    await ui.until(lambda: ui.shows("GoldScreen") and "1 suspect" in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_the_pool(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_gold(ui)
        assert "3 · suspects first · 6 steps · 1 suspect" in ui.text(), "both pages"
        assert "▸ ! suspect  law        2 steps  ✓ 1  ✗ 1  2 of 4 missed" in ui.text()
        assert SUSPECT.sentence in ui.text() and "Problem 2 [b]" in ui.text()
        assert "✓ correct 1, ✗ incorrect 1" in ui.text()
        await ui.press("s", "s")
        assert "most exposed first" in ui.text()
        await ui.press("/")
        await ui.type("suspect")
        await ui.until(lambda: "1 of 3 match “suspect”" in ui.text())
        await ui.press("backspace", *["backspace"] * 6)
        await ui.type("calibration")
        await ui.until(lambda: "1 of 3 match" in ui.text() and "in a calibration set" in ui.text())
        await ui.press("enter", "escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


@pytest.mark.parametrize("size", SIZES)
async def test_a_label_is_corrected(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_gold(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("GoldItemScreen"))
        assert "It follows." in ui.text() and "▸   1    ✓ correct" in ui.text()
        await ui.press("j")
        await ui.pilot.pause()
        assert "version 2 of the label" in ui.text() and "x is 1." in ui.text()
        await ui.press("3", "7")
        assert ui.status == "nothing is on 7 here; another label for the step is on 1, 2, 3, 4"
        await ui.press("3")
        assert ui.status == "step 2 is incorrect already"
        await ui.press("2")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert "step 2: incorrect → redundant" in ui.text()
        await ui.type("said above")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "step 2 is redundant from now on")
        assert "○ redundant" in ui.text() and "said above" in ui.text() and "version 3" in ui.text()
    asked = [body for path, _, body in server.heard if path.endswith("corrections")]
    assert asked == [{"position": 2, "criterion": None, "label": "redundant", "justification": "said above"}]
    assert [path for path, *_ in server.heard].count(f"{HERE}/gold") == 4, "the list is asked for anew"


async def test_an_item_is_retired(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_gold(ui)
        await ui.press("enter", "x")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        await ui.type("wrong")
        server.replies["GET", f"{HERE}/gold"] = {"items": [dump(GOLD[0])], "total": 1, "next_cursor": None}
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("GoldScreen") and ui.status == "the trace is no longer gold")
        assert "Problem 2" not in ui.text() and "1 · suspects first" in ui.text()
    assert [body for path, _, body in server.heard if path.endswith("retire")] == [{"reason": "wrong"}]


async def test_a_stale_label_and_suspects_of_a_whole_trace(server: FakeServer, settings: Settings) -> None:
    stale = gold_item(2, steps=(GOLD[0].steps[0].model_copy(update={"stale": True}),))
    whole = SUSPECT.model_copy(update={"position": None, "sentence": "The file says that the answer is wrong."})
    lead(server).replies["GET", f"{HERE}/gold"] = {"items": [dump(stale)], "total": 1, "next_cursor": None}
    server.replies["GET", f"{HERE}/gold/suggestions"] = {
        "candidates": [], "labels_missing": [], "suspects": [dump(whole)],
    }  # fmt: skip
    async with running(server, settings) as ui:
        await open_gold(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("GoldItemScreen"))
        assert "! stale: a later guideline version" in ui.text() and "! ✓ correct" in ui.text()
        assert "! The file says that the answer is wrong." in ui.text()


async def test_no_gold_and_a_refusal(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/gold"] = Refusal(409, "conflict", "It broke.")
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen"))
        await ui.press("G")
        await ui.until(lambda: ui.status == "It broke; enter asks again")
        server.replies["GET", f"{HERE}/gold"] = {"items": [], "total": 0, "next_cursor": None}
        await ui.press("enter")
        await ui.until(lambda: "There is no gold yet. cotlab gold import" in ui.text())
        await ui.press("enter")
        assert ui.status == "there is no gold here"
