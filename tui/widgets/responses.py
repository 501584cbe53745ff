"""The two responses of a pair: side by side where there is room, else one at a time; the prompt in their place."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size

from tui.widgets.lines import LineWidget
from tui.widgets.listing import Pane
from tui.widgets.rules import WIDE
from tui.widgets.text import cut, shown

GAP = 3
"""Cells between two columns."""
COLUMN = 110
"""Cells that a response is wide at most."""
TITLES = ("left (first)", "right (second)")
"""The sides, and what guidelines call them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to read."""

    left: Content
    right: Content
    prompt: Content


class Titles(LineWidget):
    """What is read: the names of the responses over their columns; of one at a time which it is; or the prompt."""

    active = 0
    beside = False
    note = ""
    prompt = False

    def show(self, active: int, beside: bool, note: str, prompt: bool) -> None:
        if (active, beside, note, prompt) != (self.active, self.beside, self.note, self.prompt):
            self.active, self.beside, self.note, self.prompt = active, beside, note, prompt
            self.refresh()

    def draw(self, width: int) -> Content:
        if self.prompt:
            return cut(Content.assemble(("▸ the prompt", "bold"), ("   p leads back to the responses", "dim")), width)
        one, other = (self._title(side) for side in (0, 1))
        if not self.beside:
            return cut(Content.assemble(one, "   ", other, (f"   {self.note}", "dim")), width)
        column = (width - GAP) // 2 + GAP
        first = cut(Content.assemble(one, (f"   {self.note}", "dim")), column - GAP)
        return cut(Content.assemble(first, " " * (column - first.cell_length), other), width)

    def _title(self, side: int) -> Content:
        if side == self.active:
            return Content.styled(f"▸ {TITLES[side]}", "bold")
        return Content.styled(f"  {TITLES[side]}", "" if self.beside else "dim")


class Responses(Vertical):
    """Scrolls both at once, or each by itself; `active` is the one that is shown, or scrolled alone."""

    beside = False
    together = True
    active = 0
    unfolded = False
    _shown: Shown | None = None
    _places: tuple[float, ...] = (0.0, 0.0)
    """How far each response is scrolled, as a share of its lines, so that a new width can show the same."""

    def compose(self) -> ComposeResult:
        yield Titles()
        with Horizontal():
            yield Pane(id="left")
            yield Pane(id="right")
            yield Pane(id="whole-prompt")

    @property
    def sides(self) -> tuple[Pane, Pane]:
        return self.query_one("#left", Pane), self.query_one("#right", Pane)

    @property
    def prompt(self) -> Pane:
        return self.query_one("#whole-prompt", Pane)

    def show(self, shown: Shown) -> None:
        """Draw what is another text than before; it stays scrolled as it is."""
        before, self._shown = self._shown, shown
        if before is not None:
            self._remember()
        known = (before.left, before.right, before.prompt) if before else (None, None, None)
        now = (shown.left, shown.right, shown.prompt)
        for pane, text, old in zip((*self.sides, self.prompt), now, known, strict=True):
            if text is not old:
                pane.show(_wrapped(text), keep=True)
        self._arrange()
        self.call_after_refresh(self._return)

    def begin(self) -> None:
        """Another pair: from the top, the left one first, the prompt folded."""
        self.active, self.unfolded, self._places = 0, False, (0.0, 0.0)
        for pane in self.sides:
            pane.scroll_to(y=0, animate=False, immediate=True)
        self._arrange()

    def lay_out(self, size: Size) -> None:
        """Side by side, or one at a time; what was read stays in sight."""
        self.beside = size.width >= WIDE
        self._arrange()
        self.call_after_refresh(self._return)

    def _return(self) -> None:
        for pane, place in zip(self.sides, self._places, strict=True):
            pane.scroll_to(y=round(place * pane.virtual_size.height), animate=False, immediate=True)

    def _arrange(self) -> None:
        self.set_class(self.beside, "beside")
        for number, pane in enumerate(self.sides):
            pane.display = not self.unfolded and (self.beside or number == self.active)
        self.prompt.display = self.unfolded
        note = "tab" if not self.beside else "" if self.together else "scrolled apart: tab"
        self.query_one(Titles).show(self.active, self.beside, note, self.unfolded)

    def fold(self, unfolded: bool) -> None:
        """Show the whole prompt in the place of the responses, or these again where they were."""
        self.unfolded = unfolded
        self._arrange()
        self.prompt.scroll_to(y=0, animate=False)

    def other(self) -> None:
        """To the other response; where both scroll together, at the same line."""
        line = self.sides[self.active].scroll_offset.y
        self.active = 1 - self.active
        self._arrange()
        if self.together and not self.beside:
            self.call_after_refresh(self._to, line)

    def couple(self) -> None:
        """Scroll together, or apart."""
        self.together = not self.together
        self._arrange()

    def scroll_lines(self, by: int) -> bool:
        """Scroll what is read; False where that is at its top already."""
        pane = self._leading()
        line = pane.scroll_offset.y + by
        if by < 0 and pane.scroll_offset.y <= 0:
            return False
        self._to(max(0, min(line, pane.max_scroll_y)))
        return True

    def scroll_pages(self, by: int) -> bool:
        return self.scroll_lines(by * max(1, self._leading().size.height - 1))

    def _leading(self) -> Pane:
        """What is scrolled; of two that scroll together the longer one, which the other follows as far as it goes."""
        if self.unfolded:
            return self.prompt
        if self.beside and self.together:
            return max(self.sides, key=lambda pane: pane.max_scroll_y)
        return self.sides[self.active]

    def _to(self, line: int) -> None:
        both = self.beside and self.together and not self.unfolded
        for pane in self.sides if both else (self._leading(),):
            pane.scroll_to(y=min(line, pane.max_scroll_y), animate=False, immediate=True)
        self.call_after_refresh(self._remember)

    def _remember(self) -> None:
        self._places = tuple(pane.scroll_offset.y / max(1, pane.virtual_size.height) for pane in self.sides)


def _wrapped(text: Content) -> Callable[[int], list[Content]]:
    return lambda width: text.wrap(max(1, min(width, COLUMN)))


def responses_lines(responses: tuple[str, str], raw: bool) -> list[Content]:
    """Both responses of a pair, each under its side."""
    parts: list[Content] = []
    for side, text in zip(TITLES, responses, strict=True):
        parts += [Content.styled(f"\n{side}", "bold"), shown(text, raw)]
    return parts
