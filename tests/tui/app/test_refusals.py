"""Each refusal says what happened, what to do, and keeps the text."""

import time

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.server import FakeServer
from tui.app.settings import Settings

REFUSALS = [
    (409, "lease-taken", "handed to somebody else", "Press enter for the queue", "QueueScreen"),
    (409, "project-closed", "The project is closed", "Press enter for the queue", "QueueScreen"),
    (403, "refused", "Your roles do not allow this", "Ask the lead", "QueueScreen"),
    (401, "not-signed-in", "You are no longer signed in", "press enter to sign in", "SignInScreen"),
    (422, "bad-input", "The server refused this", "enter", "QueueScreen"),
]


async def say_why(ui: Desktop) -> None:
    await ui.open_first()
    await ui.press("3")
    await ui.type("kept words")


@pytest.mark.parametrize(("status", "slug", "happened", "todo", "then"), REFUSALS, ids=[row[1] for row in REFUSALS])
async def test_a_refused_commit(
    server: FakeServer, settings: Settings, status: int, slug: str, happened: str, todo: str, then: str
) -> None:
    async with running(server, settings, (110, 30)) as ui:
        await say_why(ui)
        server.refuse = (status, slug, "The sentence.")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert happened in ui.text() and todo in ui.text() and "What you wrote is kept in" in ui.text()
        kept = [path for path in settings.state.rglob("*.json") if "kept words" in path.read_text()]
        kept = [path for path in kept if path.parent.name != "drafts"]
        assert len(kept) == 1 and kept[0].parent.name == ("waiting" if status == 401 else "refused")
        assert str(settings.state) in ui.text().replace("\n", "")
        await ui.press("enter")
        await ui.until(lambda: ui.shows(then))


async def test_a_new_token_sends_what_waited(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await say_why(ui)
        server.token = "cot_new"
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.shows("SignInScreen"))
        await ui.type("cot_wrong")
        await ui.press("enter")
        await ui.until(lambda: "unknown, expired or revoked" in ui.words())
        await ui.press("ctrl+u")
        await ui.type("cot_new")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen") and ui.numbers.startswith("1 today"))
    assert server.assignments["a1"].labels[1][0]["rationale"] == "kept words"
    assert settings.credentials_file.stat().st_mode & 0o077 == 0 and "cot_new" in settings.credentials_file.read_text()


async def test_a_break(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.break_until = int(time.time() * 1e6) + 600_000_000
        await ui.press("1", "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        until = time.strftime("%H:%M", time.localtime(server.break_until / 1e6))
        assert "A break is due" in ui.text() and until in ui.text()
        await ui.press("enter")
        await ui.until(lambda: len([1 for _, path, _ in server.requests if path.endswith("/claim")]) == 2)
        assert ui.shows("NoticeScreen")
        server.break_until = None
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(2))


async def test_work_that_is_withdrawn(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        server.withdraw = "The problem was replaced"
        await ui.press("1", "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "no longer wanted" in ui.text() and "The problem was replaced. What you committed is kept" in ui.words()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_nothing_open(settings: Settings) -> None:
    async with running(FakeServer([]), settings) as ui:
        await ui.until(lambda: "nothing open just now" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "algebra-pilot has no trace for you" in ui.words()


async def test_a_closed_project_says_so_in_the_queue(server: FakeServer, settings: Settings) -> None:
    server.closed = True
    async with running(server, settings) as ui:
        await ui.until(lambda: "■ closed" in ui.text())
        await ui.press("enter")
        assert "this project is closed" in ui.status


async def test_another_version_is_named(server: FakeServer, settings: Settings) -> None:
    server.version = "99.0"
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "the server is 99.0: install cotlab 99.0 here" in ui.words()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_an_answer_that_cannot_be_read_stays_unsent(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        receipt = server._receipt
        server._receipt = lambda: {"receipt": "x", "new": "field"}  # type: ignore[method-assign]
        await ui.press("1", "enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "another version" in ui.text() and list(settings.state.glob("*/waiting/*.json"))
        server._receipt = receipt  # type: ignore[method-assign]
        server.taken.clear()
        server.assignments["a1"].labels.clear()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen") and not list(settings.state.glob("*/waiting/*.json")))


async def test_a_revoked_token_at_start(server: FakeServer, settings: Settings) -> None:
    server.token = "cot_other"
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "You are no longer signed in" in ui.text()


async def test_a_refused_reason_comes_back_with_its_step(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await say_why(ui)
        server.refuse = (409, "out-of-order", "The step has not been shown yet.")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        server.refuse = None
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await ui.open_first()
        assert ui.work.choice.rationale == "kept words" and ui.work.choice.label == "incorrect"
        await ui.label(then=2)
