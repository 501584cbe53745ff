"""What pairs of a problem can be made of: its traces that fit, with what is known of them, and pairs that are there."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.projects.priorities import Item
from cotlab.domain.projects.slices import TraceSlice
from cotlab.domain.traces.pairs import LONGEST_RESPONSE, Pair, Response, ResponseKind, ResponseOrigin
from cotlab.domain.traces.records import Problem
from cotlab.services.coverage.path_matrix import strategies_of, strategy_of
from cotlab.services.labels.latest_labels import read
from cotlab.services.labels.selection import Selection
from cotlab.services.labels.two_level import answer
from cotlab.storage.coverage import pair_making
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import NOW, Beside, Page
from cotlab.storage.traces.traces import problem_of

UNKNOWN = "unknown"
GOLD, TOO_LONG = "gold", "too_long"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A trace that a pair can be made of. `answer` is `right`, `wrong` or `unknown`, `told_by` who says so."""

    id: str
    digest: str
    strategy: str
    answer: str
    told_by: str | None
    response: Response


@dataclass(slots=True)
class Candidates:
    """Of one problem. `pairs` are the ids of the two traces of each pair that was made of these, `known` the contents
    of all other pairs of the problem. `left_out` are the reasons for which traces that fit are no candidates.
    """

    problem: Problem
    traces: list[Candidate] = field(default_factory=list)
    pairs: frozenset[frozenset[str]] = frozenset()
    known: frozenset[str] = frozenset()
    left_out: list[str] = field(default_factory=list)

    def has(self, one: Candidate, other: Candidate) -> bool:
        """Whether there is a pair of two traces, made of them or of the same content."""
        if frozenset((one.id, other.id)) in self.pairs:
            return True
        return bool(self.known) and one.response.text != other.response.text and (
            self.pair(one, other).digest() in self.known
        )  # fmt: skip

    def pair(self, one: Candidate, other: Candidate) -> Pair:
        return Pair.model_construct(problem=self.problem, responses=(one.response, other.response))


def of_problems(
    db: Reading, project_id: str, problem_ids: Sequence[str], where: TraceSlice, selection: Selection, beside: Beside
) -> list[Candidates]:  # fmt: skip
    """The candidates of each of these problems that has any, in their order."""
    page = exports.trees(db, project_id, problem_ids, NOW, beside)
    gold, there = pair_making.gold(db, problem_ids), defaultdict[str, list[Row]](list)
    for row in pair_making.pairs_of(db, problem_ids):
        there[row["problem_id"]].append(row)
    found = dict[str, Candidates]()
    for row in page.traces:
        strategy = row["strategy"] or strategy_of(page, row, strategies_of(selection, row["domain"]))
        if row["parent_id"] is None and fits(where, row, strategy):
            one = found.setdefault(row["problem_id"], Candidates(problem_of(row)))
            _add(one, page, row, strategy, gold, selection)
    for problem_id, one in found.items():
        ids = {trace.id for trace in one.traces}
        made = {
            pair["digest"]: of for pair in there[problem_id] if len(of := _made_of(pair)) == 2 and of <= ids
        }  # fmt: skip
        one.pairs = frozenset(made.values())
        one.known = frozenset(pair["digest"] for pair in there[problem_id]) - made.keys()
    return [found[problem_id] for problem_id in problem_ids if problem_id in found]


def fits(where: TraceSlice, row: Row, strategy: str | None) -> bool:
    """Whether a trace is of a slice."""
    item = Item(row["id"], row["domain"], tuple(json.loads(row["tags"])), row["difficulty"], strategy)
    return (
        where.fits(item) and where.source in (None, row["source"]) and where.generator in (None, row["generator"])
    )  # fmt: skip


def _add(
    found: Candidates, page: Page, row: Row, strategy: str | None, gold: frozenset[str], selection: Selection
) -> None:  # fmt: skip
    text = _text(page, row)
    if row["id"] in gold or len(text) > LONGEST_RESPONSE:
        found.left_out.append(GOLD if row["id"] in gold else TOO_LONG)
        return
    told = answer(read(page, row, selection.senses))
    known: Mapping[str, str | None] = {"origin": row["origin"], "strategy": strategy}
    origin = ResponseOrigin(
        kind=ResponseKind.TRACE, generator=row["generator"], trace_id=row["id"],
        parameters={name: value for name, value in known.items() if value is not None},
    )  # fmt: skip
    found.traces.append(Candidate(
        row["id"], row["digest"], strategy or UNKNOWN,
        UNKNOWN if told is None else "right" if told.right else "wrong",
        None if told is None else told.source.value, Response(text=text, origin=origin),
    ))  # fmt: skip


def _text(page: Page, row: Row) -> str:
    """A trace as a response: its steps, a blank line between, and its final answer at the end."""
    parts = [step["text"] for step in page.steps.get(row["id"], ())]
    if row["final_answer"] is not None and row["final_answer"].strip():
        parts.append(f"Final answer: {row['final_answer']}")
    return "\n\n".join(parts)


def _made_of(pair: Row) -> frozenset[str]:
    """The traces that a pair is made of; what is no trace stands for itself."""
    return frozenset(json.loads(pair[name]).get("trace_id") or name for name in ("first_origin", "second_origin"))
