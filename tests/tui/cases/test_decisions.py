"""My decided cases: unread ones are marked, one that is opened counts as read, and what it says."""

from typing import Any

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.cases import CaseServer, peer
from tests.tui.fakes.server import TRAIN
from tests.tui.guidelines.test_questions import question
from tui.app.settings import Settings

AT = 1_700_000_000_000_000
PROBLEM = {"text": TRAIN.problem, "domain": "mathematics", "language": "en", "passages": [
    {"name": "Timetable", "text": "9:00 Aden [b]"}]}  # fmt: skip


def opinion(label: str, rationale: str, *rules: str, **more: Any) -> dict[str, Any]:
    cited = [{"kind": "rule", "name": rule} for rule in rules]
    return {"label": label, "rationale": rationale, "citations": cited, "guideline_version": "step-correctness 1.1",
            "decided_at": AT} | more  # fmt: skip


def decided(name: str, seen: bool, step: str | None = TRAIN.steps[1], **case: Any) -> dict[str, Any]:
    position = 2 if step else 0
    entry = {"case_id": name, "problem": TRAIN.problem, "position": position, "step": step,
             "mine": "redundant" if step else "bad_problem", "decided_at": AT, "seen": seen}  # fmt: skip
    told: dict[str, Any] = {
        "case_id": name, "problem": PROBLEM, "position": position, "step": step, "reasons": ["disagreement"],
        "labels": [peer("Ash", "correct", "needed", "M1"), peer("you", "redundant", None)],
        "opinions": [opinion("correct", "line 4 needs it", "M1")],
    }  # fmt: skip
    return {"entry": entry, "case": told | case}


async def arrive(ui: Desktop) -> None:
    await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
    await ui.press("D")
    await ui.until(lambda: ui.shows("DecidedScreen"))


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (160, 50)])
async def test_a_decision_is_read(settings: Settings, size: tuple[int, int]) -> None:
    server = CaseServer()
    server.decided = [decided("c1", False), decided("c2", True)]
    async with running(server, settings, size) as ui:
        await arrive(ui)
        assert "2 · newest first · 1 to read" in ui.text() and "▸ ● new" in ui.text() and "· read" in ui.text()
        assert "○ redundant" in ui.text() and "line 4 needs it" not in ui.text() and not server.read
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DecidedCaseScreen"))
        assert "decided  ✓ correct  “line 4 needs it”  M1" in ui.text()
        for line in ("Ash       ✓ correct     “needed”  M1", "you       ○ redundant   no reason  -", "people disagree"):
            assert line in ui.text(), line
        await ui.press("pagedown", "pagedown", "pagedown")
        await ui.until(lambda: "9:00 Aden [b]" in ui.text())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("DecidedScreen"))
        assert "0 to read" in ui.text() and "● new" not in ui.text()
    assert server.read == ["c1"]


async def test_dissent_and_a_gap(settings: Settings) -> None:
    opinions = [
        opinion("correct", "as it stands", "M1"),
        opinion("incomplete", "a reason lacks", gap="how much is obvious", dissent=True),
    ]
    server = CaseServer()
    server.decided = [decided("c1", False, opinions=opinions)]
    async with running(server, settings) as ui:
        await arrive(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DecidedCaseScreen"))
        assert "decided otherwise  … incomplete  “a reason lacks”" in ui.text()
        assert "∅ guideline gap  how much is obvious" in ui.text()


async def test_a_whole_problem(settings: Settings) -> None:
    server = CaseServer()
    said = {"labels": [], "opinions": [opinion("bad_problem", "no answer")], "reasons": ["bad_problem"]}
    server.decided = [decided("c1", False, None, **said)]
    async with running(server, settings) as ui:
        await arrive(ui)
        assert "✗ bad-problem  A train leaves" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DecidedCaseScreen"))
        assert "decided  ✗ bad-problem  “no answer”" in ui.text()


async def test_none_yet(settings: Settings) -> None:
    async with running(CaseServer(), settings) as ui:
        await arrive(ui)
        assert "No case on a step or a pair of yours is decided yet." in ui.text()
        await ui.press("j", "k", "space", "pageup", "enter")
        assert ui.status == "there is no decided case here"
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_an_answer_for_all(settings: Settings) -> None:
    answer = {"resolution": "rule", "rule": "M4", "text": "By what it covers.", "to_all": True}
    server = CaseServer()
    server.questions = [question(1, answer, step=None) | {"mine": False}, question(2, None)]
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("n")
        await ui.until(lambda: ui.shows("QuestionsScreen"))
        assert "2 · newest first · 1 answered · 1 of them sent to all" in ui.text() and "✓ for all" in ui.text()
        assert "the answer is for all who label here" in ui.words() and "asked Question 1 [b]?" in ui.text()
        await ui.press("j")
        await ui.pilot.pause()
        assert "you   Question 2 [b]?" in ui.text() and "for all who label" not in ui.words()


async def test_a_decision_on_a_pair_is_read_on_the_sides_as_they_were_seen(settings: Settings) -> None:
    sides = ["It is 4,806 m high.", "It is 8,848 m high."]
    one = decided(
        "c1", False, step=None, position=1, responses=sides, opinions=[opinion("second", "by the atlas", "P1")],
        labels=[peer("you", "better", None, criteria={"clarity": "tie"}), peer("Ash", "worse", "no", unsafe="left")],
    )  # fmt: skip
    one["entry"] |= {"position": 1, "mine": "better", "responses": sides}
    server = CaseServer()
    server.decided = [one]
    async with running(server, settings, (120, 40)) as ui:
        await arrive(ui)
        assert "left better" in ui.text() and "left (first)" in ui.text() and "8,848" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DecidedCaseScreen"))
        for line in (
            "right is better  “by the atlas”  P1",
            "left better  no reason",
            "clarity =",
            "⚠ unsafe: left",
            *sides,
        ):
            assert line in ui.text(), line
