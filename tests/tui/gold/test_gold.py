"""The gold of a project on its lead's screen: the pool with its suspects, and one item corrected or retired."""

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import GOLD, GOLD_PAIR, HERE, SUSPECT, gold_item, lead
from tests.tui.fakes.lead import dump
from tests.tui.fakes.pairs import in_force
from tests.tui.fakes.server import FakeServer, Refusal
from tui.app.settings import Settings
from tui.gold.rows import in_order

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


def with_a_pair(server: FakeServer) -> FakeServer:
    """A pair and a trace are gold, and a guideline for pairs is in force."""
    lead(server).replies |= in_force()
    items = [dump(GOLD[0]), dump(GOLD_PAIR)]
    server.replies["GET", f"{HERE}/gold"] = {"items": items, "total": 2, "next_cursor": None}
    server.replies["POST", f"{HERE}/gold/g4/corrections"] = {"receipt": "0" * 64}
    server.replies["POST", f"{HERE}/gold/g4/retire"] = {"receipt": "0" * 64}
    return server


@pytest.mark.parametrize("size", [*SIZES, (120, 40)])
async def test_a_pair_is_read_and_corrected_with_choices(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    async with running(with_a_pair(server), settings, size) as ui:
        await open_gold(ui)
        assert "2 steps · 1 pair · 1 suspect" in ui.text()
        await ui.press("/")
        await ui.type("8,848")
        await ui.until(lambda: "1 of 2 match" in ui.text() and "overall ← first · better" in ui.words())
        await ui.press("enter", "enter")
        await ui.until(lambda: ui.shows("GoldItemScreen") and "–  not verified" in ui.text())
        assert "gold · algebra-pilot · everyday · pair" in ui.text()
        for words in ("▸ overall ← first · better", "clarity = tie Both at one reading.",
                      "correctness – not verified", "8,848 m is Everest.", "9 ? cannot-judge"):  # fmt: skip
            assert words in ui.words(), words
        if size[1] > 20:
            assert "It is 4,806 m high." in ui.text() and "It is 8,848 m high." in ui.text()
        assert "incorrect" not in ui.text(), "labels of steps are none of a pair"
        await ui.press("2")
        assert ui.status == "overall is better already"
        await ui.press("8")
        await ui.until(lambda: ui.shows("SayingWhyScreen") and "overall: better → both-bad" in ui.text())
        await ui.press("escape", "j", "8")
        assert ui.status == "nothing is on 8 here; a choice for correctness is on 1, 2, 3, 4, 5, 6, 7"
        await ui.press("3")
        await ui.until(lambda: ui.shows("SayingWhyScreen") and "nothing → slightly-better" in ui.text())
        await ui.type("one is false")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "correctness is slightly-better from now on")
        assert "slightly-better one is false" in ui.words() and "overall ← first · better" in ui.words()
        await ui.press("x")
        await ui.until(lambda: "take this pair out of gold" in ui.text())
        await ui.type("unclear")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("GoldScreen") and ui.status == "the pair is no longer gold")
    sent = [body for path, _, body in server.heard if path.startswith(f"{HERE}/gold/g4/")]
    corrected = {"position": 1, "criterion": "correctness", "label": "slightly-better", "justification": "one is false"}
    assert sent == [corrected, {"reason": "unclear"}]


async def test_a_suspect_pair_without_its_guideline(server: FakeServer, settings: Settings) -> None:
    """What is verified is shown and corrected also where the criteria cannot be asked for."""
    suspect = SUSPECT.model_copy(update={"item_id": "g4", "position": 1, "sentence": "3 of 4 said the second."})
    with_a_pair(server).replies["GET", "guidelines"] = Refusal(409, "conflict", "It broke.")
    server.replies["GET", f"{HERE}/gold/suggestions"] = {
        "candidates": [], "labels_missing": [], "suspects": [dump(suspect)],
    }  # fmt: skip
    async with running(server, settings) as ui:
        await open_gold(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("GoldItemScreen") and ui.status == "It broke")
        assert "▸ overall  ! ← first · better" in ui.text() and "clarity    = tie" in ui.text()
        assert "! 3 of 4 said the second." in ui.text() and "not verified" not in ui.text()
        await ui.press("7")
        await ui.type("it is")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "overall is much-worse from now on")
        assert "! 3 of 4 said the second." not in ui.text() and "version 2 of the label" in ui.text()
    sent = [body for path, _, body in server.heard if path.endswith("corrections")]
    assert sent == [{"position": 1, "criterion": None, "label": "much-worse", "justification": "it is"}]
