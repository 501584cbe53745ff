"""What I asked the lead in one project, with the answers, and answers that were sent to all; read only."""

from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.client import ApiError
from cotlab.domain.guidelines.questions import QuestionView
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.host import Host
from tui.app.notices import notice_of
from tui.app.screens.listing import ListingScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import resolved
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import date


class QuestionsScreen(ListingScreen[QuestionView]):
    """Rows above, the marked one in full below."""

    PLACE = "questions"

    def __init__(self, project: str, questions: list[QuestionView]) -> None:
        super().__init__()
        self._project = project
        self.rows = questions

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(Content.styled(self._count(), "dim"))
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(Rows).show([_row(question) for question in self.rows])
        self.show_marked()

    def title_text(self) -> str:
        return f"my questions · {one_line(self._project, True)}"

    def _count(self) -> str:
        count = len(self.rows)
        answered = sum(question.answer is not None for question in self.rows)
        to_all = sum(not question.mine for question in self.rows)
        return f"{count} · newest first · {answered} answered" + (f" · {to_all} of them sent to all" if to_all else "")

    def lines(self, row: QuestionView | None, width: int) -> list[Content]:
        if row is None:
            return Content("You have asked nothing here yet: n asks, on a step and on a new guideline.").wrap(width)
        to_all = "" if row.mine else " · somebody asked, and the answer is for all who label here"
        when = f"{date(row.asked_at)} · {row.guideline_version}{to_all}"
        lines = Content.styled(when, "dim").wrap(width)
        if row.step is not None:
            lines += hanging(f"{row.position or '':>3}  ", shown(row.step, self.cotlab.raw), width)
        asker = f"{'you' if row.mine else 'asked':<6}"
        lines += [Content(), *hanging(Content.styled(asker, "bold"), shown(row.text, True), width), Content()]
        if row.answer is None:
            return [*lines, *Content.styled("No answer yet.", "dim").wrap(width)]
        answer = Content.assemble((f"{resolved(row.answer)}  ", "bold"), shown(row.answer.text, True))
        return lines + hanging(Content.styled("lead  ", "bold"), answer, width)

    def action_page_down(self) -> None:
        self.move(self.query_one(Rows).page)

    def action_page_up(self) -> None:
        self.move(-self.query_one(Rows).page)


def _row(question: QuestionView) -> Content:
    glyph, word, style = ("✓", "answered", "$success") if question.answer is not None else ("·", "open", "dim")
    when = (f"{date(question.asked_at)}  ", "dim")
    if not question.mine:
        word = "for all"
    return Content.assemble(when, (f"{glyph} {word:<10}", style), one_line(question.text, True))


def enter_questions(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
    """Ask for my questions in a project, and show them."""
    host.background(partial(_ask, host, entry), "past")


async def _ask(host: Host, entry: QueueEntry) -> None:
    assert host.journey is not None
    journey = host.journey
    try:
        questions = await journey.line.patiently(lambda: journey.client.my_questions(entry.project_id))
    except ApiError as error:
        host.show_notice(notice_of(error))
    else:
        host.push_screen(QuestionsScreen(entry.project, questions))
