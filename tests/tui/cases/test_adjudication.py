"""Deciding a case: my own choice first, then what others said, then the decision, and the next case."""

import json
import time
from typing import Any

import pytest

from tests.tui.app.test_unsent import quick, waiting
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.cases import LABELS, CaseServer, FakeCase, peer
from tests.tui.fakes.server import CHALK, PROJECT, RULES
from tests.tui.guidelines.test_new_version import changes, guideline
from tui.app.screens.editor import Editor
from tui.app.settings import Settings
from tui.cases.adjudication import CaseScreen
from tui.cases.evidence_pages import Evidence
from tui.widgets.reason import ReasonField

__all__ = ["quick"]
SIZES = [(60, 16), (80, 24), (160, 50)]


async def cite(ui: Desktop, rule: str) -> None:
    await ui.press("g")
    await ui.until(lambda: ui.shows("RuleScreen"))
    await ui.press(*rule.lower(), "enter")
    await ui.until(lambda: isinstance(ui.app.screen, CaseScreen))


async def decide(ui: Desktop, rule: str = "M1", reason: str = "it stands") -> None:
    await cite(ui, rule)
    await ui.press("r")
    await ui.type(reason)
    await ui.press("enter")


def posted(server: CaseServer, what: str) -> list[str | None]:
    """The keys of requests of one kind."""
    return [key for method, path, key in server.requests if method == "POST" and path.endswith(f"/{what}")]


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_choice_through_the_decision_to_the_next_case(settings: Settings, size: tuple[int, int]) -> None:
    server = CaseServer()
    async with running(server, settings, size) as ui:
        await ui.open_case()
        seen = ui.text()
        assert "The first train has then" in seen and "· case" in ui.screen.title_text()
        for hidden in ("Ash", "Birch", "needed for line 4", "disagree", "The second train has covered", "M1"):
            assert hidden not in seen, hidden
        await ui.press("2")
        assert "▸ 2 ○ redundant" in ui.text()
        await ui.press("f", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        shown = ui.text()
        for line in ("people disagree: correct | redundant", "Ash       ✓ correct     “needed for line 4”  M1"):
            assert line in shown, shown
        assert "▸ 2 ○ redundant" in shown, "my choice is where the decision starts"
        await ui.press("1")
        assert "▸ 1 ✓ correct" in ui.text()
        await decide(ui)
        await ui.until(lambda: ui.at_case("c2"))
        assert "3 red and 2 blue" in ui.text() and ui.case.choice.label is None
        assert not ui.screen.query_one(ReasonField).text and "all sent" in ui.numbers and "1 today" in ui.numbers
    first = server.cases[0]
    assert first.choice is not None and (first.choice["label"], first.choice["unsure"]) == ("redundant", True)
    (decision,) = first.decisions
    assert (decision["label"], decision["rationale"], decision["gap"]) == ("correct", "it stands", None)
    assert decision["citations"] == [{"kind": "rule", "name": "M1", "start": None, "stop": None}]
    receipts = next(settings.state.glob("*/receipts.jsonl")).read_text()
    assert [json.loads(line)["kind"] for line in receipts.splitlines()] == ["claim", "choice", "decision", "claim"]


async def test_a_decision_wants_a_rule_or_a_gap_and_a_reason(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        assert "g the rule, or v" in ui.status
        await ui.press("enter", "enter")
        assert "by which rule?" in ui.status and ui.screen.focused is None
        await cite(ui, "M4")
        await ui.press("enter")
        assert "a decision says why" in ui.status and isinstance(ui.screen.focused, ReasonField)
        await ui.press("escape")
        await cite(ui, "M4")
        await ui.press("v")
        await ui.until(lambda: ui.shows("GapScreen"))
        await ui.type("what a formula is")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("CaseScreen"))
        assert "▸ 1 ✓ correct      ∅ guideline gap" in ui.text() and "∅ guideline gap  what a formula is" in ui.text()
        assert not posted(server, "decision")
        await ui.press("r")
        await ui.type("used below")
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c2"))
    (decision,) = server.cases[0].decisions
    assert (decision["gap"], decision["citations"], decision["rationale"]) == ("what a formula is", [], "used below")


async def test_a_gap_is_taken_back_with_an_empty_text(settings: Settings) -> None:
    async with running(CaseServer(), settings) as ui:
        await ui.open_case("c1", "1")
        for text, gap in (("x", "x"), ("", "")):
            await ui.press("v")
            await ui.until(lambda: ui.shows("GapScreen"))
            ui.screen.query_one(Editor).text = text
            await ui.press("ctrl+s")
            await ui.until(lambda: ui.shows("CaseScreen"))
            assert ui.case.choice.gap == gap
        assert "cites the rule" in ui.status and "guideline gap" not in ui.text()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("v",), "choose and commit first"),
        (("l",), "choose and commit first"),
        (("w",), "choose and commit first"),
        (("enter",), "nothing is chosen yet"),
        (("u",), "you have decided nothing here yet"),
        (("9",), "this schema has no label 9"),
        (("a",), "nothing is on a here"),
        (("e",), "choose and commit first"),
        (("1", "."), "correct has no kinds"),
    ],
)
async def test_what_a_key_does_not_do_before_the_choice(settings: Settings, keys: tuple[str, ...], said: str) -> None:
    async with running(CaseServer(), settings) as ui:
        await ui.open_case()
        await ui.press(*keys)
        assert said in ui.status and ui.at_case("c1")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("u",), "your choice stays"),
        (("f",), "a decision is not unsure"),
        (("l",), "all that was said is here"),
        (("h",), "this is the first page"),
        (("w",), "all labels were given under 1.1"),
    ],
)
async def test_what_a_key_does_not_do_after_the_choice(settings: Settings, keys: tuple[str, ...], said: str) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        await ui.press(*keys)
        assert said in ui.status and ui.at_case("c1", deciding=True) and not ui.case.choice.unsure
    assert posted(server, "choice") and not posted(server, "decision")


async def test_a_label_that_asks_for_a_reason_and_a_kind(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case()
        await ui.press("3")
        assert isinstance(ui.screen.focused, ReasonField)
        await ui.press("escape", ".", "1", "escape", "enter")
        assert "asks for a reason" in ui.status and not posted(server, "choice")
        await ui.type("no sum")
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "✗ incorrect · wrong-operation  “no sum”" in ui.text() and ui.case.choice.label == "wrong-operation"
        await ui.press("3")
        assert ui.screen.focused is None, "a decision needs a rule too: the keys go on"
    assert server.cases[0].choice is not None and server.cases[0].choice["label"] == "wrong-operation"


async def test_all_that_was_said_by_pages(settings: Settings) -> None:
    answer = {"resolution": "default", "rule": "M4", "text": "In doubt."}
    evidence = {
        "labels": [*LABELS, peer("Cedar", "correct", "word " * 200, "M4", unsure=True, step_size="too_coarse")],
        "questions": [{"name": "Ash", "text": "is it a claim?", "answer": answer}],
        "earlier": [{"label": "incorrect", "rationale": "as it stood", "citations": [], "gap": "nothing on formulas",
                     "guideline_version": "step-correctness 1.0", "decided_at": 1, "stale": True}],
        "passed_on": ["too hard for me"],
    }  # fmt: skip
    async with running(CaseServer(FakeCase("c1", evidence=evidence)), settings) as ui:
        await ui.open_case("c1", "1")
        pages = [ui.words()]
        shown = ui.screen.query_one(Evidence)
        while shown.turn(1):
            await ui.pilot.pause()
            pages.append(ui.words())
        assert len(pages) > 2 and f"page 1 of {len(pages)}" in pages[0]
        whole = " ".join(pages)
        for said in (
            "M4 ? unsure ≫ too coarse",
            "Ash asks the lead is it a claim?",
            "lead default of M4 In doubt.",
            "decided before ✗ incorrect “as it stood” comes back",
            "∅ guideline gap nothing on formulas",
            "handed on too hard for me",
            "you ✓ correct no reason",
        ):
            assert said in whole, said
        await ui.press("h", "left")
        assert shown.page == len(pages) - 3


async def test_of_a_usable_problem_the_answer_can_be_called_right_or_wrong(settings: Settings) -> None:
    server = CaseServer(FakeCase("c1", CHALK, 0, {}))
    async with running(server, settings) as ui:
        await ui.open_case()
        await ui.press("1", ".", "2", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
    case = server.cases[0]
    assert case.choice is not None and case.choice["label"] == "answer_wrong"


async def test_a_whole_trace_is_usable_or_not(settings: Settings) -> None:
    evidence = {"bad_problem": [{"name": "Elm", "text": "with or without putting back?"}]}
    server = CaseServer(FakeCase("c1", CHALK, 0, evidence))
    async with running(server, settings) as ui:
        await ui.open_case()
        assert "Can this problem be used?" in ui.text() and "1 ✓ usable" in ui.text() and "Elm" not in ui.text()
        assert "2                 3 of them are both red" in ui.text(), "the steps that somebody saw"
        await ui.press("2", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "Elm       cannot use the problem  with or without" in ui.text() and "▸ 2 ✗ bad-problem" in ui.text()
        await ui.press("v")
        assert "takes no rule" in ui.status
        await ui.press("1", "enter")
        await ui.type("without is usual")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen") and "no case is left" in ui.status)
    case = server.cases[0]
    assert case.choice is not None and case.choice["label"] == "bad_problem"
    assert [(one["label"], one["rationale"]) for one in case.decisions] == [("usable", "without is usual")]


async def test_where_the_answer_is_in_question_it_is_shown_and_asked(settings: Settings) -> None:
    entry: dict[str, Any] = {"reasons": []}
    server = CaseServer(FakeCase("c1", CHALK, 0, {"reasons": ["wrong_answer_no_bad_step"]}, entry, final_answer="3/5"))
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("C")
        await ui.until(lambda: ui.shows("CasesScreen") and "told later" in ui.text())
        assert "told later, after your own choice" in ui.text() and "no step is called wrong" not in ui.text()
        await ui.press("C")
        await ui.until(lambda: ui.at_case("c1"))
        assert "is the final answer right?" in ui.text() and "3/5" in ui.text()
        await ui.press("1", ".", "2", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "the answer is wrong, and no step is called wrong" in ui.text()
    assert server.cases[0].choice is not None and server.cases[0].choice["label"] == "answer_wrong"


async def test_the_last_decision_comes_back_to_be_corrected(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        await decide(ui)
        await ui.until(lambda: ui.at_case("c2"))
        await ui.press("u")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "▸ 1 ✓ correct" in ui.text() and "cites M1" in ui.text() and "it stands" in ui.text()
        assert ui.status.startswith("your decision as it stands")
        await ui.press("2", "enter")
        await ui.until(lambda: ui.at_case("c2"))
    assert [one["label"] for one in server.cases[0].decisions] == ["correct", "redundant"]


async def test_handing_a_case_on(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        await ui.press("ctrl+s")
        assert ui.status == "say in a few words why"
        await ui.press("tab")
        await ui.type("beyond me")
        await ui.press("ctrl+s")
        assert ui.status == "experts: a case goes to one named expert, or to a panel"
        await ui.press("escape")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        assert ui.screen.query_one(Editor).text == "beyond me", "it is kept until it is sent"
        await ui.type("eve, ada, bo")
        await ui.press("ctrl+t")
        assert "to a panel of 3, whose majority decides" in ui.text()
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.at_case("c2"))
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        await ui.type("eve")
        await ui.press("enter")
        await ui.type("hers")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("CasesScreen") and "handed on; no case is left" in ui.status)
    assert server.cases[0].passed == [{"reason": "beyond me", "experts": ["eve", "ada", "bo"], "panel": 3}]
    assert server.cases[1].passed == [{"reason": "hers", "experts": ["eve"], "panel": None}]


async def test_a_name_that_cannot_decide_costs_no_text(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        await ui.type("evee")
        await ui.press("enter")
        await ui.type("beyond me")
        server.refuse = (422, "bad-input", "experts: evee cannot decide this case")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "evee cannot decide this case" in ui.words()
        server.refuse = None
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        assert ui.screen.query_one(Editor).text == "beyond me"
        await ui.press("backspace", "ctrl+s")
        await ui.until(lambda: ui.at_case("c2"))
    assert server.cases[0].passed == [{"reason": "beyond me", "experts": ["eve"], "panel": None}]


@pytest.mark.parametrize("deciding", [False, True])
async def test_half_written_words_outlive_the_program(settings: Settings, deciding: bool) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", *(("1",) if deciding else ()))
        await ui.press("2")
        if deciding:
            await cite(ui, "M7")
        await ui.press("r")
        await ui.type("half a")
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("CasesScreen"))
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("C")
        await ui.until(lambda: ui.shows("CasesScreen") and "in your hands" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1", deciding))
        assert "half a" in ui.text() and "▸ 2 ○ redundant" in ui.text() and ("cites M7" in ui.text()) == deciding


async def test_unsent_words_say_so_and_are_sent_with_their_key(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case()
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.line.seconds() > 50)
        assert "1 unsent" in ui.text() and "what others said comes with the answer" in ui.status
        await ui.press("2")
        assert "on its way" in ui.status and ui.case.choice.label == "correct"
        await ui.press("u")
        assert "on its way" in ui.status
        (path,) = waiting(settings)
        key = json.loads(path.read_text())["key"]
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        server.lose_answers = 1
        await decide(ui)
        await ui.until(lambda: ui.at_case("c2"))
    assert posted(server, "choice") == [key]
    assert len(posted(server, "decision")) == 2 and len(set(posted(server, "decision"))) == 1
    assert len(server.cases[0].decisions) == 1


async def test_a_decision_left_unsent_is_sent_by_the_next_start(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        server.gone = True
        await decide(ui)
        await ui.until(lambda: bool(waiting(settings)))
    server.requests.clear()
    server.gone, server.refuse = False, (503, "unavailable", "The database is away.")
    async with running(server, settings) as ui:
        await ui.until(lambda: "1 unsent" in ui.text() and "algebra-pilot" in ui.text())
        await ui.press("C")
        await ui.until(lambda: ui.shows("CasesScreen"))
        await ui.press("C")
        await ui.pilot.pause(0.1)
        server.refuse = None
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: ui.at_case("c2"))
    posts = [path.rpartition("/")[2] for method, path, _ in server.requests if method == "POST"]
    assert posts[-1] == "claim" and set(posts[:-1]) == {"decision"}, "what is unsent goes first"


async def test_a_case_that_somebody_else_has_by_now(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        server.cases[0].open = False
        await decide(ui, reason="kept words")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "This case was handed to somebody else" in ui.text() and "is kept in" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen"))
    (kept,) = settings.state.glob("*/refused/*.json")
    assert "kept words" in kept.read_text()


async def test_a_break_between_cases(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        server.break_until = int(time.time() * 1e6) + 600_000_000
        await decide(ui)
        await ui.until(lambda: ui.shows("NoticeScreen") and "A break is due" in ui.text())
        assert len(server.cases[0].decisions) == 1 and not server.cases[1].open, "none is handed out in a break"
        server.break_until = None
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen"))


async def test_a_new_guideline_is_read_before_a_case(settings: Settings) -> None:
    server = CaseServer()
    server.changes = changes(None, guideline("1.0", ()))
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("C")
        await ui.until(lambda: ui.shows("CasesScreen"))
        await ui.press("C")
        await ui.until(lambda: ui.shows("NewGuidelineScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1"))
    assert server.acknowledged == ["v1"]


async def test_more_people_are_asked(settings: Settings) -> None:
    async with running(CaseServer(FakeCase("c1", seats=3)), settings) as ui:
        await ui.open_case("c1", "1")
        await decide(ui)
        await ui.until(lambda: ui.shows("CasesScreen") and "others are asked too; no case is left" in ui.status)


async def test_a_question_is_about_the_guideline(settings: Settings) -> None:
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.open_case()
        await ui.press("n")
        await ui.until(lambda: "ask the lead about the guideline" in ui.text())
        await ui.type("formulas?")
        await ui.press("ctrl+s")
        await ui.until(lambda: bool(server.asked))
        await ui.press("1")
        assert ui.case.choice.label == "correct", "the keys work again"
    assert server.asked == [{"text": "formulas?", "position": None, "projects": PROJECT}]


async def test_between_the_old_and_the_new_guideline(settings: Settings) -> None:
    old = peer("Ash", "correct", "as it was", "M4", guideline_version="step-correctness 1.0")
    server = CaseServer(FakeCase("c1", evidence={"labels": [old, LABELS[1]]}))
    rules = [rule | ({"decision": "If it is unheard of, then `incorrect`."} if rule["id"] == "M4" else {})
             for rule in RULES]  # fmt: skip
    server.versions = {"old": {"guideline": "step-correctness", "version": "1.0", "rules": rules}}
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        assert "step-correctness 1.0" in ui.text()
        await ui.press("w")
        await ui.until(lambda: ui.shows("CompareScreen"))
        assert "before  If it is unheard of" in ui.text() and "now     If a quantity has no" in ui.text()
        assert "M1" not in ui.text(), "rules that stand are left out"
        await ui.press("escape")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        server.versions = {}
        await ui.press("w")
        await ui.until(lambda: "is not on this server" in ui.status)
        assert ui.at_case("c1", deciding=True)


async def test_a_resize_keeps_all_of_it(settings: Settings) -> None:
    async with running(CaseServer(), settings) as ui:
        await ui.open_case("c1", "1")
        await ui.press("r")
        await ui.type("half")
        for size in ((60, 16), (160, 50), (80, 24)):
            await ui.pilot.resize_terminal(*size)
            await ui.pilot.pause()
            for needed in ("The first train has", "Ash ", "▸ 1 ✓ correct", "4 … incomplete", "half", "esc back"):
                assert needed in ui.text(), (size, needed)


async def test_no_line_no_loss(settings: Settings) -> None:
    """A case is claimed where the line comes back."""
    server = CaseServer()
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("C")
        await ui.until(lambda: ui.shows("CasesScreen") and "asking" not in ui.status)
        server.gone = True
        await ui.press("C")
        await ui.until(lambda: "no connection" in ui.text())
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: ui.at_case("c1"))


FOUND = {
    "verdict": "refuted", "said": "a sum does not hold", "reason": "7 * 6 is 42, not 48",
    "claims": [{"start": 4, "end": 9, "kind": "arithmetic", "verdict": "refuted", "said": "a sum does not hold",
                "reason": "7 * 6 is 42, not 48", "conflicts_with": None}],
}  # fmt: skip


async def test_what_a_check_found_comes_after_the_choice(settings: Settings) -> None:
    async with running(CaseServer(FakeCase("c1", evidence={"checked": FOUND})), settings) as ui:
        await ui.open_case()
        assert "does not hold" not in ui.text()
        await ui.press("e")
        assert ui.status.startswith("choose and commit first") and "does not hold" not in ui.text()
        await ui.press("1", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "check     ⊬ a sum does not hold: 7 * 6 is 42, not 48" in ui.text()
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        assert "⊬ arithmetic   first" in ui.text() and "you said  ✓ correct" in ui.text()
        await ui.press("escape", "2")
        assert ui.case.choice.label == "redundant", "the label keys work again"


async def test_no_check_has_looked_at_a_case(settings: Settings) -> None:
    async with running(CaseServer(), settings) as ui:
        await ui.open_case("c1", "1")
        await ui.press("e")
        assert ui.status == "no check has looked at this step"


async def test_what_is_known_of_an_answer(settings: Settings) -> None:
    found = {"verdict": "refuted", "said": "the final answer is not the reference answer", "reason": "", "claims": []}
    async with running(CaseServer(FakeCase("c1", CHALK, 0, {"checked": found})), settings) as ui:
        await ui.open_case("c1", "1")
        assert "check     ⊬ the final answer is not the reference answer" in ui.text()
        await ui.press("e")
        assert ui.status == "this is no question of a step; what is known of the answer stands below"
