"""What a person may see of a trace now, and what comes next. Nothing else builds these views."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.answers import REDOS, Citation, Purpose, Question, StepSize
from cotlab.domain.checks import ShownEvidence, shown
from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.projects.draft_policy import USUAL, DraftRule, Reveal
from cotlab.domain.projects.policy import MICROSECONDS, MINUTE, Policy
from cotlab.domain.shown_drafts import RATIONALE, ShownDraft
from cotlab.domain.traces.pairs import PairView
from cotlab.domain.traces.records import ProblemView
from cotlab.domain.work.sessions import WorkSession
from cotlab.domain.work.views import (
    AssignmentView,
    BreakDue,
    FinishDue,
    MyLabel,
    Next,
    NextPair,
    NextStep,
    SessionView,
    StepView,
    Withdrawn,
)
from cotlab.services.checks.verdicts import checker_in_force
from cotlab.services.drafts import shown_drafts
from cotlab.services.guidelines.staleness import standing_on
from cotlab.services.labels.redo import overruled
from cotlab.services.traces.pair_views import pair_view
from cotlab.storage.checks import checks
from cotlab.storage.engine.database import Appended, Db, Reading, Row
from cotlab.storage.labels import answers
from cotlab.storage.projects import projects as stored
from cotlab.storage.traces import pairs, traces
from cotlab.storage.work import assignments

LOOKS_LIKE = {
    Purpose.GOLD: Purpose.PRODUCTION.value, Purpose.GOLD_REDO: Purpose.REDO.value,
    Purpose.REPEAT: Purpose.PRODUCTION.value,
}  # fmt: skip


@dataclass(slots=True)
class Work:
    """An open assignment with the rules it stands under. `labels` is position -> my latest label.

    `due` are the positions whose label is to be given anew, `overruled` those where no error was decided after mine.
    `checker` is the one whose verdicts I see on what I have committed, if any. `rule` is what policy says of drafts,
    and `seen` position -> the drafts of it that I have seen, now or before.
    """

    row: Row
    policy: Policy
    head: FrontMatter
    labels: dict[int, Row]
    visible: int
    shown_at: int
    expires_at: int
    due: set[int] = field(default_factory=set)
    overruled: set[int] = field(default_factory=set)
    checker: str | None = None
    rule: DraftRule = USUAL
    seen: dict[int, list[Row]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def session(self) -> WorkSession | None:
        """The session of my work as it stood when this was loaded."""
        return None if self.row["started_at"] is None else assignments.session_of(self.row)

    @property
    def expected(self) -> int | None:
        """The first step that was shown and has no label of mine that stands; None where all have one."""
        shown = range(self.row["first_position"], self.visible + 1)
        return next((position for position in shown if position not in self.labels or position in self.due), None)

    @property
    def redo(self) -> bool:
        return self.row["purpose"] in REDOS

    @property
    def stopped(self) -> bool:
        """Whether the policy ends the trace at an error that I labelled."""
        standing = (row["value"] for at, row in self.labels.items() if at not in self.due | self.overruled)
        return self.policy.stop_at_first_error and any(map(self.head.labels.is_error, standing))


def load(db: Reading, row: Row) -> Work:
    """`row` is one of assignments.work with a lease."""
    redo, policy = row["purpose"] in REDOS, stored.parsed_policy(row["policy"])
    checker = checker_in_force(policy) if _shows_evidence(row, policy) else None
    labels, due = (
        _read_today(db, row, row["item_id"], checker) if redo else (answers.my_labels(db, row["id"], checker), set())
    )
    return Work(
        row=row,
        policy=policy,
        head=stored.front_matter(row["head"]),
        labels=labels,
        visible=row["visible"],
        shown_at=row["shown_at"],
        expires_at=row["expires_at"],
        due=due,
        overruled=overruled(db, row["project_id"], row["item_id"], row["actor_id"]) if redo else set(),
        checker=checker,
        rule=shown_drafts.rule_of(row, policy),
        seen=shown_drafts.seen(db, row),
    )


def _shows_evidence(row: Row, policy: Policy) -> bool:
    return policy.show_evidence and row["case_id"] is None and row["task"] == "steps"


def _read_today(db: Reading, row: Row, item_id: str, checker: str | None = None) -> tuple[dict[int, Row], set[int]]:
    """My labels on an item by the schema of an assignment's version, and the positions of those that it asks anew."""
    version_id, schema = row["guideline_version_id"], stored.front_matter(row["head"]).labels
    standing = standing_on(db, row["project_id"], item_id, row["actor_id"], version_id)
    labels: dict[int, Row] = {}
    due = set()
    for position, label in answers.my_labels_on_item(db, item_id, row["actor_id"], checker).items():
        now = standing.get(label["id"])
        value = now.label if now else label["value"]
        if now and not now.stale and now.version_id and schema.label(value) is None:
            value = stored.guideline_head(db, now.version_id).labels.parent(value)
        labels[position] = {**label, "value": value}
        if now and now.stale:
            due.add(position)
    return labels, due


def next_view(db: Reading, work: Work, session: WorkSession | None, may_show: bool) -> Next:
    """What comes next. A step not shown before comes only where `may_show`; then `work.visible` moves to it."""
    row = work.row
    if row["closed_at"] is not None:
        return Withdrawn(reason=f"The project {row['project']} was closed: {row['closing_reason']}")
    if row["task"] == "pairs":
        return NextPair(pair=_pair(db, work))
    expected = work.expected
    if expected is None and work.stopped:
        return FinishDue(all_shown=False, final_answer=None)
    until = session.break_until(db.now, work.policy) if session else None
    waits = until is not None and expected in work.due and session is not None and not session.step_open
    if expected is not None and not waits:
        return NextStep(step=_step(db, work, expected))
    if until is not None or not may_show:
        return BreakDue(until=until or db.now)
    if work.visible >= row["last_position"]:
        return FinishDue(all_shown=True, final_answer=row["final_answer"], **_asked(db, work))
    work.visible += 1
    work.shown_at = db.now
    return NextStep(step=_step(db, work, work.visible))


def _pair(db: Reading, work: Work) -> PairView:
    said = pairs.mine_on_item(db, work.row["item_id"], work.row["actor_id"]) if work.redo else {}
    return pair_view(db, work.row["item_id"], pairs.left(db, work.id), work.policy, work.head, said)


def _asked(db: Reading, work: Work) -> dict[str, Any]:
    """What is still to be asked of a whole trace, and the strategies to choose from; a redo asks only what it must."""
    if work.redo and Question.COMPLETE in answers.asked_before(db, work.row["item_id"], work.row["actor_id"]):
        return {}
    strategies, said = work.head.strategies, work.row["strategy"]
    if not strategies:
        return {"asks": (Question.COMPLETE.value,)}
    return {
        "asks": (Question.COMPLETE.value, Question.STRATEGY.value), "strategies": strategies,
        "strategy": said if said in work.head.strategy_names() else None,
    }  # fmt: skip


def _step(db: Reading, work: Work, position: int) -> StepView:
    text = traces.step_text(db, work.row["item_id"], position)
    mine = labelled_anew(db, work, position) if position in work.due else my_label(work.labels.get(position))
    return StepView(position=position, text=text, mine=mine)


def my_label(row: Row | None) -> MyLabel | None:
    if row is None:
        return None
    return MyLabel(
        id=row["id"], label=row["value"], rationale=row["rationale"], unsure=bool(row["unsure"]),
        received_at=row["received_at"],
    )  # fmt: skip


def labelled_anew(db: Reading, work: Work, position: int) -> MyLabel | None:
    """My label on a step that is to be labelled anew, with what it cites and what I said of the step's size."""
    label = my_label(work.labels.get(position))
    if label is None:
        return None
    size = answers.step_size(db, work.row["item_id"], work.row["actor_id"], position)
    return label.model_copy(
        update={
            "citations": tuple(Citation(**row) for row in answers.citations(db, label.id)),
            "step_size": StepSize(size["value"]) if size else StepSize.FITS,
            "stale": position in work.due,
        }
    )


def done_steps(db: Reading, work: Work) -> tuple[StepView, ...]:
    """The steps that were shown and labelled, the context of an alternative first with my labels on it."""
    if work.row["task"] == "pairs":
        return ()
    earlier: dict[str, Mapping[int, Row]] = {work.row["item_id"]: work.labels}
    found = {} if work.checker is None else checks.verdicts(db, work.row["item_id"], work.checker)
    views = []
    for step in traces.steps_up_to(db, work.row["item_id"], work.visible):
        own = step.trace_id == work.row["item_id"]
        if own and step.position not in work.labels:
            continue
        if step.trace_id not in earlier:
            earlier[step.trace_id] = _read_today(db, work.row, step.trace_id)[0]
        mine = my_label(earlier[step.trace_id].get(step.position))
        row = found.get(step.position) if own and committed(work, step.position) else None
        evidence = None if row is None else shown(row["document"])
        views.append(StepView(position=step.position, text=step.text, mine=mine, prefix=not own, evidence=evidence,
                              drafts=drafts_of(work, step.position) if own else ()))  # fmt: skip
    return tuple(views)


def evidence(db: Reading, work: Work, position: int) -> ShownEvidence | None:
    """What the check found in a step that I have committed; None before that, and where the policy keeps it back."""
    if work.checker is None or not committed(work, position):
        return None
    if position == work.row["visible"] and work.row["checker"] == work.checker:
        return shown(work.row["document"])
    row = checks.verdict(db, work.row["item_id"], position, work.checker)
    return None if row is None else shown(row["document"])


def drafts_of(work: Work, position: int, left: str | None = None) -> tuple[ShownDraft, ...]:
    """The drafts that I have seen of what I have committed; none before that, and none that policy keeps back now.

    `left` is the response of a pair that stands on my left.
    """
    if position not in work.seen or not committed(work, position) or shown_drafts.hidden(work.row, work.rule):
        return ()
    kinds = (RATIONALE,) if work.rule.reveal is Reveal.NEVER else None
    return shown_drafts.shown(work.seen[position], left, kinds)


def reveal(db: Db, work: Work, position: int, how: Reveal) -> Appended | None:
    """Show what there is of what I have committed, as far as policy lets it; `seen` holds it then."""
    before = work.seen.get(position, [])
    fresh, appended = shown_drafts.reveal(db, work.row, work.rule, position, before, how)
    if fresh:
        work.seen[position] = before + fresh
    return appended


def not_recorded(work: Work) -> tuple[int, ...]:
    """The steps whose verdict is mine to see, and no answer of mine was recorded with."""
    return tuple(
        position for position, row in sorted(work.labels.items()) if row["evidence"] and committed(work, position)
    )


def committed(work: Work, position: int) -> bool:
    return position in work.labels and position not in work.due


def assignment_view(db: Reading, work: Work, session: WorkSession, next_: Next) -> AssignmentView:
    row = work.row
    problem = traces.problem_view_row(db, row["problem_id"])
    return AssignmentView(
        id=work.id,
        project_id=row["project_id"],
        project=row["project"],
        guideline=work.head.guideline,
        guideline_version=work.head.version,
        purpose=LOOKS_LIKE.get(row["purpose"], row["purpose"]),
        expires_at=work.expires_at,
        problem=ProblemView(
            text=problem["text"], domain=problem["domain"], language=problem["language"],
            passages=traces.passages_of(problem["passages"]),
        ),
        done=done_steps(db, work),
        next=next_,
        session=session_view(session, work.policy, db.now),
        evidence_shown=work.checker is not None,
        drafts_shown=work.rule.reveal,
        rationales=work.rule.rationales is not None and row["task"] == "steps",
    )  # fmt: skip


def session_view(session: WorkSession, policy: Policy, now: int) -> SessionView:
    """Since when this session runs, and when (at this pace) a break is proposed and due."""
    cap = policy.step_time_cap_seconds * MICROSECONDS
    worked = session.worked + (min(now - session.last_at, cap) if session.step_open else 0)
    return SessionView(
        started_at=session.started_at,
        remind_at=now + policy.remind_after_minutes * MINUTE - worked,
        break_at=now + policy.break_after_minutes * MINUTE - worked,
    )


def keep(db: Db, work: Work, session: WorkSession) -> None:
    """Renew the lease, remember what is visible, and keep the session."""
    work.expires_at = db.now + work.policy.lease_minutes * MINUTE
    assignments.renew(db, work.id, work.expires_at, work.visible, work.shown_at)
    assignments.keep_session(db, work.row["actor_id"], session)
