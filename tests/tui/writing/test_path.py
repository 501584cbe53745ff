"""Writing a path: step by step, back to an earlier one, kept on disk, sent whole, given back."""

from typing import Any

import pytest

from cotlab.domain.coverage.writing import WritingView
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.server import PROJECT, FakeServer, Refusal
from tui.app.settings import Settings
from tui.app.work.open_work import CannotCommit
from tui.writing.path import Paper
from tui.writing.path_screen import PaperField, WritingScreen

LONG = "A train leaves Aden for Beira at 9:00. " * 3
WRITING: dict[str, Any] = {
    "id": "w1", "project_id": PROJECT, "project": "algebra-pilot", "guideline": "step-correctness",
    "guideline_version": "1.1", "expires_at": 1_700_000_000_000_000,
    "problem": {"text": LONG + "When do they meet?", "domain": "mathematics", "language": "en", "passages": []},
    "strategy": {"name": "drawing", "rule": "If a figure carries the argument, then drawing."},
}  # fmt: skip
RECEIPT = {"receipt": "f" * 64}


@pytest.fixture
def server() -> FakeServer:
    found = FakeServer()
    found.entry = {"writing": True}
    found.replies = {
        ("POST", f"projects/{PROJECT}/writing/claim"): {"writing": WRITING, **RECEIPT},
        ("POST", "assignments/w1/path"): RECEIPT, ("POST", "assignments/w1/return"): RECEIPT,
    }  # fmt: skip
    return found


def sent(server: FakeServer, what: str = "path") -> list[Any]:
    return [body for path, _, body in server.heard if path == f"assignments/w1/{what}"]


async def open_paper(ui: Desktop) -> WritingScreen:
    await ui.until(lambda: "a path to write (w)" in ui.text())
    await ui.press("w")
    await ui.until(lambda: ui.shows("WritingScreen"))
    assert isinstance(ui.screen, WritingScreen)
    return ui.screen


async def test_a_path_is_written_step_by_step_and_sent_whole(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await open_paper(ui)
        assert "write a path: drawing" in ui.text() and "When do they meet?" in ui.words()
        assert "If a figure carries the argument" in ui.text() and "▸ step 1" in ui.text()
        await ui.type("draw both")
        await ui.press("enter")
        await ui.type("they cross")
        await ui.press("ctrl+j")
        await ui.type("at 2/5")
        await ui.press("ctrl+s", "enter")
        assert "▸ final answer" in ui.text() and "1  draw both" in ui.text() and "2  they cross" in ui.text()
        await ui.type("11:24")
        await ui.press("enter")
        assert "ctrl+s sends" in ui.status and not sent(server)
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("QueueScreen") and bool(sent(server)))
        await ui.until(lambda: not list(settings.state.glob("*/drafts/*.json")))
    assert sent(server) == [{"steps": ["draw both", "they cross\nat 2/5"], "final_answer": "11:24"}]


async def test_an_earlier_step_is_changed_one_is_put_between_and_an_empty_one_goes(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        screen = await open_paper(ui)
        for word in ("one", "three", "four"):
            await ui.type(word)
            await ui.press("enter")
        await ui.press("shift+tab", "shift+tab", "shift+tab")
        assert screen.query_one(PaperField).text == "one"
        await ui.type("!")
        await ui.press("ctrl+o")
        await ui.type("two")
        await ui.press("tab", "tab", *["backspace"] * 4, "ctrl+t")
        assert screen.paper.steps == ["one!", "two", "three"] and screen.paper.answering
        await ui.press("shift+tab")
        assert screen.query_one(PaperField).text == "three"


async def test_what_is_written_survives_a_crash_and_leaving(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await open_paper(ui)
        await ui.type("half")
        await ui.press("enter")
        await ui.type("a step")
        kept = settings.state.glob("*/drafts/*.json")
        await ui.until(lambda: any("a step" in path.read_text() for path in settings.state.glob("*/drafts/*.json")))
        assert list(kept)
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
        screen = await open_paper(ui)
        assert screen.query_one(PaperField).text == "a step"
        await ui.type("!")
        await ui.press("ctrl+q")
    async with running(server, settings) as ui:
        screen = await open_paper(ui)
        assert screen.paper.steps == ["half", "a step!"] and "1  half" in ui.text()


async def test_what_the_server_turns_down_is_a_draft_again(server: FakeServer, settings: Settings) -> None:
    reply = Refusal(409, "conflict", "This path is no longer wanted: enough.")
    server.replies["POST", "assignments/w1/path"] = reply
    async with running(server, settings) as ui:
        await open_paper(ui)
        await ui.type("one")
        await ui.press("ctrl+t")
        await ui.type("2")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "no longer wanted: enough" in ui.words() and "refused" in ui.text()
        await ui.press("enter")
        screen = await open_paper(ui)
        assert screen.paper.steps == ["one"] and screen.paper.answer == "2"


async def test_a_path_is_sent_once_over_a_bad_line(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await open_paper(ui)
        await ui.type("one")
        await ui.press("ctrl+t")
        await ui.type("2")
        server.lose_answers = 1
        await ui.press("ctrl+s")
        await ui.until(lambda: "is sent" in ui.status or ui.numbers.endswith("all sent"))
    assert len(sent(server)) == 1


async def test_a_path_is_given_back_with_a_reason(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await open_paper(ui)
        await ui.type("half")
        await ui.press("ctrl+g")
        await ui.until(lambda: ui.shows("GiveBackScreen"))
        await ui.press("ctrl+s")
        assert "a reason is needed" in ui.status
        await ui.type("too hard")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("QueueScreen") and bool(sent(server, "return")))
        await ui.until(lambda: not list(settings.state.glob("*/drafts/*.json")))
    assert sent(server, "return") == [{"reason": "too hard"}]


async def test_nothing_to_write_says_so(server: FakeServer, settings: Settings) -> None:
    server.replies["POST", f"projects/{PROJECT}/writing/claim"] = {"nothing": "nothing_open"}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("w")
        await ui.until(lambda: ui.shows("NoticeScreen") and "No path is to be written" in ui.text())


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (160, 50)])
async def test_it_is_readable_in_every_size(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        screen = await open_paper(ui)
        for at in range(12):
            await ui.type(f"step {at}")
            await ui.press("enter")
        await ui.type("under the hand")
        text = ui.text()
        assert "When do they meet?" in ui.words() and "step 11" in text and "▸ step 13" in text
        assert "under the hand" in text and screen.query_one(PaperField).size.height >= 2
        assert "next step" in text.splitlines()[-1] and len(text.splitlines()) == size[1]


def test_what_is_missing_is_said() -> None:
    paper = Paper(WritingView.model_validate(WRITING))
    with pytest.raises(CannotCommit, match="nothing is written"):
        paper.body()
    paper.text = "one"
    with pytest.raises(CannotCommit, match="final answer"):
        paper.body()
    paper.to_answer()
    paper.text = " 2 "
    assert paper.body().final_answer == "2"
