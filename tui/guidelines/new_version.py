"""A guideline version that has to be read first: what changed, or, for the first one, what it says."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.work.views import GuidelineChanges, GuidelineView
from tui.app.actions import footer_of
from tui.app.screens.editor import QUESTION, EditorScreen, Subject
from tui.app.screens.listing import ListingScreen
from tui.app.screens.page import CompareScreen
from tui.guidelines.changes import Row, introduction, news
from tui.widgets.differences import compared
from tui.widgets.lines import Header, KeyLine, StatusLine
from tui.widgets.lines import Rule as Line
from tui.widgets.listing import Pane, Rows
from tui.widgets.text import counted, one_line
from tui.widgets.times import date


class NewGuidelineScreen(ListingScreen[Row]):
    """Rows above, the marked one below; enter says that it was read, and leads on."""

    PLACE = "new_guideline"
    WHOLE_WIDTH = True

    def __init__(self, project_id: str, changes: GuidelineChanges, guideline: GuidelineView) -> None:
        super().__init__()
        self._project_id, self._changes, self._guideline = project_id, changes, guideline
        self._first = changes.difference.old is None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Line()
        yield Static(self._head())
        yield Static(Content.styled(self._count(), "dim"), classes="optional")
        yield Rows()
        yield Line()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        offers = [action for action in footer_of(self.PLACE) if action.name != "compare" or not self._first]
        self.query_one(KeyLine).show(offers)
        rows = introduction if self._first else news
        self.rows = rows(self._changes, self._guideline, self.cotlab.raw)
        self.query_one(Rows).show([row.line for row in self.rows])
        self.show_marked()

    @property
    def version(self) -> str:
        return f"{self._changes.guideline} {self._changes.version}"

    def title_text(self) -> str:
        project = one_line(self.journey.project(self._project_id), True)
        return f"{project} · {'the guideline' if self._first else 'new guideline'}"

    def _head(self) -> Content:
        """Which version, since when and by whom, and how many labels come back."""
        changes, difference = self._changes, self._changes.difference
        title = difference.new if self._first else f"{difference.old} → {difference.new}"
        if difference.old is not None and difference.old.rpartition(" ")[0] == changes.guideline:
            title = f"{difference.old} → {changes.version}"
        kind = "" if self._first else f" · {changes.change}"
        since = f"since {date(changes.since)}, by {one_line(changes.by, True)}"
        parts = [Content.assemble((one_line(title, True), "bold"), (kind, "bold")), Content.styled(since, "dim")]
        if not self._first:
            parts[1] = Content.assemble(parts[1], "   ", self._coming_back())
        return Content("\n").join(parts)

    def _count(self) -> str:
        difference = self._changes.difference
        rules, others = len(difference.rules), len(difference.labels) + len(difference.sections)
        if not self._first:
            return f"{counted(rules + others, 'change')} · what decides otherwise first"
        criteria = len(self._guideline.labels.criteria)
        said = [f"{criteria} criteri{'on' if criteria == 1 else 'a'}"] if criteria else []
        return ", ".join([*said, counted(rules, "rule")])

    def _coming_back(self) -> Content:
        count = self._changes.coming_back
        if count:
            return Content.styled(f"{count} of your labels {'comes' if count == 1 else 'come'} back", "bold $warning")
        return Content.styled("none of your labels comes back", "dim")

    def lines(self, row: Row | None, width: int) -> list[Content]:
        return Content("No rule, label or section differs.").wrap(width) if row is None else row.draw(width)

    def action_acknowledge(self) -> None:
        self.say("asking the server")
        self.journey.acknowledge(self._project_id, self._changes)

    def action_compare(self) -> None:
        row = self.marked
        if self._first:
            self.say("this is the first version: there is none to compare it with")
        elif row is None or row.old is row.new:
            self.say("only rules are compared: mark one")
        else:
            self.app.push_screen(CompareScreen(row.name, compared(row.old, row.new)))

    def action_ask(self) -> None:
        project = self.journey.project(self._project_id)
        self.app.push_screen(EditorScreen(Subject(self._project_id, project, self.version), (QUESTION,)))
