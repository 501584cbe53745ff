"""Drafts in a project that I lead: models and what they are worth, reports in short, and requests as they go on."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from textual.content import Content

from cotlab.client import new_key
from cotlab.domain.drafts.opinions import OpinionProgress
from cotlab.domain.drafts.requests import CancelBody, DraftStatus, DraftTotals, ModelEntry
from cotlab.domain.evaluations.draft_quality import DraftQualityReport
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.drafts.new_request import Begun, StartDraftsScreen
from tui.drafts.progress import ProgressScreen
from tui.drafts.reports import (
    Source,
    Told,
    anchoring_told,
    generators_told,
    quality_told,
    source_lines,
    source_row,
    sources_of,
    told_lines,
    told_row,
)
from tui.drafts.request import DraftRequestScreen
from tui.drafts.request_rows import job_lines, job_row
from tui.widgets.listing import Pane, Rows
from tui.widgets.text import counted

Row = Source | Told | DraftStatus
Part = Literal["sources", "reports", "jobs"]
PARTS: tuple[Part, ...] = ("sources", "reports", "jobs")
MOST_FOLLOWED = 4
"""Requests that are followed at once: those that have waited longest, which are worked on first, and the marked one."""
LIST_AGAIN = 15.0
"""Seconds between two looks at which requests have not ended."""
TOTALS_EACH = 4
"""Looks after which all requests and drafts are counted anew, which takes the server longer."""
NONE: dict[Part, str] = {
    "sources": "No model is known here. `cotlab model add` on the server's host adds one.",
    "reports": "The reports are not here yet.",
    "jobs": "Nothing was asked for yet; a asks for drafts.",
}


class DraftingScreen(ProgressScreen, ProjectListScreen[Row]):
    """Three lists, one at a time; tab leads to the next."""

    PLACE = "drafting"
    HEADING = "drafts"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__(entry)
        self._following = {}
        self.part: Part = PARTS[0]
        self.models: list[ModelEntry] | None = None
        self.jobs: list[DraftStatus] = []
        self.totals: list[DraftTotals] = []
        self._looks = 0
        self._past: list[DraftStatus] = []
        self._open: set[str] = set()
        self._all_here = False
        self.progress: list[OpinionProgress] = []
        self.quality: DraftQualityReport | None = None
        self.told: list[Told] | None = None
        self._marked: dict[Part, str] = {}
        self._read: tuple[Part, str] | None = None

    def opened(self) -> None:
        super().opened()
        self.set_interval(LIST_AGAIN, self._list_again)

    async def load(self) -> None:
        """What there is, then what models are worth, which takes longer."""
        client, project = self.journey.client, self._entry.project_id
        self.models = await self.answer(lambda: client.models(project))
        await self._list_jobs()
        if self.quality is None:
            self.quality = await self.answer(lambda: client.draft_quality(project))
        self.say("")
        self.draw()

    async def _list_jobs(self) -> None:
        """Those that have not ended, which come first; where these are others than before, the newest ones too."""
        client, project = self.journey.client, self._entry.project_id
        open_ones = await self.answer(lambda: client.draft_requests(project, open_ones=True))
        ids = {one.id for one in open_ones}
        if self._looks == 0 or ids != self._open:
            newest = await self.answer(lambda: client.draft_requests(project))
            there = {one.id for one in newest}
            older = [one for one in self._past if one.id not in there]
            self._past = [*newest, *older]
            await self._look_again([one for one in older if one.id in self._open - ids and not one.ended])
            self._open = ids
        if self._looks % TOTALS_EACH == 0:
            self.totals = await self.answer(lambda: client.draft_totals(project))
            self.progress = await self.answer(lambda: client.opinions(project))
        self._looks += 1
        self._merge(open_ones)

    async def _look_again(self, older: Sequence[DraftStatus]) -> None:
        """Ask for how those stand by now that are open no more; who follows none of them is not told."""
        client, project = self.journey.client, self._entry.project_id
        for one in older:
            self.heard(await self.answer(partial(client.draft_status, project, one.id)))

    async def _list_older(self) -> None:
        client, project, last = self.journey.client, self._entry.project_id, self._past[-1].id
        older = await self.answer(lambda: client.draft_requests(project, last))
        self._all_here = not older
        self._past += older
        self._merge([job for job in self.jobs if not job.ended])
        self.say("")

    def _merge(self, open_ones: Sequence[DraftStatus]) -> None:
        """Those that have not ended first, also one that the open ones, which are some hundred at most, do not hold."""
        there = {one.id for one in open_ones}
        every = [*open_ones, *(one for one in self._past if one.id not in there)]
        self.jobs = sorted(every, key=lambda one: one.ended)
        self.draw()
        self._follow_open()

    def _list_again(self) -> None:
        if self.models is not None and self.app.screen is self and not self.journey.line.down and not self.asking:
            self.run_worker(self._ask(self._list_jobs), group="list", exclusive=True)

    def _follow_open(self) -> None:
        """Follow the marked one and those that a worker takes first, where they have not ended; others no longer."""
        marked = self.marked
        going = [job.id for job in self.jobs if not job.ended]
        first = [marked.id] if isinstance(marked, DraftStatus) and not marked.ended else []
        wanted = list(dict.fromkeys((*first, *going)))[:MOST_FOLLOWED]
        for request_id in [one for one in self._following if one not in wanted]:
            self.leave(request_id)
        for request_id in wanted:
            self.follow(request_id)

    def heard(self, status: DraftStatus) -> None:
        if status in self.jobs:
            return
        self.jobs = [status if job.id == status.id else job for job in self.jobs]
        self._past = [status if job.id == status.id else job for job in self._past]
        self.draw()
        if status.ended:
            self.call_later(self._follow_open)

    async def _load_reports(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        if self.quality is None:
            self.quality = await self.answer(lambda: client.draft_quality(project))
        told = [quality_told(self.quality)]
        for task in ("steps", "pairs"):
            told.append(anchoring_told(await self.answer(partial(client.anchoring, project, {"task": task}))))
        told.append(generators_told(await self.answer(lambda: client.generators(project))))
        self.told = told
        self.say("")
        self.draw()

    def draw(self) -> None:
        """List the part that is shown; what is marked stays so, wherever it is by now."""
        if self.models is None:
            return
        rows, lines, count = self._listed()
        wanted = self._marked.get(self.part)
        at = next((at for at, row in enumerate(rows) if key_of(row) == wanted), 0)
        parts = "  ".join(f"[{one}]" if one == self.part else one for one in PARTS)
        self.list_rows(rows, lines, f"{parts}   {count}", at)

    def _listed(self) -> tuple[list[Row], list[Content], str]:
        if self.part == "jobs":
            going = sum(not job.ended for job in self.jobs)
            every = max(len(self.jobs), sum(sum(one.requests.values()) for one in self.totals))
            more = f", {len(self.jobs):,} of them here" if len(self.jobs) < every else ""
            count = f"{counted(every, 'request')}{more}, those not ended first · {going} not ended"
            return [*self.jobs], [job_row(job) for job in self.jobs], count
        if self.part == "reports":
            told = self.told or []
            wide = max((len(one.name) for one in told), default=0)
            return [*told], [told_row(one, wide) for one in told], counted(len(told), "report")
        sources = sources_of(self.models or (), self.totals, self.progress, self.quality)
        wide = min(24, max((len(one.name) for one in sources), default=0))
        return [*sources], [source_row(one, wide) for one in sources], counted(len(sources), "model")

    def lines(self, row: Row | None, width: int) -> list[Content]:
        if row is None:
            return Content("" if self.models is None else NONE[self.part]).wrap(width)
        if isinstance(row, DraftStatus):
            return job_lines(row, width)
        return told_lines(row, width) if isinstance(row, Told) else source_lines(row, width)

    def show_marked(self) -> None:
        """The text stays where it was scrolled to while it is of the same row."""
        row = self.marked
        if row is not None:
            self._marked[self.part] = key_of(row)
        now = (self.part, key_of(row) if row is not None else "")
        keep, self._read = now == self._read, now
        self.query_one(Pane).show(lambda width: self.lines(row, min(width, self.size.width)), keep)

    def move(self, by: int) -> None:
        super().move(by)
        if self.part != "jobs":
            return
        self._follow_open()
        if by > 0 and self._past and self.jobs[-1:] == [self.marked] and not self._all_here:
            self.ask(self._list_older, "asking for older ones …", "older")

    def action_other_list(self) -> None:
        self.part = PARTS[(PARTS.index(self.part) + 1) % len(PARTS)]
        self.query_one(Rows).marked = 0
        if self.part == "reports" and self.told is None:
            self.ask(self._load_reports, "asking for the reports …", "reports")
        self.draw()

    def open_row(self, row: Row | None) -> None:
        if isinstance(row, DraftStatus):
            self.app.push_screen(DraftRequestScreen(self._entry, row, self.heard))
        else:
            self.say("enter opens a job; tab leads to them")

    def action_cancel_job(self) -> None:
        row = self.marked
        if not isinstance(row, DraftStatus):
            self.say("tab leads to the jobs, which can be cancelled")
        elif row.ended:
            self.say(f"this one has ended already: {row.state.value}")
        else:
            client, project, key = self.journey.client, self._entry.project_id, new_key()

            async def cancelling() -> None:
                self.heard(await self.answer(lambda: client.cancel_drafts(project, row.id, CancelBody(), key)))
                self.say("cancelled; what was drafted stays")

            self.ask(cancelling, "cancelling …", f"cancel-{row.id}")

    def action_ask_drafts(self) -> None:
        if self.models is None:
            self.say(self.ASKING)
            return
        row = self.marked
        begun = Begun(model=row.name) if isinstance(row, Source) else Begun.like(row)
        self.app.push_screen(StartDraftsScreen(self._entry, self.models, begun, self._started))

    def _started(self, status: DraftStatus) -> None:
        """A request was made: it is the marked one."""
        self.part = "jobs"
        self.jobs, self._past = (
            [status, *(job for job in jobs if job.id != status.id)] for jobs in (self.jobs, self._past)
        )
        self._marked["jobs"] = status.id
        self.draw()
        self._follow_open()
        self.say(f"asked for {counted(status.wanted, 'draft')}; x cancels it")


def key_of(row: Row) -> str:
    return row.id if isinstance(row, DraftStatus) else row.name
