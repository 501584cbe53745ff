"""The coverage report in words and tables."""

from collections.abc import Iterator, Sequence

from cotlab.cli.sentences import counted
from cotlab.domain.coverage.spread import CoverageCell, CoveragePart, CoverageReport


def report_lines(report: CoverageReport, most: int) -> Iterator[str]:
    """The report, at most `most` cells of each part."""
    which = "with every step settled, " if report.settled else ""
    yield f"{counted(report.traces, 'path')} {which}of {counted(report.problems, 'problem')}"
    for part in report.parts:
        yield ""
        yield _title(part)
        yield from _table([_head(part), *(_row(cell) for cell in part.cells[:most])], len(part.dimensions))
        if len(part.cells) > most:
            yield f"  and {len(part.cells) - most} more"


def _title(part: CoveragePart) -> str:
    what = "paths" if part.counted == "traces" else "problems"
    name = " x ".join(part.dimensions)
    group = f"{part.group} against the others, " if part.group is not None else ""
    distance = "" if part.distance is None else f"; total variation distance {part.distance:.3f}"
    return f"{group}{name}, shares of {what}{distance}"


def _head(part: CoveragePart) -> tuple[str, ...]:
    counts = (*part.dimensions, "problems", "paths", "share")
    return counts if part.distance is None else (*counts, "wanted", "difference", "95 % interval", "")


def _row(cell: CoverageCell) -> tuple[str, ...]:
    counts = (*cell.values, f"{cell.problems:,}", f"{cell.traces:,}", f"{cell.share:.1%}")
    if cell.wanted is None or cell.difference is None or cell.low is None or cell.high is None:
        return counts
    empty = "empty" if cell.traces == 0 else ""
    return (*counts, f"{cell.wanted:.1%}", f"{cell.difference:+.1%}", f"{cell.low:+.1%} to {cell.high:+.1%}", empty)


def _table(rows: Sequence[tuple[str, ...]], names: int) -> Iterator[str]:
    """The first `names` columns to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if at < names else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()
