"""Answers and steps of a project's traces judged apart, counted and listed."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cotlab.agreement.intervals.wilson import wilson
from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.labels.two_level import CELLS, AnswerCell, Source
from cotlab.domain.projects.policy import Policy
from cotlab.domain.reports.quality import By, CellShare, CellTrace, CellTraces, Share, TwoLevel, TwoLevelSlice
from cotlab.services.labels.latest_labels import Said, of_traces
from cotlab.services.labels.two_level import answer, bad_steps
from cotlab.services.projects.projects import known_project
from cotlab.storage.agreement import agreement_labels
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import ITEMS_A_READ
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue

NOTHING = "-"
"""The slice of traces that say nothing."""


@dataclass(slots=True)
class _Counts:
    """The traces of a slice: judged by cell and source, and those left out by why."""

    cells: Counter[AnswerCell] = field(default_factory=Counter)
    sources: Counter[Source] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A trace in its cell, with its bad steps; or why it is left out."""

    row: Row
    cell: AnswerCell | None = None
    source: Source | None = None
    bad: tuple[int, ...] = ()
    why_not: str = ""


def two_level(db: Reading, project_id: str, by: By | None = None) -> TwoLevel:
    """Right and wrong answers against traces with and without a bad step. Raises NotFound."""
    known_project(db, project_id)
    whole, slices = _Counts(), defaultdict[str, _Counts](_Counts)
    for one in _judged(db, project_id):
        _count(whole, one)
        for name in _slices(one.row, by) if by is not None else ():
            _count(slices[name], one)
    return TwoLevel(
        whole=_slice(None, whole), slices=tuple(_slice(name, counts) for name, counts in sorted(slices.items()))
    )


def traces(
    db: Reading,
    project_id: str,
    cell: AnswerCell,
    after: str = "",
    most: int = 50,
    slice_: tuple[By, str] | None = None,
) -> CellTraces:
    """The next traces of a cell after a trace's id, of all or of one slice. Raises NotFound."""
    known_project(db, project_id)
    found = list[_Judged]()
    for one in _judged(db, project_id, after):
        if one.cell is cell and (slice_ is None or slice_[1] in _slices(one.row, slice_[0])):
            found.append(one)
        if len(found) > most:
            break
    page = found[:most]
    cases = agreement_labels.newest_cases(db, [one.row["id"] for one in page])
    return CellTraces(
        traces=tuple(_entry(one, cases) for one in page),
        next_after=page[-1].row["id"] if len(found) > most else None,
    )


def _judged(db: Reading, project_id: str, after: str = "") -> Iterator[_Judged]:
    """Every trace that is neither gold nor an alternative, in the order of their ids."""
    policy = projects.policy(db, project_id)
    while items := queue.own_traces(db, project_id, after, ITEMS_A_READ):
        for row, said in of_traces(db, project_id, items):
            yield _judge(row, said, policy)
        after = items[-1]


def _judge(row: Row, said: Said, policy: Policy) -> _Judged:
    if said.unusable:
        return _Judged(row, why_not="unusable")
    given = answer(said)
    if given is None:
        return _Judged(row, why_not="undecided")
    bad = bad_steps(said, policy)
    if bad is None:
        return _Judged(row, why_not="unsettled")
    return _Judged(row, CELLS[given.right, bool(bad)], given.source, bad)


def _slices(row: Row, by: By) -> list[str]:
    if by is By.TAG:
        return sorted(set(json.loads(row["tags"]))) or [NOTHING]
    return [row[by.value] or NOTHING]


def _count(counts: _Counts, one: _Judged) -> None:
    if one.cell is None or one.source is None:
        counts.left_out[one.why_not] += 1
    else:
        counts.cells[one.cell] += 1
        counts.sources[one.source] += 1


def _slice(name: str | None, counts: _Counts) -> TwoLevelSlice:
    cells, judged = counts.cells, counts.cells.total()
    right = cells[AnswerCell.RIGHT_BAD_STEP] + cells[AnswerCell.RIGHT_NO_BAD_STEP]
    return TwoLevelSlice(
        name=name,
        cells=tuple(CellShare(cell=cell, traces=_share(cells[cell], judged)) for cell in AnswerCell),
        bad_among_right=_share(cells[AnswerCell.RIGHT_BAD_STEP], right),
        by={source: counts.sources[source] for source in Source},
        undecided=counts.left_out["undecided"], unsettled=counts.left_out["unsettled"],
        unusable=counts.left_out["unusable"],
    )  # fmt: skip


def _share(count: int, of: int) -> Share:
    if of == 0:
        return Share(count=count, of=of)
    return Share(count=count, of=of, share=count / of, interval=wilson(count / of, of))


def _entry(one: _Judged, cases: Mapping[tuple[str, int], Row]) -> CellTrace:
    row = one.row
    assert one.source is not None
    places = [(row["id"], position) for position in (WHOLE_TRACE, *one.bad)]
    return CellTrace(
        item_id=row["id"], external_id=row["external_id"], domain=row["domain"], problem=row["problem_text"],
        final_answer=row["final_answer"], by=one.source, bad_steps=one.bad,
        case_id=next((cases[place]["id"] for place in places if place in cases), None),
    )  # fmt: skip
