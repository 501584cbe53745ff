"""The list of cases: what it says of each, filter, order, and where its keys lead; and the way there from the queue."""

from typing import Any

import pytest

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.cases import CaseServer, FakeCase
from tests.tui.fakes.server import CHALK, TRAIN, FakeServer
from tui.app.settings import Settings
from tui.widgets.listing import Rows


def many() -> CaseServer:
    return CaseServer(
        FakeCase("c1", TRAIN, days=3, entry={"domain": "law", "reasons": ["unsure"]}),
        FakeCase("c2", CHALK, days=9, entry={"taken": True}),
        FakeCase("c3", TRAIN, days=1, entry={"for_me": True}),
        FakeCase("c4", CHALK, days=0, entry={"reasons": ["disagreement", "question"]}),
        FakeCase("c5", CHALK, days=30, decisions=[{}], entry={"mine": True, "decided_at": 1_700_000_000_000_000}),
        FakeCase("c6", CHALK, days=40, entry={"state": "settled_otherwise", "taken": False}),
    )


def states(ui: Desktop) -> list[str]:
    return [row.plain[2:20].strip() for row in ui.screen.query_one(Rows).rows]


async def arrive(ui: Desktop) -> None:
    await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
    await ui.press("C")
    await ui.until(lambda: ui.shows("CasesScreen") and "asking" not in ui.status)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (160, 50)])
async def test_states_ages_and_what_is_marked(settings: Settings, size: tuple[int, int]) -> None:
    async with running(many(), settings, size) as ui:
        await arrive(ui)
        assert states(ui) == ["handed to you", "taken", "open", "open", "decided", "settled otherwise"]
        assert "6 of 6 · to decide first, oldest first" in ui.text() and "9 days" in ui.text()
        assert "→ handed to you · 1 day old" in ui.text() and "· people disagree" in ui.text()
        assert "A train leaves Aden" in ui.text() and "0 minutes" in "".join(
            row.plain for row in ui.screen.query_one(Rows).rows
        )


async def test_filter_and_order(settings: Settings) -> None:
    server = many()
    async with running(server, settings) as ui:
        await arrive(ui)
        await ui.press("s")
        assert "newest first" in ui.text() and states(ui)[0] == "open" and states(ui)[-1] == "settled otherwise"
        await ui.press("s")
        assert "by domain" in ui.text() and "▸ ▹ open              3 days     unsure" in ui.text()
        await ui.press("s", "s", "/")
        await ui.type("chalk open")
        assert "1 of 6 match “chalk open” · to decide first" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.screen.focused is None)
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c4"))


async def test_a_case_on_a_pair_says_so(settings: Settings) -> None:
    server = CaseServer(FakeCase("c1"), FakeCase("c2", CHALK, entry={"task": "pairs"}))
    async with running(server, settings, (120, 24)) as ui:
        await arrive(ui)
        assert "⇄ pair  A box holds" in ui.text() and "⇄ pair  A train" not in ui.text()
        await ui.press("j")
        assert "open · on a pair of responses" in ui.text()
        await ui.press("/")
        await ui.type("pair")
        assert "1 of 2" in ui.text()


async def test_nothing_holds_the_words(settings: Settings) -> None:
    async with running(many(), settings) as ui:
        await arrive(ui)
        await ui.press("/")
        await ui.type("zebra")
        assert "No case holds all of these words." in ui.text()
        await ui.press("escape", "enter")
        assert ui.status == "there is no case here"


@pytest.mark.parametrize(
    ("down", "leads"),
    [
        (0, "c3"),
        (1, "somebody else has this case just now"),
        (2, "c1"),
        (4, "c5"),
        (5, "this needs no decision any more"),
    ],
)
async def test_enter_takes_what_is_marked(settings: Settings, down: int, leads: str) -> None:
    server = many()
    server.cases[4].decisions = [{"label": "correct", "rationale": "so", "citations": [], "gap": "x"}]
    server.cases[4].choice = {"label": "correct", "rationale": None, "unsure": False, "citations": []}
    async with running(server, settings) as ui:
        await arrive(ui)
        await ui.press(*["j"] * down, "enter")
        if leads.startswith("c"):
            await ui.until(lambda: ui.at_case(leads, deciding=leads == "c5"))
        else:
            assert leads in ui.status and ui.shows("CasesScreen")


async def test_a_refusal_leads_back_to_the_list(settings: Settings) -> None:
    server = many()
    async with running(server, settings) as ui:
        await arrive(ui)
        server.refuse = (409, "conflict", "You have another case in your hands; decide it first.")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "You have another case in your hands" in ui.text()
        server.refuse = None
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen"))
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_pages_come_as_the_end_is_near(settings: Settings) -> None:
    server = CaseServer(*[FakeCase(f"c{at}", days=at) for at in range(30)])
    server.case_page = 20
    async with running(server, settings) as ui:
        await arrive(ui)
        assert "20 of 30 · to decide first, oldest first, more on the server" in ui.text()
        await ui.hold("j", 16)
        await ui.until(lambda: "30 of 30" in ui.text() and "more on" not in ui.text())
        assert ui.screen.query_one(Rows).marked == 16


async def test_nothing_to_decide(settings: Settings) -> None:
    server = CaseServer()
    server.cases = []
    async with running(server, settings) as ui:
        await arrive(ui)
        assert "No case is to be decided by you here." in ui.text()
        await ui.press("j", "k", "space", "pageup", "s", "C")
        await ui.until(lambda: "no case is left for you" in ui.status)


QUEUES: list[tuple[dict[str, Any], str]] = [
    ({"cases": 3}, "3 cases to decide (C)"),
    ({"cases": 1}, "1 case to decide (C)"),
    ({"cases": 3, "case_open": True}, "1 case open, 3 to decide (C)"),
    ({"case_open": True}, "1 case open (C)"),
    ({"decided": 2}, "2 decided cases to read (D)"),
    ({"roles": ["adjudicator"]}, "you decide cases here"),
]


@pytest.mark.parametrize(("entry", "said"), QUEUES)
async def test_the_queue_tells_of_cases(settings: Settings, entry: dict[str, Any], said: str) -> None:
    server = CaseServer()
    server.entry |= entry
    async with running(server, settings) as ui:
        await ui.until(lambda: said in ui.text())


async def test_who_decides_alone_comes_to_the_list_with_enter(settings: Settings) -> None:
    server = CaseServer()
    server.entry = {"roles": ["adjudicator"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CasesScreen"))


async def test_who_decides_nothing_is_told(server: FakeServer, settings: Settings) -> None:
    server.entry = {"roles": ["lead"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("C")
        assert ui.status == "you decide no cases in this project"
        await ui.press("D")
        assert ui.status.startswith("you do not label in this project")


async def test_what_is_left_waits_for_the_lead(server: FakeServer, settings: Settings) -> None:
    server.nothing = "paused"
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "What is left waits for the lead" in ui.text() and "people disagree too often" in ui.words()
