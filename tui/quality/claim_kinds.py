"""What checks found by kind of claim and domain, and how often a kind's refutations were decided to be right."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.reports.checks import EvidenceKinds, EvidenceProgress, EvidenceRevisions, KindCount
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.quality.refutation_rows import (
    checker_lines,
    kind_row,
    kinds_heading,
    precision_lines,
    progress_words,
    revision_lines,
)
from tui.widgets.text import counted


class KindsScreen(ProjectListScreen[KindCount]):
    """A row for each kind and domain; the precision of the marked kind below, then how far each checker is."""

    PLACE = "kinds"
    HEADING = "kinds of claims"

    def __init__(self, entry: QueueEntry, progress: EvidenceProgress, chosen: Callable[[str], None]) -> None:
        super().__init__(entry)
        self._progress, self._chosen = progress, chosen
        self.kinds: EvidenceKinds | None = None
        self.revisions: EvidenceRevisions | None = None

    def compose_above(self) -> ComposeResult:
        yield Static(Content.styled(f"  {kinds_heading()}", "dim"), id="heading")

    async def load(self) -> None:
        """The kinds; then what showing changed, which takes the server longer."""
        client, project = self.journey.client, self._entry.project_id
        self.kinds = await self.answer(lambda: client.evidence_kinds(project))
        self.draw()
        self.revisions = await self.answer(lambda: client.evidence_revisions(project))
        self.say("")
        self.show_marked()

    def draw(self) -> None:
        if self.kinds is not None:
            rows = sorted(self.kinds.kinds, key=lambda row: (-row.refuted, row.kind, row.domain))
            precision = {one.kind: one for one in self.kinds.precision}
            below = sum(one.below for one in self.kinds.precision)
            warned = f"{counted(below, 'kind')} below 95 %" if below else "none below 95 %"
            count = f"{len(rows)} · most refuted first · {warned} · {progress_words(self._progress)}"
            self.list_rows(rows, [kind_row(row, precision.get(row.kind)) for row in rows], count)

    def lines(self, row: KindCount | None, width: int) -> list[Content]:
        if self.kinds is None:
            return []
        lines = Content("Nothing that can be computed was found yet.").wrap(width)
        if row is not None:
            found = next((one for one in self.kinds.precision if one.kind == row.kind), None)
            lines = precision_lines(found, width)
        checkers = checker_lines(self._progress, width)
        if checkers:
            lines += [Content(), Content.styled("verdicts by checker", "bold"), *checkers]
        if self.revisions is not None and self.revisions.revisions:
            lines += [Content(), Content.styled("what showing it changed", "bold")]
            lines += revision_lines(self.revisions, width)
        return lines

    def open_row(self, row: KindCount | None) -> None:
        if row is None:
            self.say("there is no kind here")
        else:
            self.app.pop_screen()
            self._chosen(row.kind)
