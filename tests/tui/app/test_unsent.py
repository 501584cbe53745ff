"""The server goes and comes: nothing that was committed is lost, nothing is sent twice."""

from pathlib import Path

import pytest

from tests.tui.conftest import ADDRESS, running
from tests.tui.fakes.server import FakeServer, FakeTrace
from tui.app import connection as line_module
from tui.app.settings import Settings
from tui.app.storage import outbox as outbox_module
from tui.app.storage.folder import Desk
from tui.app.storage.outbox import Entry, Outbox


def waiting(settings: Settings) -> list[Path]:
    return list(settings.state.glob("*/waiting/*.json"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "PAUSES", (0.2, 60.0))


async def test_an_unsent_label_is_on_disk_said_and_sent_with_its_key(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: "1 unsent, trying again in" in ui.text())
        (path,) = waiting(settings)
        key = Entry.model_validate_json(path.read_bytes()).key
        assert path.stat().st_mode & 0o077 == 0
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.line.seconds() > 50)
        await ui.press("2")
        assert "comes with the answer" in ui.status and ui.at_step(1)
        await ui.press("u")
        assert "not sent yet" in ui.status
        server.gone = False
        await ui.press("ctrl+p")
        await ui.type("try now")
        await ui.pilot.pause(0.3)
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(2))
        await ui.until(lambda: not waiting(settings))
        assert "all sent" in ui.text()
    assert [sent for method, path, sent in server.requests if path.endswith("/labels")] == [key]


async def test_a_lost_answer_is_asked_for_with_the_same_key(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.lose_answers = 1
        await ui.press("1", "enter")
        await ui.until(lambda: ui.at_step(2))
    keys = [key for _, path, key in server.requests if path.endswith("/labels")]
    assert len(keys) == 2 and len(set(keys)) == 1 and len(server.assignments["a1"].labels[1]) == 1


async def test_what_an_earlier_terminal_ui_left_is_sent_first(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: bool(waiting(settings)))
    async with running(server, settings) as ui:
        await ui.until(lambda: "1 unsent" in ui.text())
    server.gone = False
    server.requests.clear()
    async with running(server, settings) as ui:
        await ui.open_first(2)
        assert "1  ✓ correct" in ui.text()
    posts = [path for method, path, _ in server.requests if method == "POST"]
    assert posts[0].endswith("/labels") and posts[1].endswith("/claim")


async def test_two_terminal_uis_do_not_share_an_outbox(server: FakeServer, settings: Settings) -> None:
    desk = Desk(settings.state, ADDRESS, "ada")
    assert desk.open()
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "Another terminal UI is open here" in ui.text()
        desk.close()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen") and ui.app.journey is not None)
        await ui.open_first()


async def test_people_have_outboxes_of_their_own(server: FakeServer, settings: Settings) -> None:
    desk = Desk(settings.state, ADDRESS, "eve")
    desk.outbox.add(Entry(key="k", kind="finish", assignment_id="a1", project="p", made_at=1, body={}))
    desk.close()
    async with running(server, settings) as ui:
        await ui.open_first()
        assert "all sent" in ui.text()
    assert not [path for _, path, _ in server.requests if path.endswith("/finish")]


async def test_alternative_finish_and_end_go_through_the_outbox_too(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("a")
        await ui.type("Let t be hours.")
        await ui.press("ctrl+s")
        await ui.until(lambda: len(waiting(settings)) == 1 and ui.at_step(1))
        await ui.press("x")
        await ui.type("no idea")
        await ui.press("ctrl+s")
        await ui.until(lambda: len(waiting(settings)) == 2)
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: "chalks" in ui.text())
    assert server.alternatives == [
        {"position": 1, "kind": "rewording", "steps": ["Let t be hours."], "draft": None, "assignment": "a1"}
    ]
    assert server.endings == [{"ending": "give_up", "reason": "no idea", "assignment": "a1"}]


async def test_receipts_are_kept(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
    given = [reply["receipt"] for _, (_, reply) in server.taken.values()]
    (file,) = settings.state.glob("*/receipts.jsonl")
    assert len(given) == 2 and [receipt for receipt in given if receipt in file.read_text()] == given


def test_the_outbox_keeps_order_and_sets_aside_what_it_cannot_read(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    entries = [
        Entry(key=f"k{at}", kind="finish", assignment_id="a", project="p", made_at=at, body={}) for at in range(12)
    ]
    for entry in entries:
        outbox.add(entry)
    (tmp_path / "waiting" / "00000003-bad.json").write_text("{half")
    (tmp_path / "waiting" / "00000099-part.json.part").write_text("{")
    again = Outbox(tmp_path)
    assert again.waiting() == entries
    assert [path.name for path in again.refused.iterdir()] == ["00000003-bad.json"]
    again.remove(entries[0])
    assert again.set_aside(entries[1]).parent.name == "refused"
    assert Outbox(tmp_path).waiting() == entries[2:]


async def test_a_server_that_is_away_at_the_first_start(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "PAUSES", (0.2,))
    server.gone = True
    async with running(server, settings) as ui:
        await ui.until(lambda: "cannot be reached" in ui.text())
        server.gone = False
        await ui.until(lambda: "algebra-pilot" in ui.text())


async def test_an_answer_that_comes_below_a_dialog_waits_for_it(settings: Settings) -> None:
    server = FakeServer([FakeTrace("Add.", ["1 + 1 = 2"])])
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: "1 unsent" in ui.text())
        await ui.press("g")
        await ui.until(lambda: ui.shows("RuleScreen"))
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: bool(server.assignments["a1"].labels) and "all sent" in ui.text())
        assert ui.shows("RuleScreen")
        await ui.press("escape")
        await ui.until(ui.at_finish)


async def test_a_disk_that_refuses_commits_nothing(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    async with running(server, settings) as ui:
        await ui.open_first()
        monkeypatch.setattr(outbox_module, "write_new", full)
        await ui.press("1", "enter")
        await ui.until(lambda: "not committed: No space left on device" in ui.status)
        assert ui.work.choice.label == "correct" and not server.assignments["a1"].labels
        monkeypatch.undo()
        await ui.label(then=2)
        await ui.until(lambda: "1 today" in ui.numbers)


async def test_what_is_unsent_is_said_at_the_end(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: "1 unsent" in ui.text())
        await ui.press("ctrl+q")
    assert ui.app.return_value is not None
    assert ui.app.return_value.startswith("1 unsent, kept in ") and str(settings.state) in ui.app.return_value
