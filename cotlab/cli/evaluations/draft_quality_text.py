"""How good the opinions of models are, in words: a verdict a source, then what it rests on."""

from collections.abc import Iterator, Sequence

from cotlab.cli.evaluations.evaluate_text import columns, ends_of, tables_lines, value_of
from cotlab.cli.sentences import counted, printable
from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.domain.evaluations.draft_quality import (
    BaselineQuality,
    DraftQualityReport,
    HeldAgainst,
    Missing,
    PairPart,
    QualityPart,
    QualityVerdict,
    SourceQuality,
)

HEAD = ("held against", "n", "errors", "accuracy", "kappa", "ECE", "AUROC", "within", "95 % interval")
REWEIGHTED = "for all traces"
AHEAD = ("baseline", "accuracy", "ahead by", "95 % interval", "within", "ahead by", "95 % interval")


def draft_quality_lines(report: DraftQualityReport, with_tables: bool) -> Iterator[str]:
    """Each source with its verdict, the bands of positions, and what can be guessed without reading."""
    yield f"opinions of models as of {report.as_of}; {report.replicates:,} resamples of problems"
    if not report.sources:
        yield "no model has given an opinion yet"
    for one in report.sources:
        yield ""
        yield from _source(one)
        for part in one.pairs:
            yield from _pairs(part)
        if one.parts:
            yield from _steps(one.parts)
        if with_tables and one.parts:
            yield ""
            yield from tables_lines(one.parts[0].scores)


def _source(one: SourceQuality) -> Iterator[str]:
    what = "pairs" if one.kind is OpinionKind.PAIR else "steps"
    missing = f": {_missing(one.missing)}" if one.verdict is QualityVerdict.TOO_LITTLE else ""
    yield printable(f"{one.source}, {what}: {one.verdict}{missing}")
    told = [f"{counted(one.opinions, 'opinion')}, {one.held:,} with a label to be held against"]
    if one.by_votes:
        told.append(f"{one.by_votes:,} by votes")
    if one.unreadable is not None:
        told.append(f"{one.unreadable:.0%} of the answers unreadable")
    if one.mass is not None:
        told.append(f"mass on the options {one.mass:.2f}")
    if one.other_labels:
        told.append(f"{one.other_labels:,} of other labels left out")
    if one.assisted:
        told.append(f"{one.assisted:,} left out, whose label was given beside an opinion")
    if one.flipped is not None and one.flipped.value is not None:
        told.append(f"{one.flipped.value:.0%} flipped with the side ({ends_of(one.flipped)})")
    yield f"  {'; '.join(told)}"


def _missing(missing: Missing) -> str:
    """What a verdict still takes."""
    wanted = {
        "problem": missing.problems, "error": missing.errors, "step without an error": missing.others,
        "pair": missing.pairs,
    }  # fmt: skip
    plural = {"step without an error": "steps without an error"}
    named = [counted(number, what, plural.get(what)) for what, number in wanted.items() if number]
    return f"{', '.join(named)} more with a label are needed"


def _steps(parts: Sequence[QualityPart]) -> Iterator[str]:
    yield from columns(HEAD, [row for one in parts for row in _rows(one)])
    whole = parts[0]
    yield from columns(AHEAD, [_ahead(one) for one in whole.baselines])
    if whole.reweighted is not None:
        yield f"  {REWEIGHTED}, which the verdict follows from (docs/selection.md):"
        yield from columns(AHEAD, [_ahead(one) for one in whole.reweighted.baselines])


def _ahead(one: BaselineQuality) -> tuple[str, ...]:
    return (
        one.name, value_of(one.accuracy), value_of(one.accuracy_ahead), ends_of(one.accuracy_ahead),
        value_of(one.within), value_of(one.ahead), ends_of(one.ahead),
    )  # fmt: skip


def _rows(one: QualityPart) -> Iterator[tuple[str, ...]]:
    yield _row(one)
    if (again := one.reweighted) is not None:
        yield (
            f"  {REWEIGHTED}", "", "", value_of(again.accuracy), value_of(again.kappa), value_of(again.error),
            value_of(again.auroc), value_of(again.within), ends_of(again.within),
        )  # fmt: skip


def _row(one: QualityPart) -> tuple[str, ...]:
    scores, band = one.scores, one.scores.slice.get("position")
    name = one.against.value if band is None else f"  {one.against}, step {band}"
    return (
        name, f"{scores.steps:,}", f"{one.errors:,}", value_of(one.accuracy), value_of(one.kappa),
        value_of(scores.calibration.error), value_of(scores.auroc), value_of(one.within), ends_of(one.within),
    )  # fmt: skip


def _pairs(one: PairPart) -> Iterator[str]:
    what = "settled or gold" if one.against is HeldAgainst.ALL else one.against
    yield (
        f"  {what}: {counted(one.pairs, 'pair')} of {counted(one.problems, 'problem')}, agreement "
        f"{value_of(one.agreement)} ({ends_of(one.agreement)}), where there is a preference {value_of(one.decided)}; "
        f"by length alone {value_of(one.length)}"
    )
    even, length = one.ahead
    yield (
        f"    ahead of an even chance by {value_of(even)} ({ends_of(even)}), "
        f"of length by {value_of(length)} ({ends_of(length)})"
    )
