"""Asking the lead: about a step or a guideline, kept until it is sent, and read again with the answer."""

from typing import Any

import pytest

from tests.tui.app.test_unsent import quick, waiting
from tests.tui.conftest import running
from tests.tui.fakes.server import PROJECT, FakeServer
from tui.app.screens.editor import Editor
from tui.app.settings import Settings

__all__ = ["quick"]
SIZES = [(80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_about_a_step(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.press("n")
        await ui.until(lambda: ui.shows("EditorScreen"))
        assert "ask the lead about step 2" in ui.text() and "The first train has" in ui.text()
        await ui.press("ctrl+s")
        assert ui.status == "nothing is written yet"
        await ui.type("from when")
        await ui.press("escape")
        assert ui.at_step(2)
        await ui.press("n")
        await ui.until(lambda: ui.shows("EditorScreen"))
        assert ui.screen.query_one(Editor).text == "from when", "it is kept until it is sent"
        await ui.type("?")
        await ui.press("ctrl+s")
        await ui.until(lambda: "the question is sent" in ui.status)
        await ui.label("1", then=3)
        await ui.press("n")
        assert ui.screen.query_one(Editor).text == ""
    assert server.asked == [{"text": "from when?", "position": 2, "assignments": "a1"}]


async def test_a_question_survives_a_broken_line_and_the_end_of_the_program(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("n")
        await ui.type("why?")
        await ui.press("ctrl+s")
        await ui.until(lambda: len(waiting(settings)) == 1 and "1 unsent" in ui.text())
        await ui.press("1")
        assert ui.work.choice.label == "correct", "the step is labelled meanwhile"
    server.gone = False
    async with running(server, settings) as ui:
        await ui.until(lambda: bool(server.asked) and not waiting(settings))
        assert ui.numbers.startswith("0 today")
    assert server.asked == [{"text": "why?", "position": 1, "assignments": "a1"}]
    (receipts,) = settings.state.glob("*/receipts.jsonl")
    assert '"kind":"question"' in receipts.read_text()


async def test_a_refused_question_is_kept(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("2", "n")
        await ui.type("kept words")
        server.refuse = (409, "out-of-order", "The step has not been shown yet.")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "What you wrote is kept in" in ui.text()
    (kept,) = settings.state.glob("*/refused/*.json")
    assert "kept words" in kept.read_text()


async def test_a_question_about_the_whole_trace(server: FakeServer, settings: Settings) -> None:
    server.traces = server.traces[1:]
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1")
        await ui.press("n")
        await ui.until(lambda: "ask the lead about this trace" in ui.text())
        await ui.type("all?")
        await ui.press("ctrl+s")
        await ui.until(lambda: bool(server.asked))
    assert server.asked == [{"text": "all?", "position": None, "assignments": "a1"}]


def question(number: int, answer: dict[str, Any] | None, step: str | None = "So 3 · 24 = 74.") -> dict[str, Any]:
    return {
        "id": f"q{number}", "person": "", "text": f"Question {number} [b]?", "asked_at": 1_700_000_000_000_000,
        "guideline_version": "step-correctness 1.0", "domain": "mathematics", "item_id": "i" if step else None,
        "position": 3 if step else None, "step": step, "answer": answer, "answered_at": 1 if answer else None,
    }  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_my_questions_with_their_answers(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    server.entry = {"answered": 2}
    server.questions = [
        question(1, {"resolution": "rule", "rule": "M4", "text": "By what it covers."}),
        question(2, {"resolution": "default", "rule": "M7", "text": "In doubt."}),
        question(3, {"resolution": "no_change", "rule": None, "text": "It stands."}, step=None),
        question(4, None),
    ]
    async with running(server, settings, size) as ui:
        await ui.until(lambda: "2 answers of the lead (n)" in ui.text())
        await ui.press("n")
        await ui.until(lambda: ui.shows("QuestionsScreen"))
        assert "4 · newest first · 3 answered" in ui.text()
        for words in ("lead  rule M4  By what it covers.", "default of M7", "no change  It stands.", "No answer yet."):
            assert words in ui.text(), words
            assert ("So 3 · 24 = 74." in ui.text()) == (words != "no change  It stands.")
            await ui.press("j")
            await ui.pilot.pause()
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_no_questions_yet(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        assert "answered" not in ui.text()
        await ui.press("n")
        await ui.until(lambda: "You have asked nothing here yet" in ui.text())
        await ui.press("j", "k", "space", "pageup", "escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
    assert f"/v1/projects/{PROJECT}/my-questions" in [path for _, path, _ in server.requests]
