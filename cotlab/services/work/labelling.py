"""An expert's work on a trace: claim it, label its steps one by one, look back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cotlab.domain.answers import REDOS, Citation, LabelBody, Purpose, Question, StepSize
from cotlab.domain.errors import (
    AlreadyLabelled,
    BadInput,
    Conflict,
    LeaseTaken,
    NoGuideline,
    NotFound,
    OutOfOrder,
    ProjectClosed,
    Refused,
)
from cotlab.domain.people import LABELLERS, READERS, Person
from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.projects.policy import MINUTE, Policy
from cotlab.domain.queue.priority import BroughtBy
from cotlab.domain.shown_drafts import RATIONALE, VERBATIM, likeness
from cotlab.domain.work.sessions import WorkSession
from cotlab.domain.work.views import AssignmentView, Claimed, Committed, NextPair, NextStep, StepView
from cotlab.services.audit import event_data
from cotlab.services.audit.verification import sha256_or_none
from cotlab.services.calibration import pilots
from cotlab.services.calibration.calibration_work import feedback
from cotlab.services.drafts import shown_drafts
from cotlab.services.guidelines.versions import parsed
from cotlab.services.people.access import refuse_away
from cotlab.services.projects.projects import open_project
from cotlab.services.queue.candidates import Ahead
from cotlab.services.queue.claim_order import Found, NotAcknowledged, piloted, search
from cotlab.services.queue.vacated_places import pass_place
from cotlab.services.work.isolation import (
    Work,
    assignment_view,
    committed,
    drafts_of,
    evidence,
    keep,
    labelled_anew,
    load,
    next_view,
    not_recorded,
    reveal,
    session_view,
)
from cotlab.services.work.pair_sides import draw_sides
from cotlab.storage.cases import case_reports
from cotlab.storage.checks import checks
from cotlab.storage.coverage import writing_tasks
from cotlab.storage.drafts import shown_drafts as stored_drafts
from cotlab.storage.engine.database import Appended, Db, Reading, Row
from cotlab.storage.labels import answers
from cotlab.storage.people import actors
from cotlab.storage.projects import projects as stored
from cotlab.storage.traces import traces
from cotlab.storage.work import assignments

NOTHING_KEPT: Mapping[str, int] = {}


def claim(db: Db, person: Person, project_id: str, ahead: Ahead) -> Claimed:
    """My open trace; else calibration that I am asked for; else one of my traces that comes back; else a new one.

    A new one is the first candidate with a free place, gold in its stead when that is due, else somebody's lease that
    ran out; while production waits for a pilot, one of the pilot. `ahead` are item ids picked outside the write; each
    one tried is checked anew.
    """
    open_project(db, project_id)
    if not stored.has_guideline(db, project_id):
        raise NoGuideline()
    policy = stored.policy(db, project_id)
    session = assignments.session(db, person.id)
    refuse_readers(person, project_id, policy)
    refuse_away(db, person)
    row = assignments.open_work(db, project_id, person.id)
    if row is not None:
        return _resume(db, row, session)
    if session is not None and (until := session.break_until(db.now, policy)) is not None:
        return Claimed(nothing="break", until=until)
    looked = search(db, person, project_id, ahead, policy) if pilots.production_open(db, project_id) else None
    try:
        found = piloted(db, person, project_id) if looked is None else looked.found()
    except NotAcknowledged as unread:
        return Claimed(nothing="new_guideline", guideline_version_id=unread.version_id)
    if found is None:
        return Claimed(nothing="not_open" if looked is None else looked.nothing())
    return _assign(db, person, project_id, found, policy, session)


def refuse_readers(person: Person, project_id: str, policy: Policy) -> None:
    if person.roles_in(project_id) & READERS and not policy.readers_may_label:
        raise Refused("Who can read the answers of others labels only where the policy readers_may_label allows it.")


def _resume(db: Db, row: Row, session: WorkSession | None) -> Claimed:
    work = load(db, row)
    next_ = next_view(db, work, session, may_show=True)
    session = session or WorkSession(db.now, db.now)
    if isinstance(next_, NextStep | NextPair):
        session = session.opened(db.now, work.policy)
    keep(db, work, session)
    return Claimed(assignment=assignment_view(db, work, session, next_))


def _assign(
    db: Db, person: Person, project_id: str, found: Found, policy: Policy, session: WorkSession | None
) -> Claimed:
    assignment_id, item_id, redo = db.new_id(), found.item_id, found.purpose in REDOS
    informed = actors.has_read(db, person.id, project_id) or writing_tasks.saw_answer(db, item_id, person.id)
    appended = assign(
        db, person, project_id, item_id, assignment_id, purpose=found.purpose, number=found.round,
        version_id=found.version_id, informed=informed, brought_by=found.brought_by,
    )  # fmt: skip
    if found.place_of is not None:
        pass_place(db, person, project_id, item_id, assignment_id, found.place_of)
    if traces.task(db, item_id) == "pairs":
        draw_sides(db, person, project_id, item_id, assignment_id, found.purpose, policy)
    visible = answers.last_visible(db, item_id, person.id) if redo else traces.trace(db, item_id)["first_position"]
    expires_at = db.now + policy.lease_minutes * MINUTE
    assignments.lease(db, assignment_id, project_id, item_id, person.id, expires_at, visible)
    row = assignments.work(db, assignment_id)
    assert row is not None
    work = load(db, row)
    session = (session or WorkSession(db.now, db.now)).opened(db.now, policy)
    assignments.keep_session(db, person.id, session)
    next_ = next_view(db, work, session, may_show=redo)
    if work.visible > visible:
        assignments.renew(db, assignment_id, expires_at, work.visible, work.shown_at)
    return Claimed(assignment=assignment_view(db, work, session, next_), receipt=appended.hash)


def assign(
    db: Db, person: Person, project_id: str, item_id: str, assignment_id: str, *, purpose: Purpose, version_id: str,
    informed: bool, number: int | None = None, case_id: str | None = None, brought_by: BroughtBy | None = None,
) -> Appended:  # fmt: skip
    """Add an assignment with its event; `number` is its round, else the next one."""
    row: dict[str, Any] = {
        "id": assignment_id, "project_id": project_id, "item_id": item_id, "actor_id": person.id,
        "purpose": purpose.value, "guideline_version_id": version_id, "informed": int(informed), "case_id": case_id,
        "brought_by": brought_by,
        "round": number or assignments.rounds(db, item_id, person.id, purpose) + 1,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.ASSIGNMENT, row)
    assignments.add(
        db, assignment_id, project_id, item_id, person.id, purpose, row["round"], version_id, informed,
        appended.sequence, case_id, brought_by,
    )  # fmt: skip
    return appended


def position_of(text: str) -> int:
    """A step's position from a path. Raises NotFound for what is no number."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise NotFound("There is no such step.")
    return int(text)


def project_of(db: Reading, assignment_id: str) -> str:
    """The project of an assignment, whoever has it. Raises NotFound."""
    project_id = assignments.project_of(db, assignment_id)
    if project_id is None:
        raise NotFound("There is no such assignment of yours.")
    return project_id


def my_version(db: Reading, person: Person, assignment_id: str) -> str:
    """The id of the guideline version that an assignment of mine was claimed under."""
    return str(my_row(db, person, assignment_id)["guideline_version_id"])


def my_work(db: Reading, person: Person, assignment_id: str) -> Work:
    """My open trace, to label it. Raises Conflict for a case, and as `my_row`."""
    row = my_row(db, person, assignment_id)
    if row["case_id"] is not None:
        raise Conflict("This is a case; it takes a choice and a decision.")
    return load(db, row)


def refuse_pair(work: Work) -> None:
    """Raises Conflict for a pair, which has no steps."""
    if work.row["task"] == "pairs":
        raise Conflict("This is a pair, and has no steps; say which response is better.")


def my_row(db: Reading, person: Person, assignment_id: str) -> Row:
    """My open assignment. Raises NotFound for one that is not mine, LeaseTaken for one that has ended."""
    row = assignments.work(db, assignment_id)
    if row is None or row["actor_id"] != person.id:
        raise NotFound("There is no such assignment of yours.")
    if not person.roles_in(row["project_id"]) & LABELLERS:
        raise Refused("You no longer label in this project.")
    if row["visible"] is None:
        raise LeaseTaken()
    return row


def view(db: Reading, person: Person, assignment_id: str) -> AssignmentView:
    """My open trace as it stands; a step that was not shown yet comes with the next claim or commit only."""
    work = my_work(db, person, assignment_id)
    session = work.session or WorkSession(db.now, db.now)
    return assignment_view(db, work, session, next_view(db, work, session, may_show=False))


def step(db: Reading, person: Person, assignment_id: str, position: int) -> StepView:
    """A step of my open trace that was shown, with my label on it: where taking back starts."""
    work = my_work(db, person, assignment_id)
    refuse_pair(work)
    _refuse_unseen(work, position)
    text = traces.step_text(db, work.row["item_id"], position)
    mine = labelled_anew(db, work, position)
    verified = feedback(db, work.row, position, None if mine is None else mine.label)
    seen = evidence(db, work, position)
    return StepView(
        position=position, text=text, mine=mine, feedback=verified, evidence=seen, drafts=drafts_of(work, position)
    )


def commit(db: Db, person: Person, assignment_id: str, body: LabelBody) -> Committed:
    """Add my label for one step, and say what comes next."""
    work = my_work(db, person, assignment_id)
    refuse_pair(work)
    _check_label(db, work, body)
    standing = work.labels.get(body.position)
    _check_replaces(standing, body.replaces)
    answer_id = db.new_id()
    columns = _columns(work, body, standing)
    appended = give(db, work, answer_id, columns, body.citations, _kept(work, body))
    _say_step_size(db, work, body, labelled_before=standing is not None)
    work.labels[body.position] = {"id": answer_id, **columns, "received_at": db.now, "evidence": 0}
    work.due.discard(body.position)
    work.overruled.discard(body.position)
    if work.rule.reveal is Reveal.ALWAYS:
        reveal(db, work, body.position, Reveal.ALWAYS)
    session = (work.session or WorkSession(db.now, db.now)).committed(db.now, work.policy)
    next_ = next_view(db, work, session, may_show=True)
    if isinstance(next_, NextStep):
        session = session.opened(db.now, work.policy)
        if next_.step.position in work.due:
            work.shown_at = db.now
    keep(db, work, session)
    return Committed(
        label_id=answer_id, receipt=appended.hash, session=session_view(session, work.policy, db.now), next=next_,
        feedback=feedback(db, work.row, body.position, body.label), evidence=evidence(db, work, body.position),
        drafts=drafts_of(work, body.position),
    )  # fmt: skip


def _kept(work: Work, body: LabelBody) -> dict[str, int]:
    """The draft of a rationale that mine was made of -> how alike they are in percent: the one that is named, and one
    that was taken as it is. Raises BadInput for one that I was not shown.
    """
    drafts = {row["id"]: row for row in work.seen.get(body.position, ()) if row["kind"] == RATIONALE}
    if body.rationale_draft is not None and body.rationale_draft not in drafts:
        raise BadInput("rationale_draft: no such draft of a rationale for this step was shown to you")
    alike = {
        draft: likeness(json.loads(row["document"])["text"], body.rationale or "") for draft, row in drafts.items()
    }
    return {draft: per for draft, per in alike.items() if draft == body.rationale_draft or per >= VERBATIM}


def _say_step_size(db: Db, work: Work, body: LabelBody, labelled_before: bool) -> None:
    """Keep what I say of the step's size where it is another than what stands."""
    if body.step_size is StepSize.FITS and not labelled_before:
        return
    said = answers.step_size(db, work.row["item_id"], work.row["actor_id"], body.position)
    if body.step_size.value != (said["value"] if said else StepSize.FITS.value):
        give(db, work, db.new_id(), {
            "position": body.position, "question": Question.STEP_SIZE.value, "value": body.step_size.value,
            "replaces": said["id"] if said else None, "rationale": None, "unsure": 0, "chosen_at": body.chosen_at,
            "elapsed_ms": None, "shown_at": None,
        })  # fmt: skip


def give(
    db: Db, work: Work, answer_id: str, columns: Mapping[str, Any], citations: Sequence[Citation] = (),
    kept: Mapping[str, int] = NOTHING_KEPT,
) -> Appended:  # fmt: skip
    """Add one answer of an assignment, with the event that holds all of it (the rationale as its SHA-256).

    One that is given anew by somebody who has read a decision on the step is informed, as it is not blind any more.
    The first answer after verdicts became its person's to see is recorded with them, and each answer on a step or pair
    that its person had seen drafts of with these; `kept` are the drafts of rationales that it was made of.
    """
    row = {
        "id": answer_id, "project_id": work.row["project_id"], "item_id": work.row["item_id"],
        "actor_id": work.row["actor_id"], "purpose": work.row["purpose"], "assignment_id": work.id,
        "guideline_version_id": work.row["guideline_version_id"], "visible_until": work.visible,
        "informed": int(_informed(db, work, columns["position"])), **columns,
    }  # fmt: skip
    data = {key: value for key, value in row.items() if key not in ("project_id", "actor_id", "rationale")}
    data["rationale_sha256"] = sha256_or_none(row["rationale"])
    if citations:
        data["citations"] = [citation.model_dump() for citation in citations]
    visible = not_recorded(work)
    if visible:
        data["evidence"] = [[position, work.checker] for position in visible]
    drafts = shown_drafts.beside(work.seen, row["position"], kept)
    if drafts:
        data["drafts"] = [list(one) for one in drafts]
    appended = db.event(work.row["project_id"], "answer.given", work.row["actor_id"], data)
    answers.add(db, citations, **row, received_at=db.now, sequence=appended.sequence)
    if visible:
        _record(db, work, answer_id, visible, appended.sequence)
    if drafts:
        rows = [(answer_id, draft, row["item_id"], row["project_id"], per, appended.sequence) for draft, per in drafts]
        stored_drafts.add_assistance(db, rows)
    return appended


def _record(db: Db, work: Work, answer_id: str, visible: Sequence[int], sequence: int) -> None:
    for position in visible:
        checks.add_shown(
            db, item_id=work.row["item_id"], position=position, checker=work.checker, actor_id=work.row["actor_id"],
            project_id=work.row["project_id"], answer_id=answer_id, sequence=sequence,
        )  # fmt: skip
        work.labels[position] = {**work.labels[position], "evidence": 0}


def _informed(db: Reading, work: Work, position: int) -> bool:
    if work.row["informed"] or work.row["reading_role"] is not None:
        return True
    if not committed(work, position) and any(row["kind"] != RATIONALE for row in work.seen.get(position, ())):
        return True
    return work.redo and case_reports.has_seen(db, work.row["item_id"], position, work.row["actor_id"])


def _columns(work: Work, body: LabelBody, standing: Row | None) -> dict[str, Any]:
    shown_at = work.shown_at if standing is None or body.position in work.due else standing["shown_at"]
    return {
        "position": body.position, "question": Question.LABEL.value, "value": body.label, "replaces": body.replaces,
        "rationale": body.rationale, "unsure": int(body.unsure), "chosen_at": body.chosen_at,
        "elapsed_ms": body.elapsed_ms, "shown_at": shown_at,
    }  # fmt: skip


def _check_label(db: Reading, work: Work, body: LabelBody) -> None:
    _refuse_unseen(work, body.position)
    _refuse_after_closing(work, body.position)
    check_label(work, body.label, body.rationale)
    if body.citations:
        check_citations(db, work, body.citations)


def check_label(work: Work, label: str, rationale: str | None) -> None:
    """Raises BadInput for what is no label of the guideline, and where a reason is missing."""
    if work.head.labels.label(label) is None:
        names = ", ".join(one.name for one in work.head.labels.top)
        raise BadInput(f"label: {label} is no label of {work.head.title} ({names}) and no kind of one")
    if work.head.labels.needs_rationale(label) and not (rationale or "").strip():
        raise BadInput(f"rationale: the label {label} needs a reason")


def _refuse_after_closing(work: Work, position: int) -> None:
    """The step that was open when the project was closed is still taken; nothing else is."""
    open_ = position == work.expected and (not work.redo or (work.session is not None and work.session.step_open))
    if work.row["closed_at"] is not None and not open_:
        raise ProjectClosed(f"The project {work.row['project']} was closed: {work.row['closing_reason']}")


def check_citations(db: Reading, work: Work, citations: Sequence[Citation]) -> None:
    """Raises BadInput for a rule or passage that there is not."""
    passages = {one.name: one.text for one in traces.passages(db, work.row["problem_id"])}
    for number, citation in enumerate(citations):
        if citation.kind == "rule":
            if parsed(db, work.row["guideline_version_id"]).rule(citation.name) is None:
                raise BadInput(f"citations.{number}.name: {work.head.title} has no rule {citation.name}")
        elif citation.name not in passages:
            raise BadInput(f"citations.{number}.name: the problem has no passage {citation.name}")
        elif citation.stop is not None and citation.stop > len(passages[citation.name]):
            raise BadInput(f"citations.{number}.stop: the passage {citation.name} ends before it")


def _refuse_unseen(work: Work, position: int) -> None:
    if not work.row["first_position"] <= position <= work.visible:
        raise OutOfOrder(f"position: step {position} was not shown to you")


def _check_replaces(standing: Row | None, replaces: str | None) -> None:
    if standing is None and replaces is not None:
        raise Conflict("replaces: there is no label of yours on this step to replace")
    if standing is not None and replaces != standing["id"]:
        raise AlreadyLabelled(label_id=standing["id"])
