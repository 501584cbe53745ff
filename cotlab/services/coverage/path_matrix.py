"""Which strategies of a problem have a valid path: right in its answer, and settled as correct in every step."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cotlab.domain.answers import Question
from cotlab.domain.coverage.writing import CellState, PathCell, PathMatrix, ProblemPaths
from cotlab.domain.errors import BadInput
from cotlab.domain.labels.settled import Settled
from cotlab.services.checks.verdicts import checkers
from cotlab.services.labels.latest_labels import read
from cotlab.services.labels.selection import Selection, as_exported
from cotlab.services.labels.two_level import answer
from cotlab.services.projects.projects import known_project
from cotlab.storage.coverage import writing_tasks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import Beside, Page

PAGE = 100
Validity = Literal[CellState.VALID, CellState.UNSETTLED, CellState.INVALID]


def matrix(db: Reading, project_id: str, domain: str | None = None, after: str | None = None) -> PathMatrix:
    """A page of the problems of a domain, or of all, after a problem's id."""
    known_project(db, project_id)
    if after is not None and not after.isalnum():
        raise BadInput("cursor: this is no cursor that a page gave")
    rows = writing_tasks.problem_page(db, project_id, domain, after or "", PAGE + 1)
    selection = as_exported(db, project_id)
    return PathMatrix(
        problems=tuple(_problems(db, project_id, rows[:PAGE], selection)), wanted=selection.policy.paths_per_problem,
        next_cursor=rows[PAGE - 1]["id"] if len(rows) > PAGE else None,
    )  # fmt: skip


def _problems(db: Reading, project_id: str, rows: Sequence[Row], selection: Selection) -> Iterator[ProblemPaths]:
    ids = [row["id"] for row in rows]
    page = exports.of_problems(db, project_id, ids, beside(selection))
    asked = writing_tasks.open_tasks(db, ids)
    traces: dict[str, list[Row]] = defaultdict(list)
    for trace in page.traces:
        traces[trace["problem_id"]].append(trace)
    for row in rows:
        found: dict[str, list[Validity]] = defaultdict(list)
        strategies = strategies_of(selection, row["domain"])
        for trace in traces[row["id"]]:
            found[strategy_of(page, trace, strategies) or ""].append(validity(page, trace, selection))
        yield ProblemPaths(
            problem_id=row["id"], problem=row["text"], domain=row["domain"], other=len(found.get("", ())),
            cells=tuple(_cell(one, found.get(one, ()), asked.get((row["id"], one))) for one in strategies),
        )  # fmt: skip


def _cell(strategy: str, paths: Sequence[Validity], task_id: str | None) -> PathCell:
    state = next((one for one in (CellState.VALID, CellState.UNSETTLED) if one in paths), None)
    if state is None:
        state = CellState.ASKED if task_id else CellState.INVALID if paths else CellState.EMPTY
    return PathCell(
        strategy=strategy, state=state, valid=paths.count(CellState.VALID), unsettled=paths.count(CellState.UNSETTLED),
        invalid=paths.count(CellState.INVALID), task_id=task_id,
    )  # fmt: skip


def strategies_of(selection: Selection, domain: str) -> tuple[str, ...]:
    """The strategies that the guideline in force for a domain names."""
    return selection.senses.timeline.strategies(domain)


def strategy_of(page: Page, row: Row, strategies: Sequence[str]) -> str | None:
    """The strategy of a trace: what it came with, else what most who finished it say; None for one of no guideline."""
    if row["strategy"] is not None:
        return str(row["strategy"]) if row["strategy"] in strategies else None
    latest: Mapping[str, str] = {
        one["actor_id"]: one["value"]
        for one in page.answers.get(row["id"], ())
        if one["question"] == Question.STRATEGY and one["value"] in strategies
    }
    said = list(latest.values())
    return max(strategies, key=said.count) if said else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A trace as far as it is settled: the settled labels of its steps, and whether its final answer is right."""

    labels: tuple[str, ...]
    steps: int
    right: bool | None


def judged(page: Page, row: Row, selection: Selection) -> Judged:
    """What is settled of a trace of the page, which needs no texts of steps."""
    said = read(page, row, selection.senses)
    results = [selection.settle(said, position)[0] for position in said.positions] if said.votes else []
    told = answer(said)
    return Judged(
        tuple(one.value for one in results if isinstance(one, Settled)), len(said.positions),
        None if told is None else told.right,
    )  # fmt: skip


def beside(selection: Selection) -> Beside:
    """What is read beside the labels of a page, to judge the traces on it."""
    return Beside(selection.senses.by_citation, checkers(selection.policy))


def validity(page: Page, row: Row, selection: Selection) -> Validity:
    """Whether a trace is a valid path, may become one, or cannot as it stands."""
    one = judged(page, row, selection)
    if one.right is False or any(label not in selection.policy.valid_labels for label in one.labels):
        return CellState.INVALID
    return CellState.VALID if one.right and len(one.labels) == one.steps else CellState.UNSETTLED
