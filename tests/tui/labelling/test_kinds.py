"""Kinds of a label: chosen by a second key, shown with their label, sent as the most exact name."""

from dataclasses import replace
from typing import Any

import pytest

from tests.tui.conftest import running
from tests.tui.fakes.server import LABELS, FakeServer
from tui.app.settings import Settings
from tui.widgets.labels import LabelKeys
from tui.widgets.reason import ReasonField

SIZES = [(80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_kind_is_chosen_shown_and_sent(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        assert "wrong-operation" not in ui.text(), "the first level alone is listed"
        await ui.press("3")
        assert isinstance(ui.app.focused, ReasonField) and ui.status == "esc, then . for its kind"
        await ui.type("3.14")
        assert ui.work.choice.rationale == "3.14", "a full stop is a full stop in a reason"
        await ui.press("escape", ".")
        assert "which kind of incorrect?" in ui.status
        assert "1 ✗ wrong-operation" in ui.text() and "2 ✗ wrong-unit" in ui.text() and "redundant" not in ui.text()
        await ui.press("2")
        assert "▸ 3 ✗ incorrect · wrong-unit" in ui.text() and "units mixed" in ui.text() and "○ redundant" in ui.text()
        await ui.label(then=2)
        assert "1  ✗ incorrect · wrong-unit" in ui.text()
    assert server.assignments["a1"].labels[1][0]["label"] == "wrong-unit"
    assert server.assignments["a1"].labels[1][0]["rationale"] == "3.14"


async def test_a_chosen_kind_is_marked_and_its_label_s_key_takes_it_off(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("4", ".", "1")
        assert ui.work.choice.label == "skipped-step"
        await ui.press(".")
        assert "▸ 1 … skipped-step" in ui.text()
        await ui.press("1")
        assert ui.work.choice.label == "skipped-step", "choosing it again keeps it"
        await ui.press("4")
        assert ui.work.choice.label == "incomplete" and "▸ 4 … incomplete  " in ui.text()
        await ui.press(".", "1", "3")
        assert ui.work.choice.label == "incorrect", "another label is of no kind"


LEADING_NOWHERE: list[tuple[tuple[str, ...], str, str | None]] = [
    ((".",), "choose a label first; . then shows its kinds", None),
    (("1", "."), "correct has no kinds", "correct"),
    (("4", ".", "7"), "incomplete has no kind 7; . or esc leads back to the labels", "incomplete"),
    (("4", ".", "q"), "incomplete has no kind q; . or esc leads back to the labels", "incomplete"),
]


@pytest.mark.parametrize(("keys", "said", "label"), LEADING_NOWHERE)
async def test_what_has_no_kind_says_so(
    server: FakeServer, settings: Settings, keys: tuple[str, ...], said: str, label: str | None
) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press(*keys)
        assert ui.status == said and ui.work.choice.label == label and ui.at_step(1)


@pytest.mark.parametrize("back", [".", "escape"])
async def test_back_to_the_labels(server: FakeServer, settings: Settings, back: str) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("4", ".", back)
        assert ui.at_step(1) and "○ redundant" in ui.text() and ui.work.choice.label == "incomplete"
        await ui.press("2")
        assert ui.work.choice.label == "redundant", "the digits are those of the labels again"


async def test_the_next_step_begins_with_the_labels(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("4", ".", "enter")
        await ui.until(lambda: ui.at_step(2))
        assert ui.screen.query_one(LabelKeys).answers[0].name == "correct"
        await ui.press("1")
        assert ui.work.choice.label == "correct"


async def test_a_kind_taken_back_comes_back(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("4", ".", "1", then=2)
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert ui.work.choice.label == "skipped-step" and "▸ 4 … incomplete · skipped-step" in ui.text()


async def test_with_confirm_off_a_label_with_kinds_waits_for_one(server: FakeServer, settings: Settings) -> None:
    async with running(server, replace(settings, confirm=False)) as ui:
        await ui.open_first()
        await ui.press("4")
        assert ui.at_step(1) and ui.status == ". for its kind"
        await ui.press(".", "1")
        await ui.until(lambda: ui.at_step(2))
    assert server.assignments["a1"].labels[1][0]["label"] == "skipped-step"


async def test_a_label_may_have_a_letter(server: FakeServer, settings: Settings) -> None:
    keys: dict[str, str] = {"correct": "c", "incorrect": "!"}
    server.labels = [label | {"key": keys.get(label["name"], label["key"])} for label in LABELS]
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("c")
        assert ui.work.choice.label == "correct"
        await ui.press("1")
        assert ui.status == "this schema has no label 1" and ui.work.choice.label == "correct"
        await ui.press("q")
        assert "labels are on c, 2, !, 4" in ui.status
        await ui.press("!")
        assert ui.work.choice.label == "incorrect" and isinstance(ui.app.focused, ReasonField)


async def test_nine_kinds_leave_room_for_the_step(server: FakeServer, settings: Settings) -> None:
    kinds: list[dict[str, Any]] = [{"name": f"kind-{at}", "parent": "incomplete", "key": str(at), "meaning": "of nine"}
                                   for at in range(1, 10)]  # fmt: skip
    server.labels = [label for label in LABELS if "parent" not in label] + kinds
    for size in ((80, 24), (60, 16)):
        async with running(server, settings, size) as ui:
            await ui.open_first()
            await ui.press("4", ".")
            await ui.pilot.pause()
            assert "Let t be" in ui.text() and "9 … kind-9" in ui.text() and "? help" in ui.text()
