"""An adjudicator's cases: the list of them, and one to work on."""

from collections.abc import Iterator, Sequence
from itertools import islice

from cotlab.domain.answers import WHOLE_TRACE, Citation, Ending, Purpose
from cotlab.domain.cases import CaseEntry, CaseList, CaseState, CaseView, ClaimCaseBody, ClaimedCase
from cotlab.domain.errors import Conflict, NoGuideline, NotFound, ProjectClosed, Refused
from cotlab.domain.labels.case_reasons import FOUND
from cotlab.domain.people import Person, Role
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import MINUTE, Policy
from cotlab.domain.traces.records import ProblemView
from cotlab.domain.work.sessions import WorkSession
from cotlab.domain.work.views import MyLabel, StepView
from cotlab.services.cases import facts
from cotlab.services.cases.seats import Standing, adjudicates, refuse, standings, takeable
from cotlab.services.people.access import refuse_away
from cotlab.services.projects.page_cursors import next_place, place
from cotlab.services.projects.projects import known_project, open_project
from cotlab.services.queue.claim_order import NotAcknowledged, acknowledged_version
from cotlab.services.traces.pair_views import as_seen, pair_view
from cotlab.services.work.endings import close
from cotlab.services.work.isolation import Work, keep, load, session_view
from cotlab.services.work.labelling import assign, my_row, refuse_readers
from cotlab.services.work.pair_sides import draw_sides
from cotlab.storage.cases import cases as stored
from cotlab.storage.cases import waiting_cases as queued
from cotlab.storage.coverage import writing_tasks
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.labels import answers
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.traces import pairs, traces
from cotlab.storage.work import assignments

PAGE = 100
AHEAD = 8
LOOKED_AT_IN_A_WRITE = 64
MOST_COUNTED = 1_000
NEWER = "A newer case was opened where you decided this one; it is the one to decide."


def waiting(db: Reading, person: Person, project_id: str) -> int:
    """How many cases a person could take, as of the last look at what is due; counted up to some more than 1,000."""
    if not adjudicates(db, person, project_id):
        return 0
    spoken = standings(db, person, project_id, queued.spoken_of(db, project_id))
    return sum(one.open_to_me for one in spoken) + queued.count_unspoken(db, project_id, person.id, MOST_COUNTED)


def open_case(db: Reading, person: Person, project_id: str) -> bool:
    """Whether a person has a case in their hands."""
    return assignments.open_case(db, project_id, person.id) is not None


def listed(
    db: Reading, person: Person, project_id: str, state: CaseState | None = None, reason: CaseReason | None = None,
    domain: str | None = None, after: str | None = None,
) -> CaseList:  # fmt: skip
    """A page of the cases that a person may decide, or did, after a cursor; as of the last look at what is due.

    Those that have settled otherwise come where they are asked for. What a check found is no reason that is told, or
    asked for, of a case that the person did not decide.
    """
    known_project(db, project_id)
    start = place(after) or (0, "")
    own, ids, total = list[Standing](), set[str](), 0
    if state in (None, CaseState.OPEN):
        spoken = standings(db, person, project_id, queued.spoken_of(db, project_id))
        own = [one for one in spoken if _mine_to_decide(one) and _wanted(one, reason, domain)]
    for one in (CaseState.OPEN, CaseState.DECIDED) if state is None else (state,):
        if reason in FOUND and one is not CaseState.DECIDED:
            continue
        some, count = queued.page(db, project_id, person.id, one, reason, domain, start, PAGE + 1)
        ids, total = ids.union(some), total + count
    rest = [one for one in own if _age(one) > start] + standings(db, person, project_id, ids)
    page = sorted(rest, key=_age)[:PAGE]
    texts = stored.problems(db, [one.row["id"] for one in page])
    return CaseList(
        cases=tuple(_entry(one, texts[one.row["id"]]) for one in page), total=len(own) + total,
        next_cursor=next_place(*_age(page[-1])) if len(rest) > len(page) else None,
    )  # fmt: skip


def _age(one: Standing) -> tuple[int, str]:
    return one.row["at"], one.row["id"]


def _mine_to_decide(one: Standing) -> bool:
    """Whether an undecided case is in the person's list."""
    return one.mine or one.why_not is None


def _wanted(one: Standing, reason: CaseReason | None, domain: str | None) -> bool:
    return (reason is None or reason in _told(one)) and domain in (None, one.row["domain"])


def _told(one: Standing) -> tuple[CaseReason, ...]:
    """The reasons of a case that a person reads: before their decision none that tells what a check found."""
    reasons = facts.reasons(one.row, one.reasons)
    if one.decided or one.person_id in one.given:
        return reasons
    return tuple(reason for reason in reasons if reason not in FOUND)


def _entry(one: Standing, problem: str) -> CaseEntry:
    row, now = one.row, one.reasons
    return CaseEntry(
        case_id=row["id"], state=facts.state(row, now), task=row["task"], reasons=_told(one),
        domain=row["domain"], problem=problem, opened_at=row["at"], number=row["number"], mine=one.mine,
        for_me=one.for_me,
        taken=not one.decided and not one.mine and one.free <= 0 and one.dead is None,
        decided_at=row["decided_at"] if one.decided else None,
    )  # fmt: skip


def ahead(db: Reading, person: Person, project_id: str) -> list[str]:
    """The ids of the next cases for a person, looked for outside the write that claims one of them."""
    looked_at = AHEAD
    while True:
        found = list(islice(_first(db, person, project_id, looked_at), AHEAD))
        if len(found) == AHEAD or looked_at >= queued.count_unspoken(db, project_id, person.id, looked_at + 1):
            return [one.row["id"] for one in found]
        looked_at *= 8


def _first(db: Reading, person: Person, project_id: str, most: int) -> Iterator[Standing]:
    """The next cases for a person, among those that somebody had and the first of the others."""
    spoken = queued.spoken_of(db, project_id)
    ids = spoken.union(queued.unspoken(db, project_id, person.id, most))
    return takeable(db, project_id, standings(db, person, project_id, ids))


def claim(db: Db, person: Person, project_id: str, body: ClaimCaseBody, picked: Sequence[str] = ()) -> ClaimedCase:
    """The case that I have in my hands; else the one that `body` names, or the next one.

    The next one is of those `picked` ahead of the claim, unless others were quicker; each is checked anew. A case that
    I decided comes back by name, to correct my decision; left as it was, the decision stands. Raises Conflict, Refused
    or NotFound where the one named is not to be had.
    """
    open_project(db, project_id)
    if not projects.has_guideline(db, project_id):
        raise NoGuideline()
    policy = projects.policy(db, project_id)
    refuse_readers(person, project_id, policy)
    refuse_away(db, person)
    open_ = assignments.open_case(db, project_id, person.id)
    looked_at = {*picked, *filter(None, (body.case_id, open_ and open_["case_id"]))}
    found = standings(db, person, project_id, looked_at)
    if open_ is not None and not _put_aside(db, person, open_, body.case_id, found):
        return ClaimedCase(case=_resume(db, load(db, open_)))
    session = assignments.session(db, person.id)
    if session is not None and (until := session.break_until(db.now, policy)) is not None:
        return ClaimedCase(nothing="break", until=until)
    if body.case_id is not None:
        one: Standing | None = _named(db, person, project_id, body.case_id, found)
    else:
        one = _next(db, person, project_id, found)
    if one is None:
        return ClaimedCase(nothing="nothing_open")
    try:
        version_id = acknowledged_version(db, person, project_id, one.row["item_id"])
    except NotAcknowledged as unread:
        return ClaimedCase(nothing="new_guideline", guideline_version_id=unread.version_id)
    if version_id is None:
        raise NoGuideline()
    return _assign(db, person, one, version_id, policy, session)


def _put_aside(db: Db, person: Person, open_: Row, case_id: str | None, found: list[Standing]) -> bool:
    """End an open correction of a decision where another case is wanted; and, so that the last decision can be
    corrected while the next case is there already, one of which nothing was said yet. Raises Conflict for any other.
    """
    if case_id == open_["case_id"]:
        return False
    given = {one.row["id"] for one in found if person.id in one.given}
    if open_["case_id"] in given:
        close(db, load(db, open_), Ending.DECIDED)
        return True
    if case_id in given and stored.my_choice(db, open_["case_id"], person.id) is None:
        close(db, load(db, open_), Ending.PASSED_ON)
        return True
    if case_id is not None:
        raise Conflict("You have another case in your hands; decide it or hand it on first.")
    return False


def _next(db: Reading, person: Person, project_id: str, found: list[Standing]) -> Standing | None:
    """The next of those found ahead; of the first ones anew where others were quicker."""
    one = next(takeable(db, project_id, found), None)
    return one or next(_first(db, person, project_id, LOOKED_AT_IN_A_WRITE), None)


def _named(db: Reading, person: Person, project_id: str, case_id: str, found: list[Standing]) -> Standing:
    one = next((one for one in found if one.row["id"] == case_id), None)
    if one is None:
        if stored.case(db, project_id, case_id) is None:
            raise NotFound("There is no such case in this project.")
        raise Conflict("This case is decided.")
    if person.id not in one.given:
        refuse(db, one)
    elif stored.newest_number(db, *one.place) > one.row["number"]:
        raise Conflict(NEWER)
    return one


def _assign(
    db: Db, person: Person, one: Standing, version_id: str, policy: Policy, session: WorkSession | None
) -> ClaimedCase:
    project_id, item_id, position = one.row["project_id"], one.row["item_id"], one.row["position"]
    if person.id not in one.given and one.free <= 0 and one.dead is not None:
        dead = one.dead["assignment_id"]
        taken = db.event(project_id, "assignment.taken_over", person.id, {"assignment": dead})
        assignments.end(db, dead, Ending.TAKEN_OVER, taken.sequence)
    assignment_id = db.new_id()
    informed = actors.has_read(db, person.id, project_id) or writing_tasks.saw_answer(db, item_id, person.id)
    appended = assign(
        db, person, project_id, item_id, assignment_id, purpose=Purpose.ADJUDICATION, version_id=version_id,
        informed=informed, case_id=one.row["id"],
    )  # fmt: skip
    if traces.task(db, item_id) == "pairs":
        draw_sides(db, person, project_id, item_id, assignment_id, Purpose.ADJUDICATION, policy)
    visible = position if position != WHOLE_TRACE else _visible_of_whole(db, one.row)
    assignments.lease(
        db, assignment_id, project_id, item_id, person.id, db.now + policy.lease_minutes * MINUTE, visible
    )
    row = assignments.work(db, assignment_id)
    assert row is not None
    session = (session or WorkSession(db.now, db.now)).opened(db.now, policy)
    assignments.keep_session(db, person.id, session)
    return ClaimedCase(case=_view(db, load(db, row), session), receipt=appended.hash)


def _visible_of_whole(db: Reading, case: Row) -> int:
    """The last step that a case on a whole trace shows: what people saw who cannot use the problem, or all of it where
    the answer is in question.
    """
    if about_the_answer(case):
        return int(traces.trace(db, case["item_id"])["last_position"])
    return stored.seen_by_reporters(db, case["item_id"])


def about_the_answer(case: Row) -> bool:
    """Whether the final answer of a whole trace is in question, and not its problem alone."""
    return case["position"] == WHOLE_TRACE and bool(FOUND.intersection(facts.reasons(case)))


def _resume(db: Db, work: Work) -> CaseView:
    session = (work.session or WorkSession(db.now, db.now)).opened(db.now, work.policy)
    keep(db, work, session)
    return _view(db, work, session)


def view(db: Reading, person: Person, assignment_id: str) -> CaseView:
    """The case that I have in my hands, as it stands."""
    work = my_case(db, person, assignment_id)
    refuse_closed(work)
    return _view(db, work, work.session or WorkSession(db.now, db.now))


def my_case(db: Reading, person: Person, assignment_id: str) -> Work:
    """My open case. Raises NotFound for one that is not mine, Conflict for a trace, LeaseTaken for one that ended."""
    row = my_row(db, person, assignment_id)
    if row["case_id"] is None:
        raise Conflict("This is a trace to label, and no case.")
    if Role.ADJUDICATOR not in person.roles_in(row["project_id"]):
        raise Refused("You no longer adjudicate in this project.")
    return load(db, row)


def refuse_closed(work: Work) -> None:
    if work.row["closed_at"] is not None:
        raise ProjectClosed(f"The project {work.row['project']} was closed: {work.row['closing_reason']}")


def case_of(db: Reading, work: Work) -> Row:
    """The case of an assignment, with the decision that stands."""
    row = stored.case(db, work.row["project_id"], work.row["case_id"])
    assert row is not None
    return row


def left_of(db: Reading, work: Work) -> str:
    """The response of a pair that stands on the left in a case."""
    return pairs.left(db, work.id)


def my_choice(db: Reading, work: Work) -> MyLabel | None:
    """What I chose before I saw what others said, maybe when I had the case before."""
    row = stored.my_choice(db, work.row["case_id"], work.row["actor_id"])
    if row is None:
        return None
    return MyLabel(
        id=row["id"], label=as_seen(row["value"], left_of(db, work)), rationale=row["rationale"],
        unsure=bool(row["unsure"]),
        received_at=row["received_at"],
        citations=tuple(Citation(**citation) for citation in answers.citations(db, row["id"])),
    )  # fmt: skip


def _view(db: Reading, work: Work, session: WorkSession) -> CaseView:
    case, row, choice = case_of(db, work), work.row, my_choice(db, work)
    problem = traces.problem_view_row(db, row["problem_id"])
    shown = [
        StepView(position=step.position, text=step.text, mine=None, prefix=step.trace_id != row["item_id"])
        for step in traces.steps_up_to(db, row["item_id"], work.visible)
    ]
    whole, left = case["position"] == WHOLE_TRACE, left_of(db, work)
    return CaseView(
        id=work.id, case_id=case["id"], project_id=row["project_id"], project=row["project"],
        guideline=work.head.guideline, guideline_version=work.head.version, asks="outcome" if whole else "label",
        opened_at=case["at"], expires_at=work.expires_at,
        problem=ProblemView(
            text=problem["text"], domain=problem["domain"], language=problem["language"],
            passages=traces.passages_of(problem["passages"]),
        ),
        before=tuple(shown if whole else shown[:-1]), step=None if whole or not shown else shown[-1],
        pair=None if case["task"] != "pairs" else pair_view(db, row["item_id"], left, work.policy, work.head, {}),
        final_answer=row["final_answer"] if about_the_answer(case) else None, choice=choice,
        evidence=None if choice is None else facts.seen(db, case, left),
        decision=None if choice is None else facts.my_opinion(db, case, row["actor_id"], left),
        session=session_view(session, work.policy, db.now),
    )  # fmt: skip
