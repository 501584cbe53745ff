"""How a case is decided: a choice of one's own, then a decision that knows what others said."""

from collections.abc import Mapping
from typing import Any

from cotlab.domain.answers import WHOLE_TRACE, Ending, Question
from cotlab.domain.cases import ChoiceBody, Chosen, Decided, DecisionBody, Usability, outcome
from cotlab.domain.errors import AlreadyLabelled, BadInput, Conflict, OutOfOrder
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.people import Person
from cotlab.domain.work.sessions import WorkSession
from cotlab.services.audit import event_data
from cotlab.services.cases import facts as case_facts
from cotlab.services.cases.adjudication import NEWER, case_of, left_of, my_case, my_choice, refuse_closed
from cotlab.services.cases.due_cases import look_again
from cotlab.services.traces import queue_rows
from cotlab.services.traces.pair_views import as_seen, refuse_off_scale
from cotlab.services.work.endings import close
from cotlab.services.work.isolation import Work, keep, session_view
from cotlab.services.work.labelling import check_citations, check_label, give
from cotlab.storage.cases import case_facts as facts
from cotlab.storage.cases import cases as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.gold import gold_items
from cotlab.storage.queue import queue


def choose(db: Db, person: Person, assignment_id: str, body: ChoiceBody) -> Chosen:
    """Add my own choice, once, and show what others said."""
    work = my_case(db, person, assignment_id)
    refuse_closed(work)
    case, before = case_of(db, work), my_choice(db, work)
    if before is not None:
        raise AlreadyLabelled("You have chosen already; what you decide now is the decision.", label_id=before.id)
    _check(db, work, case, body)
    question = Question.OUTCOME if case["position"] == WHOLE_TRACE else Question.LABEL
    answer_id = db.new_id()
    appended = give(
        db, work, answer_id, _columns(db, work, case, question, body, unsure=int(body.unsure)), body.citations
    )
    session = (work.session or WorkSession(db.now, db.now)).committed(db.now, work.policy)
    session = session.opened(db.now, work.policy)
    keep(db, work, session)
    return Chosen(
        label_id=answer_id, receipt=appended.hash, evidence=case_facts.seen(db, case, left_of(db, work)),
        session=session_view(session, work.policy, db.now),
    )  # fmt: skip


def decide(db: Db, person: Person, assignment_id: str, body: DecisionBody) -> Decided:
    """Add my decision, or correct it, and see whether the case is decided by it.

    Raises OutOfOrder before my own choice, BadInput without a rule and without a gap, Conflict where a newer case was
    opened meanwhile on what I correct.
    """
    work = my_case(db, person, assignment_id)
    case = case_of(db, work)
    if stored.newest_number(db, case["item_id"], case["position"]) > case["number"]:
        raise Conflict(NEWER)
    if my_choice(db, work) is None:
        raise OutOfOrder("Choose your own label first; then you see what others said, and decide.")
    _check(db, work, case, body)
    if case["position"] != WHOLE_TRACE and body.gap is None and not any(one.kind == "rule" for one in body.citations):
        raise BadInput("citations: cite the rule that decides, or say in gap what the guideline lacks")
    mine = next((row for row in _opinions(db, case) if row["actor_id"] == person.id), None)
    answer_id = db.new_id()
    columns = _columns(db, work, case, Question.DECISION, body, replaces=mine["id"] if mine else None)
    appended = give(db, work, answer_id, columns, body.citations)
    if body.gap is not None:
        _mark_gap(db, case, person, answer_id, body.gap)
    decided = _draw(db, case, person)
    close(db, work, Ending.DECIDED)
    session = (work.session or WorkSession(db.now, db.now)).committed(db.now, work.policy)
    return Decided(
        label_id=answer_id, receipt=appended.hash, decided=decided, session=session_view(session, work.policy, db.now)
    )


def _check(db: Reading, work: Work, case: Row, body: ChoiceBody | DecisionBody) -> None:
    if case["position"] == WHOLE_TRACE:
        if body.label not in list(Usability):
            raise BadInput(f"label: {body.label} is none of {', '.join(Usability)}")
    else:
        if case["task"] == "pairs" and body.label in CHOICES:
            refuse_off_scale(work.policy, "label", body.label)
        check_label(work, body.label, body.rationale)
    if body.citations:
        check_citations(db, work, body.citations)


def _columns(
    db: Reading, work: Work, case: Row, question: Question, body: ChoiceBody | DecisionBody, unsure: int = 0,
    replaces: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Of a pair, what is said of left and right is kept of first and second.

    `shown_at` is when the case came to the screen, for the choice and the decision alike.
    """
    value = as_seen(body.label, left_of(db, work))
    return {
        "position": case["position"], "question": question.value, "value": value, "replaces": replaces,
        "rationale": body.rationale, "unsure": unsure, "chosen_at": body.chosen_at, "elapsed_ms": body.elapsed_ms,
        "shown_at": work.shown_at,
    }  # fmt: skip


def _opinions(db: Reading, case: Row) -> list[Row]:
    """The decision of each adjudicator of a case that stands, in order."""
    return [row for row in facts.opinions(db, case["item_id"], case["position"]) if row["case_id"] == case["id"]]


def _mark_gap(db: Db, case: Row, person: Person, answer_id: str, text: str) -> None:
    columns: Mapping[str, Any] = {
        "answer_id": answer_id, "project_id": case["project_id"], "actor_id": person.id, "case_id": case["id"],
        "text": text,
    }  # fmt: skip
    stored.add_gap(db, **columns, at=db.now, sequence=event_data.tell(db, event_data.GAP, columns).sequence)


def _draw(db: Db, case: Row, person: Person) -> bool:
    """Write down what the opinions come to, where that changed; whether the case is decided."""
    rows = _opinions(db, case)
    read = case_facts.reader(db, case, rows)
    values = [read.sense(row).value for row in rows]
    value = outcome(values, case["seats"])
    agreeing = [row["id"] for row, said in zip(rows, values, strict=True) if said == value]
    carries = agreeing[-1] if agreeing else None
    if carries != case["answer_id"]:
        columns: Mapping[str, Any] = {
            "project_id": case["project_id"], "case_id": case["id"], "answer_id": carries,
        }  # fmt: skip
        appended = event_data.tell(db, event_data.OUTCOME, columns, by=person.id)
        stored.add_outcome(db, **columns, at=db.now, sequence=appended.sequence)
        if case["position"] == WHOLE_TRACE:
            _hand_out(db, case, value)
        look_again(db, case["project_id"], case["item_id"])
    return value is not None


def _hand_out(db: Db, case: Row, value: str | None) -> None:
    """A problem that cannot be used leaves the queue; one that can, after all, is handed out again, but for gold."""
    if value == Usability.BAD_PROBLEM:
        queue.leave(db, case["item_id"])
    elif not gold_items.is_gold(db, case["item_id"]):
        queue_rows.hand_out_again(db, case["project_id"], case["item_id"], usable=value is not None)
