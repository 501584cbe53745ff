"""Steps that a model altered: whether the checks agree with what they are meant to be, and the traces they become."""

from collections.abc import Sequence

from cotlab.domain.drafts.requests import DropReason
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import DerivedFrom, Origin, SourceLabel, Step, Trace
from cotlab.drafting.altering import PROSE_BY_NAME, PROSE_VERSION, StepToAlter, rewritten
from cotlab.drafting.kinds import Drafted, Work
from cotlab.services.drafts.alterable_traces import SOURCE
from cotlab.services.drafts.altered_step_checks import Check, outcome
from cotlab.storage.coverage import pair_making
from cotlab.storage.drafts import draft_decisions
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.traces import traces
from cotlab.storage.traces.traces import problem_of


def refuse_what_is_not_altered(db: Reading, row: Row) -> None:
    """Raise BadInput for gold, alternatives and what was altered; `row` is of storage.drafts.draft_requests.item."""
    if row["parent_id"] is not None or row["origin"] == Origin.SEMI_SYNTHETIC:
        raise BadInput("item_id: steps of alternatives and of altered traces are not altered")
    if row["id"] in pair_making.gold(db, [row["problem_id"]]):
        raise BadInput("item_id: gold is not altered")


def against(work: Work, drafted: Drafted, check: Check) -> DropReason | None:
    """What the checks have against an altered step, if anything."""
    step = StepToAlter(work.step or "", work.steps)
    way, altered = PROSE_BY_NAME[drafted.document["way"]], rewritten(step.text, drafted.document["text"])
    said = outcome(way, step, altered, check)
    return None if said.kept else DropReason(said.value)


def source_of(way: str) -> str:
    """The name of the source of the label that a step altered in this way is meant to get."""
    return SOURCE.format(way)


def trace(db: Reading, request: Row, way: str, text: str, generator: str) -> Trace:
    """The steps before, and the altered one with the label that it is meant to get."""
    item_id, position = request["item_id"], request["position"]
    steps = [step.text for step in traces.steps_up_to(db, item_id, position)]
    altered, meant = rewritten(steps[-1], text), PROSE_BY_NAME[way]
    label = SourceLabel(source=source_of(way), value=meant.label)
    return Trace.model_construct(
        problem=problem_of(draft_decisions.problem(db, request["problem_id"])), origin=Origin.SEMI_SYNTHETIC,
        generator=generator, steps=(*_steps(steps[:-1]), Step(text=altered.text, labels=(label,))),
        derived_from=DerivedFrom(
            trace=traces.trace(db, item_id)["digest"], position=position, way=f"{way} {PROSE_VERSION}",
            changes=altered.changes,
        ),
    )  # fmt: skip


def _steps(texts: Sequence[str]) -> Sequence[Step]:
    return [Step.model_construct(text=text) for text in texts]
