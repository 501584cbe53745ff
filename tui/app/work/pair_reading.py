"""Reading a pair: the prompt folded above, the two responses below it, and the words in which these differ."""

import asyncio

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size

from cotlab.domain.traces.pairs import text_of
from tui.app.work.open_work import OpenWork
from tui.app.work.reading import WorkReadingScreen
from tui.widgets.differences import differing
from tui.widgets.lines import Rule
from tui.widgets.reading import ProblemHead
from tui.widgets.responses import Responses, Shown
from tui.widgets.text import Span, marked, one_line, shown

DIFFERENT = "bold underline"
LOOKING = "looking for the words that differ"
MARKED = "words that differ are underlined; w takes that off"
Texts = tuple[str, str]
Drawn = tuple[Content, Content]


class PairReadingScreen(WorkReadingScreen):
    """In place of a step and what is above it: two responses that scroll together or apart."""

    differences = False
    _drawn_of: tuple[object, ...] = ()
    _begun = ""
    _marked: tuple[Texts, bool, Drawn] | None = None
    """Of which texts, raw or rendered, the marked ones are known."""

    def reading(self) -> ComposeResult:
        with Vertical(id="above"):
            yield ProblemHead()
            yield Rule()
        yield Responses()

    @property
    def responses(self) -> Responses:
        return self.query_one(Responses)

    def show_reading(self, work: OpenWork) -> None:
        pair, raw = work.pair, self.cotlab.raw
        if pair is None:
            return
        texts = pair.left, pair.right
        drawn = self._of(texts, raw) if self.differences else None
        now = (work.id, texts, raw, drawn is not None)
        if now != self._drawn_of:
            self._drawn_of = now
            prompt = shown(prompt_of(work), raw)
            left, right = drawn or tuple(shown(text, raw) for text in texts)
            self.query_one(ProblemHead).show(prompt, len(work.view.problem.passages))
            self.responses.show(Shown(left, right, _whole(prompt, work, raw)))
        if work.id != self._begun:
            self._begun = work.id
            self.fold()
            self.responses.begin()
        if self.differences and drawn is None:
            self._look(texts, raw)

    def _of(self, texts: Texts, raw: bool) -> Drawn | None:
        """The marked texts, where they are known."""
        return self._marked[2] if self._marked and self._marked[:2] == (texts, raw) else None

    def _look(self, texts: Texts, raw: bool) -> None:
        """Find what differs without holding up the keys."""

        async def look() -> None:
            try:
                found = await asyncio.to_thread(_mark, texts, raw)
            except ValueError as too_long:
                self.differences = False
                self.say(str(too_long))
                return
            self._marked = (texts, raw, found)
            work = self.work
            if self.differences and work is not None and work.pair is not None and self.is_mounted:
                self.show_reading(work)

        self.run_worker(look(), group="differences", exclusive=True)

    def action_differences(self) -> None:
        self.differences = not self.differences
        self.say(MARKED if self.differences else "")
        if self.work is not None:
            self.show_reading(self.work)

    def resize_reading(self, size: Size) -> None:
        self.query_one(ProblemHead).limit = max(2, size.height // 6)
        self.query_one("#above").refresh(layout=True)
        self.responses.lay_out(size)

    @property
    def unfolded(self) -> bool:
        return self.responses.unfolded

    def fold(self) -> None:
        self.query_one("#above").display = True
        self.responses.fold(False)

    def unfold(self, to_problem: bool) -> None:
        self.query_one("#above").display = False
        self.responses.fold(True)

    def action_problem(self) -> None:
        if self.unfolded:
            self.fold()
        else:
            self.unfold(to_problem=True)
            self.say("p or esc leads back to the responses; the other keys work meanwhile")

    def action_scroll_down(self) -> None:
        self.responses.scroll_lines(1)

    def action_scroll_up(self) -> None:
        if not self.responses.scroll_lines(-1) and not self.unfolded:
            self.unfold(to_problem=False)

    def action_page_down(self) -> None:
        self.responses.scroll_pages(1)

    def action_page_up(self) -> None:
        if not self.responses.scroll_pages(-1) and not self.unfolded:
            self.unfold(to_problem=False)

    def action_other_response(self) -> None:
        if self.unfolded:
            self.fold()
        self.responses.other()
        self.say("")

    def action_together(self) -> None:
        self.responses.couple()
        self.say(
            "both scroll together" if self.responses.together else "each scrolls by itself; tab leads to the other"
        )


def _mark(texts: Texts, raw: bool) -> Drawn:
    spans: tuple[list[Span], list[Span]] = differing(*texts)
    left, right = (marked(text, found, raw, DIFFERENT) for text, found in zip(texts, spans, strict=True))
    return left, right


def _whole(prompt: Content, work: OpenWork, raw: bool) -> Content:
    """The prompt with its passages."""
    parts = [prompt]
    for passage in work.view.problem.passages:
        parts.append(Content.styled(f"\n{one_line(passage.name, True)}", "bold underline"))
        parts.append(shown(passage.text, raw))
    return Content("\n").join(parts)


def prompt_of(open_work: OpenWork) -> str:
    """The prompt of a pair as one text: its turns where it is a chat."""
    pair = open_work.pair
    return text_of(pair.messages) if pair is not None and pair.messages else open_work.view.problem.text
