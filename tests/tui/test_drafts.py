"""Half-written texts come back: after a step taken back, after the queue, after a crash."""

from pathlib import Path

from tests.tui.conftest import running
from tests.tui.fake_server import FakeServer
from tui.drafts import Draft, Drafts, Place
from tui.screens.editor import Editor
from tui.settings import Settings


def drafts(settings: Settings) -> list[str]:
    return [path.read_text() for path in settings.state.glob("*/drafts/*.json")]


async def test_a_half_written_reason_survives_the_queue_and_goes_with_the_commit(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3")
        await ui.type("half a")
        await ui.until(lambda: any("half a" in text for text in drafts(settings)), seconds=1.5)
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_first()
        assert ui.work.choice.rationale == "half a" and "half a" in ui.text() and "▸ 3" in ui.text()
        await ui.press("r")
        await ui.type(" reason")
        await ui.label(then=2)
        await ui.until(lambda: not drafts(settings))
    assert server.assignments["a1"].labels[1][0]["rationale"] == "half a reason"


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
    assert server.alternatives == [{"position": 1, "kind": "missing", "steps": ["one", "two"], "assignment": "a1"}]


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
    for place in places:
        kept.note(Draft(place=place, text="é\n[x=1]", label="wrong", unsure=True))
        kept.write(place)
    (tmp_path / "broken.json").write_text("{")
    again = Drafts(tmp_path)
    assert again.find(places[0]) == Draft(place=places[0], text="é\n[x=1]", label="wrong", unsure=True)
    again.note(Draft(place=places[0]))
    again.write(places[0])
    assert Drafts(tmp_path).find(places[0]) is None
    assert again.forget("a") == [places[1]]
