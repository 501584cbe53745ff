"""What is verified of a gold item, a row each: labels of steps, or choices on a pair, overall and on criteria."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from cotlab.domain.gold import CorrectBody, GoldItem, Suspect
from cotlab.domain.guidelines.schema import CHOICES, PAIR_VALUES, Criterion, Schema
from cotlab.domain.traces.pairs import OVERALL, THE_PAIR
from tui.gold.rows import is_pair
from tui.widgets.labels import OF_A_PAIR, Answer, badge, labels_of, schema_of, short_badge, widest
from tui.widgets.named_labels import response_lines
from tui.widgets.rules import COLUMN
from tui.widgets.text import hanging, one_line, shown

NOTHING, INDENT = "–  not verified", "     "


@dataclass(frozen=True, slots=True)
class Verified:
    """One place of an item; `label` is None for a criterion that nothing is verified on yet.

    `criterion` is OVERALL for the overall choice of a pair, and empty for a step.
    """

    position: int
    criterion: str = ""
    text: str = ""
    label: str | None = None
    justification: str = ""
    number: int = 0
    guideline_version: str = ""
    stale: bool = False

    @property
    def name(self) -> str:
        return self.criterion or f"step {self.position}"

    @property
    def draft(self) -> str:
        """What tells the drafts of several places of one position apart."""
        return f"{self.criterion} " if self.criterion not in ("", OVERALL) else ""

    def body(self, label: str, justification: str) -> CorrectBody:
        """The correction of it to another label. Raises ValidationError for a text that does not fit."""
        criterion = None if self.criterion in ("", OVERALL) else self.criterion
        return CorrectBody(position=self.position, criterion=criterion, label=label, justification=justification)

    def corrected(self, label: str, justification: str) -> "Verified":
        return replace(self, label=label, justification=justification, number=self.number + 1, stale=False)


def verified_in(item: GoldItem, criteria: Sequence[Criterion] = ()) -> tuple[Verified, ...]:
    """The steps of a trace; of a pair the overall choice, then `criteria` and whatever else is verified."""
    pair = is_pair(item)
    rows = [
        Verified(one.position, OVERALL if pair else "", one.text, one.label, one.justification, one.number,
                 one.guideline_version, one.stale)
        for one in item.steps
    ]  # fmt: skip
    known = {
        one.criterion: Verified(THE_PAIR, one.criterion, "", one.choice, one.justification, one.number,
                                one.guideline_version, one.stale)
        for one in item.criteria
    }  # fmt: skip
    names = dict.fromkeys([*(one.name for one in criteria), *known]) if pair else {}
    return (*rows, *(known.get(name) or Verified(THE_PAIR, name) for name in names))


def choices_of(item: GoldItem, row: Verified, schema: Schema) -> tuple[Answer, ...]:
    """What a place can be corrected to, by its key: labels, or the choices of the scale and what is said of both."""
    if not is_pair(item):
        return labels_of(schema)
    names = PAIR_VALUES if row.criterion == OVERALL else CHOICES
    return tuple(Answer(str(at), name, short_badge(name, OF_A_PAIR), "") for at, name in enumerate(names, 1))


def row_line(
    item: GoldItem, row: Verified, rows: Sequence[Verified], suspect: bool, schema: Schema, raw: bool
) -> Content:
    """A place of an item: its label, whether it may be wrong or has to be looked at anew, and its text or why."""
    own = schema_of(item.task, schema)
    mark = ("! ", "bold $warning") if suspect or row.stale else ("  ", "")
    if not is_pair(item):
        said = badge(row.label or "", own, widest(own))
        return Content.assemble((f"{row.position:>3}  ", "dim"), mark, said, "  ", (one_line(row.text, raw), "dim"))
    name = f"{row.criterion:<{max(len(one.criterion) for one in rows)}}  "
    if row.label is None:
        return Content.assemble(name, mark, (NOTHING, "dim"))
    return Content.assemble(name, mark, badge(row.label, own), "  ", (one_line(row.justification, raw), "dim"))


def row_lines(
    item: GoldItem, row: Verified, suspects: Sequence[Suspect], schema: Schema, raw: bool, width: int
) -> list[Content]:
    """A place in full with its justification, and which version of the label it is; then the responses of a pair."""
    column = min(width, COLUMN)
    own = schema_of(item.task, schema)
    if is_pair(item):
        lines = _label_lines(f"{row.criterion}  ", row, own, raw, column)
    else:
        lines = hanging(Content.styled(f"{row.position:>3}  ", "bold"), shown(row.text, raw), column)
        lines += [Content(), *_label_lines(INDENT, row, own, raw, column)]
    for one in suspects:
        lines += hanging(Content.styled("   ! ", "bold $warning"), shown(one.sentence, True), column)
    return [*lines, *response_lines(item.responses, raw, width)]


def _label_lines(name: str, row: Verified, schema: Schema, raw: bool, width: int) -> list[Content]:
    first = Content.styled(name, "bold")
    if row.label is None:
        return hanging(first, Content.styled("nothing is verified on it; a digit verifies a choice", "dim"), width)
    versions = f"  version {row.number} of the label" if row.number > 1 else ""
    said = Content.assemble(badge(row.label, schema), (f"{versions}  {row.guideline_version}", "dim"))
    lines = [*hanging(first, said, width), *hanging(INDENT, shown(row.justification, raw), width)]
    if row.stale:
        stale = "! stale: a later guideline version asks for it anew, and until then it scores nobody"
        lines += hanging(INDENT, Content.styled(stale, "$warning"), width)
    return lines
