"""Comparing a pair: read both, say which is better on each criterion and overall, commit all of it, correct it."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.app.test_killed import Terminal
from tests.tui.app.test_unsent import quick, waiting
from tests.tui.conftest import running
from tests.tui.fakes.pairs import BLANC, FakePair, PairServer, fresh
from tests.tui.fakes.server import FakeServer, FakeTrace
from tests.tui.guidelines.test_new_version import changes, guideline
from tui.app.settings import Settings
from tui.app.storage.drafts import Draft
from tui.app.storage.outbox import Entry
from tui.widgets.reason import ReasonField

__all__ = ["quick"]
ALL = ("1", "h", "h", "2", "l", "0", "h")
"""Left better on correctness, right slightly on clarity, left slightly overall."""


async def test_from_the_queue_over_two_pairs_to_the_end(settings: Settings) -> None:
    server, before = PairServer(), time.time_ns() // 1000
    async with running(server, settings) as ui:
        await ui.open_pair()
        assert "Mont Blanc" in ui.text() and "4,806" in ui.text() and "8,848" not in ui.text()
        await ui.compare(*ALL, "f", "y", then="p2")
        assert "When does water boil?" in ui.text() and ui.numbers.startswith("1 today")
        assert ui.pair.choice.said() == ui.pair._beginning().said()
        await ui.press("1", "h", "l", "2", "h", "l", "0", "h", "l", "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "Nothing is open just now" in ui.text()
    (first,), (second,) = (pair.said for pair in server.pairs)
    assert first["overall"] == "slightly-better" and first["replaces"] is None
    assert first["criteria"] == {"correctness": "better", "clarity": "slightly-worse"}
    assert (first["unsure"], first["safety"]) == (True, "left")
    assert before <= first["chosen_at"] <= time.time_ns() // 1000 and first["elapsed_ms"] < 60_000
    assert (second["overall"], second["criteria"]) == ("tie", {"correctness": "tie", "clarity": "tie"})


@pytest.mark.parametrize(
    ("scale", "keys", "chosen"),
    [
        (["much-better", "better", "slightly-better", "tie", "slightly-worse", "worse", "much-worse"], "hhhh", 0),
        (["much-better", "better", "slightly-better", "tie", "slightly-worse", "worse", "much-worse"], "lh", 3),
        (["much-better", "better", "slightly-better", "slightly-worse", "worse", "much-worse"], "l", 3),
        (["much-better", "better", "slightly-better", "slightly-worse", "worse", "much-worse"], "hhl", 2),
        (["much-better", "better", "tie", "worse", "much-worse"], "ll", 4),
        (["better", "tie", "worse"], "h", 0),
        (["better", "worse"], "l", 1),
        (["better", "worse"], "lh", 0),
    ],
)
async def test_the_choice_moves_along_the_scale_of_the_policy(
    settings: Settings, scale: list[str], keys: str, chosen: int
) -> None:
    server = PairServer()
    server.scale = scale
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("0", *keys)
        assert ui.pair.choice.label == scale[chosen]
        end = {0: "h", len(scale) - 1: "l"}.get(chosen)
        if end:
            await ui.press(end)
            assert "end of the scale" in ui.status and ui.pair.choice.label == scale[chosen]


async def test_arrows_do_what_the_letters_do(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        await ui.press("left", "left", "right")
        assert ui.pair.choice.criteria == {"correctness": "slightly-better"}


async def test_enter_leads_to_what_is_missing(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        assert ui.pair.at == "correctness"
        await ui.press("2", "h", "enter")
        assert ui.pair.at == "correctness" and "better on correctness?" in ui.status
        await ui.press("h", "enter")
        assert ui.pair.at == "overall" and "which response is better?" in ui.status
        await ui.press("h", "enter")
        await ui.until(lambda: ui.at_pair("p2"))
    assert server.pairs[0].said[0]["criteria"] == {"correctness": "slightly-better", "clarity": "slightly-better"}


async def test_a_digit_leads_to_a_criterion_and_says_what_it_asks(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        await ui.press("2")
        assert ui.status == "clarity: which response is sooner understood"
        await ui.press("7")
        assert "no criterion 7" in ui.status and ui.pair.at == "clarity"
        await ui.press("0")
        assert "overall" in ui.status
        await ui.press("Q")
        assert "criteria are on 1, 2" in ui.status


async def test_both_bad_needs_no_criteria_and_is_taken_back(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("0", "h", "b")
        assert ui.pair.choice.label == "both-bad" and "both bad" in ui.text()
        await ui.press("b")
        assert ui.pair.choice.label == "slightly-better", "what was chosen before is there again"
        await ui.compare("b", then="p2")
    assert (server.pairs[0].said[0]["overall"], server.pairs[0].said[0]["criteria"]) == ("both-bad", {})


async def test_cannot_judge_asks_for_its_reason_at_once(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("x")
        assert isinstance(ui.app.focused, ReasonField)
        await ui.press("enter")
        assert isinstance(ui.app.focused, ReasonField) and "cannot be judged" in ui.status
        await ui.type("not my field")
        await ui.compare(then="p2")
    assert [(one["overall"], one["rationale"]) for one in server.pairs[0].said] == [("cannot-judge", "not my field")]


@pytest.mark.parametrize(
    ("justify", "keys", "asked"),
    [
        ("never", ("1", "h", "h", "h", "2", "h", "0", "h", "h", "h"), False),
        ("always", ALL, True),
        ("strong", ("1", "h", "2", "h", "0", "h", "h", "h"), True),
        ("strong", ("1", "h", "2", "h", "0", "h", "h"), False),
        ("contradiction", ("1", "l", "2", "l", "0", "h"), True),
        ("contradiction", ("1", "l", "2", "h", "0", "h"), False),
    ],
)
async def test_a_reason_is_asked_for_where_the_policy_does(
    settings: Settings, justify: str, keys: tuple[str, ...], asked: bool
) -> None:
    server = PairServer()
    server.justify = justify
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press(*keys, "enter")
        if asked:
            assert isinstance(ui.app.focused, ReasonField) and not server.pairs[0].said
            assert "why?" in ui.text()
            await ui.type("words")
            await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p2"))
    assert server.pairs[0].said[0]["rationale"] == ("words" if asked else None)


async def test_safety_goes_round(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        for wanted in ("left", "right", "both", None):
            await ui.press("y")
            assert ui.pair.choice.safety == wanted
            assert (f"⚠ unsafe: {wanted}" in ui.text()) == (wanted is not None)


async def test_a_rule_of_the_criterion_in_hand_comes_first_and_is_cited(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("2", "g")
        await ui.until(lambda: ui.shows("RuleScreen"))
        await ui.press("down")
        assert "▸ clarity  criterion" in ui.text() and "→ second · much-worse" in ui.text()
        assert "The asker cannot make out the first." in ui.text() and "P9  At one reading" in ui.text()
        await ui.press("enter")
        assert ui.status == "this is not cited: mark a rule or a passage"
        await ui.press("down")
        await ui.pilot.pause()
        assert "▸ P9" in ui.text() and "on clarity" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p1"))
        assert "cites P9" in ui.text()
        await ui.compare(*ALL, then="p2")
    assert [one["name"] for one in server.pairs[0].said[0]["citations"]] == ["P9"]


async def test_a_question_is_about_the_pair(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("n")
        assert "ask the lead about this pair" in ui.text()
        await ui.type("why")
        await ui.press("ctrl+s")
        await ui.until(lambda: bool(server.asked) and ui.at_pair("p1"))
    assert server.asked == [{"text": "why", "position": None, "assignments": "p1"}]


async def test_the_last_pair_is_corrected_and_the_next_one_is_there_again(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("u")
        assert "no pair since" in ui.status
        await ui.press("g", "down", "down", "enter")
        await ui.until(lambda: "cites P1" in ui.text())
        await ui.compare(*ALL, then="p2")
        await ui.press("1", "l", "u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        assert "taken back" in ui.status and "4,806" in ui.text()
        assert ui.pair.choice.criteria == {"correctness": "better", "clarity": "slightly-worse"}
        await ui.press("u")
        assert "earlier pairs stay" in ui.status
        await ui.compare("0", "l", "l", then="p2")
        assert ui.pair.choice.criteria == {"correctness": "slightly-worse"}, "what was said of the next one stands"
    first, second = server.pairs[0].said
    assert second["replaces"] == first["id"] and second["overall"] == "slightly-worse"
    assert second["criteria"] == first["criteria"] and second["citations"] == first["citations"] != []
    assert not server.pairs[1].said


@pytest.mark.parametrize("leave", [True, False])
async def test_the_very_last_pair_is_taken_back_from_the_queue(settings: Settings, leave: bool) -> None:
    server = PairServer(*fresh(BLANC))
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("u")
        assert "no pair since" in ui.status
        await ui.open_pair()
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.press("u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        if leave:
            await ui.press("escape")
            await ui.until(lambda: ui.shows("QueueScreen"))
        else:
            await ui.press("b", "enter")
            await ui.until(lambda: ui.shows("NoticeScreen"))
            assert "Nothing is open" in ui.text()
    assert [one["overall"] for one in server.pairs[0].said][1:] == ([] if leave else ["both-bad"])


async def test_a_pair_taken_back_is_left_as_it_was(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.compare(*ALL, then="p2")
        await ui.press("u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        await ui.press("escape")
        await ui.until(lambda: ui.at_pair("p2"))
        assert "stays as it was" in ui.status
    assert len(server.pairs[0].said) == 1


async def test_a_pair_of_before_a_new_guideline_says_what_i_said(settings: Settings) -> None:
    pair = FakePair("One.", "Other.", before={
        "id": "old", "overall": "worse", "criteria": {}, "safety": None, "rationale": None, "unsure": False,
        "received_at": 1,
    })  # fmt: skip
    server = PairServer(pair)
    server.purpose = "redo"
    async with running(server, settings) as ui:
        await ui.open_pair()
        assert "you said right better" in ui.status and "redo" in ui.screen.title_text()
        assert ui.pair.choice.label is None
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
    assert pair.said[0]["replaces"] == "old"


async def test_a_new_guideline_comes_before_the_next_pair(settings: Settings) -> None:
    server = PairServer()
    server.changes = changes(None, guideline("1.0", ()))
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NewGuidelineScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.at_pair("p1"))
    assert server.acknowledged == ["v1"]


async def test_a_break_comes_before_the_next_pair(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        server.break_until = round((time.time() + 600) * 1e6)
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "A break is due" in ui.text()
        server.break_until = None
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_pair("p2")
    assert len(server.pairs[0].said) == 1


async def test_a_pair_that_went_to_somebody_else_keeps_what_was_said(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        server.pairs[0].state = "taken"
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "This pair was handed to somebody else" in ui.text() and "kept" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_pair("p2")
    assert not server.pairs[0].said
    (draft,) = settings.state.glob("*/drafts/*.json")
    assert Draft.model_validate_json(draft.read_bytes()).criteria == {
        "correctness": "better",
        "clarity": "slightly-worse",
    }
    (kept,) = settings.state.glob("*/refused/*.json")
    assert Entry.model_validate_json(kept.read_bytes()).body["overall"] == "slightly-better"


async def test_an_unsent_preference_is_on_disk_and_sent_with_its_key(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        server.gone = True
        await ui.press(*ALL, "enter")
        await ui.until(lambda: "1 unsent, trying again in" in ui.text())
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.line.seconds() > 50)
        await ui.press("h")
        assert "the next one comes with the answer" in ui.status and ui.pair.choice.label == "slightly-better"
        await ui.press("u")
        assert "not sent yet" in ui.status
        (path,) = waiting(settings)
        key = Entry.model_validate_json(path.read_bytes()).key
    server.gone = False
    async with running(server, settings) as ui:
        await ui.open_pair("p2")
        await ui.until(lambda: not waiting(settings))
    assert [sent for method, path, sent in server.requests if path.endswith("/preference")] == [key]
    assert server.pairs[0].said[0]["overall"] == "slightly-better"


async def test_a_lost_answer_is_asked_for_with_the_same_key(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        server.lose_answers = 1
        await ui.compare(*ALL, then="p2")
    keys = [key for _, path, key in server.requests if path.endswith("/preference")]
    assert len(keys) == 2 and len(set(keys)) == 1 and len(server.pairs[0].said) == 1


async def test_a_half_made_choice_is_there_after_a_restart(settings: Settings) -> None:
    server = PairServer()
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("1", "h", "h", "y", "f", "0", "l", "r")
        await ui.type("half a rea")
    async with running(server, settings) as ui:
        await ui.open_pair()
        choice = ui.pair.choice
        assert (choice.label, choice.criteria) == ("slightly-worse", {"correctness": "better"})
        assert (choice.safety, choice.unsure, choice.rationale) == ("left", True, "half a rea")
        assert ui.pair.at == "clarity", "what is still to be said is in hand"
        await ui.press("h", "r")
        await ui.type("son")
        await ui.compare(then="p2")
    assert server.pairs[0].said[0]["rationale"] == "half a reason"
    assert not list(settings.state.glob("*/drafts/*.json"))


async def test_leaving_for_the_queue_and_coming_back_keeps_the_choice(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        await ui.press("1", "h", "escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_pair()
        assert ui.pair.choice.criteria == {"correctness": "slightly-better"}


async def test_the_key_alone_never_commits_a_pair(settings: Settings) -> None:
    server = PairServer()
    async with running(server, replace(settings, confirm=False)) as ui:
        await ui.open_pair()
        await ui.press("b", "b", *ALL)
        await ui.pilot.pause()
        assert ui.at_pair("p1")
    assert not server.pairs[0].said


async def test_help_names_criteria_and_keys(settings: Settings) -> None:
    async with running(PairServer(), settings, (100, 60)) as ui:
        await ui.open_pair()
        await ui.press("?")
        await ui.until(lambda: ui.shows("ReadingScreen") or ui.shows("HelpScreen"))
        for line in ("1                 correctness", "comparing a pair", "flag the left response as unsafe"):
            assert line in ui.text(), ui.text()


async def test_a_chat_is_shown_turn_by_turn_and_passages_on_a_key(settings: Settings) -> None:
    turns = [{"role": "system", "content": "You are terse."}, {"role": "user", "content": "How high is it?"}]
    passages = [{"name": "Atlas", "text": "Mont Blanc: 4,806 m."}]
    pair = FakePair("4,806 m.", "High.", messages=turns, passages=passages)
    async with running(PairServer(pair), settings) as ui:
        await ui.open_pair()
        assert "You are terse." in ui.text() and "Atlas" not in ui.text()
        await ui.press("p")
        assert "[user]" in ui.text() and "Mont Blanc: 4,806 m." in ui.text() and "▸ the prompt" in ui.text()
        await ui.press("h")
        assert ui.pair.choice.criteria, "the other keys work meanwhile"
        await ui.press("escape")
        assert "Atlas" not in ui.text() and ui.at_pair("p1")


@pytest.fixture
def server() -> PairServer:
    """What `address` serves."""
    return PairServer()


@pytest.mark.slow
def test_killed_with_a_half_made_choice(server: PairServer, address: str, tmp_path: Path) -> None:
    first = Terminal(address, tmp_path)
    first.until("algebra-pilot")
    first.type("\r")
    first.until("4,806")
    first.type("hh2lrhalf a rea")
    first.read(1.2)
    first.kill()
    second = Terminal(address, tmp_path)
    second.until("algebra-pilot")
    second.type("\r")
    second.until("half a rea", "←2", "→1")
    second.type("hrson\r")
    second.until("When does water")
    second.kill()
    (said,) = server.pairs[0].said
    assert said["criteria"] == {"correctness": "better", "clarity": "slightly-worse"}
    assert (said["overall"], said["rationale"]) == ("slightly-better", "half a reason")


async def test_traces_and_pairs_come_from_one_queue(settings: Settings) -> None:
    """A pair after a trace takes the step screen's place, and the other way round."""

    class Both(PairServer):
        def _claim(self) -> dict[str, object]:
            found = super()._claim()
            return FakeServer._claim(self) if "assignment" not in found else found

    server = Both(*fresh(BLANC))
    server.traces = [FakeTrace("Add.", ["1 + 1 = 2"])]
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press(*ALL, "enter")
        await ui.until(lambda: ui.at_step(1))
        assert "1 + 1 = 2" in ui.text() and "left (first)" not in ui.text()
