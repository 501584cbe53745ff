"""Traces that steps can be altered of: which of their steps are correct, and what was made of them already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.answers import Purpose, Question
from cotlab.domain.drafts.altering import AlterBody, CorrectBy
from cotlab.domain.errors import BadInput
from cotlab.domain.labels.settled import Settled
from cotlab.domain.people import ActorKind
from cotlab.domain.traces.records import DerivedFrom, Origin, Problem, SourceLabel, Step, Trace
from cotlab.drafting.altering import VERSION, Altered, StepToAlter, Way
from cotlab.services.coverage.pair_candidates import GOLD, fits
from cotlab.services.coverage.path_matrix import beside, strategies_of, strategy_of
from cotlab.services.labels.latest_labels import read
from cotlab.services.labels.selection import Selection
from cotlab.services.labels.two_level import answer
from cotlab.storage.coverage import pair_making
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import NOW, Page
from cotlab.storage.people import actors
from cotlab.storage.traces import derivations
from cotlab.storage.traces.traces import problem_of

NO_CORRECT_STEP = "no_correct_step"
RIGHT = frozenset({"correct", "1", "+1", "+", "true", "right", "good", "positive"})
"""What sources call a step that is correct."""
SOURCE = "altered: {}"
"""The source of the label that an altered step is meant to get."""


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """A trace whose first steps are correct. `made` are the ways in which it was altered already."""

    id: str
    digest: str
    problem: Problem
    strategy: str | None
    correct: tuple[str, ...]
    made: Sequence[str]

    def step(self, position: int) -> StepToAlter:
        return StepToAlter(self.correct[position - 1], self.correct[: position - 1])

    def trace(self, way: Way, position: int, altered: Altered) -> Trace:
        """The steps before, and the altered one with the label that it is meant to get."""
        name = f"{way.name} {VERSION}"
        label = SourceLabel(source=SOURCE.format(way.name), value=way.label)
        return Trace.model_construct(
            problem=self.problem, origin=Origin.SEMI_SYNTHETIC, generator=f"altering {name}", strategy=self.strategy,
            steps=(*map(_step, self.correct[: position - 1]), Step(text=altered.text, labels=(label,))),
            derived_from=DerivedFrom(
                trace=self.digest, position=position, way=name, changes=altered.changes
            ),
        )  # fmt: skip


@dataclass(slots=True)
class Parents:
    """Traces that fit; `left_out` are the reasons for which others that fit are none."""

    traces: list[Parent] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def of_problems(
    db: Reading, project_id: str, problem_ids: Sequence[str], body: AlterBody, selection: Selection
) -> Parents:  # fmt: skip
    """The traces of some problems, in no order that tells anything."""
    page = exports.trees(db, project_id, problem_ids, NOW, beside(selection))
    rows = [row for row in page.traces if _own(row) and _fits(page, row, body, selection)]
    gold, made = pair_making.gold(db, problem_ids), dict[str, list[str]]()
    for one in derivations.of_parents(db, project_id, [row["digest"] for row in rows]):
        made.setdefault(one["parent_digest"], []).append(str(one["way"]).rsplit(" ", 1)[0])
    source = _source(db, body.source)
    found = Parents()
    for row in rows:
        texts = [step["text"] for step in page.steps.get(row["id"], ())]
        correct = texts[: _correct(page, row, body.correct_by, source, selection)]
        if row["id"] in gold or not correct:
            found.left_out.append(GOLD if row["id"] in gold else NO_CORRECT_STEP)
            continue
        found.traces.append(
            Parent(
                row["id"], row["digest"], problem_of(row), row["strategy"], tuple(correct), made.get(row["digest"], ())
            )
        )
    return found


def _source(db: Reading, name: str | None) -> str | None:
    """The actor's id of a source. Raises BadInput where no label came from one of that name."""
    known = None if name is None else actors.actor_named(db, ActorKind.SOURCE, name)
    if name is not None and known is None:
        raise BadInput(f"source: no label came from a source {name}")
    return None if known is None else str(known["id"])


def _step(text: str) -> Step:
    return Step.model_construct(text=text)


def _own(row: Row) -> bool:
    """Whether a trace stands for itself: no alternative, and not made of another one."""
    return row["parent_id"] is None and row["origin"] != Origin.SEMI_SYNTHETIC


def _fits(page: Page, row: Row, body: AlterBody, selection: Selection) -> bool:
    strategy = row["strategy"] or strategy_of(page, row, strategies_of(selection, row["domain"]))
    return fits(body.where, row, strategy)


def _correct(page: Page, row: Row, by: CorrectBy, source: str | None, selection: Selection) -> int:
    """How many steps from the first on are correct.

    Of a trace that is taken for correct none is, where its final answer is wrong.
    """
    if by is CorrectBy.GIVEN:
        told = answer(read(page, row, selection.senses))
        return 0 if told is not None and not told.right else int(row["last_position"])
    if by is CorrectBy.SOURCE:
        said: Mapping[int, str] = {
            one["position"]: one["value"]
            for one in page.answers.get(row["id"], ())
            if one["purpose"] == Purpose.IMPORTED and one["question"] == Question.LABEL and one["actor_id"] == source
        }
        right = [said.get(position, "").lower() in RIGHT for position in range(1, row["last_position"] + 1)]
    else:
        trace = read(page, row, selection.senses)
        results = (selection.settle(trace, position)[0] for position in trace.positions) if trace.votes else ()
        right = [isinstance(one, Settled) and one.value in selection.policy.valid_labels for one in results]
    return next((number for number, good in enumerate(right) if not good), len(right))
