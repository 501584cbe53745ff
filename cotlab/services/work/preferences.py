"""A person's work on a pair: one commit for all that they say of it, and its correction."""

from collections.abc import Mapping
from typing import Any

from cotlab.domain.answers import REDOS, Ending, Question
from cotlab.domain.errors import (
    AlreadyLabelled,
    BadInput,
    Conflict,
    LeaseTaken,
    NotFound,
    OutOfOrder,
    ProjectClosed,
    Refused,
)
from cotlab.domain.people import LABELLERS, Person
from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.shown_drafts import RevealedDrafts
from cotlab.domain.traces.pairs import (
    STRENGTH,
    THE_PAIR,
    ChoiceFeedback,
    PairView,
    PreferenceBody,
    choices,
    needs_reason,
)
from cotlab.domain.work.sessions import WorkSession
from cotlab.domain.work.views import Preferred
from cotlab.services.calibration.calibration_work import feedback_on_pair
from cotlab.services.traces.pair_views import (
    LABEL,
    UNSAFE,
    WITHDRAWN,
    as_seen,
    pair_view,
    refuse_off_scale,
    response_on,
)
from cotlab.services.work.endings import close
from cotlab.services.work.isolation import Work, committed, drafts_of, load, reveal, session_view
from cotlab.services.work.labelling import check_citations, give
from cotlab.storage.engine.database import Appended, Db, Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.traces import pairs
from cotlab.storage.work import assignments


def prefer(db: Db, person: Person, assignment_id: str, body: PreferenceBody) -> Preferred:
    """Add what a person says of a pair, which ends the assignment; or correct it, while it is their newest.

    Raises as `work.my_row`, AlreadyLabelled where `replaces` does not name the answer that stands, and BadInput.
    """
    row = _my_pair(db, person, assignment_id)
    correcting = row["visible"] is None
    if correcting:
        _refuse_correction(db, row, body.replaces)
    work = load(db, _as_open(db, row))
    if correcting and row["closed_at"] is not None:
        raise ProjectClosed(f"The project {row['project']} was closed: {row['closing_reason']}")
    check(db, work, body)
    standing = said(db, work)
    _check_replaces(standing.get(LABEL), body.replaces)
    left = pairs.left(db, work.id)
    appended, label_id = _give(db, work, body, standing, left)
    said_now = pairs.mine(db, work.id)
    work.labels[THE_PAIR] = said_now[LABEL]
    work.due.discard(THE_PAIR)
    if work.rule.reveal is Reveal.ALWAYS:
        reveal(db, work, THE_PAIR, Reveal.ALWAYS)
    session = work.session or WorkSession(db.now, db.now)
    if not correcting:
        session = session.committed(db.now, work.policy)
        close(db, work, Ending.FINISHED)
    return Preferred(
        label_id=label_id, receipt=appended.hash, session=session_view(session, work.policy, db.now),
        feedback=_feedback(db, row, left, said_now), drafts=drafts_of(work, THE_PAIR, left),
    )  # fmt: skip


def _as_open(db: Reading, row: Row) -> Row:
    """An assignment that may have ended as if it were open still."""
    if row["visible"] is not None:
        return row
    return {**row, "visible": THE_PAIR, "expires_at": db.now, "shown_at": db.now}


def revealed(db: Db, person: Person, assignment_id: str) -> RevealedDrafts:
    """What models think of the pair that I judged last, as far as policy shows it. Raises as `last`."""
    row = _my_pair(db, person, assignment_id)
    work = load(db, _as_open(db, row))
    if row["visible"] is None:
        _refuse_correction(db, row, row["id"])
    if not committed(work, THE_PAIR):
        raise OutOfOrder("position: you have not judged this pair yet")
    appended = reveal(db, work, THE_PAIR, Reveal.ON_KEY)
    return RevealedDrafts(
        drafts=drafts_of(work, THE_PAIR, pairs.left(db, work.id)),
        receipt=None if appended is None else appended.hash,
    )  # fmt: skip


def _feedback(db: Reading, row: Row, left: str, said: Mapping[str, Row]) -> tuple[ChoiceFeedback, ...]:
    return feedback_on_pair(db, row, left, {question: one["value"] for question, one in said.items()})


def last(db: Reading, person: Person, assignment_id: str) -> PairView:
    """The pair that a person judged last, with what they said of it. Raises as `prefer`."""
    row = _my_pair(db, person, assignment_id)
    if row["visible"] is None:
        _refuse_correction(db, row, row["id"])
    head, policy = projects.front_matter(row["head"]), projects.parsed_policy(row["policy"])
    left, said = pairs.left(db, row["id"]), pairs.mine(db, row["id"])
    drafts = drafts_of(load(db, _as_open(db, row)), THE_PAIR, left)
    return pair_view(db, row["item_id"], left, policy, head, said, _feedback(db, row, left, said), drafts)


def _my_pair(db: Reading, person: Person, assignment_id: str) -> Row:
    row = assignments.work(db, assignment_id)
    if row is None or row["actor_id"] != person.id:
        raise NotFound("There is no such assignment of yours.")
    if not person.roles_in(row["project_id"]) & LABELLERS:
        raise Refused("You no longer label in this project.")
    if row["task"] != "pairs" or row["case_id"] is not None:
        raise Conflict("This is no pair to compare.")
    return row


def _refuse_correction(db: Reading, row: Row, replaces: str | None) -> None:
    """Raises LeaseTaken where the assignment did not end by a commit, Conflict where another one came after it."""
    if assignments.ending(db, row["id"]) != Ending.FINISHED:
        raise LeaseTaken()
    if replaces is not None and pairs.newest_answered(db, row["project_id"], row["actor_id"]) != row["id"]:
        raise Conflict("replaces: you have judged another pair since; only the last one can be corrected")


def said(db: Reading, work: Work) -> Mapping[str, Row]:
    """Question -> what I said last: in this assignment, or before where the pair comes back for a new guideline."""
    found = pairs.mine(db, work.id)
    if found or work.row["purpose"] not in REDOS:
        return found
    return pairs.mine_on_item(db, work.row["item_id"], work.row["actor_id"])


def _check_replaces(standing: Row | None, replaces: str | None) -> None:
    if standing is None and replaces is not None:
        raise Conflict("replaces: there is no answer of yours on this pair to replace")
    if standing is not None and replaces != standing["id"]:
        raise AlreadyLabelled(label_id=standing["id"])


def check(db: Reading, work: Work, body: PreferenceBody) -> None:
    """Raises BadInput for what is not on the scale, for criteria that are unknown or missing, and without a reason."""
    scale = choices(work.policy.scale_points, work.policy.ties_allowed)
    refuse_off_scale(work.policy, "overall", body.overall)
    names = [one.name for one in work.head.labels.criteria]
    for name, choice in body.criteria.items():
        if name not in names:
            raise BadInput(f"criteria.{name}: {work.head.title} has no such criterion ({', '.join(names)})")
        refuse_off_scale(work.policy, f"criteria.{name}", choice)
    missing = [name for name in names if name not in body.criteria]
    if missing and body.overall in STRENGTH:
        raise BadInput(f"criteria: say which response is better on {', '.join(missing)}")
    why = needs_reason(work.policy.justify, body.overall, body.criteria, scale)
    if why is not None and not (body.rationale or "").strip():
        raise BadInput(f"rationale: {why}")
    if body.citations:
        check_citations(db, work, body.citations)


def _give(
    db: Db, work: Work, body: PreferenceBody, standing: Mapping[str, Row], left: str
) -> tuple[Appended, str]:  # fmt: skip
    """Add the answers: the overall choice, each criterion, and which responses are unsafe; in canonical order."""
    label_id = db.new_id()
    overall = {
        **_columns(work, body, LABEL, as_seen(body.overall, left), standing), "rationale": body.rationale,
        "unsure": int(body.unsure), "elapsed_ms": body.elapsed_ms,
    }  # fmt: skip
    appended = give(db, work, label_id, overall, body.citations)
    for question, value in _beside(body, standing, left).items():
        give(db, work, db.new_id(), _columns(work, body, question, value, standing))
    return appended, label_id


def _beside(body: PreferenceBody, standing: Mapping[str, Row], left: str) -> dict[str, str]:
    """What is answered beside the overall choice; what was said before and is said no more is withdrawn."""
    found = {name: as_seen(choice, left) for name, choice in body.criteria.items()}
    if body.safety is not None:
        found[UNSAFE] = response_on(body.safety, left)
    known = set(Question) - {UNSAFE}
    gone = {name: WITHDRAWN for name, row in standing.items() if name not in known and row["value"] != WITHDRAWN}
    return gone | found


def _columns(
    work: Work, body: PreferenceBody, question: str, value: str, standing: Mapping[str, Row]
) -> dict[str, Any]:  # fmt: skip
    before = standing.get(question)
    shown_at = work.shown_at if before is None or work.redo else before["shown_at"]
    return {
        "position": THE_PAIR, "question": question, "value": value, "replaces": before["id"] if before else None,
        "rationale": None, "unsure": 0, "chosen_at": body.chosen_at, "elapsed_ms": None, "shown_at": shown_at,
    }  # fmt: skip
