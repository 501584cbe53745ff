"""Half-written texts come back: after a step taken back, after the queue, after a crash."""

import json
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.answers import Citation, StepSize
from tests.tui.conftest import running
from tests.tui.fakes.server import FakeServer
from tui.app.screens.editor import Editor
from tui.app.settings import Settings
from tui.app.storage.drafts import Draft, Drafts, Place


def drafts(settings: Settings) -> list[str]:
    return [path.read_text() for path in settings.state.glob("*/drafts/*.json")]


async def test_a_half_written_reason_survives_the_queue_and_goes_with_the_commit(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3")
        await ui.type("half a")
        await ui.until(lambda: any("half a" in text for text in drafts(settings)))
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_first()
        assert ui.work.choice.rationale == "half a" and "half a" in ui.text() and "▸ 3" in ui.text()
        await ui.press("r")
        await ui.type(" reason")
        await ui.label(then=2)
        await ui.until(lambda: not drafts(settings))
    assert server.assignments["a1"].labels[1][0]["rationale"] == "half a reason"


async def test_kind_citations_and_step_size_survive_the_queue(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("z", "f", "g")
        await ui.until(lambda: ui.shows("RuleScreen"))
        await ui.type("m7")
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("4", ".", "1", "ctrl+q")
    async with running(server, settings) as ui:
        await ui.open_first()
        text = ui.text()
        assert "▸ 4 … incomplete · skipped-step   ? unsure  ≫ too coarse" in text and "cites M7" in text
        await ui.label(then=2)
        await ui.until(lambda: not drafts(settings))
    row = server.assignments["a1"].labels[1][0]
    assert (row["label"], row["step_size"], row["unsure"]) == ("skipped-step", "too_coarse", True)
    assert [one["name"] for one in row["citations"]] == ["M7"]


async def test_a_step_taken_back_and_left_leaves_no_draft(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("z")
        await ui.label("1", then=2)
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("z")
        await ui.until(lambda: len(drafts(settings)) == 1)
        await ui.press("z", "z")
        await ui.until(lambda: not drafts(settings))
        assert ui.work.choice.step_size == "too_coarse", "as it was given"


async def test_leaving_at_once_keeps_what_was_typed(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("r")
        await ui.type("quick")
        await ui.press("ctrl+q")
    assert any("quick" in text for text in drafts(settings))
    async with running(server, settings) as ui:
        await ui.open_first()
        assert "quick" in ui.text()


async def test_an_alternative_is_kept_for_each_kind_until_it_is_sent(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("a")
        await ui.until(lambda: ui.shows("EditorScreen"))
        await ui.type("wording")
        await ui.press("ctrl+t")
        await ui.press("ctrl+s")
        assert "nothing is written yet" in ui.status
        await ui.type("one")
        await ui.press("enter", "enter")
        await ui.type("two")
        await ui.press("escape")
        assert ui.at_step(1)
        await ui.press("a")
        await ui.until(lambda: ui.shows("EditorScreen"))
        assert ui.screen.query_one(Editor).text == "wording"
        await ui.press("ctrl+t")
        assert ui.screen.query_one(Editor).text == "one\n\ntwo"
        await ui.press("ctrl+s")
        await ui.until(lambda: bool(server.alternatives) and ui.at_step(1))
        await ui.press("1")
        assert ui.work.choice.label == "correct"
    sent = {"position": 1, "kind": "missing", "steps": ["one", "two"], "draft": None, "assignment": "a1"}
    assert server.alternatives == [sent]


async def test_a_bad_problem_needs_a_reason(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("b", "ctrl+s")
        assert "a reason is needed" in ui.status
        await ui.type("no distance")
        await ui.press("ctrl+s")
        await ui.until(lambda: "chalks" in ui.text())
    assert server.endings == [{"ending": "bad_problem", "reason": "no distance", "assignment": "a1"}]


def test_drafts_are_found_again_and_forgotten(tmp_path: Path) -> None:
    kept = Drafts(tmp_path)
    places = [Place(assignment_id="a", position=at, what="label") for at in (1, 2)]
    said = Draft(
        place=places[0], text="é\n[x=1]", label="wrong", unsure=True, step_size=StepSize.TOO_FINE, strategy="",
        citations=(Citation(kind="rule", name="M4"), Citation(kind="passage", name="§ 12")),
    )  # fmt: skip
    for place in places:
        kept.note(said.model_copy(update={"place": place}))
        kept.write(place)
    (tmp_path / "broken.json").write_text("{")
    again = Drafts(tmp_path)
    assert again.find(places[0]) == said
    again.note(Draft(place=places[0]))
    again.write(places[0])
    assert Drafts(tmp_path).find(places[0]) is None
    assert again.forget("a") == [places[1]]


def test_a_draft_of_an_older_version_is_read(tmp_path: Path) -> None:
    place = Place(assignment_id="a", position=1, what="label")
    old = {"place": place.model_dump(), "text": "half", "label": "wrong", "unsure": False}
    (tmp_path / "old.json").write_text(json.dumps(old))
    assert Drafts(tmp_path).find(place) == Draft(place=place, text="half", label="wrong")


@pytest.mark.parametrize(
    "said",
    [
        {"text": "half"}, {"label": "wrong"}, {"unsure": True}, {"step_size": StepSize.TOO_FINE}, {"strategy": ""},
        {"citations": (Citation(kind="rule", name="M4"),)},
    ],
    ids=str,
)  # fmt: skip
def test_a_draft_with_anything_in_it_is_kept(tmp_path: Path, said: dict[str, Any]) -> None:
    draft = Draft(place=Place(assignment_id="a", position=1, what="label"), **said)
    kept = Drafts(tmp_path)
    kept.note(draft)
    kept.write(draft.place)
    assert Drafts(tmp_path).find(draft.place) == draft
