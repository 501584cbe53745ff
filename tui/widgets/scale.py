"""What is said of a pair: each criterion and the choice overall, and the scale that the keys move on."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.traces.pairs import BOTH_BAD, CANNOT_JUDGE, STRENGTH, Choice
from tui.widgets.text import cut, one_line

APART = 3
ROOMY = 100
"""Cells from which the ends of the scale say how much better."""
SIDES = ("left", "right")
SAID = {BOTH_BAD: ("✗", "both bad"), CANNOT_JUDGE: ("?", "cannot judge")}
ALONE = {"left": 0, "first": 0, "right": 1, "second": 1}
"""What is said without a strength: which of the sides is better."""
BETTER = ("slightly better", "better", "much better")


def words(value: str, left: str = "left", right: str = "right") -> str:
    """What a choice says: `left much better`, `neither is better`, `both bad`, without a strength `left is better`."""
    points = STRENGTH.get(value)
    if value in ALONE:
        return f"{(left, right)[ALONE[value]]} is better"
    if points is None:
        return SAID[value][1] if value in SAID else value
    return "neither is better" if points == 0 else f"{left if points > 0 else right} {BETTER[abs(points) - 1]}"


def sign(value: str | None) -> str:
    """The same in two cells: an arrow to the better response with its points."""
    if value is None:
        return "··"
    points = STRENGTH.get(value)
    if points is None:
        return f"{SAID[value][0] if value in SAID else '·'} "
    return "= " if points == 0 else f"{'←' if points > 0 else '→'}{abs(points)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked: `anchors` say of choices what they mean there."""

    key: str
    name: str
    value: str | None
    meaning: str
    anchors: dict[Choice, str]


class Scale(Widget):
    """All that is asked: on a line each with its scale where there is room, else together above the one in hand."""

    asked: tuple[Asked, ...] = ()
    at = 0
    scale: tuple[Choice, ...] = ()
    flags = ""
    tall = False

    def show(self, asked: Sequence[Asked], at: int, scale: tuple[Choice, ...], flags: str) -> None:
        """`at` is the number of the one that the keys move."""
        before = self._height(self.size.width)
        self.asked, self.at, self.scale, self.flags = tuple(asked), at, scale, flags
        self.refresh(layout=self._height(self.size.width) != before)

    def stretch(self, tall: bool) -> None:
        if tall != self.tall:
            self.tall = tall
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height(width)

    def _height(self, width: int) -> int:
        return len(self._lines(width)) if self.asked else 0

    def render(self) -> Content:
        width = self.size.width
        return Content("\n").join(cut(line, width) for line in self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        if not self.asked:
            return []
        return [*self._table(), *self._meaning()] if self.tall else [*self._strip(width), self._in_hand(width)]

    def _strip(self, width: int) -> list[Content]:
        """Key, name and sign of each, as many on a line as there is room for."""
        lines: list[Content] = []
        parts = [self._short(number, one) for number, one in enumerate(self.asked)]
        if self.flags:
            parts.append(Content.styled(self.flags, "bold $warning"))
        for part in parts:
            if lines and lines[-1].cell_length + APART - 1 + part.cell_length <= width:
                lines[-1] = Content.assemble(lines[-1], " " * (APART - 1), part)
            else:
                lines.append(part)
        return lines

    def _short(self, number: int, one: Asked) -> Content:
        mark = "▸" if number == self.at else " "
        style = "bold reverse" if number == self.at else "" if one.value is not None else "dim"
        return Content.assemble((mark, "bold"), (one.key, "bold"), " ", (f"{one_line(one.name, True)}", style), " ",
                                (sign(one.value), "bold" if one.value is not None else "dim"))  # fmt: skip

    def _in_hand(self, width: int) -> Content:
        """The scale of the one in hand, with its ends in words where there is room, and what is chosen."""
        one, scale = self.asked[self.at], self.scale
        said = words(one.value) if one.value is not None else "h l choose"
        ends = (words(scale[0]), words(scale[-1])) if scale and width >= ROOMY else SIDES
        return Content.assemble("  ", (ends[0], "dim"), "  ", self._points(one), "  ", (ends[1], "dim"), "    ",
                                (said, "bold" if one.value is not None else "dim"))  # fmt: skip

    def _points(self, one: Asked) -> Content:
        """A sign for each choice of the scale, and a block on the one that is made."""
        parts: list[tuple[str, str]] = []
        for choice in self.scale:
            chosen = choice == one.value
            parts.append(("▪" if chosen else "=" if choice == "tie" else "·", "bold reverse" if chosen else "dim"))
        return Content("  ").join(Content.styled(glyph, style) for glyph, style in parts)

    def _table(self) -> list[Content]:
        width = max(len(one_line(one.name, True)) for one in self.asked)
        lines = [self._row(number, one, width) for number, one in enumerate(self.asked)]
        lines[0] = Content.assemble(lines[0], (f"    {self.flags}" if self.flags else "", "bold $warning"))
        return lines

    def _row(self, number: int, one: Asked, width: int) -> Content:
        here = number == self.at
        said = words(one.value) if one.value is not None else "h l choose" if here else ""
        return Content.assemble(
            ("▸ " if here else "  ", "bold"), (one.key, "bold"), " ",
            (f"{one_line(one.name, True):<{width}}", "bold reverse" if here else ""),
            ("   left ", "dim"), self._points(one), (" right   ", "dim"),
            (said, "bold" if one.value is not None else "dim"),
        )  # fmt: skip

    def _meaning(self) -> list[Content]:
        """What the one in hand asks, and what the choice there means."""
        one = self.asked[self.at]
        anchor = next((f"{words(choice)}: {text}" for choice, text in one.anchors.items() if choice == one.value), "")
        return [
            Content.styled(f"  {one_line(one.meaning, True)}", "dim"),
            Content.styled(f"  {one_line(anchor, True)}", "dim"),
        ]


def stepped(scale: Sequence[Choice], said: str | None, by: int) -> Choice | None:
    """The choice `by` steps along the scale from what is said, or from its middle; None beyond the ends."""
    for place, choice in enumerate(scale):
        if choice == said:
            place += by
            break
    else:
        place = (len(scale) - 1) // 2 if by < 0 else len(scale) // 2
        place += by if len(scale) % 2 else 0
    return scale[place] if 0 <= place < len(scale) else None
