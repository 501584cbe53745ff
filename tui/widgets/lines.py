"""The lines that frame a screen: header, rule, status, footer."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.actions import Action
from tui.widgets.text import cut

SHOWN = {"escape": "esc", "pagedown": "page down", "pageup": "page up"}
GAP = 2


class Block(Widget):
    """As many lines as there is to say, laid out for the width there is."""

    def _lines(self, width: int) -> list[Content]:
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))


class LineWidget(Widget):
    """One line of text that is drawn to the width there is."""

    def draw(self, width: int) -> Content:
        raise NotImplementedError

    def render(self) -> Content:
        return self.draw(self.size.width)


class Header(LineWidget):
    """Where I am on the left, the few honest numbers on the right."""

    place = Content()
    numbers = Content()

    def show(self, place: str, numbers: str, alarm: bool) -> None:
        known = (self.place, self.numbers)
        self.place = Content.styled(place, "bold")
        self.numbers = Content.styled(numbers, "bold $warning" if alarm else "dim")
        if not (self.place.is_same(known[0]) and self.numbers.is_same(known[1])):
            self.refresh()

    def draw(self, width: int) -> Content:
        place = cut(self.place, max(0, width - self.numbers.cell_length - GAP))
        space = max(1, width - place.cell_length - self.numbers.cell_length)
        return cut(Content.assemble(place, " " * space, self.numbers), width)


class Rule(LineWidget):
    def draw(self, width: int) -> Content:
        return Content.styled("─" * width, "dim")


class StatusLine(LineWidget):
    """A rule, into which a sentence is set when there is one to say."""

    text = ""
    alarm = False

    def say(self, text: str, alarm: bool = False) -> None:
        if (text, alarm) != (self.text, self.alarm):
            self.text, self.alarm = text, alarm
            self.refresh()

    def draw(self, width: int) -> Content:
        if not self.text:
            return Content.styled("─" * width, "dim")
        said = cut(Content.styled(self.text, "bold $warning" if self.alarm else "bold"), max(1, width - 6))
        rest = "─" * max(0, width - said.cell_length - 5)
        return Content.assemble(("── ", "dim"), said, " ", (rest, "dim"))


class KeyLine(LineWidget):
    """The footer: keys and what they do, from the registry; as many as fit, help always."""

    actions: tuple[Action, ...] = ()

    def show(self, actions: list[Action]) -> None:
        if tuple(actions) != self.actions:
            self.actions = tuple(actions)
            self.refresh()

    def draw(self, width: int) -> Content:
        *offers, last = [_offer(action) for action in self.actions] or [Content()]
        for count in range(len(offers), -1, -1):
            for gap in ("   ", "  "):
                line = Content(gap).join([*offers[:count], last])
                if line.cell_length <= width:
                    return line
        return cut(last, width)


def _offer(action: Action) -> Content:
    return Content.assemble((shown_keys(action).split(", ")[0], "bold $accent"), " ", (action.label, "dim"))


def keys_of(action: Action) -> list[str]:
    return [key for key in (action.key, *action.also) if key]


def shown_keys(action: Action) -> str:
    """The keys as a person reads them; the command palette's name where there is none."""
    return ", ".join(SHOWN.get(key, key) for key in keys_of(action)) or "ctrl+p"
