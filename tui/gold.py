"""Gold as a lead reads it: a row an item, what in it may be wrong, and its steps in full."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.gold import GoldItem, GoldStep, Suspect
from cotlab.domain.guidelines import Schema
from tui.text import cut, hanging, one_line, shown
from tui.widgets.labels import badge, colour_of

ORDERS = ("suspects first", "most missed first", "most exposed first", "by domain")
SUSPECT = "! suspect"
DOMAIN, LABELS = 12, 20
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
    words += ["suspect"] if suspects else []
    return "\n".join([*words, "calibration" if item.calibration else ""])


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
            domain, " " * (self.domain - domain.cell_length), f"  {len(item.steps):>2} steps  ",
            labels, " " * (self.labels - labels.cell_length), f"  {_missed(item):<{self.missed}}  ",
            (one_line(item.problem, raw), "dim"),
        )  # fmt: skip


def _missed(item: GoldItem) -> str:
    return f"{item.missed} of {item.exposure} missed" if item.exposure else "unseen"


def _glyphs(item: GoldItem, schema: Schema) -> Content:
    """How often each label is there, by its glyph; the words are below."""
    return Content("  ").join(_counted(name, number, schema) for name, number in _labels(item))


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
    facts = [item.origin.value, where, f"{people} had it, {item.missed} erred on a step"]
    labels = Content(", ").join(Content.assemble(badge(name, schema), f" {number}") for name, number in _labels(item))
    lines = [*Content.styled(" · ".join(facts), "dim").wrap(width), *labels.wrap(width)]
    for one in suspects:
        lines += hanging(Content.styled("! ", "bold $warning"), shown(one.sentence, True), width)
    return [*lines, Content(), *shown(item.problem, raw).wrap(width)]


def step_row(step: GoldStep, wide: int, suspect: bool, schema: Schema, raw: bool) -> Content:
    """A step of an item: its label, whether it may be wrong or has to be looked at anew, and its text."""
    sign = ("! ", "bold $warning") if suspect or step.stale else ("  ", "")
    text = (one_line(step.text, raw), "dim")
    return Content.assemble((f"{step.position:>3}  ", "dim"), sign, badge(step.label, schema, wide), "  ", text)


def step_lines(step: GoldStep, suspects: Sequence[Suspect], schema: Schema, raw: bool, width: int) -> list[Content]:
    """A step in full with its justification, and which version of the label it is."""
    lines = hanging(Content.styled(f"{step.position:>3}  ", "bold"), shown(step.text, raw), width)
    versions = f"  version {step.number} of the label" if step.number > 1 else ""
    said = Content.assemble(badge(step.label, schema), (f"{versions}  {step.guideline_version}", "dim"))
    lines += [Content(), *hanging("     ", said, width)]
    lines += hanging("     ", shown(step.justification, raw), width)
    if step.stale:
        stale = "! stale: a later guideline version asks for it anew, and until then it scores nobody"
        lines += hanging("     ", Content.styled(stale, "$warning"), width)
    for one in suspects:
        lines += hanging(Content.styled("   ! ", "bold $warning"), shown(one.sentence, True), width)
    return lines
