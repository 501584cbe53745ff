"""The labels that can be chosen: key, glyph, name and meaning on one line each."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.guidelines import LabelDefinition
from cotlab.domain.views import MyLabel
from tui.text import cut

GOOD = ("$success", "$secondary")
WRONG = ("$error", "$warning")


def colour_of(label: LabelDefinition, labels: Sequence[LabelDefinition]) -> str:
    """A label's colour: by its place among the errors, or among the others. Never the only sign."""
    same = [other.name for other in labels if other.error == label.error]
    palette = WRONG if label.error else GOOD
    return palette[same.index(label.name) % len(palette)]


def badge(name: str, labels: Sequence[LabelDefinition], width: int = 0) -> Content:
    """Glyph and word of a label in its colour; a name that the schema does not know stays plain."""
    for label in labels:
        if label.name == name:
            return Content.styled(f"{label.glyph} {label.name:<{width}}", colour_of(label, labels))
    return Content(f"  {name:<{width}}")


def mine(label: MyLabel, labels: Sequence[LabelDefinition], width: int = 0) -> Content:
    """My label as it stands, with its flag."""
    return Content.assemble(badge(label.label, labels, width), " ? unsure" if label.unsure else "")


class LabelKeys(Widget):
    """Shows what can be chosen and what is."""

    labels: tuple[LabelDefinition, ...] = ()
    chosen: str | None = None
    unsure = False

    def show(self, labels: tuple[LabelDefinition, ...], chosen: str | None, unsure: bool) -> None:
        taller = len(labels) != len(self.labels)
        if (labels, chosen, unsure) != (self.labels, self.chosen, self.unsure):
            self.labels, self.chosen, self.unsure = labels, chosen, unsure
            self.refresh(layout=taller)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.labels)

    def render(self) -> Content:
        return Content("\n").join(cut(self._line(label), self.size.width) for label in self.labels)

    def _line(self, label: LabelDefinition) -> Content:
        chosen = label.name == self.chosen
        width = max(len(other.name) for other in self.labels)
        name = badge(label.name, self.labels, width)
        flag: Content | str = Content.styled("? unsure  ", "bold $warning") if chosen and self.unsure else ""
        if not chosen:
            return Content.assemble("  ", (label.key, "bold"), " ", name, "   ", (label.meaning, "dim"))
        return Content.assemble(("▸ ", "bold"), (label.key, "bold"), " ", name.stylize("bold reverse"), "   ", flag,
                                (label.meaning, "bold"))  # fmt: skip
