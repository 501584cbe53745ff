"""Agreement in words: a row for each result, the tables behind them, a diagnosis, before and after."""

from collections.abc import Iterator, Sequence

from cotlab.domain.agreement import Agreement, AgreementChange, AgreementReport, Contingency, Diagnosis, Interval

HEAD = ("slice", "coefficient", "value", "95 % interval", "units", "people", "clusters", "note")
COUNTS = ("units", "people", "clusters")
MOST_PAIRS = 10
"""Tables of two people that are printed for one slice; JSON has all."""


def report_lines(name: str, report: AgreementReport) -> Iterator[str]:
    """What was read, and a row for each result."""
    stale = f"; {report.stale:,} stale labels are left out" if report.stale else ""
    yield f"{name}: {report.ratings:,} ratings of {report.units:,} units by {len(report.people)} people{stale}"
    yield f"intervals: {report.replicates:,} resamples of {report.clusters:,} by {report.resampled}, seed {report.seed}"
    yield ""
    rows = [HEAD, *(_row(result) for result in report.results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    for row in rows:
        cells = [
            cell.rjust(width) if name in COUNTS else cell.ljust(width)
            for name, cell, width in zip(HEAD, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _row(result: Agreement) -> tuple[str, ...]:
    value = result.reason or _number(result.value or 0.0)
    ends = "" if result.reason else result.interval_reason or _ends(result.interval)
    counts = (f"{count:,}" for count in (result.units, result.people, result.clusters))
    return (_name(result), result.coefficient, value, ends, *counts, result.note or "")


def _name(result: Agreement) -> str:
    """The slice in words."""
    words = [f"{name} {value}" for name, value in result.slice.items()]
    if result.label is not None and result.slice.get("label") != result.label:
        words.append(f"label {result.label}")
    return ", ".join(words) or "all"


def _number(value: float) -> str:
    return f"{value:z.3f}"


def _ends(ends: Interval | None) -> str:
    return f"{_number(ends.low)} to {_number(ends.high)}" if ends else ""


def table_lines(results: Sequence[Agreement]) -> Iterator[str]:
    """The tables behind the results of each slice, each of them once."""
    shown: dict[tuple[str, tuple[Contingency, ...]], list[str]] = {}
    for result in results:
        shown.setdefault((_name(result), result.tables), []).append(result.coefficient)
    for (name, tables), names in shown.items():
        for table in tables[:MOST_PAIRS]:
            yield from ("", f"{name}, {table.title}, for {', '.join(names)}", *_cells(table))
        if len(tables) > MOST_PAIRS:
            yield from ("", f"{name}: {len(tables) - MOST_PAIRS} more pairs of people; --json has all of them")


def _cells(table: Contingency) -> Iterator[str]:
    rows = [[f"{count:.1f}".removesuffix(".0") for count in row] for row in table.counts]
    wide = max(map(len, table.labels))
    widths = [max(map(len, column)) for column in zip(table.labels, *rows, strict=True)]
    yield "  ".join([" " * wide, *(label.rjust(width) for label, width in zip(table.labels, widths, strict=True))])
    for label, row in zip(table.labels, rows, strict=True):
        yield "  ".join([label.ljust(wide), *(cell.rjust(width) for cell, width in zip(row, widths, strict=True))])


def change_lines(rose: AgreementChange) -> Iterator[str]:
    """Before, after, and the difference with its interval."""
    for when, one in (("before", rose.before), ("after", rose.after)):
        ends = _ends(one.interval) or one.interval_reason or ""
        value = one.reason or f"{one.coefficient} {_number(one.value or 0.0)}  {ends}"
        yield f"{when:<8}  {value}  {one.units:,} steps, {one.people:,} people"
    if rose.value is not None:
        sign = "+" if rose.value >= 0 else ""
        yield f"rise      {sign}{_number(rose.value)}  {_ends(rose.interval) or rose.interval_reason or ''}"


def diagnosis_lines(said: Diagnosis) -> Iterator[str]:
    """Where disagreement sits, in words."""
    if said.value is None:
        yield f"alpha: {said.reason}"
        return
    yield f"alpha {_number(said.value)}; it would rise most if these agreed:"
    for cell in said.cells:
        where = "".join(f", {name} {value}" for name, value in cell.slice.items())
        rule = f"rule {cell.rule}" if cell.rule else "no rule cited"
        labels = " | ".join(cell.labels)
        yield f"  +{_number(cell.rise)}  {labels}{where}  {rule}  {cell.disagreements:,} of {cell.pairs:,} pairs"
    for merge in said.merges:
        if merge.rise is not None:
            yield f"with {' and '.join(merge.labels)} as one label: {_number(merge.value or 0.0)}"
    for one in said.cited_on_both_sides:
        yield f"cited on both sides of {' | '.join(one.labels)}: {one.rule} ({one.disagreements:,})"
    for one in said.without_citation:
        yield f"no rule cited on {' | '.join(one.labels)}: {one.disagreements:,}"
