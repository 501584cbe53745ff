"""What can be chosen: key, glyph, name and meaning on one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.answers import StepSize
from cotlab.domain.guidelines.schema import PREFERENCES, LabelDefinition, Schema, Strategy
from cotlab.domain.work.views import MyLabel
from tui.widgets.text import cut, one_line

GOOD = ("$success", "$secondary")
WRONG = ("$error", "$warning")
OF_A_PAIR = Schema(labels=PREFERENCES)
"""What is said of pairs, under every guideline for them."""
SIZES = {StepSize.FITS: "", StepSize.TOO_COARSE: "≫ too coarse", StepSize.TOO_FINE: "≪ too fine"}
"""How a step's size is written: several moves in one step, or less than one."""

LEFT_OPEN = ""
"""The name of the answer that names no strategy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: `key` chooses `name`, which is written as `said`."""

    key: str
    name: str
    said: Content
    meaning: str


def schema_of(task: str, of_steps: Schema) -> Schema:
    """The labels of a task: of steps those of the project's guideline."""
    return OF_A_PAIR if task == "pairs" else of_steps


def colour_of(label: LabelDefinition, schema: Schema) -> str:
    """The colour of a label of the first level, by its place among the errors or the others. Never the only sign."""
    same = [other.name for other in schema.top if other.error == label.error]
    palette = WRONG if label.error else GOOD
    return palette[same.index(label.name) % len(palette)]


def badge(name: str, schema: Schema, width: int = 0) -> Content:
    """Glyph and word of a label in its colour, and of a kind behind it; what the schema does not know stays plain."""
    label = schema.label(schema.parent(name))
    if label is None:
        return Content(f"  {name:<{width}}")
    words = name if name == label.name else f"{label.name} · {name}"
    return Content.styled(f"{label.glyph} {words:<{width}}", colour_of(label, schema))


def short_badge(name: str, schema: Schema) -> Content:
    """Glyph and word where there is little room: of a kind its own name alone."""
    label = schema.label(schema.parent(name))
    return Content(name) if label is None else Content.styled(f"{label.glyph} {name}", colour_of(label, schema))


def widest(schema: Schema) -> int:
    """Cells that the names of the first level take."""
    return max((len(label.name) for label in schema.top), default=0)


def marks(unsure: bool, size: StepSize) -> str:
    """The flags beside a label: glyph and word of each."""
    return "  ".join(mark for mark in ("? unsure" if unsure else "", SIZES[size]) if mark)


def mine(label: MyLabel, schema: Schema, width: int = 0) -> Content:
    """My label as it stands, with its flags."""
    flags = marks(label.unsure, label.step_size)
    return Content.assemble(badge(label.label, schema, width), f" {flags}" if flags else "")


def labels_of(schema: Schema, chosen: str | None = None) -> tuple[Answer, ...]:
    """The labels of the first level; where a kind is chosen, its label says so."""
    width = widest(schema)
    answers = []
    for label in schema.top:
        kind = schema.label(chosen) if chosen and schema.parent(chosen) == label.name else None
        shown = kind or label
        answers.append(Answer(label.key, label.name, badge(shown.name, schema, width), shown.meaning))
    return tuple(answers)


def kinds_of(schema: Schema, parent: str) -> tuple[Answer, ...]:
    """The kinds of a label, in its glyph and colour."""
    label, kinds = schema.label(parent), schema.kinds(parent)
    width = max((len(kind.name) for kind in kinds), default=0)
    if label is None:
        return ()
    colour = colour_of(label, schema)
    return tuple(
        Answer(kind.key, kind.name, Content.styled(f"{label.glyph} {kind.name:<{width}}", colour), kind.meaning)
        for kind in kinds
    )


def strategies_of(strategies: Sequence[Strategy]) -> tuple[Answer, ...]:
    """Strategies in the order of their digits, and the answer that names none."""
    rows = [(str(number), one.name, one.rule) for number, one in enumerate(strategies, start=1)]
    rows.append(("0", LEFT_OPEN, "it cannot be told, or none of these fits"))
    names = [one_line(name or "left open", True) for _, name, _ in rows]
    width = max(len(name) for name in names)
    return tuple(
        Answer(key, name, Content(f"{said:<{width}}"), one_line(rule, True))
        for said, (key, name, rule) in zip(names, rows, strict=True)
    )


class LabelKeys(Widget):
    """Shows what can be chosen and what is, with its flags."""

    answers: tuple[Answer, ...] = ()
    chosen: str | None = None
    flags = ""

    def show(self, answers: tuple[Answer, ...], chosen: str | None, flags: str = "") -> None:
        taller = len(answers) != len(self.answers)
        if (answers, chosen, flags) != (self.answers, self.chosen, self.flags):
            self.answers, self.chosen, self.flags = answers, chosen, flags
            self.refresh(layout=taller)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.answers)

    def render(self) -> Content:
        return Content("\n").join(cut(self._line(answer), self.size.width) for answer in self.answers)

    def _line(self, answer: Answer) -> Content:
        key = (answer.key, "bold")
        if answer.name != self.chosen:
            return Content.assemble("  ", key, " ", answer.said, "   ", (answer.meaning, "dim"))
        flags = Content.styled(f"{self.flags}  ", "bold $warning") if self.flags else ""
        said = answer.said.stylize("bold reverse")
        return Content.assemble(("▸ ", "bold"), key, " ", said, "   ", flags, (answer.meaning, "bold"))
