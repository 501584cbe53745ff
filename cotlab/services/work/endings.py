"""How a trace ends for a person, and what a person adds to it."""

import json
from typing import Any

from cotlab.domain.answers import (
    AGAINST_GOLD,
    HOLD_A_PLACE,
    WHOLE_TRACE,
    AlternativeBody,
    Ending,
    EndingBody,
    FinishBody,
    Question,
)
from cotlab.domain.errors import AlreadyExists, BadInput, BreakRequired, OutOfOrder, ProjectClosed
from cotlab.domain.people import Person
from cotlab.domain.provenance import DraftedFrom, Provenance
from cotlab.domain.shown_drafts import ALTERNATIVES, VERBATIM, likeness
from cotlab.domain.text import digest
from cotlab.domain.traces.records import Origin
from cotlab.domain.work.views import BreakDue, FinishDue, Receipt
from cotlab.services.audit.import_data import drafted_told, import_digest
from cotlab.services.traces import queue_rows
from cotlab.services.work.isolation import Work, next_view
from cotlab.services.work.labelling import give, my_work, refuse_pair
from cotlab.storage.engine.database import Db
from cotlab.storage.queue import queue
from cotlab.storage.traces import drafted_traces, traces
from cotlab.storage.work import assignments


def finish(db: Db, person: Person, assignment_id: str, body: FinishBody) -> Receipt:
    """End a trace of which all that will be shown is labelled. Raises BreakRequired while nothing new is shown."""
    work = _workable(db, person, assignment_id)
    due = next_view(db, work, work.session, may_show=True)
    if isinstance(due, BreakDue):
        raise BreakRequired(until=due.until)
    if not isinstance(due, FinishDue):
        raise OutOfOrder("This is not ready to be finished: something is waiting for your label.")
    _check_finish(due, body)
    if body.complete is not None:
        give(db, work, db.new_id(), _whole_trace(Question.COMPLETE, body.complete, body.rationale))
    if body.strategy is not None:
        give(db, work, db.new_id(), _whole_trace(Question.STRATEGY, body.strategy, None))
    return close(db, work, Ending.FINISHED)


def _check_finish(due: FinishDue, body: FinishBody) -> None:
    if "complete" in due.asks and body.complete is None:
        raise BadInput("complete: say whether every needed step is there")
    if "complete" not in due.asks and body.complete is not None:
        why = "this was answered before" if due.all_shown else "not all steps were shown, so this cannot be answered"
        raise BadInput(f"complete: {why}")
    names = [strategy.name for strategy in due.strategies]
    if body.strategy is not None and body.strategy not in names:
        raise BadInput(f"strategy: {body.strategy} is not asked for here ({', '.join(names) or 'none is'})")


def end_early(db: Db, person: Person, assignment_id: str, body: EndingBody) -> Receipt:
    """End a trace before its time: the problem cannot be used, or somebody else shall do it."""
    work = _workable(db, person, assignment_id)
    ending = Ending(body.ending)
    give(db, work, db.new_id(), _whole_trace(Question.OUTCOME, ending.value, body.reason))
    if ending is Ending.GIVE_UP and work.row["purpose"] in HOLD_A_PLACE:
        queue.free_place(db, work.row["item_id"], work.row["actor_id"])
    return close(db, work, ending)


def _workable(db: Db, person: Person, assignment_id: str) -> Work:
    work = my_work(db, person, assignment_id)
    if work.row["closed_at"] is not None:
        raise ProjectClosed(f"The project {work.row['project']} was closed: {work.row['closing_reason']}")
    return work


def close(db: Db, work: Work, ending: Ending) -> Receipt:
    """End an assignment."""
    data = {"assignment": work.id, "item": work.row["item_id"], "ending": ending.value}
    appended = db.event(work.row["project_id"], "assignment.ended", work.row["actor_id"], data)
    assignments.end(db, work.id, ending, appended.sequence)
    session = work.session
    if session is not None:
        assignments.keep_session(db, work.row["actor_id"], session.committed(db.now, work.policy))
    return Receipt(receipt=appended.hash)


def _whole_trace(question: Question, value: str, rationale: str | None) -> dict[str, Any]:
    return {
        "position": WHOLE_TRACE, "question": question.value, "value": value, "replaces": None,
        "rationale": rationale, "unsure": 0, "chosen_at": None, "elapsed_ms": None, "shown_at": None,
    }  # fmt: skip


def write_alternative(db: Db, person: Person, assignment_id: str, body: AlternativeBody) -> Receipt:
    """Keep my own wording of a step, or the steps missing before it, as a trace that branches off there.

    A wording that was made of a draft that I saw names it, whether I named it or took it as it is.
    """
    work = _workable(db, person, assignment_id)
    refuse_pair(work)
    if not work.row["first_position"] <= body.position <= work.visible:
        raise OutOfOrder(f"position: step {body.position} was not shown to you")
    item_id, project_id = work.row["item_id"], work.row["project_id"]
    content = digest([work.row["digest"], person.id, str(body.position), body.kind, *body.steps])
    if traces.trace_known(db, project_id, content):
        raise AlreadyExists("You have written this alternative already.")
    trace_id, draft = db.new_id(), _drafted(work, body)
    made = () if draft is None else (drafted_traces.values(trace_id, project_id, draft),)
    data = {"trace": trace_id, "parent": item_id, "position": body.position, "kind": body.kind, "digest": content}
    if made:
        data["sha256"] = import_digest([content], map(drafted_told, made))
    appended = db.event(project_id, "alternative.written", person.id, data)
    last = body.position + len(body.steps) - 1
    values = (
        trace_id, project_id, work.row["problem_id"], content, None, Origin.HUMAN.value, None, None, 0, None,
        body.position, last, item_id, body.kind, person.id, appended.sequence,
    )  # fmt: skip
    db.add_many("traces", traces.TRACE_COLUMNS, [values])
    db.add_many("drafted_traces", drafted_traces.COLUMNS, [(*one, appended.sequence) for one in made])
    db.add_many(
        "steps", traces.STEP_COLUMNS, [(trace_id, body.position + n, text) for n, text in enumerate(body.steps)]
    )
    if work.policy.label_alternatives and work.row["purpose"] not in AGAINST_GOLD:
        queue_rows.enter(db, project_id, trace_id)
    return Receipt(receipt=appended.hash)


def _drafted(work: Work, body: AlternativeBody) -> DraftedFrom | None:
    """The draft that a wording was made of. Raises BadInput for one that I was not shown."""
    seen = [row for row in work.seen.get(body.position, ()) if row["kind"] == ALTERNATIVES]
    if body.draft is not None and all(row["id"] != body.draft for row in seen):
        raise BadInput("draft: no such draft of this step was shown to you")
    if body.kind != "rewording":
        return None
    alike = [(likeness(json.loads(row["document"])["text"], body.steps[0]), row) for row in seen]
    named = [row for per, row in alike if row["id"] == body.draft]
    taken = [row for per, row in sorted(alike, key=lambda one: -one[0]) if per >= VERBATIM]
    for row in (*named, *taken):
        return DraftedFrom(
            draft=row["id"], kind=row["kind"], model=row["model"],
            edited=json.loads(row["document"])["text"] != body.steps[0],
            provenance=Provenance.model_validate_json(row["provenance"]),
        )  # fmt: skip
    return None
