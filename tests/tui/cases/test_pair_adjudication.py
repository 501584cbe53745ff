"""Deciding a case on a pair: blind first, then what others chose, then the decision."""

import pytest

from tests.tui.cases.test_adjudication import SIZES, decide
from tests.tui.conftest import running
from tests.tui.fakes.cases import CaseServer, FakeCase, peer
from tests.tui.fakes.pairs import BLANC, FakePair
from tests.tui.fakes.server import CHALK
from tui.app.settings import Settings
from tui.widgets.responses import Responses

CHOICES = [peer("Ash", "better", "the other height is false", "P1"), peer("Birch", "slightly-worse", None)]


def on_a_pair(name: str = "c1", pair: FakePair = BLANC) -> FakeCase:
    return FakeCase(name, position=1, pair=pair, evidence={"labels": CHOICES})


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_choice_to_the_decision(settings: Settings, size: tuple[int, int]) -> None:
    server = CaseServer(on_a_pair())
    async with running(server, settings, size) as ui:
        await ui.open_case()
        assert "4,806" in ui.text() and "Ash" not in ui.text() and "better" not in ui.text().split("1 ←")[0]
        await ui.press("h", "h")
        assert ui.case.choice.label == "better" and "▸ 1 ← first · better" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        assert "4,806" in ui.text() and "people disagree: first | second" in ui.text()
        await ui.press("l", "h")
        assert ui.case.choice.label == "better", "the keys turn pages now"
        await ui.press("2")
        assert ui.case.choice.label == "tie"
        await decide(ui, "P1", "both are near enough")
        await ui.until(lambda: ui.shows("CasesScreen"))
    case = server.cases[0]
    assert case.choice is not None and case.choice["label"] == "better"
    assert [(one["label"], one["rationale"]) for one in case.decisions] == [("tie", "both are near enough")]


async def test_what_others_chose_is_named_and_reasoned(settings: Settings) -> None:
    async with running(CaseServer(on_a_pair()), settings, (120, 40)) as ui:
        await ui.open_case("c1", "3", ".", "2")
        for line in (
            "Ash       ← first · better",
            "“the other height is false”  P1",
            "Birch     → second · slightly-worse",
        ):
            assert line in ui.text(), ui.text()
        assert "you       → second · worse" in ui.text()


async def test_criteria_and_flags_of_others_stand_below_their_choice(settings: Settings) -> None:
    said = {"criteria": {"correctness": "better", "clarity": "tie"}, "unsafe": "right", "swapped": True}
    case = FakeCase("c1", position=1, pair=BLANC, evidence={"labels": [peer("Ash", "better", "left it out", **said)]})
    async with running(CaseServer(case), settings, (120, 40)) as ui:
        await ui.open_case("c1", "3", ".", "2")
        assert "correctness ←2 · clarity = · ⚠ unsafe: right" in ui.text()
        assert "in these words left is right" in ui.text()


async def test_the_end_of_the_scale_and_both_bad(settings: Settings) -> None:
    async with running(CaseServer(on_a_pair()), settings) as ui:
        await ui.open_case()
        await ui.press("l", "l", "l", "l")
        assert "end of the scale" in ui.status and ui.case.choice.label == "much-worse"
        await ui.press("4")
        assert ui.case.choice.label == "both-bad"


async def test_cannot_judge_asks_why(settings: Settings) -> None:
    server = CaseServer(on_a_pair())
    async with running(server, settings) as ui:
        await ui.open_case()
        await ui.press("5")
        await ui.type("no idea")
        await ui.press("enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
    assert server.cases[0].choice is not None and server.cases[0].choice["rationale"] == "no idea"


async def test_both_responses_can_be_read_and_what_differs_is_marked(settings: Settings) -> None:
    async with running(CaseServer(on_a_pair()), settings) as ui:
        await ui.open_case()
        await ui.press("tab")
        assert "8,848" in ui.text() and "4,806" not in ui.text()
        await ui.press("w")
        await ui.until(lambda: "underlined" in ui.status and ui.screen.query_one(Responses)._shown is not None)
        await ui.press("1", "enter")
        await ui.until(lambda: ui.at_case("c1", deciding=True))
        await ui.press("p")
        assert "Ash" in ui.text() and ui.screen.query_one(Responses).unfolded


async def test_a_case_on_a_step_follows_one_on_a_pair(settings: Settings) -> None:
    server = CaseServer(on_a_pair(), FakeCase("c2", CHALK, 1, days=1))
    async with running(server, settings) as ui:
        await ui.open_case("c1", "1")
        await decide(ui, "P1")
        await ui.until(lambda: ui.at_case("c2"))
        assert "3 red and 2 blue" in ui.text() and "left (first)" not in ui.text()
