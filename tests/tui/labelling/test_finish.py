"""The end of a trace: what is asked, one after the other."""

from dataclasses import replace

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.server import FakeServer, FakeTrace
from tui.app.settings import Settings
from tui.widgets.reading import Reader

SIZES = [(80, 24), (160, 50)]
BOTH = ["complete", "strategy"]


def server_asking(asks: list[str], strategy: str | None = None) -> FakeServer:
    server = FakeServer([FakeTrace("Add.", ["1 + 1 = 2"], strategy=strategy)])
    server.asks = asks
    return server


async def to_the_end(ui: Desktop) -> None:
    await ui.open_first()
    await ui.label("1")


@pytest.mark.parametrize("size", SIZES)
async def test_completeness_then_the_strategy(settings: Settings, size: tuple[int, int]) -> None:
    server = server_asking(BOTH)
    async with running(server, settings, size) as ui:
        await to_the_end(ui)
        assert "Is every needed step there?" in ui.text() and "forward chaining" not in ui.text()
        await ui.press("enter")
        assert "press 1, 2 or 3" in ui.status
        await ui.press("1", "enter")
        assert "How does this solution go about it?" in ui.text() and "1 forward chaining" in ui.text()
        assert "▸ 0 left open" in ui.text()
        await ui.press("2")
        assert "▸ 2 inspection and check" in ui.text() and "If a guess is tested, then inspection" in ui.words()
        await ui.press("5")
        assert ui.status == "this question has no answer 5"
        await ui.press("escape")
        assert "▸ 1 ✓ yes" in ui.text(), "back to the question before, and what was chosen stands"
        await ui.press("enter", "enter")
        await ui.until(lambda: bool(server.endings))
    assert server.endings == [
        {"complete": "yes", "strategy": "inspection and check", "rationale": None, "assignment": "a1"}
    ]


ENDS: list[tuple[str | None, tuple[str, ...], str | None]] = [
    (None, ("enter",), None),
    ("forward chaining", ("enter",), "forward chaining"),
    ("forward chaining", ("2", "enter"), "inspection and check"),
    ("forward chaining", ("1", "enter"), "forward chaining"),
    ("forward chaining", ("0", "enter"), None),
    ("forward chaining", ("0", "1", "enter"), "forward chaining"),
    (None, ("2", "f", "enter"), None),
]


@pytest.mark.parametrize(("came_with", "keys", "sent"), ENDS)
async def test_the_strategy_may_be_left_open(
    settings: Settings, came_with: str | None, keys: tuple[str, ...], sent: str | None
) -> None:
    server = server_asking(BOTH, came_with)
    async with running(server, settings) as ui:
        await to_the_end(ui)
        await ui.press("2", "enter")
        assert ("The trace came with this one." in ui.text()) == (came_with is not None)
        await ui.press(*keys)
        await ui.until(lambda: bool(server.endings))
    assert server.endings[0]["strategy"] == sent and server.endings[0]["complete"] == "no"


async def test_what_was_chosen_at_the_end_is_kept(settings: Settings) -> None:
    server = server_asking(BOTH, "forward chaining")
    async with running(server, settings) as ui:
        await to_the_end(ui)
        await ui.press("3", "enter", "0")
        assert "▸ 0 left open" in ui.text()
        await ui.press("ctrl+q")
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("enter")
        await ui.until(ui.at_finish)
        assert "▸ 3 ? unsure" in ui.text()
        await ui.press("enter")
        assert "▸ 0 left open" in ui.text(), "it was left open by hand, and stays so"
        await ui.press("enter")
        await ui.until(lambda: bool(server.endings))
    assert server.endings[0] == {"complete": "unsure", "strategy": None, "rationale": None, "assignment": "a1"}


async def test_the_strategy_alone(settings: Settings) -> None:
    server = server_asking(["strategy"])
    async with running(server, settings) as ui:
        await to_the_end(ui)
        assert "How does this solution go about it?" in ui.text()
        await ui.press("1", "enter")
        await ui.until(lambda: bool(server.endings))
    assert server.endings[0]["complete"] is None and server.endings[0]["strategy"] == "forward chaining"


async def test_where_nothing_is_asked_enter_finishes(settings: Settings) -> None:
    server = server_asking([])
    async with running(server, settings) as ui:
        await to_the_end(ui)
        assert "All that is asked of this trace is labelled." in ui.text() and "needed step" not in ui.text()
        await ui.press("1")
        assert ui.status == "nothing is asked here: enter finishes the trace"
        await ui.press("enter")
        await ui.until(lambda: bool(server.endings))
    assert server.endings == [{"complete": None, "strategy": None, "rationale": None, "assignment": "a1"}]


async def test_with_confirm_off_a_key_answers(settings: Settings) -> None:
    server = server_asking(BOTH, "forward chaining")
    async with running(server, replace(settings, confirm=False)) as ui:
        await ui.open_first()
        await ui.press("1")
        await ui.until(ui.at_finish)
        await ui.press("1")
        assert "How does this solution" in ui.text() and not server.endings
        await ui.press("2")
        await ui.until(lambda: bool(server.endings))
    assert server.endings[0]["strategy"] == "inspection and check"


async def test_the_problem_is_read_at_the_second_question(settings: Settings) -> None:
    async with running(server_asking(BOTH), settings) as ui:
        await to_the_end(ui)
        await ui.press("1", "enter", "p")
        await ui.until(lambda: ui.screen.query_one(Reader).unfolded)
        await ui.press("escape")
        assert "How does this solution" in ui.text() and not ui.screen.query_one(Reader).unfolded
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
