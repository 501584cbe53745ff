"""Finding a rule while a step is open, and citing it: filter as you type, the marked one in full below."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from cotlab.domain.answers import Citation
from cotlab.domain.work.views import GuidelineView
from tui.app.screens.listing import ListingScreen
from tui.app.screens.page import ReadingScreen
from tui.app.work.open_work import CannotCommit, OpenWork
from tui.guidelines.rulebook import QUICK, Found, find
from tui.widgets.filter import FilterField
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN, criterion_lines, decided, prose_lines, rule_lines
from tui.widgets.text import counted, one_line, shown, visible

TITLE = 42
"""Cells for a rule's title in the list, before what it decides."""


class RuleScreen(ListingScreen[Found]):
    """Opened over a step, where enter cites, or over the end of a trace, where it is read alone."""

    PLACE = "rule"
    WHOLE_WIDTH = True

    def __init__(self, work: OpenWork) -> None:
        super().__init__()
        self._open, self._place = work, work.place()
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal(classes="row"):
            yield Static("rule: ", id="find")
            yield FilterField(self._press, "type what you look for")
            yield Static(id="count")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.set_focus(self.query_one(FilterField))
        self._look()

    def title_text(self) -> str:
        return f"{self._open.guideline.guideline} {self._open.guideline.version}"

    def _look(self) -> None:
        work = self._open
        self._typed = typed = self.query_one(FilterField).value
        chosen = work.choice.label if work.step else None
        self.rows = find(work.guideline, work.view.problem, chosen, typed, work.likely)
        self.list_rows(self.rows, [self._row(one) for one in self.rows], self._count(typed), 0)

    def _count(self, typed: str) -> str:
        whole = len(self._open.guideline.rules)
        rules, passages, terms = (
            sum(getattr(one, kind) is not None for one in self.rows) for kind in ("rule", "passage", "term")
        )
        parts = [f"{rules} of {counted(whole, 'rule')}" if typed.strip() else counted(whole, "rule")]
        parts += [counted(count, word) for count, word in ((passages, "passage"), (terms, "term")) if count]
        return f"{', '.join(parts)} · {one_line(self._open.view.problem.domain, True)}"

    def _row(self, one: Found) -> Content:
        cited = ("  cited", "bold $warning") if one.citation in self._open.choice.citations else ""
        if one.rule is not None:
            width = max(len(rule.id) for rule in self._open.guideline.rules)
            labels = (f"  {decided(one.rule, self._open.schema)}", "dim")
            title = one_line(one.rule.title, self.cotlab.raw)
            return Content.assemble(f"{one.rule.id:<{width}}  {title:<{TITLE}}", cited, labels)
        if one.passage is not None:
            return Content.assemble(one_line(one.passage.name, True), cited, ("  passage of the problem", "dim"))
        if one.criterion is not None:
            return Content.assemble(one.criterion.name, ("  criterion", "dim"))
        name = ", ".join(one.term.names) if one.term is not None else QUICK
        return Content.assemble(name, ("  term", "dim") if one.term is not None else "")

    def lines(self, row: Found | None, width: int) -> list[Content]:
        guideline, raw = self._open.guideline, self.cotlab.raw
        if row is None:
            return Content("No rule, passage or term holds all of these words.").wrap(width)
        if row.rule is not None:
            return rule_lines(row.rule, guideline.labels, raw, width)
        if row.criterion is not None:
            return criterion_lines(row.criterion, guideline.rules, raw, width)
        if row.passage is not None:
            return shown(row.passage.text, raw).wrap(min(width, COLUMN))
        text = row.term.definition if row.term else guideline.quick_reference or guideline.text
        return prose_lines(text, guideline.labels, raw, width)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._look_anew()

    def _look_anew(self) -> None:
        """Look again where something else stands in the field: a key may be here before the news of a letter."""
        if self.query_one(FilterField).value != self._typed:
            self._look()

    def _press(self, key: str) -> None:
        """A key of the field that moves in the list or acts on it."""
        self._look_anew()
        getattr(self, f"action_{self._names[key]}")()

    def action_cite(self) -> None:
        work, one = self._open, self.marked
        citation = one.citation if one else None
        if citation is None:
            self.say("this is not cited: mark a rule or a passage")
        elif not work.cites:
            self.say("a rule is cited with the label of a step; the end of a trace takes none")
        elif work.sending is not None or work.place() != self._place or self.journey.work is not work:
            self.say("what you opened this from is committed; esc leads on")
        else:
            self._cite(work, citation)

    def _cite(self, work: OpenWork, citation: Citation) -> None:
        try:
            cited = work.choice.cite(citation)
        except CannotCommit as wrong:
            self.say(str(wrong))
            return
        self.journey.keep_draft(work.draft())
        name = one_line(citation.name, True)
        said = f"cites {name}; g finds another, or takes it off" if cited else f"{name} is no longer cited"
        self.app.pop_screen()
        self.cotlab.say(said)

    def action_whole_text(self) -> None:
        self.app.push_screen(GuidelineScreen(self._open.guideline))

    def action_next_row(self) -> None:
        self.move(1)

    def action_previous_row(self) -> None:
        self.move(-1)

    def action_read_on(self) -> None:
        self.query_one(Pane).scroll_page_down(animate=False)

    def action_read_back(self) -> None:
        self.query_one(Pane).scroll_page_up(animate=False)


class GuidelineScreen(ReadingScreen):
    """The whole text."""

    PLACE = "reading"

    def __init__(self, guideline: GuidelineView) -> None:
        super().__init__()
        self.guideline = guideline

    def title_text(self) -> str:
        return f"{self.guideline.guideline} {self.guideline.version} · the whole text"

    def text(self) -> Content:
        return Content(visible(self.guideline.text))
