"""Gold as a lead reads it: a row an item, what in it may be wrong, and what is verified of it in full."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.gold import GoldItem, Suspect
from cotlab.domain.guidelines.schema import Schema
from tui.widgets.labels import badge, colour_of, schema_of
from tui.widgets.named_labels import response_lines
from tui.widgets.text import counted, cut, hanging, one_line, shown

ORDERS = ("suspects first", "most missed first", "most exposed first", "by domain")
SUSPECT = "! suspect"
DOMAIN, LABELS, SIZE = 12, 20, 8
"""Cells for columns, at most."""


def in_order(items: Sequence[GoldItem], suspects: Sequence[Suspect], order: str) -> list[GoldItem]:
    """Items in one of ORDERS; those that are equal stay as they came, the oldest first."""
    match order:
        case "most missed first":
            return sorted(items, key=lambda one: (-one.missed / max(1, one.exposure), -one.exposure))
        case "most exposed first":
            return sorted(items, key=lambda one: -one.exposure)
        case "by domain":
            return sorted(items, key=lambda one: one.domain)
    wrong = {one.item_id for one in suspects}
    return sorted(items, key=lambda one: (one.item_id not in wrong, -one.missed))


def searched(item: GoldItem, suspects: Sequence[Suspect]) -> str:
    """All words by which an item is found."""
    words = [item.domain, item.problem, item.external_id or "", *item.tags, *(step.label for step in item.steps)]
    words += [*item.responses, *(one.choice for one in item.criteria), *(["pair"] if is_pair(item) else [])]
    words += ["suspect"] if suspects else []
    return "\n".join([*words, "calibration" if item.calibration else ""])


def is_pair(item: GoldItem) -> bool:
    return item.task == "pairs"


def size_of(items: Sequence[GoldItem]) -> str:
    """`6 steps`, `6 steps · 2 pairs`: how much there is to be right on."""
    pairs = sum(map(is_pair, items))
    steps = sum(len(item.steps) for item in items if not is_pair(item))
    said = [counted(steps, "step")] if steps or not pairs else []
    return " · ".join([*said, *([counted(pairs, "pair")] if pairs else [])])


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns of some rows are; the problem takes what is left."""

    suspect: int
    domain: int
    labels: int
    missed: int

    @classmethod
    def of(cls, items: Sequence[GoldItem], suspects: Sequence[Suspect], schema: Schema) -> "Columns":
        return cls(
            len(SUSPECT) + 2 if suspects else 0,
            min(DOMAIN, max((len(one_line(item.domain, True)) for item in items), default=0)),
            min(LABELS, max((_glyphs(item, schema).cell_length for item in items), default=0)),
            max((len(_missed(item)) for item in items), default=0),
        )

    def line(self, item: GoldItem, suspect: bool, schema: Schema, raw: bool) -> Content:
        """Suspect or not, domain, steps, labels, who erred of those who saw it, and the problem."""
        domain, labels = cut(Content(one_line(item.domain, True)), self.domain), cut(_glyphs(item, schema), self.labels)
        return Content.assemble(
            (f"{SUSPECT if suspect else '':<{self.suspect}}", "bold $warning"),
            domain, " " * (self.domain - domain.cell_length), f"  {_size(item):>{SIZE}}  ",
            labels, " " * (self.labels - labels.cell_length), f"  {_missed(item):<{self.missed}}  ",
            (one_line(item.problem, raw), "dim"),
        )  # fmt: skip


def _size(item: GoldItem) -> str:
    return "pair" if is_pair(item) else counted(len(item.steps), "step")


def _missed(item: GoldItem) -> str:
    return f"{item.missed} of {item.exposure} missed" if item.exposure else "unseen"


def _glyphs(item: GoldItem, schema: Schema) -> Content:
    """How often each label is there, by its glyph; the words are below."""
    own = schema_of(item.task, schema)
    return Content("  ").join(_counted(name, number, own) for name, number in _labels(item))


def _labels(item: GoldItem) -> list[tuple[str, int]]:
    return Counter(step.label for step in item.steps).most_common()


def _counted(name: str, number: int, schema: Schema) -> Content:
    """Glyph and count, for a row; the words are below."""
    label = schema.label(schema.parent(name))
    return (
        Content(f"{name} {number}")
        if label is None
        else Content.styled(f"{label.glyph} {number}", colour_of(label, schema))
    )


def item_lines(item: GoldItem, suspects: Sequence[Suspect], schema: Schema, raw: bool, width: int) -> list[Content]:
    """What an item is, why it may be wrong, and its problem."""
    where = "in a calibration set" if item.calibration else "for production"
    people = "1 person" if item.exposure == 1 else f"{item.exposure} people"
    erred = "erred" if is_pair(item) else "erred on a step"
    facts = [*(["pair"] if is_pair(item) else []), item.origin.value, where, f"{people} had it, {item.missed} {erred}"]
    lines = [*Content.styled(" · ".join(facts), "dim").wrap(width), *_said(item, schema).wrap(width)]
    for one in suspects:
        lines += hanging(Content.styled("! ", "bold $warning"), shown(one.sentence, True), width)
    lines += [Content(), *shown(item.problem, raw).wrap(width)]
    return [*lines, *response_lines(item.responses, raw, width)]


def _said(item: GoldItem, schema: Schema) -> Content:
    """How often each label is verified; of a pair the choice, and on which criteria there is one."""
    own = schema_of(item.task, schema)
    if not is_pair(item):
        return Content(", ").join(Content.assemble(badge(name, own), f" {number}") for name, number in _labels(item))
    parts = [Content.assemble("overall ", badge(step.label, own)) for step in item.steps]
    parts += [Content.assemble(f"{one.criterion} ", badge(one.choice, own)) for one in item.criteria]
    return Content(", ").join(parts)
