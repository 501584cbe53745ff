"""Models that draft, and reports on drafts, as a lead reads them: what each is worth, in words and a few numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.drafts.opinions import OpinionKind, OpinionProgress
from cotlab.domain.drafts.requests import DraftTotals, ModelEntry
from cotlab.domain.evaluations.anchoring import AnchoringArm, AnchoringReport, ArmsCompared, DraftWas
from cotlab.domain.evaluations.draft_quality import (
    DraftQualityReport,
    Missing,
    QualityNumbers,
    QualityPart,
    QualityVerdict,
    SourceQuality,
)
from cotlab.domain.reports.generators import GeneratedTraces, GeneratorReport
from tui.widgets.text import counted, hanging, one_line, percent

NOT_ASKED = "no opinion yet"
VERDICTS: dict[QualityVerdict, tuple[str, str]] = {
    QualityVerdict.BETTER: ("✓", "$success"), QualityVerdict.NO_BETTER: ("✗", "$warning"),
    QualityVerdict.TOO_LITTLE: ("…", "dim"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A model, the opinions that it gave (None: the report is still to come), how far those are that were asked for,
    and its drafts: kind -> how many.

    `known`: the server has the model still.
    """

    name: str
    driver: str
    known: bool
    drafts: Mapping[str, int]
    progress: tuple[OpinionProgress, ...]
    quality: tuple[SourceQuality, ...] | None


@dataclass(frozen=True, slots=True)
class Told:
    """A report in short: its name, the sentence that it comes to, and more of it."""

    name: str
    sentence: str
    lines: tuple[str, ...] = ()


def sources_of(
    models: Iterable[ModelEntry], totals: Iterable[DraftTotals], progress: Sequence[OpinionProgress],
    quality: DraftQualityReport | None,
) -> list[Source]:  # fmt: skip
    """The models that the server knows, then those of which only drafts are left."""
    drafts: dict[str, dict[str, int]] = {}
    for one in totals:
        drafts.setdefault(one.model, {})[one.kind] = one.made
    drivers = {one.name: one.driver for one in models}
    judged = {source.source for source in quality.sources} if quality is not None else set[str]()
    names = [*drivers, *sorted((drafts.keys() | judged) - drivers.keys())]
    return [
        Source(
            name, drivers.get(name, ""), name in drivers, drafts.get(name, {}),
            tuple(one for one in progress if one.model == name),
            None if quality is None else tuple(one for one in quality.sources if one.source == name),
        )
        for name in names
    ]  # fmt: skip


def source_row(one: Source, wide: int) -> Content:
    """`judge   openai   ✗ steps: no better than chance`."""
    name = f"{one_line(one.name, True):<{wide}}  {one.driver if one.known else 'removed':<12}"
    if one.quality is None:
        return Content.assemble(name, ("asking the server …", "dim"))
    if not one.quality:
        return Content.assemble(name, (NOT_ASKED, "dim"))
    return Content.assemble(name, Content("   ").join(_verdict(of) for of in one.quality))


def _verdict(of: SourceQuality) -> Content:
    sign, style = VERDICTS[of.verdict]
    return Content.assemble((f"{sign} ", style), (f"{_what(of)}: ", "dim"), (of.verdict.value, style))


def _what(of: SourceQuality) -> str:
    return "pairs" if of.kind is OpinionKind.PAIR else "steps"


def source_lines(one: Source, width: int) -> list[Content]:
    """What it drafted, how it gives opinions, and what these are worth."""
    made = ", ".join(f"{kind} {number:,}" for kind, number in sorted(one.drafts.items()) if number)
    known = f"{one_line(one.name, True)}, by the driver {one.driver}." if one.known else "The server has it no more."
    lines = Content(f"{known} Drafted so far: {made or 'nothing'}.").wrap(width)
    for far in one.progress:
        what = "pairs" if far.kind is OpinionKind.PAIR else "traces"
        failed = f", {far.failed:,} failed: {one_line(far.sentence or '', True)}" if far.failed else ""
        lines += Content(f"Opinions of {what}: {far.done:,} done, {far.waiting:,} to come{failed}.").wrap(width)
    for of in one.quality or ():
        lines += [Content(), *_verdict(of).wrap(width)]
        lines += [line for text in quality_words(of) for line in hanging("  ", Content(text), width)]
    return lines


def quality_words(of: SourceQuality) -> Iterator[str]:
    """What a verdict rests on."""
    what = "pair" if of.kind is OpinionKind.PAIR else "step"
    if of.verdict is QualityVerdict.TOO_LITTLE:
        yield f"Before anything can be said, {missing_words(of.missing)}."
    by = "its votes" if of.by_votes == of.opinions else "its probabilities"
    some = f", {of.by_votes:,} of them by votes" if 0 < of.by_votes < of.opinions else ""
    yield f"Opinions by {by}{some}, on {counted(of.opinions, what)}; {of.held:,} can be held against a label."
    if of.mass is not None:
        yield f"Of its probability {percent(of.mass)} is on the options: {_answers(of.mass)}."
    if of.unreadable:
        yield f"{percent(of.unreadable)} of its answers name no option, or several."
    for part in (part for part in of.parts[:1] if part.within.value is not None):
        yield f"It is right on {_value(part.accuracy)} of them; its AUROC within a position is {_value(part.within)}."
        yield from _ahead(part)
        if (again := part.reweighted) is not None:
            yield (
                f"For all traces of the queue, of which points chose some, it is right on {_value(again.accuracy)}; "
                f"its AUROC within a position is {_value(again.within)}."
            )
            yield from _ahead(again)
    for pairs in of.pairs[:1]:
        yield f"It agrees with what is settled on {_value(pairs.agreement)} of {counted(pairs.pairs, 'pair')}."
    if of.flipped is not None and of.flipped.value is not None:
        yield f"{percent(of.flipped.value)} of its preferences went with the side, and count as none."


def _ahead(part: QualityPart | QualityNumbers) -> Iterator[str]:
    yield "Ahead in AUROC: " + "; ".join(f"of {one.name.value} {_value(one.ahead)}" for one in part.baselines) + "."


def _answers(mass: float) -> str:
    return "it answers what it is asked" if mass >= 0.5 else "it mostly does not answer what it is asked"


def missing_words(missing: Missing) -> str:
    """`3 problems and 12 errors more with a label are needed`."""
    wanted = {"problem": missing.problems, "error": missing.errors, "pair": missing.pairs}
    named = [counted(number, what) for what, number in wanted.items() if number]
    if missing.others:
        named.append(f"{missing.others} step{'' if missing.others == 1 else 's'} without an error")
    return f"{', '.join(named) or 'more'} more with a label are needed"


def _value(one: Estimate) -> str:
    """`0.45 [0.34, 0.53]`, or why there is none."""
    if one.value is None:
        return f"unknown ({one.reason})"
    ends = "" if one.interval is None else f" [{one.interval.low:.2f}, {one.interval.high:.2f}]"
    return f"{one.value:.2f}{ends}"


def quality_told(report: DraftQualityReport) -> Told:
    """A verdict a source."""
    said = [f"{one_line(one.source, True)}: {one.verdict.value} ({_what(one)})" for one in report.sources]
    lines = [line for one, of in zip(report.sources, said, strict=True) for line in ("", of, *quality_words(one))]
    return Told("draft quality", "; ".join(said) or "no model has given an opinion yet", tuple(lines[1:]))


def anchoring_told(report: AnchoringReport) -> Told:
    """The sentence, and what labels with and without drafts came to."""
    lines = [
        f"{counted(report.labels, 'first label')} of {counted(report.problems, 'problem')} by {report.people:,} "
        f"{'person' if report.people == 1 else 'people'}; of {report.known:,} it is known what is right."
    ]
    for arm in (arm for arm in report.arms if arm.labels):
        lines.append(
            f"{_of(arm.arm.value, arm.draft)}: {counted(arm.labels, 'label')}, changed {_value(arm.changed)}, "
            f"towards the draft {_value(arm.towards)}, away from it {_value(arm.away)}{_seconds(arm)}"
        )
    lines += [_compared(one) for one in report.compared if one.labels]
    if report.decided:
        lines.append("What was decided is not comparable between the arms: drafts decide of which labels that is so.")
    lines += [f"left out: {count:,} {why}" for why, count in report.left_out.items()]
    return Told(f"anchoring, {report.task}", report.sentence, tuple(lines))


def _of(what: str, draft: DraftWas) -> str:
    return what if draft is DraftWas.ANY else f"{what}, draft {draft.value}"


def _seconds(arm: AnchoringArm) -> str:
    """`; seconds: 12.0 to the commit, 3.0 from the reveal to the last answer`."""
    named = ((arm.seconds, "to the commit"), (arm.seconds_after, "from the reveal to the last answer"))
    known = [(f"{value:,.1f}", what) for value, what in named if value is not None]
    return "; seconds: " + ", ".join(f"{value} {what}" for value, what in known) if known else ""


def _compared(one: ArmsCompared) -> str:
    return (
        f"{_of(one.measure.value, one.draft)}: {_value(one.with_drafts)} with drafts, {_value(one.blind)} without; "
        f"difference {_value(one.difference)}"
    )


def generators_told(report: GeneratorReport) -> Told:
    """Each generator beside people, with where it differs."""
    differ = sum(len(one.differences) for one in report.generators)
    lines = [line for one in report.generators for line in ("", *_generator(one))]
    if report.compared:
        lines += ["", f"{report.compared:,} differences were looked at; where nothing differs, one in twenty is told."]
    sentence = f"{counted(differ, 'difference')} from people told" if report.compared else "nothing to compare yet"
    return Told("generators", sentence, tuple(lines[1:]))


def _generator(one: GeneratedTraces) -> Iterator[str]:
    who = "people" if one.origin == "human" else one_line(one.generator or one.origin, True)
    yield f"{who}: {counted(one.traces, 'path')} of {counted(one.problems, 'problem')}"
    if one.drafts is not None:
        drafts = one.drafts
        yield (
            f"{counted(drafts.made, 'draft')}: {drafts.accepted:,} accepted, of these {drafts.edited:,} edited; "
            f"{drafts.declined:,} turned down, {sum(drafts.dropped.values()):,} dropped"
        )
    yield from (one_line(difference.sentence, True) for difference in one.differences)


def told_row(one: Told, wide: int) -> Content:
    return Content.assemble((f"{one.name:<{wide}}  ", "bold"), one_line(one.sentence, True))


def told_lines(one: Told, width: int) -> list[Content]:
    lines = Content.styled(one_line(one.sentence, True), "bold").wrap(width)
    return [*lines, Content(), *(line for text in one.lines for line in Content(text).wrap(width) or [Content()])]
