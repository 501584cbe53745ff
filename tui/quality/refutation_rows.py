"""What checks found, as a lead reads it: the refuted steps, the kinds of claims, and how often a kind was right."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.checks import BAR, Verdict, shown
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.reports.checks import (
    EvidenceProgress,
    EvidenceRevisions,
    KindCount,
    KindPrecision,
    RefutedStep,
    RevisionRate,
    ShownAgreement,
)
from cotlab.domain.work.views import StepView
from tui.widgets.agreement import Axis, number
from tui.widgets.findings import KIND, finding_lines, step_text
from tui.widgets.named_labels import case_hint, case_word, labels_cell, named_lines
from tui.widgets.text import cut, hanging, one_line, percent
from tui.widgets.text import shown as text_shown

ORDERS = ("by trace and step", "no case first", "by kind", "by domain")
LABELS, STATE, DOMAIN, COUNT, SHORTEST_BAR = 22, 12, 10, 9, 8
"""Cells for columns."""
BELOW = "! below"


def kind_of(step: RefutedStep) -> str:
    """The kind of the first claim that was refuted."""
    return next((one.kind for one in step.evidence.claims if one.verdict is Verdict.REFUTED), "")


def searched(step: RefutedStep) -> str:
    """All words by which a step is found."""
    kinds = {one.kind for one in step.evidence.claims if one.verdict is Verdict.REFUTED}
    labels = {one.label for one in step.labels}
    words = (*sorted(kinds), *sorted(labels), step.domain, case_word(step.case_state), step.evidence.reason)
    return "\n".join((*words, step.problem, step.step))


def in_order(steps: Sequence[RefutedStep], order: str) -> list[RefutedStep]:
    """Steps in one of ORDERS; those that are equal stay as they came."""
    match order:
        case "no case first":
            return sorted(steps, key=lambda one: one.case_id is not None)
        case "by kind":
            return sorted(steps, key=kind_of)
        case "by domain":
            return sorted(steps, key=lambda one: one.domain)
    return list(steps)


def step_row(step: RefutedStep, schema: Schema, raw: bool) -> Content:
    """Position, kind, labels beside, the case, the reason, and the problem as far as there is room."""
    return Content.assemble(
        (f"{step.position:>3}  ", "dim"), f"{one_line(kind_of(step), True):<{KIND}}"[:KIND], " ",
        labels_cell(step.labels, schema, LABELS), (f"  {case_word(step.case_state):<{STATE}}  ", "dim"),
        one_line(step.evidence.reason, True), (f"   {one_line(step.problem, raw)}", "dim"),
    )  # fmt: skip


def step_lines(step: RefutedStep, schema: Schema, raw: bool, width: int) -> list[Content]:
    """The problem, the step with its claims underlined, what was found in it, and the labels beside."""
    view = StepView(position=step.position, text=step.step, evidence=shown(step.evidence.model_dump_json()))
    lines = Content.styled(f"{one_line(step.domain, True)} · {case_hint(step.case_state)}", "dim").wrap(width)
    lines += text_shown(step.problem, raw).wrap(width)
    lines += hanging(Content.styled(f"{step.position:>3}  ", "bold"), step_text(view, raw), width)
    lines += [Content.assemble("     ", line) for line in finding_lines(view, raw, width - 5)]
    none = Content.styled("no label yet", "dim")
    return [*lines, Content(), *(named_lines(step.labels, schema, width) or [none])]


def progress_words(found: EvidenceProgress) -> str:
    """How far the checks are."""
    if found.checker is None:
        return f"checks are off in the policy, {found.steps:,} steps"
    return f"{found.checked:,} of {found.steps:,} steps checked"


def checker_lines(found: EvidenceProgress, width: int) -> list[Content]:
    """The verdicts of each checker, the one in force marked."""
    lines = []
    for one in found.checkers:
        sign = ("▸ ", "bold") if one.checker == found.checker else ("  ", "")
        counts = f"{one.verified:,} verified, {one.refuted:,} refuted, {one.undecided:,} undecided"
        lines += hanging(Content.assemble(sign, one_line(one.checker, True), "  "), Content(counts), width)
    return lines


def kind_row(row: KindCount, precision: KindPrecision | None) -> Content:
    """Kind, domain and counts; then how often its refutations were decided to be wrong."""
    counts = "".join(f"{count:>{COUNT},}" for count in (row.claims, row.verified, row.refuted, row.undecided))
    right = f"  {percent(precision.precision):>7}" if precision and precision.precision is not None else ""
    below = (f"  {BELOW}", "bold $warning") if precision and precision.below else ""
    return Content.assemble(f"{one_line(row.kind, True):<{KIND}} ", cut_to(row.domain, DOMAIN), counts, right, below)


def kinds_heading() -> str:
    """What the columns of `kind_row` are."""
    counts = "".join(f"{word:>{COUNT}}" for word in ("claims", "verified", "refuted", "undecid."))
    return f"{'kind':<{KIND}} {'domain':<{DOMAIN}}{counts}  right"


def cut_to(text: str, width: int) -> Content:
    """A text in exactly `width` cells."""
    said = cut(Content(one_line(text, True)), width)
    return Content.assemble(said, " " * (width - said.cell_length))


def precision_lines(found: KindPrecision | None, width: int) -> list[Content]:
    """In how many steps a kind refuted a claim, and how many of those were decided to be wrong."""
    if found is None:
        return Content.styled("it refuted nothing", "dim").wrap(width)
    refuted = f"{found.kind} refuted a claim in {found.refuted:,} steps"
    if found.precision is None or found.interval is None:
        return Content(f"{refuted}, none of which was decided.").wrap(width)
    low, high = found.interval
    share = f"{percent(found.precision)} ({percent(low)} to {percent(high)})"
    said = f"{refuted}; of {found.decided:,} that were decided, {found.wrong:,} were decided to be wrong: {share}."
    lines = Content(said).wrap(width)
    axis = Axis(0.0, BAR, min(40, width))
    if axis.width >= SHORTEST_BAR:
        lines += [Content(axis.heading()), Content(axis.draw(found.precision, Interval(low=low, high=high)))]
    if found.below:
        warning = f"{BELOW} {100 * BAR:.0f} %: look at its steps (enter), and tell who keeps the checks."
        lines += Content.styled(warning, "bold $warning").wrap(width)
    return lines


def revision_lines(found: EvidenceRevisions, width: int) -> list[Content]:
    """Whether people think again, and agree more, where they saw what was found."""
    said = [_revised(one) for one in found.revisions] + [_agreed(one) for one in found.agreement]
    return [line for one in said for line in hanging("  ", Content(one), width)]


def _revised(one: RevisionRate) -> str:
    if one.share is None or one.interval is None:
        return f"evidence {one.evidence}: no labels"
    low, high = one.interval
    share = f"{percent(one.share)} ({percent(low)} to {percent(high)})"
    return f"evidence {one.evidence}: {one.revised:,} of {one.labels:,} labels revised, {share}"


def _agreed(one: ShownAgreement) -> str:
    first, latest = ("none" if of.value is None else number(of.value) for of in (one.first, one.latest))
    return f"evidence {one.evidence}: alpha of first labels {first}, of latest {latest}, on {one.steps:,} steps"
