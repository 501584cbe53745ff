"""Labelling: choose, commit, take back, finish."""

import time
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import TextArea

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.server import FakeServer, FakeTrace
from tui.app.settings import Settings
from tui.labelling.step import StepScreen
from tui.widgets.labels import LabelKeys
from tui.widgets.reading import Reader
from tui.widgets.reason import ReasonField


async def test_a_trace_from_the_queue_to_the_next_trace(server: FakeServer, settings: Settings) -> None:
    before = time.time_ns() // 1000
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("2", then=3)
        await ui.press("3")
        assert isinstance(ui.app.focused, ReasonField)
        await ui.type("late by 1 hour")
        await ui.label(then=4)
        await ui.label("f", "1")
        assert "Its final answer: 11:24" in ui.text()
        await ui.press("1", "enter")
        await ui.until(lambda: ui.at_step(1) and "chalks" in ui.text())
    rows = [rows[-1] for rows in server.assignments["a1"].labels.values()]
    assert [(row["label"], row["rationale"], row["unsure"]) for row in rows] == [
        ("correct", None, False), ("redundant", None, False), ("incorrect", "late by 1 hour", False),
        ("correct", None, True),
    ]  # fmt: skip
    assert all(before <= row["chosen_at"] <= time.time_ns() // 1000 and row["elapsed_ms"] < 60_000 for row in rows)
    assert server.endings == [{"complete": "yes", "strategy": None, "rationale": None, "assignment": "a1"}]


async def test_a_chosen_label_is_painted_before_anything_is_sent(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        sent = len(server.requests)
        await ui.press("2")
        assert "▸ 2 ○ redundant" in ui.text()
        await ui.press("1")
        assert "▸ 1 ✓ correct" in ui.text() and "▸ 2" not in ui.text()
        assert len(server.requests) == sent


async def test_elapsed_is_from_shown_to_chosen(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        ui.work.choice.shown_at -= 7
        await ui.press("1")
        ui.work.choice.shown_at -= 100
        await ui.label(then=2)
    assert 7_000 <= server.assignments["a1"].labels[1][0]["elapsed_ms"] < 9_000


async def test_with_confirm_off_the_label_key_commits(server: FakeServer, settings: Settings) -> None:
    async with running(server, replace(settings, confirm=False)) as ui:
        await ui.open_first()
        await ui.press("1")
        await ui.until(lambda: ui.at_step(2))
        await ui.press("3")
        assert ui.at_step(2) and isinstance(ui.app.focused, ReasonField)
        await ui.type("no")
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(3))
    assert server.assignments["a1"].labels[2][0]["rationale"] == "no"


async def test_a_required_reason_is_asked_for_before_a_commit(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3", "enter")
        assert "asks for a reason" in ui.status and isinstance(ui.app.focused, ReasonField)
        await ui.press("escape", "enter")
        assert "asks for a reason" in ui.status and isinstance(ui.app.focused, ReasonField)
    assert server.assignments["a1"].labels == {}


async def test_taking_back_twice_and_committing_again(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1", then=3)
        await ui.press("u")
        await ui.until(lambda: ui.at_step(2))
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert ui.work.choice.label == "correct" and "taken back" in ui.status
        assert "before the guideline changed" not in ui.text()
        await ui.press("u")
        assert "no label of yours before" in ui.status
        await ui.label("4", then=3)
        assert "1  … incomplete" in ui.text() and ui.numbers.startswith("3 today")
    first, second = server.assignments["a1"].labels[1]
    assert second["replaces"] == first["id"] and len(server.assignments["a1"].labels[2]) == 1


async def test_a_label_taken_back_can_be_left_as_it_was(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.press("4")
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("escape")
        await ui.until(lambda: ui.at_step(2))
        assert ui.work.choice.label == "incomplete"
    assert len(server.assignments["a1"].labels[1]) == 1


async def test_the_last_label_is_taken_back_from_the_finish(settings: Settings) -> None:
    server = FakeServer([FakeTrace("Add.", ["1 + 1 = 2"])])
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1")
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        await ui.label("2")
        await ui.press("enter")
        assert "nothing is chosen yet" in ui.status
        await ui.press("r")
        await ui.type("units")
        await ui.press("escape", "2", "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "Nothing is open just now" in ui.text()
    assert server.endings == [{"complete": "no", "strategy": None, "rationale": "units", "assignment": "a1"}]


async def test_where_policy_stops_at_the_first_error_nothing_is_asked(settings: Settings) -> None:
    server = FakeServer()
    server.stop_at_error = True
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("4")
        assert "final answer" not in ui.text() and "needed step" not in ui.text()
        await ui.press("1")
        assert "nothing is asked here" in ui.status
        await ui.press("enter")
        await ui.until(lambda: bool(server.endings))
    assert server.endings[0]["complete"] is None


async def test_keys_without_a_meaning_say_why(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("7")
        assert ui.status == "this schema has no label 7"
        await ui.press("q")
        assert ui.status.startswith("nothing is on q here") and "1, 2, 3, 4" in ui.status
        await ui.press("enter")
        assert "nothing is chosen yet" in ui.status


async def test_text_of_the_data_is_shown_exactly(settings: Settings) -> None:
    odd = r"[PERSON_3F2A] seen A[k] [x=1] [/b] [bold]no[/bold] costs $5, 50% of it\x1b[31m" + "\x1b[31mred\x07"
    server = FakeServer(
        [FakeTrace("Odd " + odd, ["Step " + odd, "then " + odd], passages=[{"name": "[n]", "text": odd}])]
    )
    async with running(server, settings, (150, 40)) as ui:
        await ui.open_first()
        exact = odd.replace("\x1b", "␛").replace("\x07", "␇")
        assert f"Odd {exact}" in ui.text() and f"Step {exact}" in ui.text()
        await ui.label("1", "r", "[", "b", "]", then=2)
        assert "Step [PERSON_3F2A] seen A[k] [x=1] [/b]" in ui.text()
        await ui.press("p")
        await ui.until(lambda: "why: [b]" in ui.text())
        assert "[n]" in ui.text() and "\x1b" not in ui.text()


async def test_how_many_steps_are_to_come_is_nowhere(settings: Settings) -> None:
    steps = [f"line {chr(97 + at)}" for at in range(23)]
    async with running(FakeServer([FakeTrace("Words.", steps)]), settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        for keys in ((), ("p",), ("g",), ("escape", "?"), ("escape", "ctrl+p")):
            await ui.press(*keys)
            await ui.pilot.pause()
            assert not any(number in ui.text() for number in ("22", "23", "21"))


async def test_a_long_problem_is_read_while_the_keys_still_label(settings: Settings) -> None:
    problem = "\n".join(f"Line {at} of a long statute." for at in range(1, 90))
    async with running(FakeServer([FakeTrace(problem, ["First.", "Second."])]), settings) as ui:
        await ui.open_first()
        assert "Line 3 of" in ui.text() and "Line 9 of" not in ui.text() and "p  the whole problem" in ui.text()
        await ui.press("p")
        await ui.until(lambda: ui.screen.query_one(Reader).unfolded)
        await ui.press(*["j"] * 30)
        assert "Line 33 of" in ui.text()
        await ui.press("4")
        assert "▸ 4 … incomplete" in ui.text() and "Line 33 of" in ui.text()
        await ui.press("escape")
        assert ui.at_step(1) and ui.work.choice.label == "incomplete" and "First." in ui.text()
        await ui.label("1", then=2)


async def test_scrolling_up_opens_the_steps_above(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", "r", "x", then=2)
        await ui.label("1", then=3)
        await ui.press("k")
        await ui.until(lambda: ui.screen.query_one(Reader).unfolded)
        await ui.press("k", "k", "k")
        assert "why: x" in ui.text()
        await ui.label("1", then=4)
        assert not ui.screen.query_one(Reader).unfolded


async def test_mathematics_is_rendered_and_raw_on_a_key(server: FakeServer, settings: Settings) -> None:
    async with running(FakeServer([FakeTrace("P", [r"So $x = \frac{a+b}{2}$."])]), settings) as ui:
        await ui.open_first()
        assert r"\frac" not in ui.text()
        await ui.press("m")
        assert r"So $x = \frac{a+b}{2}$." in ui.text()


async def test_unsure_is_a_flag_beside_the_label(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("f", "1")
        assert ui.screen.query_one(LabelKeys).flags == "? unsure" and "? unsure" in ui.text()
        await ui.press("f")
        assert "? unsure" not in ui.text() and isinstance(ui.screen, StepScreen)


@pytest.mark.parametrize(("presses", "shown", "sent"), [
    (1, "≫ too coarse", "too_coarse"), (2, "≪ too fine", "too_fine"), (3, None, "fits"),
])  # fmt: skip
@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_size_of_a_step(
    server: FakeServer, settings: Settings, size: tuple[int, int], presses: int, shown: str | None, sent: str
) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        await ui.press(*["z"] * presses)
        assert (shown or "as large as it should be") in ui.status
        await ui.press("1")
        assert ("too" in ui.text()) == (shown is not None) and (shown or "") in ui.text()
        await ui.label(then=2)
        assert (shown or "1  ✓ correct") in ui.text(), "beside the label in the folded step"
        await ui.press("1")
        assert ui.screen.query_one(LabelKeys).flags == "", "the next step begins without"
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert ui.screen.query_one(LabelKeys).flags == (shown or "")
    assert server.assignments["a1"].labels[1][0]["step_size"] == sent


def at_once(ui: Desktop, text: str) -> None:
    """Keys that arrive together, as over a slow line."""
    for letter in text:
        name = {"\r": "enter", " ": "space"}.get(letter, letter)
        ui.app.post_message(events.Key(name, letter))


@pytest.mark.parametrize("typed", ["3because a box\r", "3\rbecause a box\r", "4rbecause a box\r"])
async def test_keys_that_come_together_keep_their_order(server: FakeServer, settings: Settings, typed: str) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        at_once(ui, typed)
        await ui.until(lambda: ui.at_step(2))
    assert server.assignments["a1"].labels[1][0]["rationale"] == "because a box"


async def test_keys_after_a_dialog_s_key_go_to_the_dialog(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        at_once(ui, "abcx 1\r2")
        await ui.until(lambda: ui.shows("EditorScreen"))
        await ui.until(lambda: ui.screen.query_one(TextArea).text == "bcx 1\n2")
        assert ui.work.choice.label is None
