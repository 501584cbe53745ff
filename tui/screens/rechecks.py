"""What rechecks of labels in doubt found so far."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.standing import Recheck
from cotlab.domain.views import QueueEntry
from tui.screens.asking import AskingScreen
from tui.screens.listing import ListingScreen
from tui.standing import day
from tui.text import counted, one_line
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

NONE = (
    "No recheck was drawn yet. After an alarm of drift, enter on a person in the list of people and 5 there draw a "
    "sample of what they labelled since, for others to label."
)


class RechecksScreen(AskingScreen, ListingScreen):
    """Rows above, the newest first; the marked one in words below."""

    PLACE = "rechecks"
    AGAIN = "; esc, then R asks again"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__()
        self._entry = entry
        self.rechecks: list[Recheck] | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.ask(self._ask_all, "asking the server …")

    def title_text(self) -> str:
        return f"rechecks · {one_line(self._entry.project, True)}"

    async def _ask_all(self) -> None:
        found = await self.answer(lambda: self.journey.client.rechecks(self._entry.project_id))
        self.rechecks = found
        self.say("")
        self.query_one("#count", Static).update(Content.styled(f"{len(found)} · newest first", "dim"))
        wide = max((len(_whom(one)) for one in found), default=0)
        self.query_one(Rows).show([_row(one, wide) for one in found])
        self.show_marked()

    @property
    def marked(self) -> Recheck | None:
        at = self.query_one(Rows).marked
        return self.rechecks[at] if self.rechecks and at < len(self.rechecks) else None

    def show_marked(self) -> None:
        one = self.marked
        self.query_one(Pane).show(lambda width: self._lines(one, min(width, COLUMN)))

    def _lines(self, one: Recheck | None, width: int) -> list[Content]:
        if one is None:
            return Content("" if self.rechecks is None else NONE).wrap(width)
        steps = counted(one.steps_compared, "step")
        share = f" ({100 * one.steps_differing / one.steps_compared:.0f} %)" if one.steps_compared else ""
        words = (
            f"Labels of {one_line(one.person, True)} in {one_line(one.domain, True)} are in doubt since "
            f"{day(one.since)}: {counted(one.traces_in_doubt, 'trace')}. {one.traces_drawn} were drawn, and others "
            f"have finished {one.traces_finished}. On {one.steps_differing} of {steps}{share} they gave another label; "
            "each such step is a case."
        )
        return Content(words).wrap(width)


def _whom(one: Recheck) -> str:
    return f"{one_line(one.person, True)} in {one_line(one.domain, True)}"


def _row(one: Recheck, width: int) -> Content:
    done = ("✓", "$success") if one.traces_finished == one.traces_drawn else ("▹", "$accent")
    found = f"{one.traces_finished} of {one.traces_drawn} traces done"
    differing = f"  {one.steps_differing} of {counted(one.steps_compared, 'step')} differ"
    return Content.assemble(done, f" {_whom(one):<{width}}  {found}", (differing, "dim"))
