"""Somebody's work on a path that was asked for: claim it, send it whole, or give it back."""

from collections.abc import Sequence

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.qualification import EVERYWHERE
from cotlab.domain.coverage.writing import ClaimedWriting, PathBody, ReturnBody, WritingView
from cotlab.domain.errors import AlreadyExists, Conflict, LeaseTaken, NotFound, ProjectClosed, Refused
from cotlab.domain.guidelines.schema import Strategy
from cotlab.domain.people import LABELLERS, Person
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.text import digest
from cotlab.domain.traces.records import Origin, ProblemView
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.calibration.open_fields import reach
from cotlab.services.people.access import refuse_away
from cotlab.services.projects.projects import open_project
from cotlab.services.traces import queue_rows
from cotlab.services.work.labelling import assign, refuse_readers
from cotlab.storage.coverage import writing_tasks as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.traces import traces
from cotlab.storage.work import assignments

FIRST = 1
"""The position of a path's first step."""


def claim(db: Db, person: Person, project_id: str) -> ClaimedWriting:
    """The path that I am writing, else the one that waits longest in a domain in which I am qualified.

    One that is no longer wanted is let go. Where a lease ran out, it is taken over once nothing else waits.
    """
    open_project(db, project_id)
    policy = projects.policy(db, project_id)
    refuse_readers(person, project_id, policy)
    refuse_away(db, person)
    open_ = stored.open_work(db, project_id, person.id)
    if open_ is not None and open_["withdrawn"] is None:
        stored.renew(db, open_["id"], db.now + policy.lease_minutes * MINUTE)
        return ClaimedWriting(writing=view(db, person, open_["id"]))
    if open_ is not None:
        _end(db, open_, Ending.GIVE_UP)
    session = assignments.session(db, person.id)
    if session is not None and (until := session.break_until(db.now, policy)) is not None:
        return ClaimedWriting(nothing="break", until=until)
    row = _next(db, person, project_id)
    if row is None:
        elsewhere = stored.free_task(db, project_id, person.id, EVERYWHERE)
        return ClaimedWriting(nothing="nothing_open" if elsewhere is None else "not_qualified")
    version_id = projects.in_force(db, project_id, row["domain"]) or ""
    if guidelines.acknowledged(db, project_id, person.id, version_id) is None:
        return ClaimedWriting(nothing="new_guideline", guideline_version_id=version_id)
    return _assign(db, person, project_id, row, version_id, policy.writers_see_answer, policy.lease_minutes)


def waiting(db: Reading, person: Person, project_id: str) -> bool:
    """Whether a claim would find a path to write, or one that is half written."""
    return stored.open_work(db, project_id, person.id) is not None or _next(db, person, project_id) is not None


def _next(db: Reading, person: Person, project_id: str) -> Row | None:
    row = stored.free_task(db, project_id, person.id, EVERYWHERE)
    if row is None:
        return None
    allowed = reach(db, person, project_id, projects.policy(db, project_id)).allowed
    return row if allowed.everywhere else stored.free_task(db, project_id, person.id, allowed)


def _assign(
    db: Db, person: Person, project_id: str, task: Row, version_id: str, sees_answer: bool, minutes: int
) -> ClaimedWriting:
    if task["dead"] is not None:
        over = db.event(project_id, "assignment.taken_over", person.id, {"assignment": task["dead"]})
        assignments.end(db, task["dead"], Ending.TAKEN_OVER, over.sequence)
    informed = sees_answer or actors.has_read(db, person.id, project_id)
    assignment_id, item_id = db.new_id(), task["id"]
    appended = assign(
        db, person, project_id, item_id, assignment_id, purpose=Purpose.WRITING, version_id=version_id,
        informed=informed,
    )  # fmt: skip
    assignments.lease(db, assignment_id, project_id, item_id, person.id, db.now + minutes * MINUTE, 0)
    return ClaimedWriting(writing=view(db, person, assignment_id), receipt=appended.hash)


def view(db: Reading, person: Person, assignment_id: str) -> WritingView:
    """The path that I am writing. Raises NotFound for one that is not mine, LeaseTaken for one that has ended."""
    row = _mine(db, person, assignment_id)
    policy, head = projects.parsed_policy(row["policy"]), projects.front_matter(row["head"])
    strategy = next((one for one in head.strategies if one.name == row["strategy"]), Strategy(name=row["strategy"]))
    return WritingView(
        id=row["id"], project_id=row["project_id"], project=row["project"], guideline=head.guideline,
        guideline_version=head.version, expires_at=row["expires_at"], strategy=strategy,
        problem=ProblemView(text=row["text"], domain=row["domain"], language=row["language"],
                            passages=traces.passages_of(row["passages"])),
        reference_answer=row["reference_answer"] if policy.writers_see_answer and row["informed"] else None,
    )  # fmt: skip


def _mine(db: Reading, person: Person, assignment_id: str) -> Row:
    row = stored.work(db, assignment_id)
    if row is None or row["actor_id"] != person.id:
        raise NotFound("There is no such path for you to write.")
    if not person.roles_in(row["project_id"]) & LABELLERS:
        raise Refused("You no longer label in this project.")
    if row["expires_at"] is None:
        raise LeaseTaken()
    return row


def _workable(db: Db, person: Person, assignment_id: str) -> Row:
    row = _mine(db, person, assignment_id)
    if row["closing_reason"] is not None:
        raise ProjectClosed(f"The project {row['project']} was closed: {row['closing_reason']}")
    return row


def write_path(db: Db, person: Person, assignment_id: str, body: PathBody) -> Receipt:
    """Keep my path as a trace for others to label. Raises Conflict where it is no longer wanted."""
    row = _workable(db, person, assignment_id)
    if row["withdrawn"] is not None:
        raise Conflict(f"This path is no longer wanted: {row['withdrawn']}")
    project_id, task_id = row["project_id"], row["task_id"]
    content = digest([row["digest"], person.id, body.final_answer, *body.steps])
    if traces.trace_known(db, project_id, content):
        raise AlreadyExists("You have written this path already.")
    trace_id = db.new_id()
    columns = {
        "task_id": task_id, "project_id": project_id, "assignment_id": assignment_id, "trace_id": trace_id,
        "actor_id": person.id, "labelled_others": stored.labelled_others(db, row["problem_id"], person.id),
        "digest": content,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.WRITTEN_PATH, columns)
    values = (
        trace_id, project_id, row["problem_id"], content, None, Origin.HUMAN.value, None, row["strategy"], 0,
        body.final_answer, FIRST, len(body.steps), None, None, person.id, appended.sequence,
    )  # fmt: skip
    _add_trace(db, values, body.steps)
    stored.add_path(db, **columns, at=db.now, sequence=appended.sequence)
    _end(db, row, Ending.FINISHED)
    return Receipt(receipt=appended.hash)


def _add_trace(db: Db, values: tuple[object, ...], steps: Sequence[str]) -> None:
    db.add_many("traces", traces.TRACE_COLUMNS, [values])
    db.add_many("steps", traces.STEP_COLUMNS, [(values[0], at, text) for at, text in enumerate(steps, FIRST)])
    queue_rows.enter(db, str(values[1]), str(values[0]))


def give_back(db: Db, person: Person, assignment_id: str, body: ReturnBody) -> Receipt:
    """Give a path back unwritten; it goes to somebody else, and never to me again."""
    row = _workable(db, person, assignment_id)
    columns = {
        "assignment_id": assignment_id, "task_id": row["task_id"], "project_id": row["project_id"],
        "actor_id": person.id, "reason": body.reason,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.WRITING_RETURN, columns)
    stored.add_return(db, **columns, at=db.now, sequence=appended.sequence)
    _end(db, row, Ending.GIVE_UP)
    return Receipt(receipt=appended.hash)


def _end(db: Db, row: Row, ending: Ending) -> None:
    data = {"assignment": row["id"], "item": row["task_id"], "ending": ending.value}
    appended = db.event(row["project_id"], "assignment.ended", row["actor_id"], data)
    assignments.end(db, row["id"], ending, appended.sequence)
