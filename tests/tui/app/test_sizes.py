"""Resizing keeps the place; what is too small says so."""

import pytest

from cotlab.domain.guidelines.rules import Rule
from tests.tui.conftest import running
from tests.tui.fakes.server import FakeServer, FakeTrace
from tests.tui.guidelines.test_new_version import changes, guideline, meet
from tui.app.screens.editor import Editor
from tui.app.settings import Settings
from tui.widgets.listing import Pane
from tui.widgets.reading import Reader

LONG = " ".join(f"word{at}" for at in range(600))


async def test_a_resize_keeps_choice_text_and_focus(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3")
        await ui.type("half")
        await ui.pilot.resize_terminal(120, 40)
        await ui.pilot.pause()
        await ui.type(" more")
        assert "half more" in ui.text() and "▸ 3" in ui.text()
        await ui.pilot.resize_terminal(60, 16)
        await ui.pilot.pause()
        await ui.type("!")
        assert "half more!" in ui.text() and "▸ 3" in ui.text() and "The second train" not in ui.text()


async def test_a_resize_keeps_what_is_being_read(settings: Settings) -> None:
    async with running(FakeServer([FakeTrace("P", [LONG])]), settings) as ui:
        await ui.open_first()
        await ui.press(*["j"] * 20)
        reader = ui.screen.query_one(Reader)
        top = ui.text().splitlines()[ui_row(reader)].split()[0]
        for size in ((140, 24), (70, 30), (80, 24)):
            await ui.pilot.resize_terminal(*size)
            await ui.pilot.pause()
            await ui.pilot.pause()
            first = ui.text().splitlines()[ui_row(reader)].split()[0]
            assert abs(number(first) - number(top)) <= 30, size


def ui_row(reader: Reader) -> int:
    return reader.region.y


def number(word: str) -> int:
    return int(word.removeprefix("word"))


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (20, 5)])
async def test_too_small_says_so_and_comes_back(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3")
        await ui.type("half")
        await ui.pilot.resize_terminal(*size)
        await ui.until(lambda: ui.shows("TooSmallScreen"))
        assert "too small" in ui.words()
        await ui.press("1", "enter", "escape")
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: ui.at_step(1))
        await ui.type(" more")
        assert "half more" in ui.text() and ui.work.choice.label == "incorrect"


async def test_too_small_from_the_start(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings, (40, 10)) as ui:
        await ui.until(lambda: "too small" in ui.text())
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_too_small_over_an_editor(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("a")
        await ui.type("text")
        await ui.pilot.resize_terminal(30, 10)
        await ui.until(lambda: ui.shows("TooSmallScreen"))
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: ui.shows("EditorScreen"))
        await ui.type("!")
        assert ui.screen.query_one(Editor).text == "text!"


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (160, 50)])
async def test_there_is_room_to_read_a_rule(settings: Settings, size: tuple[int, int]) -> None:
    server = FakeServer()
    server.rules = [{"id": f"M{at}", "title": "T", "decision": LONG} for at in range(1, 30)]
    many = tuple(Rule.model_validate(rule) for rule in server.rules)
    server.changes = changes(None, guideline("1.0", many))
    async with running(server, settings, size) as ui:
        await meet(ui)
        await ui.press("j", "j", "j")
        await ui.pilot.pause()
        assert "word20" in ui.text() and "▸ M2 " in ui.text() and ui.screen.query_one(Pane).size.height >= 5
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("g")
        await ui.until(lambda: ui.shows("RuleScreen"))
        await ui.press("down", "down")
        await ui.pilot.pause()
        assert "word20" in ui.text() and "▸ M2 " in ui.text()
        await ui.press("pagedown")
        await ui.pilot.pause()
        assert "word0 " not in ui.text() and "▸ M2 " in ui.text()
        await ui.pilot.resize_terminal(100, 30)
        await ui.pilot.pause()
        await ui.type("m9")
        await ui.until(lambda: "▸ M9" in ui.text() and "word0 " in ui.text())


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (160, 50)])
async def test_all_that_is_needed_is_there(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        for needed in ("A train leaves", "The first train", "1 ✓ correct", "4 … incomplete", "commit", "? help"):
            assert needed in ui.text(), needed
