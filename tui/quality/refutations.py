"""What checks found in a project that I lead: the steps in which a claim was refuted, and from there to the case."""

from textual.content import Content

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.reports.checks import EvidenceProgress, RefutedStep
from cotlab.domain.work.views import QueueEntry
from tui.app.destinations import CaseInFull
from tui.app.screens.filter import FilterScreen
from tui.app.screens.project_list import ProjectListScreen
from tui.quality.claim_kinds import KindsScreen
from tui.quality.refutation_rows import ORDERS, in_order, progress_words, searched, step_lines, step_row
from tui.widgets.filter import FilterField
from tui.widgets.listing import Rows

PAGE = 100
NEAR_END = 10
NOTHING = "No check refuted anything here."
OFF = "The policy has no checks (checks: off), and none was made here before."


class RefutedScreen(ProjectListScreen[RefutedStep], FilterScreen[RefutedStep]):
    """Rows above, a page after the other; the marked step below, with what was found in it and who said what."""

    PLACE = "refuted"
    HEADING = "what checks found"
    ORDERS = ORDERS
    SEARCHED = "kind, label, domain, case, or words of reason, step and problem"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema
        self.steps: list[RefutedStep] = []
        self.progress: EvidenceProgress | None = None
        self._total: int | None = None
        self._checker: str | None = None

    async def load(self) -> None:
        """How far the checks are, then the next page."""
        client, project = self.journey.client, self._entry.project_id
        if self.progress is None:
            self.progress = await self.answer(lambda: client.evidence_progress(project))
        query = {"offset": len(self.steps), "limit": PAGE}
        page = await self.answer(lambda: client.refuted_steps(project, query))
        self.steps += page.steps
        self._total, self._checker = page.total, page.checker
        self.say("")
        self.draw()

    def draw(self) -> None:
        if self._total is None or self.progress is None:
            return
        rows = [one for one in in_order(self.steps, ORDERS[self.order]) if self.matches(searched(one))]
        more = [progress_words(self.progress)]
        if len(self.steps) < self._total:
            more.insert(0, f"{self._total - len(self.steps):,} more on the server")
        count = self.count(len(rows), len(self.steps), " · ".join(more))
        self.list_rows(rows, [step_row(one, self._schema, self.cotlab.raw) for one in rows], count)

    def lines(self, row: RefutedStep | None, width: int) -> list[Content]:
        if row is not None:
            return step_lines(row, self._schema, self.cotlab.raw, width)
        if self._total is None:
            return []
        none = OFF if self._checker is None else NOTHING
        return Content("Nothing here holds these words." if self.steps else none).wrap(width)

    def show_marked(self) -> None:
        super().show_marked()
        near = self.query_one(Rows).marked >= len(self.rows) - NEAR_END
        if near and len(self.steps) < (self._total or 0) and not self.asking:
            self.ask(self.load, "more of them …")

    def open_row(self, row: RefutedStep | None) -> None:
        if row is None:
            self.say("there is no step here")
        elif row.case_id is None:
            self.say("there is no case on this step")
        else:
            self.cotlab.open(CaseInFull(self._entry, self._schema, row.case_id))

    def action_kinds_found(self) -> None:
        if self.progress is None:
            self.say(self.ASKING)
        else:
            self.app.push_screen(KindsScreen(self._entry, self.progress, self._filter))

    def _filter(self, kind: str) -> None:
        """Show the steps of one kind."""
        field = self.query_one(FilterField)
        field.value, field.display = kind, True
        self.draw()
