"""What others said of a case, as lines of a width: labels, questions, and decisions."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.answers import Citation
from cotlab.domain.cases import YOU, CaseEvidence, Opinion, PeerLabel, PeerRemark
from cotlab.domain.checks import ShownEvidence
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.labels.case_reasons import title
from tui.cases.case import Case, named
from tui.widgets.findings import finding_line
from tui.widgets.labels import badge, marks, widest
from tui.widgets.rules import COLUMN, resolved
from tui.widgets.scale import sign
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import age

NAME = 10
"""Cells for a name."""
SWAPPED = "in these words left is right"
"""Of a reason whose author saw the responses of a pair the other way round."""


def rules_of(citations: Sequence[Citation]) -> str:
    """What is cited; a dash where nothing is."""
    return ", ".join(one_line(one.name, True) for one in citations) or "-"


def head(evidence: CaseEvidence, of_trace: bool, domain: str, opened_at: int, schema: Schema) -> Content:
    """Why the case is there: `people disagree on correct | redundant · mathematics · 2 days old`."""
    reasons = ", ".join(title(reason) for reason in evidence.reasons) or "nothing holds any more"
    values = dict.fromkeys(schema.parent(one.label) for one in evidence.labels if not one.stale)
    split = f": {' | '.join(values)}" if len(values) > 1 and not of_trace else ""
    return Content.styled(f"{reasons}{split} · {one_line(domain, True)} · {age(opened_at)} old", "bold")


def case_lines(case: Case, width: int) -> list[Content]:
    """All of it: why the case is there, labels by name, my choice, what was asked, what was decided before, my gap."""
    evidence, choice, schema, column = case.evidence, case.view.choice, case.schema, min(width, COLUMN)
    version = case.view.guideline_version
    if evidence is None:
        return []
    lines = head(evidence, case.of_trace, case.view.problem.domain, case.view.opened_at, schema).wrap(column)
    lines += [line for one in evidence.labels for line in label_lines(one, version, schema, column)]
    if choice is not None:
        mine = PeerLabel(name=YOU, label=named(choice.label), rationale=choice.rationale,
                         unsure=choice.unsure, citations=choice.citations, guideline_version=version)  # fmt: skip
        lines += label_lines(mine, version, schema, column)
    if evidence.checked is not None:
        lines += checked_lines(evidence.checked, column)
    for remark in evidence.questions:
        lines += remark_lines(remark, "asks the lead", column)
    for remark in evidence.bad_problem:
        lines += remark_lines(remark, "cannot use the problem", column)
    for opinion in evidence.earlier:
        lines += opinion_lines(opinion, "decided before", schema, column)
    for reason in evidence.passed_on:
        lines += hanging(Content.styled("handed on  ", "bold"), shown(reason, True), column)
    return lines + gap_lines(case.choice.gap, column)


def checked_lines(checked: ShownEvidence, width: int) -> list[Content]:
    """What a check found in the step, or says of the final answer."""
    said = finding_line(checked) or Content.styled(one_line(checked.reason or checked.said, True), "dim")
    return hanging(Content.styled(f"{'check':<{NAME}}", "bold"), said, width)


def label_lines(label: PeerLabel, version: str, schema: Schema, width: int) -> list[Content]:
    """Name, glyph and word, the reason in quotation marks, and the rules; flags, and another version, behind.

    Of a pair what was said of each criterion, and of safety, below.
    """
    said = badge(label.label, schema, widest(schema))
    of_pair = [f"{one_line(name, True)} {sign(value)}".rstrip() for name, value in label.criteria.items()]
    if label.unsafe is not None:
        of_pair.append(f"⚠ unsafe: {label.unsafe}")
    flags = marks(label.unsure, label.step_size)
    other = one_line(label.guideline_version, True) if differs(label.guideline_version, version) else ""
    notes = [flags, other, "comes back" if label.stale else "", SWAPPED if label.swapped and label.rationale else ""]
    reason = shown(f"“{label.rationale}”", True) if label.rationale else Content.styled("no reason", "dim")
    after = "".join(f"  {note}" for note in notes if note)
    text = Content.assemble(reason, (f"  {rules_of(label.citations)}", "bold"), (after, "$warning"))
    lines = hanging(Content.assemble((f"{label.name:<{NAME}}", "bold"), said, "  "), text, width)
    beside = Content.styled(" · ".join(of_pair), "dim")
    return [*lines, *hanging(" " * NAME, beside, width)] if of_pair else lines


def differs(version: str, other: str) -> bool:
    """Whether two names of guideline versions mean two: with the guideline's name in front, or without."""
    return version.rpartition(" ")[2] != other.rpartition(" ")[2]


def remark_lines(remark: PeerRemark, said: str, width: int) -> list[Content]:
    first = Content.assemble((f"{remark.name:<{NAME}}", "bold"), (f"{said}  ", "dim"))
    lines = hanging(first, shown(remark.text, True), width)
    if remark.answer is not None:
        answer = Content.assemble((f"{resolved(remark.answer)}  ", "bold"), shown(remark.answer.text, True))
        lines += hanging(Content.styled(f"{'lead':<{NAME}}", "bold"), answer, width)
    return lines


def opinion_lines(opinion: Opinion, said: str, schema: Schema, width: int) -> list[Content]:
    """A decision: the label, by which rule or that none decides it, and why."""
    first = Content.assemble((f"{said}  ", "bold"), badge(named(opinion.label), schema), "  ")
    rules = f"  {rules_of(opinion.citations)}" if opinion.citations else ""
    notes = f"{'  others decided otherwise' if opinion.dissent else ''}{'  comes back' if opinion.stale else ''}"
    notes += f"  {SWAPPED}" if opinion.swapped else ""
    text = Content.assemble(shown(f"“{opinion.rationale}”", True), (rules, "bold"), (notes, "$warning"))
    return hanging(first, text, width) + gap_lines(opinion.gap, width)


def gap_lines(gap: str | None, width: int) -> list[Content]:
    return hanging(Content.styled("∅ guideline gap  ", "bold $warning"), shown(gap, True), width) if gap else []
