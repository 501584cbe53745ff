"""Where I stand in calibration, project by project, as the server said last; and that a part of it counts."""

from functools import partial
from typing import TYPE_CHECKING

from cotlab.client import ApiError
from cotlab.domain.calibration.qualification import PAIRS, Standing
from cotlab.domain.people import LABELLERS
from cotlab.domain.work.views import Queue
from tui.pair import PairWork
from tui.standing import asked_for, counts
from tui.work import Work

if TYPE_CHECKING:
    from tui.journey import Journey

CALIBRATION = "calibration"
COUNTS = "this part counts; no feedback"


class Calibrating:
    """The state behind the lines of the queue; a refusal leaves it as it was, since nothing waits for it."""

    def __init__(self, journey: "Journey") -> None:
        self._journey = journey
        self._known: dict[str, tuple[Standing, ...]] = {}
        self._told: set[tuple[str, str, int]] = set()

    def of(self, project_id: str) -> tuple[Standing, ...]:
        """Where I stand in each domain of a project that asks for calibration."""
        return self._known.get(project_id, ())

    async def load(self, queue: Queue) -> None:
        """Ask for all projects in which I label, and show each as it comes."""
        for entry in queue.projects:
            if LABELLERS & set(entry.roles) and not entry.closed and entry.ready:
                before = self.of(entry.project_id)
                if await self._ask(entry.project_id) != before:
                    self._journey.app.show_queue()

    async def _ask(self, project_id: str) -> tuple[Standing, ...]:
        journey = self._journey
        try:
            found = await journey.line.patiently(lambda: journey.client.my_standings(project_id))
        except ApiError:
            return self.of(project_id)
        self._known[project_id] = tuple(one for one in found if asked_for(one))
        return self._known[project_id]

    def begun(self, work: Work | PairWork) -> None:
        """A trace or a pair is on the screen: where it is one of calibration, find out whether it counts."""
        if work.view.purpose == CALIBRATION:
            self._journey.run(partial(self._mind, work), CALIBRATION)

    async def _mind(self, work: Work | PairWork) -> None:
        project_id, domain = work.view.project_id, work.view.problem.domain
        domain = f"{PAIRS}{domain}" if isinstance(work, PairWork) else domain
        found = await self._ask(project_id)
        one = next((one for one in found if one.domain == domain), None)
        if one is None or not counts(one):
            return
        part = (project_id, domain, one.attempts[-1].number)
        if part not in self._told and self._journey.work is work:
            self._told.add(part)
            self._journey.app.call_after_refresh(self._journey.app.say, COUNTS)
