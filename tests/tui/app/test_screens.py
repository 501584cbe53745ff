"""Queue, past labels, guideline, help, palette, sign-in: what they show and where their keys lead."""

from dataclasses import replace

import pytest
from textual.color import Color
from textual.command import CommandPalette
from textual.widgets import OptionList

from cotlab.domain.actions import ACTIONS, PLACES, Action, owned_keys
from tests.tui.conftest import running
from tests.tui.fakes.server import FakeServer
from tui.app.screens.base import CotlabScreen
from tui.app.screens.editor import EditorScreen
from tui.app.screens.notice import NoticeScreen
from tui.app.screens.page import ReadingScreen
from tui.app.screens.queue import QueueScreen
from tui.app.screens.sign_in import SignInScreen
from tui.app.settings import Settings
from tui.calibration.qualification import StandingScreen
from tui.cases.adjudication import CaseScreen
from tui.cases.case_file import CaseFileScreen
from tui.cases.case_list import CasesScreen
from tui.cases.decisions import DecidedScreen
from tui.cases.pair_adjudication import PairCaseScreen
from tui.cases.pass_on import PassOnScreen
from tui.drafts.new_request import StartDraftsScreen
from tui.drafts.overview import DraftingScreen
from tui.drafts.request import DraftRequestScreen
from tui.gold.item import GoldItemScreen
from tui.gold.pool import GoldScreen
from tui.guidelines.new_version import NewGuidelineScreen
from tui.guidelines.questions import QuestionsScreen
from tui.guidelines.rule_search import RuleScreen
from tui.journeys import CotlabApp
from tui.labelling.finish import FinishScreen
from tui.labelling.past_labels import PastScreen
from tui.labelling.step import StepScreen
from tui.pairs.comparison import PairScreen
from tui.people.accuracy import AccuracyScreen
from tui.people.alarms import AlarmsScreen
from tui.people.batches import BatchesScreen
from tui.people.comparison import ComparingScreen, RankingScreen
from tui.people.gate import GateScreen
from tui.people.qualifications import BoardScreen
from tui.people.queue_depth import DepthScreen
from tui.people.rechecks import RechecksScreen
from tui.quality.agreement import AgreementScreen
from tui.quality.answer_traces import CellTracesScreen
from tui.quality.answers import QualityScreen
from tui.quality.claim_kinds import KindsScreen
from tui.quality.confusion import ConfusionScreen
from tui.quality.disagreements import DisputedScreen
from tui.quality.measurements import TakenScreen
from tui.quality.refutations import RefutedScreen
from tui.widgets.lines import shown_keys
from tui.widgets.reason import ReasonField
from tui.writing.coverage import PathsScreen
from tui.writing.path_screen import WritingScreen

SCREENS: tuple[type[CotlabScreen], ...] = (
    PairScreen, PairCaseScreen, DraftingScreen, DraftRequestScreen, StartDraftsScreen,
    StepScreen, FinishScreen, RuleScreen, QueueScreen, PastScreen, QuestionsScreen, ReadingScreen, NewGuidelineScreen,
    EditorScreen, NoticeScreen, SignInScreen, AgreementScreen, ConfusionScreen, DisputedScreen, CaseFileScreen,
    TakenScreen, CaseScreen, CasesScreen, PassOnScreen, DecidedScreen, StandingScreen, BoardScreen, GateScreen,
    RechecksScreen, AccuracyScreen, AlarmsScreen, BatchesScreen, GoldScreen, GoldItemScreen, DepthScreen, WritingScreen,
    PathsScreen, RefutedScreen, KindsScreen, QualityScreen, CellTracesScreen, ComparingScreen, RankingScreen,
)  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
def test_every_action_has_a_handler_where_it_works(action: Action) -> None:
    for place in action.places:
        if place == "everywhere":
            assert hasattr(CotlabApp, f"action_{action.name}")
        elif place == "text":
            assert callable(ReasonField._on_key)
        else:
            (screen,) = [screen for screen in SCREENS if place == screen.PLACE]
            assert hasattr(screen, f"action_{action.name}"), (screen, action.name)


def test_no_place_has_a_key_twice() -> None:
    for place in PLACES:
        keys = [key for action in ACTIONS if place in action.places or "everywhere" in action.places
                for key in (action.key, *action.also) if key]  # fmt: skip
        assert len(keys) == len(set(keys)), place
    assert not owned_keys() & set("123456789")


async def test_help_lists_every_action_and_the_labels(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings, (100, 500)) as ui:
        await ui.open_first()
        await ui.press("?")
        await ui.until(lambda: ui.shows("HelpScreen"))
        text = ui.text()
        for action in ACTIONS:
            assert action.help in text and shown_keys(action) in text, action.name
        assert text.index("labelling a step") < text.index("everywhere") < text.index("the queue")
        assert "1                 ✓ correct" in text and "3 . 1             ✗ wrong-operation" in text
        await ui.press("escape", "1")
        assert ui.work.choice.label == "correct"


async def test_the_palette_finds_an_action_of_the_screen(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("ctrl+p")
        await ui.until(lambda: isinstance(ui.app.screen, CommandPalette))
        await ui.type("unsure")
        await ui.until(lambda: "flag the label as unsure" in ui.text())
        await ui.pilot.pause(0.2)
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1) and ui.work.choice.unsure)


def past(count: int) -> list[dict[str, object]]:
    return [
        {"id": f"l{at}", "problem": f"Problem {at % 7}", "position": at % 5 + 1, "step": f"Step text [{at}]",
         "label": ("correct", "incorrect")[at % 2], "rationale": "because" if at == 3 else None, "unsure": at == 4,
         "received_at": 1_700_000_000_000_000 - at * 60_000_000, "replaced": at == 1, "guideline_version": "1.1"}
        for at in range(count)
    ]  # fmt: skip


async def test_a_pair_among_my_past_labels(server: FakeServer, settings: Settings) -> None:
    sides = ["It is 4,806 m high.", "It is 8,848 m high."]
    server.past = past(1)
    server.past[0] |= {"position": 1, "step": None, "responses": sides, "label": "slightly-worse"}
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("t")
        await ui.until(lambda: "slightly better" in ui.text())
        assert "right slightly better" in ui.text() and all(side in ui.text() for side in sides)
        await ui.press("slash")
        await ui.type("8,848")
        assert "1 of 1 match" in ui.text()


async def test_my_past_labels_by_page_filter_and_order(server: FakeServer, settings: Settings) -> None:
    server.past, server.page = past(120), 50
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("t")
        await ui.until(lambda: ui.shows("PastScreen") and "50 · newest first, more on the server" in ui.text())
        rows = ui.screen.query_one(OptionList)
        await ui.hold("j", 47)
        await ui.until(lambda: "100 · newest first" in ui.text())
        assert rows.highlighted == 47
        await ui.press("end")
        await ui.until(lambda: "120 · newest first" in ui.text() and "more on" not in ui.text())
        await ui.press("/")
        await ui.type("because")
        await ui.until(lambda: "1 of 120 match" in ui.text())
        assert "Step text [3]" in ui.text() and "why: because" in ui.text()
        await ui.press("enter", "s")
        assert "oldest first" in ui.text()
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_signing_in(server: FakeServer, settings: Settings) -> None:
    async with running(server, replace(settings, credentials=None)) as ui:
        await ui.until(lambda: ui.shows("SignInScreen"))
        await ui.type("http://example.org")
        await ui.press("enter")
        await ui.type("cot_good")
        await ui.press("enter")
        assert "plain http would send your token in clear" in ui.words() and not server.requests
        await ui.press("shift+tab", "home", "ctrl+k")
        await ui.type("http://127.0.0.1:1")
        await ui.press("enter")
        await ui.until(lambda: "algebra-pilot" in ui.text())
        assert "cot_good" not in ui.text()
        await ui.open_first()
    assert settings.credentials_file.exists()


async def test_focus_and_label_keys_after_every_dialog(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        for open_key, close_keys in (("?", "escape"), ("g", "escape"), ("a", "escape"), ("x", "escape"),
                                     ("r", "escape"), ("p", "p"), ("ctrl+p", "escape")):  # fmt: skip
            await ui.press(open_key)
            await ui.pilot.pause(0.05)
            await ui.press(close_keys)
            await ui.until(lambda: ui.at_step(1))
            for key, label in (("1", "correct"), ("2", "redundant")):
                await ui.press(key)
                assert ui.work.choice.label == label, open_key


@pytest.mark.parametrize("theme", ["terminal", "dark", "light", "contrast"])
async def test_themes_show_glyph_and_word(server: FakeServer, settings: Settings, theme: str) -> None:
    async with running(server, replace(settings, theme=theme)) as ui:
        await ui.open_first()
        assert "✗ incorrect" in ui.text() and ui.app.theme == theme


async def test_no_color(server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(server, replace(settings, theme="dark")) as ui:
        await ui.open_first()
        await ui.press("2")
        assert "▸ 2 ○ redundant" in ui.text()
        strips = ui.app.screen._compositor.render_strips()
        filtered = [segment for strip in strips for segment in strip.apply_filter(ui.app._filters[-1], Color(0, 0, 0))]
        colours = [colour for segment in filtered if segment.style
                   for colour in (segment.style.color, segment.style.bgcolor) if colour]  # fmt: skip
        assert colours and all(colour.is_default for colour in colours)
