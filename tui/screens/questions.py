"""What I asked the lead in one project, with the answers, and answers that were sent to all; read only."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.questions import QuestionView
from tui.evidence import resolved
from tui.notices import date
from tui.screens.listing import ListingScreen
from tui.text import hanging, one_line, shown
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN


class QuestionsScreen(ListingScreen):
    """Rows above, the marked one in full below."""

    PLACE = "questions"

    def __init__(self, project: str, questions: list[QuestionView]) -> None:
        super().__init__()
        self._project, self._questions = project, questions

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
        self.query_one(Rows).show([_row(question) for question in self._questions])
        self.show_marked()

    def title_text(self) -> str:
        return f"my questions · {one_line(self._project, True)}"

    def _count(self) -> str:
        count = len(self._questions)
        answered = sum(question.answer is not None for question in self._questions)
        to_all = sum(not question.mine for question in self._questions)
        return f"{count} · newest first · {answered} answered" + (f" · {to_all} of them sent to all" if to_all else "")

    def show_marked(self) -> None:
        at = self.query_one(Rows).marked
        question = self._questions[at] if self._questions else None
        self.query_one(Pane).show(lambda width: self._lines(question, min(width, COLUMN)))

    def _lines(self, question: QuestionView | None, width: int) -> list[Content]:
        if question is None:
            return Content("You have asked nothing here yet: n asks, on a step and on a new guideline.").wrap(width)
        to_all = "" if question.mine else " · somebody asked, and the answer is for all who label here"
        when = f"{date(question.asked_at)} · {question.guideline_version}{to_all}"
        lines = Content.styled(when, "dim").wrap(width)
        if question.step is not None:
            lines += hanging(f"{question.position or '':>3}  ", shown(question.step, self.cotlab.raw), width)
        asker = f"{'you' if question.mine else 'asked':<6}"
        lines += [Content(), *hanging(Content.styled(asker, "bold"), shown(question.text, True), width), Content()]
        if question.answer is None:
            return [*lines, *Content.styled("No answer yet.", "dim").wrap(width)]
        answer = Content.assemble((f"{resolved(question.answer)}  ", "bold"), shown(question.answer.text, True))
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
