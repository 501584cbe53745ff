"""The real terminal UI, driven by a script: the same screens and keys as a person has, without a terminal."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from textual.pilot import Pilot

from tui.app.screens.queue import QueueScreen
from tui.app.settings import Settings
from tui.guidelines.new_version import NewGuidelineScreen
from tui.guidelines.rule_search import RuleScreen
from tui.journeys import CotlabApp
from tui.labelling.finish import FinishScreen
from tui.labelling.step import StepScreen
from tui.widgets.reason import Reason

LAST_CLAIM = 3.0
PATIENCE = 60.0
"""Seconds that the script waits for a screen; a server that restarts is tried again after at most half of it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the script's expert thinks of a step: a label of the guideline, and why."""

    label: str
    rationale: str


class NothingCame(Exception):
    """The screen that the script waited for did not come."""


@dataclass(slots=True)
class Expert:
    """Somebody at the terminal. `judge` gives the judgement on a step's text; `tell` hears what happens.

    A new guideline is read and acknowledged; the first step whose label a rule decides cites that rule.
    """

    name: str
    settings: Settings
    judge: Callable[[str], Judgement]
    tell: Callable[[str], None]
    cited: str | None = None

    async def label(self, traces: int) -> int:
        """Label traces in the first project of the queue; return how many labels were committed."""
        app = CotlabApp(self.settings)
        labelled: object = None
        async with app.run_test(size=(80, 24)) as pilot:
            await _until(pilot, lambda: isinstance(app.screen, QueueScreen) and bool(app.screen.entries))
            await pilot.press("enter")
            for number in range(1, traces + 1):
                await self._arrive(app, pilot)
                labelled = app.journey.work if app.journey is not None else None
                steps = await self._trace(app, pilot)
                self.tell(f"{self.name}: trace {number} of {traces}, {steps} steps labelled")
            await _until(pilot, lambda: app.journey is not None and not app.journey.courier.waiting)
            await _handed_on(app, pilot, labelled)
            assert app.journey is not None
            return app.journey.today

    async def _arrive(self, app: CotlabApp, pilot: Pilot[str]) -> None:
        """To the next step; a guideline that is new here is read first."""
        while not (isinstance(app.screen, StepScreen) and _ready(app)):
            await _until(pilot, lambda: isinstance(app.screen, (StepScreen, NewGuidelineScreen)))
            if isinstance(screen := app.screen, NewGuidelineScreen):
                await pilot.press("j", "enter")
                await _until(pilot, lambda: app.screen is not screen)
                self.tell(f"{self.name}: {screen.version} read")
            else:
                await _until(pilot, lambda: _ready(app))

    async def _trace(self, app: CotlabApp, pilot: Pilot[str]) -> int:
        steps = 0
        while isinstance(app.screen, StepScreen):
            await self._step(app, pilot)
            steps += 1
        while isinstance(finish := app.screen, FinishScreen) and _ready(app):
            await pilot.press(*(("1", "enter") if finish.question == "complete" else ("enter",)))
        await _until(pilot, lambda: not isinstance(app.screen, FinishScreen))
        return steps

    async def _step(self, app: CotlabApp, pilot: Pilot[str]) -> None:
        assert app.journey is not None and app.journey.work is not None
        work = app.journey.work
        step = work.step
        assert step is not None
        judgement = self.judge(step.text)
        label = work.guideline.labels.label(judgement.label)
        assert label is not None
        await self._cite(app, pilot, judgement.label)
        parent = work.schema.label(work.schema.parent(label.name)) or label
        await pilot.press(parent.key)
        if label is not parent:
            leave = ["escape"] if work.wants_rationale() else []
            await pilot.press(*leave, ".", label.key)
        if work.schema.needs_rationale(label.name):
            app.screen.query_one(Reason).field.insert(judgement.rationale)
        await pilot.press("enter")
        await _until(pilot, lambda: work.sending is None and work.step is not step)
        await pilot.pause()

    async def _cite(self, app: CotlabApp, pilot: Pilot[str], label: str) -> None:
        """Find the first rule that decides a label, once, and cite it."""
        assert app.journey is not None and app.journey.work is not None
        rules = app.journey.work.guideline.rules
        rule = next((rule for rule in rules if label in rule.labels), None)
        if self.cited is not None or rule is None:
            return
        await pilot.press("g")
        await _until(pilot, lambda: isinstance(app.screen, RuleScreen))
        await pilot.press(*rule.id.lower(), "enter")
        await _until(pilot, lambda: isinstance(app.screen, StepScreen))
        self.cited = rule.id
        self.tell(f"{self.name}: {rule.id} cited ({rule.title})")


def _ready(app: CotlabApp) -> bool:
    return app.journey is not None and app.journey.work is not None and app.journey.work.sending is None


async def _handed_on(app: CotlabApp, pilot: Pilot[str], labelled: object) -> None:
    """Wait a little for what comes after the last trace, whose receipt is kept too; perhaps nothing does."""
    ends = time.monotonic() + LAST_CLAIM
    while time.monotonic() < ends and (app.journey is None or app.journey.work in (None, labelled)):
        await pilot.pause()
        await asyncio.sleep(0.005)


async def _until(pilot: Pilot[str], holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise NothingCame(f"the terminal UI shows {type(pilot.app.screen).__name__} and nothing else came")
        await pilot.pause()
        await asyncio.sleep(0.005)
