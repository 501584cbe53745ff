"""Where a person stands in a domain: walked through from what happened, in order, and nothing of it is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cotlab.domain.calibration.qualification import CalibrationState, DecisionKind, Standing, task_of_field, things
from cotlab.domain.calibration.results import GateResult
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.projects.gates import Gate
from cotlab.domain.projects.policy import MICROSECONDS, MINUTE
from cotlab.services.calibration import attempts
from cotlab.services.calibration.attempts import Go
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import projects

DAY = 24 * 60 * MINUTE
NEW, CALIBRATING, QUALIFIED = CalibrationState.NEW, CalibrationState.CALIBRATING, CalibrationState.QUALIFIED
SUSPENDED, EXPIRED = CalibrationState.SUSPENDED, CalibrationState.EXPIRED
BEGUN, DONE, ALARM, CHANGED = "begun", "done", "alarm", "changed"


@dataclass(frozen=True, slots=True)
class _Happened:
    """One thing in the course of a calibration; `at` is None where only its order matters."""

    sequence: int
    at: int | None
    kind: str
    go: Go | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Qualified:
    since: int
    until: int
    by_lead: bool


@dataclass(slots=True)
class Course:
    """How a calibration stands while it is walked through.

    `from_` is the sequence since which attempts count for what is asked now, `allowed` how many there may be in all.
    """

    gate: Gate
    results: dict[int, GateResult]
    goes: Sequence[Go]
    allowed: int
    from_: int = 0
    used: int = 0
    qualified: _Qualified | None = None
    before_alarm: _Qualified | None = None
    alarm: int | None = None
    suspended: _Happened | None = None
    expired: int | None = None
    changed: str | None = None
    now: int = field(default=0)

    def walk(self, happened: Sequence[_Happened]) -> None:
        for one in happened:
            if one.at is not None:
                self.expire(one.at)
            self._take(one)
        self.expire(self.now)

    def expire(self, at: int) -> None:
        if self.qualified is not None and at >= self.qualified.until:
            self.expired, self.qualified = self.qualified.until, None
            self._anew()

    def _anew(self, sequence: int | None = None) -> None:
        """Attempts from here on are fresh ones."""
        self.allowed = self.used + self.gate.attempts
        begun = [go.begun[0] for go in self.goes[: self.used]]
        self.from_ = sequence if sequence is not None else max(begun, default=0) + 1

    def _take(self, one: _Happened) -> None:
        match one.kind:
            case "begun":
                self.used += 1
            case "done":
                self._judge(one)
            case "alarm":
                self.before_alarm, self.qualified, self.alarm = self.qualified, None, one.at
                self._anew(one.sequence)
            case "changed":
                self._change(one)
            case DecisionKind.QUALIFY:
                self._qualify(one.at or 0, by_lead=True)
            case DecisionKind.SUSPEND:
                self.suspended, self.qualified, self.before_alarm, self.allowed = one, None, None, self.used
            case DecisionKind.OVERRULE_ALARM:
                if self.alarm is not None:
                    self.qualified, self.alarm = self.before_alarm, None
            case DecisionKind.ANOTHER_ATTEMPT:
                self.suspended, self.allowed = None, max(self.allowed, self.used) + 1

    def _judge(self, one: _Happened) -> None:
        assert one.go is not None
        if one.go.begun[0] >= self.from_ and self.suspended is None and self.results[one.go.number].passed:
            self._qualify(one.at or 0, by_lead=False)

    def _qualify(self, at: int, by_lead: bool) -> None:
        self.qualified = _Qualified(at, at + self.gate.days * DAY, by_lead)
        self.suspended = self.alarm = self.expired = self.changed = None

    def _change(self, one: _Happened) -> None:
        if self.used or self.qualified is not None:
            self.changed = one.why
        self.qualified = self.before_alarm = None
        if self.suspended is None:
            self._anew(one.sequence)

    @property
    def current(self) -> Go | None:
        """The attempt of what is asked now that goes on."""
        last = self.goes[-1] if self.goes else None
        return last if last is not None and last.begun[0] >= self.from_ and last.ended is None else None

    @property
    def next_number(self) -> int | None:
        """The attempt that goes on, or the one that may be begun; None where there is none."""
        if self.qualified is not None or self.suspended is not None:
            return None
        if self.current is not None:
            return self.current.number
        return (self.goes[-1].number if self.goes else 0) + 1 if self.used < self.allowed else None

    @property
    def state(self) -> CalibrationState:
        begun = any(go.begun[0] >= self.from_ for go in self.goes)
        if self.qualified is not None:
            return QUALIFIED
        if self.suspended is not None or self.alarm is not None or self.next_number is None:
            return SUSPENDED
        if begun:
            return CALIBRATING
        return NEW if self.expired is None or self.changed is not None else EXPIRED


def standing(db: Reading, project_id: str, person_id: str, domain: str) -> Standing:
    """Where a person stands in a domain, as a lead is told it; `person` is the name."""
    return told(db, project_id, person_id, domain, own=False)


def my_standing(db: Reading, project_id: str, person_id: str, domain: str) -> Standing:
    """The same as the person is told it: nothing of drift, nor of what a lead wrote."""
    return told(db, project_id, person_id, domain, own=True)


def told(db: Reading, project_id: str, person_id: str, domain: str, own: bool) -> Standing:
    gate = projects.policy(db, project_id).gate
    person = "" if own else actors.person(db, person_id).name
    if gate is None:
        return _without_gate(person, domain, _suspension(db, project_id, person_id, domain), own)
    course = course_of(db, project_id, person_id, domain, gate)
    has_set = bool(course.goes) or stored.newest_set(db, project_id, domain) is not None
    informed = actors.has_read(db, person_id, project_id)
    return Standing(
        person=person, domain=domain, state=course.state, may_label=course.state is QUALIFIED,
        sentence=_sentence(course, domain, own, has_set, informed), since=_since(course),
        until=course.qualified.until if course.qualified else None, gate=gate, attempts_allowed=course.allowed,
        attempts=tuple(go.view(course.results.get(go.number)) for go in course.goes),
    )  # fmt: skip


def standing_then(
    db: Reading, project_id: str, person_id: str, domain: str, sequence: int, at: int
) -> tuple[CalibrationState, str]:
    """Where a person stood at an event of the project's chain, and why, in a sentence."""
    gate = projects.policy(db, project_id, sequence).gate
    if gate is None:
        suspended = _suspension(db, project_id, person_id, domain, sequence)
        found = _without_gate("", domain, suspended, own=False)
        return found.state, found.sentence
    course = course_of(db, project_id, person_id, domain, gate, (sequence, at))
    has_set = bool(course.goes) or stored.newest_set(db, project_id, domain) is not None
    reason = _reason(db, project_id, person_id, domain, course, sequence)
    return course.state, _sentence(course, domain, False, has_set, informed=False) + reason


def _reason(db: Reading, project_id: str, person_id: str, domain: str, course: Course, sequence: int) -> str:
    """What the lead wrote who qualified somebody."""
    if course.qualified is None or not course.qualified.by_lead:
        return ""
    said = [row["reason"] for row in stored.decisions(db, project_id, domain, person_id)
            if row["kind"] == DecisionKind.QUALIFY and row["sequence"] <= sequence]  # fmt: skip
    return f" {said[-1]}" if said else ""


def course_of(
    db: Reading, project_id: str, person_id: str, domain: str, gate: Gate, until: tuple[int, int] | None = None
) -> Course:
    """A calibration, walked through up to now, or up to the sequence and the time of an event."""
    timeline = projects.timeline(db, project_id, task=task_of_field(domain))
    goes = attempts.goes(db, project_id, person_id, domain)
    last, now = (None, db.now) if until is None else until
    goes = [go for go in goes if last is None or go.begun[0] <= last]
    results = {
        go.number: attempts.result(db, project_id, domain, go, gate, timeline) for go in goes if go.ended is not None
    }
    happened = [
        *(_Happened(*go.begun, BEGUN, go) for go in goes),
        *(_Happened(*go.ended, DONE, go) for go in goes if go.ended is not None),
        *(_Happened(row["sequence"], row["at"], ALARM) for row in stored.alarms(db, project_id, domain, person_id)),
        *_decisions(stored.decisions(db, project_id, domain, person_id)),
        *(_changes(timeline, attempts.domain_in(db, project_id, domain)) if gate.anew_after_label_change else ()),
    ]
    course = Course(gate, results, goes, allowed=gate.attempts, now=now)
    course.walk(sorted((one for one in happened if last is None or one.sequence <= last), key=lambda one: one.sequence))
    return course


def _decisions(rows: Sequence[Row]) -> Iterator[_Happened]:
    return (_Happened(row["sequence"], row["at"], DecisionKind(row["kind"]), why=row["reason"]) for row in rows)


def _changes(timeline: Timeline, domain: str) -> Iterator[_Happened]:
    """The versions that asked for labels of a domain anew, of the guideline that was in force before."""
    before: InForce | None = None
    for row in timeline.chain(domain):
        changes = row.head.change is Change.LABEL_CHANGING
        if changes and before is not None and row.head.guideline == before.head.guideline and _touches(row, domain):
            yield _Happened(row.sequence, None, CHANGED, why=row.head.title)
        before = row


def _touches(version: InForce, domain: str) -> bool:
    """Whether it changes anything in a domain; tags may be of any."""
    affects = version.head.affects
    return not affects.domains or domain in affects.domains or bool(affects.tags)


def _suspension(
    db: Reading, project_id: str, person_id: str, domain: str, until: int | None = None
) -> _Happened | None:
    """A lead's suspension that stands, where calibration is not asked for."""
    rows = [row for row in _decisions(stored.decisions(db, project_id, domain, person_id))
            if row.kind in (DecisionKind.SUSPEND, DecisionKind.QUALIFY)
            and (until is None or row.sequence <= until)]  # fmt: skip
    return rows[-1] if rows and rows[-1].kind == DecisionKind.SUSPEND else None


def _without_gate(person: str, domain: str, suspended: _Happened | None, own: bool) -> Standing:
    if suspended is not None:
        return Standing(person=person, domain=domain, state=SUSPENDED, may_label=False, since=suspended.at,
                        sentence=_by_lead(suspended, own))  # fmt: skip
    sentence = "This project asks for no calibration."
    return Standing(person=person, domain=domain, state=QUALIFIED, sentence=sentence, may_label=True)


def _since(course: Course) -> int | None:
    if course.qualified is not None:
        return course.qualified.since
    if course.suspended is not None:
        return course.suspended.at
    return course.alarm if course.alarm is not None else course.expired


def _by_lead(suspended: _Happened, own: bool) -> str:
    said = f"Suspended by a lead on {day(suspended.at or 0)}"
    return f"{said}." if own else f"{said}: {suspended.why}"


def _sentence(course: Course, domain: str, own: bool, has_set: bool, informed: bool) -> str:
    if course.qualified is not None:
        by = "by a lead" if course.qualified.by_lead else _passed(course)
        return f"Qualified on {day(course.qualified.since)} {by}, until {day(course.qualified.until)}."
    if course.suspended is not None:
        return _by_lead(course.suspended, own)
    return f"{_why_now(course, own)}{_what_is_open(course, domain, has_set, informed)}"


def _passed(course: Course) -> str:
    number = next((go.number for go in reversed(course.goes) if _passes(course, go)), None)
    return "by calibration" if number is None else f"by attempt {number}"


def _passes(course: Course, go: Go) -> bool:
    return go.number in course.results and course.results[go.number].passed


def _why_now(course: Course, own: bool) -> str:
    """Why somebody is asked who was qualified before."""
    if course.alarm is not None:
        why = "Calibration is asked for anew" if own else "Gold in production raised an alarm of drift"
        return f"{why} ({day(course.alarm)}). "
    if course.changed is not None:
        return f"{course.changed} changed what labels mean, so that calibration is asked for anew. "
    return "" if course.expired is None else f"The qualification ended on {day(course.expired)}. "


def _what_is_open(course: Course, domain: str, has_set: bool, informed: bool) -> str:
    if not has_set:
        return f"There is no calibration set for {domain} yet, so that nobody can qualify."
    if informed and course.next_number is not None:
        return "Who can read the answers of others, or once could, is qualified by a lead alone."
    failed = _failed(course)
    if course.next_number is None:
        used = len([go for go in course.goes if go.begun[0] >= course.from_])
        return f"{failed}{'The attempt is' if used == 1 else f'All {used} attempts are'} used up."
    if course.current is not None:
        one = course.current.view(None)
        return f"{failed}Attempt {one.number}: {one.done} of {one.total} {things(domain)} are done."
    return f"{failed}Attempt {course.next_number} of {course.allowed} can be begun."


def _failed(course: Course) -> str:
    """What the last attempt of what is asked now did not reach."""
    done = [go for go in course.goes if go.number in course.results and go.begun[0] >= course.from_]
    if not done or course.results[done[-1].number].passed:
        return ""
    missing = [one.sentence for one in course.results[done[-1].number].conditions if not one.met]
    return f"Attempt {done[-1].number} did not pass: {' '.join(missing)} "


def day(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d")
