"""Where I stand in calibration, project by project, as the server said last; and that a part of it counts."""

from functools import partial

from cotlab.client import ApiError
from cotlab.domain.calibration.qualification import PAIRS, Standing
from cotlab.domain.people import LABELLERS
from cotlab.domain.work.views import AssignmentView, Queue, QueueEntry
from tui.app.session import Session, State
from tui.app.work.open_work import OpenWork
from tui.widgets.qualification import asked_for, counts, may_calibrate, note

CALIBRATION = "calibration"
COUNTS = "this part counts; no feedback"


class Calibration(State):
    """The state behind the lines of the queue; a refusal leaves it as it was, since nothing waits for it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._known: dict[str, tuple[Standing, ...]] = {}
        self._told: set[tuple[str, str, int]] = set()

    def of(self, project_id: str) -> tuple[Standing, ...]:
        """Where I stand in each domain of a project that asks for calibration."""
        return self._known.get(project_id, ())

    def notes(self, entry: QueueEntry) -> list[tuple[str, str]]:
        standings = self.of(entry.project_id)
        return [(note(one), "dim" if one.may_label else "$warning") for one in standings]

    def calibrate(self, entry: QueueEntry) -> None:
        """Go on with an attempt, or begin one, where there is anything to calibrate."""
        standings = self.of(entry.project_id)
        if standings and not any(map(may_calibrate, standings)):
            self._session.app.say("there is nothing for you to calibrate here: M says where you stand")
        else:
            self._session.app.say("asking the server for a trace")
            self._session.claim(entry.project_id)

    async def load(self, queue: Queue) -> None:
        """Ask for all projects in which I label, and show each as it comes."""
        for entry in queue.projects:
            if LABELLERS & set(entry.roles) and not entry.closed and entry.ready:
                before = self.of(entry.project_id)
                if await self._ask(entry.project_id) != before:
                    self._session.app.show_queue()

    async def _ask(self, project_id: str) -> tuple[Standing, ...]:
        session = self._session
        try:
            found = await session.line.patiently(lambda: session.client.my_standings(project_id))
        except ApiError:
            return self.of(project_id)
        self._known[project_id] = tuple(one for one in found if asked_for(one))
        return self._known[project_id]

    def begun(self, work: OpenWork) -> None:
        """A trace or a pair is on the screen: where it is one of calibration, find out whether it counts."""
        if isinstance(work.view, AssignmentView) and work.view.purpose == CALIBRATION:
            self._session.run(partial(self._mind, work), CALIBRATION)

    async def _mind(self, work: OpenWork) -> None:
        project_id, domain = work.view.project_id, work.view.problem.domain
        domain = f"{PAIRS}{domain}" if work.pair is not None else domain
        found = await self._ask(project_id)
        one = next((one for one in found if one.domain == domain), None)
        if one is None or not counts(one):
            return
        part = (project_id, domain, one.attempts[-1].number)
        if part not in self._told and self._session.work is work:
            self._told.add(part)
            self._session.app.call_after_refresh(self._session.app.say, COUNTS)
