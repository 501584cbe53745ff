"""An export of steps as pairs: where paths of a problem part, a correct next step is chosen over an incorrect one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from cotlab.domain.errors import BadInput
from cotlab.domain.exports import ExportedLabel, ExportedStep, ExportOrder, LabelChoice, Target
from cotlab.domain.pairs import LabelledPair, Response, SettledPair
from cotlab.domain.senses import Senses
from cotlab.domain.traces import Problem
from cotlab.exchange.pair_rows import SEPARATORS
from cotlab.exchange.problems import problem_text
from cotlab.services.checking import checkers
from cotlab.services.labellers import Counts, Names, Selection, labelled
from cotlab.services.pair_exporting import PreferenceExport
from cotlab.services.paths import PREFIX_UNSETTLED
from cotlab.services.step_trees import Fork, Next, Standing, forks, grow
from cotlab.storage import exports, projects, writing
from cotlab.storage.database import Reading, Row
from cotlab.storage.exports import Beside, Page
from cotlab.storage.traces import problem_of

PROBLEMS_A_READ = 50
NOTHING_BESIDE_IT, CONTRADICTED = "nothing_to_compare", "contradicted"


class StepPreferenceExport(PreferenceExport):
    """An export of the settled steps that stand beside each other after the same accepted steps.

    The steps are those of `services.exporting`: settled, and neither stale nor in doubt unless the order lets them in.
    Accepted is a step with one of the policy's `valid_labels`; the first of these is what a chosen step has.
    """

    def __init__(self, db: Reading, project_id: str, order: ExportOrder) -> None:
        super().__init__(db, project_id, order)
        if not order.format.startswith("trl-"):
            raise BadInput(f"compared: steps go out in the formats of trainers, and {order.format} is none")
        if order.labels is not LabelChoice.SETTLED:
            raise BadInput("labels: steps are compared by their settled labels; say settled")
        if order.shape.margin:
            raise BadInput("margin: steps are labelled one by one, so that none is better by so much")
        timeline, policy = projects.timeline(db, project_id, self.as_of), projects.policy(db, project_id, self.as_of)
        self.selection = Selection(order.labels, policy, Senses(timeline), False, order.stale, order.doubted)
        self.names = Names(project_id, exports.source_names(db), projects.version_names(db))
        self.target = Target(name=None, errors=timeline.errors)
        self.beside = Beside(self.selection.citations, checkers(policy))
        self.rejected = (Standing.WRONG, Standing.WEAK) if order.redundant else (Standing.WRONG,)

    def _page(self, db: Reading, after: str) -> tuple[str | None, Iterator[bytes]]:
        ids = [row["id"] for row in writing.problem_page(db, self.project["id"], None, after, PROBLEMS_A_READ)]
        if not ids:
            return None, iter(())
        page = exports.trees(db, self.project["id"], ids, self.as_of, self.beside)
        problems: dict[str, list[Row]] = {}
        for row in page.traces:
            problems.setdefault(row["problem_id"], []).append(row)
        return ids[-1], (line for rows in problems.values() for line in self._of_problem(page, rows))

    def _of_problem(self, page: Page, rows: Sequence[Row]) -> Iterator[bytes]:
        found = {row["id"]: self._settled(page, row) for row in rows}
        by_id, start = {row["id"]: row for row in rows}, dict[str, Next]()
        why: dict[str, str] = {}
        for row in rows:
            steps = _whole(row, by_id, {name: steps for name, (steps, _) in found.items()})
            own, stopped_by = found[row["id"]]
            why[row["id"]] = NOTHING_BESIDE_IT if own else stopped_by or NOTHING_BESIDE_IT
            if steps is None:
                why[row["id"]] = PREFIX_UNSETTLED
            else:
                grow(start, row["id"], _root(row, by_id), steps, row["first_position"] - 1, self._standing)
        kept, problem = set[str](), problem_of(rows[0])
        for fork in forks(start):
            self._steps_dropped.update([CONTRADICTED] * len(fork.contradicted))
            lines, compared = self._of_fork(fork, problem)
            if lines:
                self._count_rows(lines)
                self._count_steps(compared)
                kept.update(trace_id for one in compared for trace_id in one.traces)
                yield from lines
        self._read += len(rows)
        self._kept += len(kept)
        self._dropped.update(why[row["id"]] for row in rows if row["id"] not in kept)

    def _settled(self, page: Page, row: Row) -> tuple[list[ExportedStep], str | None]:
        """The leading settled steps of a trace, from its first own one on, and what stops them."""
        (one,) = labelled(page, row, self.selection, self.names, Counts())
        return one.steps, one.stopped_by

    def _standing(self, label: ExportedLabel) -> Standing:
        if label.value in self.selection.policy.valid_labels:
            return Standing.GOOD if label.value == self.selection.policy.valid_labels[0] else Standing.WEAK
        return Standing.WRONG if self.target.is_error(label) else Standing.OTHER

    def _of_fork(self, fork: Fork, problem: Problem) -> tuple[list[bytes], list[Next]]:
        """The lines of a fork, each once, and the steps that are compared there."""
        chosen = fork.standing(Standing.GOOD)
        rejected = [one for standing in self.rejected for one in fork.standing(standing)]
        if not chosen or not rejected:
            return [], []
        asked, lines = _asked(problem, fork.prefix), dict[bytes, None]()
        for good, bad in product(chosen, rejected):
            self._comparisons["alternative" if good.roots & bad.roots else "sibling"] += 1
            lines |= dict.fromkeys(self._lines(_pair(asked, good, bad)))
        return list(lines), [*chosen, *rejected]

    def _count_steps(self, compared: Sequence[Next]) -> None:
        self._steps += len(compared)
        for label in (one.labels[0] for one in compared):
            self._labels[label.value] += 1
            self._stale += label.stale
            self._doubted += label.doubted
            if label.basis is not None:
                self._settled_by[label.basis.value] += 1
            if label.guideline is not None:
                self._guidelines[label.guideline] += 1


def _whole(row: Row, by_id: Mapping[str, Row], own: Mapping[str, list[ExportedStep]]) -> list[ExportedStep] | None:
    """The settled steps of a path from its first one on; None where those before an alternative are not all settled."""
    if row["parent_id"] is None:
        return own[row["id"]]
    before = _whole(by_id[row["parent_id"]], by_id, own)
    last = row["first_position"] - 1
    return None if before is None or len(before) < last else [*before[:last], *own[row["id"]]]


def _root(row: Row, by_id: Mapping[str, Row]) -> str:
    """The trace that an alternative branches off from in the end; of another trace itself."""
    while row["parent_id"] is not None:
        row = by_id[row["parent_id"]]
    return str(row["id"])


def _asked(problem: Problem, prefix: Sequence[str]) -> Problem:
    """The problem with the steps that stand already, a line feed between, as `trl-stepwise` has them.

    They belong to the prompt, also of a chat: a turn of the assistant before the answer would be one that has ended.
    """
    parts = (problem_text(problem), *prefix)
    return problem.model_copy(update={"text": "\n".join(one.rstrip(SEPARATORS) for one in parts), "passages": ()})


def _pair(asked: Problem, good: Next, bad: Next) -> LabelledPair:
    basis = good.labels[0].basis
    assert basis is not None
    one, other = (Response.model_construct(text=step.text.rstrip(SEPARATORS)) for step in (good, bad))
    return LabelledPair.model_construct(
        id="", problem=asked, responses=(one, other), settled=SettledPair(sign="first", basis=basis)
    )  # fmt: skip
