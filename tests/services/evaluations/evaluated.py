"""A project whose traces are labelled, and predictions about them, for tests."""

import json
from collections.abc import Mapping, Sequence

from cotlab.domain.evaluations.evaluations import Evaluation, EvaluationOrder
from cotlab.domain.traces.records import Problem
from cotlab.services.evaluations import evaluation
from tests.world import World, trace

HALF = {"mathematics": ("correct", "incorrect", "correct"), "law": ("correct", "correct", "correct")}


def labelled(world: World, traces: int = 6, **policy: object) -> None:
    """Traces m1 and on of mathematics, whose second step is wrong, and l1 and on of law, all right; ann and bob agree
    on them, and each is of a problem of its own.
    """
    world.set_policy(**{"overlap": 2, **policy})
    for start, domain in (("m", "mathematics"), ("l", "law")):
        world.add_traces(*(
            trace(f"{start}{n}", id=f"{start}{n}", origin="human" if n % 2 else "model", strategy="algebra" if n > 3
                  else None, problem=Problem(text=f"Problem {start}{n}", domain=domain, tags=("even",) * (n % 2 == 0),
                                             difficulty=1 + n % 2))
            for n in range(1, traces + 1)
        ))  # fmt: skip
    for name in ("ann", "bob"):
        label(world, name)


def label(world: World, name: str, most: int = 1_000) -> int:
    """Label what there is to label, each trace as its domain has it; returns how many there were."""
    expert = world.expert(name)
    for done in range(most):
        assignment = expert.claim().assignment
        if assignment is None:
            return done
        for position, value in enumerate(HALF[assignment.problem.domain], 1):
            world.clock.advance(seconds=30)
            expert.commit(assignment.id, position, value)
        expert.finish(assignment.id)
    return most


def lines(predictions: Mapping[str, object]) -> list[bytes]:
    """A line a trace: its id with what is predicted."""
    return [json.dumps({"id": name, **_fields(said)}).encode() for name, said in predictions.items()]


def _fields(said: object) -> dict[str, object]:
    if isinstance(said, dict):
        return said
    if isinstance(said, Sequence) and not isinstance(said, str):
        return {"verdicts" if any(isinstance(one, str) for one in said) else "scores": list(said)}
    return {"first_error": said}


def evaluate(world: World, predictions: Sequence[bytes], keep: bool = True, **order: object) -> Evaluation:
    """Evaluate as the lead, and keep it; small slices are told, too."""
    wanted = EvaluationOrder.model_validate({"replicates": 200, "fewest": 1, **order})
    found = world.store.read(lambda db: evaluation.of_project(db, world.project, predictions, wanted))
    return world.write(lambda db: evaluation.record(db, world.people["lea"], world.project, wanted, found))
