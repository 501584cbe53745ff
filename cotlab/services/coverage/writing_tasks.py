"""Paths that a lead asks for: the tasks, what became of them, and what is no longer wanted."""

from collections.abc import Iterable, Iterator
from functools import partial

from cotlab.domain.coverage.writing import (
    AskBody,
    Asked,
    GivenBack,
    TaskState,
    WithdrawTasksBody,
    WritingTask,
    WritingTasks,
)
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.coverage.path_matrix import matrix
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.coverage import writing_tasks
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.projects import projects

PAGE = 100
TASKS_A_WRITE = 500
Place = tuple[str, str]
"""A problem's id and a strategy."""


def ask(store: Store, by: str, project_id: str, body: AskBody) -> Asked:
    """Ask for paths; what is asked for already stays so. Raises BadInput, naming the problem or the strategy."""
    store.read(lambda db: open_project(db, project_id))
    places = _to_fill(store, project_id, body) if body.fill is not None else _named(body)
    tasks = there = 0
    for some in chunks(list(places), TASKS_A_WRITE):
        added = store.write(project_id, partial(add, by=by, project_id=project_id, places=some))
        tasks, there = tasks + added, there + len(some) - added
    return Asked(tasks=tasks, there=there)


def _named(body: AskBody) -> list[Place]:
    return [(problem, strategy) for problem in dict.fromkeys(body.problem_ids)
            for strategy in dict.fromkeys(body.strategies)]  # fmt: skip


def _to_fill(store: Store, project_id: str, body: AskBody) -> Iterator[Place]:
    """What is missing for `fill` strategies in every problem, in short reads."""
    cursor: str | None = None
    while True:
        page = store.read(partial(matrix, project_id=project_id, domain=body.domain, after=cursor))
        for one in page.problems:
            yield from ((one.problem_id, strategy) for strategy in one.missing(body.fill or 0))
        cursor = page.next_cursor
        if cursor is None:
            return


def add(db: Db, by: str, project_id: str, places: Iterable[Place]) -> int:
    """Make the tasks that are not there; returns how many."""
    open_project(db, project_id)
    places, added = list(places), 0
    ids = list(dict.fromkeys(problem_id for problem_id, _ in places))
    known, open_ = writing_tasks.problems(db, project_id, ids), writing_tasks.open_tasks(db, ids)
    timeline = projects.timeline(db, project_id)
    for problem_id, strategy in places:
        if problem_id not in known:
            raise BadInput(f"problem_ids: there is no problem {problem_id} in this project")
        current = timeline.current(known[problem_id]["domain"])
        names = [] if current is None else list(current.head.strategy_names())
        if strategy not in names:
            there = ", ".join(names) or "it names none"
            raise BadInput(
                f"strategies: {strategy} is none of the guideline of {known[problem_id]['domain']} ({there})"
            )
        if (problem_id, strategy) in open_:
            continue
        columns = {
            "id": db.new_id(), "project_id": project_id, "problem_id": problem_id, "strategy": strategy,
            "actor_id": by,
        }  # fmt: skip
        appended = event_data.tell(db, event_data.WRITING_TASK, columns)
        writing_tasks.add_task(db, **columns, at=db.now, sequence=appended.sequence)
        added += 1
    return added


def withdraw(db: Db, by: str, project_id: str, body: WithdrawTasksBody) -> Receipt:
    """Ask no longer for some paths, all or none of them. Raises NotFound, Conflict."""
    open_project(db, project_id)
    receipt = ""
    for task_id in dict.fromkeys(body.task_ids):
        row = writing_tasks.task(db, project_id, task_id)
        if row is None:
            raise NotFound(f"There is no writing task {task_id} in this project.")
        if not row["open"]:
            raise Conflict(f"The task {task_id} is written or withdrawn already.")
        columns = {"task_id": task_id, "project_id": project_id, "actor_id": by, "reason": body.reason}
        appended = event_data.tell(db, event_data.WRITING_END, columns)
        writing_tasks.add_end(db, **columns, at=db.now, sequence=appended.sequence)
        receipt = appended.hash
    return Receipt(receipt=receipt)


def tasks(db: Reading, project_id: str, cursor: str | None = None) -> WritingTasks:
    """A page of the tasks of a project, the newest first."""
    known_project(db, project_id)
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadInput("cursor: this is no cursor that a page gave")
    rows = writing_tasks.page(db, project_id, int(cursor) if cursor else 2**62, PAGE + 1)
    back = writing_tasks.returns(db, [row["id"] for row in rows])
    return WritingTasks(
        tasks=tuple(_view(row, back.get(row["id"], ())) for row in rows[:PAGE]),
        next_cursor=str(rows[PAGE - 1]["sequence"]) if len(rows) > PAGE else None,
    )


def _view(row: Row, back: Iterable[Row]) -> WritingTask:
    if row["reason"] is not None:
        state = TaskState.WITHDRAWN
    elif row["trace_id"] is not None:
        state = TaskState.WRITTEN
    else:
        state = TaskState.OPEN if row["person"] is None else TaskState.IN_HAND
    return WritingTask(
        id=row["id"], problem_id=row["problem_id"], problem=row["text"], domain=row["domain"],
        strategy=row["strategy"], state=state, asked_by=row["asked_by"], asked_at=row["at"], person=row["person"],
        trace_id=row["trace_id"], labelled_others=row["labelled_others"], reason=row["reason"],
        given_back=tuple(GivenBack(person=one["name"], reason=one["reason"], at=one["at"]) for one in back),
    )  # fmt: skip
