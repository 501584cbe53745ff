"""Paths that are asked for, written and given back, straight through the services."""

import re

from cotlab.domain.coverage.writing import (
    AskBody,
    ClaimedWriting,
    PathBody,
    PathMatrix,
    ReturnBody,
    WithdrawTasksBody,
    WritingTasks,
    WritingView,
)
from cotlab.domain.traces.records import Problem
from cotlab.domain.work.views import Receipt
from cotlab.services.coverage import path_matrix, writing_tasks
from cotlab.services.work import writing
from tests.world import World, guideline_text, trace

STRATEGIES = ("algebra", "drawing", "guess")


def with_strategies(version: str, *strategies: str) -> str:
    """The shipped guideline with other strategies."""
    text = guideline_text(version, "clarification")
    text = re.sub(r"^strategies:.*?(?=^\S)", "", text, flags=re.DOTALL | re.MULTILINE)
    return text.replace("change: clarification", f"change: clarification\nstrategies: [{', '.join(strategies)}]", 1)


def problem(name: str, **fields: object) -> Problem:
    return Problem.model_validate(
        {"text": f"Problem {name}", "domain": "mathematics", "reference_answer": "12"} | fields
    )


def prepare(world: World, *names: str, overlap: int = 2) -> None:
    """Strategies in the guideline, and problems of one path each, under `algebra`, that nobody has labelled."""
    world.publish(with_strategies("1.1", *STRATEGIES))
    for name in names or ("w1",):
        world.add_traces(trace(name, problem=problem(name), strategy="algebra", final_answer="$12$"))


def problem_id(world: World, name: str) -> str:
    return str(world.value("SELECT id FROM problems WHERE text = :text", text=f"Problem {name}"))


def ask(world: World, name: str, *strategies: str) -> list[str]:
    """Ask for paths of a problem; returns the ids of all its tasks, in order."""
    body = AskBody(problem_ids=(problem_id(world, name),), strategies=strategies)
    writing_tasks.ask(world.store, world.people["lea"], world.project, body)
    return [row["id"] for row in world.rows("SELECT id FROM writing_tasks ORDER BY sequence")]


def claim(world: World, name: str) -> ClaimedWriting:
    person = world.person(name)
    return world.write(lambda db: writing.claim(db, person, world.project))


def take(world: World, name: str) -> WritingView:
    claimed = claim(world, name)
    assert claimed.writing is not None, claimed
    return claimed.writing


def write(world: World, name: str, *steps: str, answer: str = "12", assignment: str | None = None) -> Receipt:
    """Send a path: of the assignment that is named, or the open one."""
    person, mine = world.person(name), assignment or take(world, name).id
    body = PathBody(steps=steps, final_answer=answer)
    return world.write(lambda db: writing.write_path(db, person, mine, body))


def give_back(world: World, name: str, reason: str) -> Receipt:
    person, mine = world.person(name), take(world, name).id
    return world.write(lambda db: writing.give_back(db, person, mine, ReturnBody(reason=reason)))


def withdraw(world: World, *tasks: str, reason: str = "enough") -> Receipt:
    body = WithdrawTasksBody(task_ids=tasks, reason=reason)
    return world.write(lambda db: writing_tasks.withdraw(db, world.people["lea"], world.project, body))


def matrix(world: World) -> PathMatrix:
    return world.store.read(lambda db: path_matrix.matrix(db, world.project))


def cells(world: World, name: str) -> dict[str, str]:
    """Strategy -> state, of one problem."""
    (row,) = [one for one in matrix(world).problems if one.problem == f"Problem {name}"]
    return {cell.strategy: cell.state.value for cell in row.cells}


def tasks(world: World) -> WritingTasks:
    return world.store.read(lambda db: writing_tasks.tasks(db, world.project))
