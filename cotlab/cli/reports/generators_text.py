"""What generators write beside what people write, in words, at 80 columns."""

import textwrap
from collections.abc import Iterator

from cotlab.cli.sentences import counted, one_line
from cotlab.domain.reports.generators import DraftsMade, GeneratedTraces, GeneratorMeasure, GeneratorReport

WIDTH = 80
NAME = 42
"""Columns of what a measure is called."""


def generator_lines(report: GeneratorReport) -> Iterator[str]:
    """People first, then each generator with its measures and where it differs."""
    for one in report.generators:
        yield from _of(one, report.titles)
    told = sum(len(one.differences) for one in report.generators)
    if report.compared:
        looked = f"{counted(report.compared, 'difference')} looked at, {told:,} told"
        yield from ("", f"{looked}; where nothing differs, up to one in ten is.")


def _of(one: GeneratedTraces, titles: dict[str, str]) -> Iterator[str]:
    who = "people" if one.origin == "human" else one_line(one.generator or one.origin)
    yield f"{who}: {counted(one.traces, 'path')} of {counted(one.problems, 'problem')}"
    beside = {"alternative": one.alternatives, "altered trace": one.altered}
    yield from (f"  beside them {counted(number, what)}" for what, number in beside.items() if number)
    for name, measure in one.measures.items():
        yield f"  {one_line(titles[name], NAME):<{NAME}} {_measure(measure)}".rstrip()
    if one.drafts is not None:
        yield from _wrapped(_drafts(one.drafts))
    for difference in one.differences:
        yield from _wrapped(f"* {one_line(difference.sentence)}")


def _measure(one: GeneratorMeasure) -> str:
    if one.value is None:
        return one.reason or ""
    ends = "" if one.interval is None else f" ({one.interval.low:.2f} to {one.interval.high:.2f})"
    return f"{one.value:.2f}{ends}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _drafts(one: DraftsMade) -> str:
    share = "" if one.duplicates is None else f" ({one.duplicates:.0%} duplicates)"
    dropped = sum(one.dropped.values())
    return (
        f"{counted(one.made, 'draft')}: {one.accepted:,} accepted ({one.edited:,} edited), {one.declined:,} declined, "
        f"{dropped:,} dropped{share}"
    )
