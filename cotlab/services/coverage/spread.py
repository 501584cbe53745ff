"""How a project's problems and paths are spread, against a target or a sample, or one source against the others."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product

from cotlab.domain.coverage.spread import (
    DIMENSIONS,
    NONE,
    CoverageBody,
    CoverageCell,
    CoveragePart,
    CoverageReport,
    Dimension,
    Wanted,
)
from cotlab.domain.shares import difference, total_variation
from cotlab.services.coverage.path_matrix import beside, judged
from cotlab.services.labels.selection import as_exported
from cotlab.services.projects.projects import known_project
from cotlab.storage.coverage import coverage as stored
from cotlab.storage.engine.database import Reading, Row, Store
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.labels import exports

PATHS_A_READ = 5_000
SETTLED_A_READ = 200
MONTH = len("2026-01")
Kind = tuple[str, str, str, tuple[str, ...]]
"""Domain, difficulty, strategy and tags."""
Values = tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Paths by their kind, and problems by the same without a strategy and with each of their strategies."""

    traces: Counter[Kind] = field(default_factory=Counter)
    problems: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: Row) -> None:
        difficulty = NONE if row["difficulty"] is None else str(row["difficulty"])
        tags = tuple(json.loads(row["tags"])) or (NONE,)
        kind = (row["domain"], difficulty, row["strategy"] or NONE, tags)
        self.traces[kind] += 1
        self.problems[kind].add(row["problem_id"])

    def counted(self, dimensions: Sequence[Dimension]) -> tuple[Counter[Values], dict[Values, int]]:
        """Traces and problems by the values of some dimensions."""
        traces: Counter[Values] = Counter()
        problems: dict[Values, set[str]] = defaultdict(set)
        for kind, number in self.traces.items():
            for values in _values(kind, dimensions):
                traces[values] += number
                problems[values] |= self.problems[kind]
        return traces, {values: len(found) for values, found in problems.items()}

    @property
    def problem_count(self) -> int:
        return len(set().union(*self.problems.values()))


def _values(kind: Kind, dimensions: Sequence[Dimension]) -> Iterator[Values]:
    domain, difficulty, strategy, tags = kind
    each = {"domain": (domain,), "difficulty": (difficulty,), "strategy": (strategy,), "tag": dict.fromkeys(tags)}
    return product(*(each[dimension] for dimension in dimensions))


def report(store: Store, project_id: str, body: CoverageBody) -> CoverageReport:
    """The report, read in pages. Raises NotFound."""
    store.read(lambda db: known_project(db, project_id))
    whole, groups = Tally(), defaultdict[str, Tally](Tally)
    for row in _paths(store, project_id, body.settled):
        whole.add(row)
        if body.compare is not None:
            groups[_group(row, body.compare)].add(row)
    parts = list(_compared(groups)) if body.compare else [_against(whole, wanted) for wanted in body.wanted]
    if not parts:
        parts = [_part(whole, (dimension,)) for dimension in DIMENSIONS]
    return CoverageReport(
        problems=whole.problem_count, traces=whole.traces.total(), settled=body.settled,
        compared=body.compare or ("target" if body.wanted else None), parts=tuple(parts),
    )  # fmt: skip


def _paths(store: Store, project_id: str, settled: bool) -> Iterator[Row]:
    after = ""
    while rows := store.read(
        partial(stored.paths, project_id=project_id, after=after, most=PATHS_A_READ, labelled=settled)
    ):
        for some in chunks(rows, SETTLED_A_READ) if settled else (rows,):
            yield from store.read(partial(_settled, project_id=project_id, rows=some)) if settled else some
        after = rows[-1]["id"]


def _settled(db: Reading, project_id: str, rows: Sequence[Row]) -> list[Row]:
    """Those of which every step is settled."""
    selection = as_exported(db, project_id)
    page = exports.without_steps(db, project_id, [row["id"] for row in rows], beside(selection))
    known = {trace["id"]: judged(page, trace, selection) for trace in page.traces}
    return [row for row in rows if len(known[row["id"]].labels) == known[row["id"]].steps]


def _group(row: Row, by: str) -> str:
    if by == "source":
        return row["source"] or NONE
    return row["collected_at"][:MONTH] if row["collected_at"] else NONE


def _compared(groups: Mapping[str, Tally]) -> Iterator[CoveragePart]:
    """Each group against all others together, in every dimension."""
    for name in sorted(groups):
        others = Tally()
        for other, tally in groups.items():
            if other != name:
                others.traces.update(tally.traces)
                for kind, found in tally.problems.items():
                    others.problems[kind] |= found
        for dimension in DIMENSIONS:
            yield _part(groups[name], (dimension,), _shares(others, (dimension,)), _size(others), name)


def _against(tally: Tally, wanted: Wanted) -> CoveragePart:
    total = sum(cell.share for cell in wanted.cells)
    shares = {cell.values: cell.share / total for cell in wanted.cells}
    return _part(tally, wanted.dimensions, shares, wanted.size)


def _size(tally: Tally) -> int:
    return max(tally.problem_count, 1)


def _shares(tally: Tally, dimensions: Sequence[Dimension]) -> dict[Values, float]:
    traces, problems = tally.counted(dimensions)
    counts: Mapping[Values, int] = traces if "strategy" in dimensions else problems
    total = sum(counts.values())
    return {values: number / total for values, number in counts.items()}


def _part(
    tally: Tally, dimensions: tuple[Dimension, ...], wanted: Mapping[Values, float] | None = None,
    wanted_size: int | None = None, group: str | None = None,
) -> CoveragePart:  # fmt: skip
    """A tally's shares beside those wanted. Paths of one problem are alike, so that intervals are over problems."""
    traces, problems = tally.counted(dimensions)
    counts: Mapping[Values, int] = traces if "strategy" in dimensions else problems
    shares, size = _shares(tally, dimensions), tally.problem_count
    cells = []
    for values in {*counts, *(wanted or {})}:
        share = shares.get(values, 0.0)
        cell = CoverageCell(values=values, problems=problems.get(values, 0), traces=traces[values], share=share)
        if wanted is not None:
            aim = wanted.get(values, 0.0)
            low, high = difference(share, size, aim, wanted_size)
            cell = cell.model_copy(update={"wanted": aim, "difference": share - aim, "low": low, "high": high})
        cells.append(cell)
    return CoveragePart(
        dimensions=dimensions, group=group, counted="traces" if "strategy" in dimensions else "problems",
        total=sum(counts.values()), cells=tuple(sorted(cells, key=_rank)),
        distance=None if wanted is None else total_variation(shares, wanted),
    )  # fmt: skip


def _rank(cell: CoverageCell) -> tuple[object, ...]:
    """Wanted and empty first, the most wanted of these; then the largest differences, else the most frequent."""
    if cell.wanted is None or cell.difference is None:
        return 0, -cell.traces, cell.values
    empty = cell.traces == 0 and cell.wanted > 0
    return (0, -cell.wanted, cell.values) if empty else (1, -abs(cell.difference), cell.values)
