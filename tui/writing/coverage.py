"""Which strategies of each problem have a valid path, in a project that I lead; asking for those that are missing."""

from textual.content import Content

from cotlab.domain.coverage.writing import AskBody, CellState, PathCell, PathMatrix, ProblemPaths
from cotlab.domain.drafts.requests import DraftStatus
from cotlab.domain.work.views import QueueEntry
from tui.app.destinations import DraftsWanted
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.text import counted, hanging, one_line, shown

NONE = "This project has no problems yet."
GLYPHS: dict[CellState, tuple[str, str]] = {
    CellState.VALID: ("✓", "$success"), CellState.UNSETTLED: ("…", "$accent"), CellState.ASKED: ("▹", "$accent"),
    CellState.INVALID: ("✗", "$error"), CellState.EMPTY: ("·", "dim"),
}  # fmt: skip
MEANINGS: dict[CellState, str] = {
    CellState.VALID: "valid", CellState.UNSETTLED: "not settled yet", CellState.ASKED: "asked for",
    CellState.INVALID: "no path that is right", CellState.EMPTY: "no path",
}  # fmt: skip


class PathsScreen(ProjectListScreen[ProblemPaths]):
    """A row a problem, with a glyph for each strategy of its guideline; the marked one in words below."""

    PLACE = "paths"
    HEADING = "paths"
    AGAIN = "; esc, then P asks again"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__(entry)
        self._matrix: PathMatrix | None = None
        self._cursors: list[str | None] = [None]
        """Where each page up to the one on the screen begins."""

    async def load(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        found = await self.answer(lambda: client.path_matrix(project, cursor=self._cursors[-1]))
        self.say("")
        self._matrix = found
        wanted = "" if found.wanted is None else f" · {found.wanted} valid ones wanted of each"
        more = ", more on l" if found.next_cursor else ""
        count = f"page {len(self._cursors)}, {counted(len(found.problems), 'problem')}{more}{wanted}"
        wide = max((len(one.cells) for one in found.problems), default=0)
        self.list_rows(found.problems, [_row(one, wide, found.wanted) for one in found.problems], count)

    def lines(self, row: ProblemPaths | None, width: int) -> list[Content]:
        if row is None:
            return Content("" if self._matrix is None else NONE).wrap(width)
        lines = shown(row.problem).wrap(width)
        lines += [Content(), *(line for cell in row.cells for line in _cell(cell, width))]
        if not row.cells:
            lines += Content(f"The guideline of {one_line(row.domain, True)} names no strategies.").wrap(width)
        if row.other:
            lines += Content.styled(f"{counted(row.other, 'path')} of other strategies", "dim").wrap(width)
        return lines

    def action_page_on(self) -> None:
        if self._matrix is None or self._matrix.next_cursor is None:
            self.say("these are the last problems")
        else:
            self._cursors.append(self._matrix.next_cursor)
            self.ask(self.load, self.ASKING)

    def action_page_before(self) -> None:
        if len(self._cursors) == 1:
            self.say("these are the first problems")
        else:
            self._cursors.pop()
            self.ask(self.load, self.ASKING)

    def action_ask_path(self) -> None:
        """Ask for what the marked problem lacks of the paths that the policy wants, or else for one more."""
        row, wanted = self.marked, self._matrix.wanted if self._matrix else None
        if row is None:
            self.say("there is no problem here")
            return
        missing = row.missing(wanted) if wanted is not None else row.missing(len(row.cells))[:1]
        if not missing:
            self.say("nothing is missing here: each has a path that is valid, not settled yet, or asked for")
            return
        body = AskBody(problem_ids=(row.problem_id,), strategies=missing)

        async def asking() -> None:
            await self.answer(lambda: self.journey.client.ask_paths(self._entry.project_id, body))
            await self.load()
            self.say(f"asked for {', '.join(one_line(one, True) for one in missing)}; they wait for writers")

        self.ask(asking, "asking for a path …")

    def action_ask_drafts(self) -> None:
        """Have a model write paths of the marked problem."""
        row = self.marked
        if row is None:
            self.say("there is no problem here")
            return

        async def asking() -> None:
            models = await self.answer(lambda: self.journey.client.models(self._entry.project_id))
            self.say("")
            self.cotlab.open(DraftsWanted(self._entry, models, "path", row.problem_id, self._drafted))

        self.ask(asking, "asking which models there are", "models")

    def _drafted(self, status: DraftStatus) -> None:
        self.say(f"asked for {counted(status.wanted, 'path')}; d in the queue shows how far they are")


def _row(one: ProblemPaths, wide: int, wanted: int | None) -> Content:
    glyphs = [(f"{glyph} ", style) for glyph, style in (GLYPHS[cell.state] for cell in one.cells)]
    enough = "" if wanted is None else f"{one.valid}/{wanted} "
    return Content.assemble(
        *glyphs, " " * (2 * (wide - len(one.cells))), (enough, "$success" if one.valid >= (wanted or 0) else "dim"),
        (f"{one_line(one.domain, True)}  ", "dim"), one_line(one.problem),
    )  # fmt: skip


def _cell(cell: PathCell, width: int) -> list[Content]:
    glyph, style = GLYPHS[cell.state]
    counts = [(cell.valid, "valid"), (cell.unsettled, "not settled"), (cell.invalid, "not right")]
    said = ", ".join(f"{number} {what}" for number, what in counts if number)
    asked = "; one is asked for" if cell.task_id is not None and cell.state is not CellState.ASKED else ""
    text = Content.assemble(
        one_line(cell.strategy, True), "  ", (MEANINGS[cell.state], style), (f"  {said}{asked}" if said else "", "dim")
    )
    return hanging(Content.styled(f"{glyph} ", style), text, width)
