"""Sessions of work in a project, and accuracy on gold by how far into one and after how much work."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from cotlab.domain.answers import Question
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.policy import MINUTE, Policy
from cotlab.domain.reports.people import RateIn, SessionsReport, WorkedSession
from cotlab.domain.work.sessions import WorkSession, walked
from cotlab.services.agreement.labels import BUCKETS, MINUTES
from cotlab.services.gold.correctness import against_gold, rates_in
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.reports import reports as stored

HOUR = 60 * MINUTE
LABELS = (15, 30, 60, 120)
PARTS = ("0-14", "15-29", "30-59", "60-119", "120-")
"""Labels in the hour before, both ends included."""


@dataclass(slots=True)
class Course:
    """The work of one person: sessions in order, times of labels, and answer's id -> time since its session began."""

    sessions: list[WorkedSession] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    into: dict[str, int] = field(default_factory=dict)

    def in_hour(self, at: int) -> int:
        """Labels in the hour before."""
        return bisect_left(self.labels, at) - bisect_right(self.labels, at - HOUR)


def report(db: Reading, project_id: str, person: str | None = None) -> SessionsReport:
    """Of all who label, or of one of them by name: then accuracy is theirs alone.

    Raises BadInput for somebody who did no work here.
    """
    known_project(db, project_id)
    courses = dict(_courses(db, project_id, person))
    if person is not None and not courses:
        raise BadInput(f"person: {person} has done no work in this project")
    rows = [row for row in against_gold(db, project_id).rows if row["person"] in courses]
    within = projects.policy(db, project_id).drift.within

    def rates(part: Callable[[Row], str], parts: Sequence[str]) -> tuple[RateIn, ...]:
        return tuple(rates_in(rows, part, parts, within))

    return SessionsReport(
        sessions=tuple(one for course in courses.values() for one in course.sessions),
        by_minutes=rates(lambda row: _minutes(courses, row), BUCKETS),
        by_labels_in_hour=rates(lambda row: _after(courses, row), PARTS),
    )


def _minutes(courses: Mapping[str, Course], row: Row) -> str:
    return BUCKETS[bisect_right(MINUTES, courses[row["person"]].into[row["id"]] // MINUTE)]


def _after(courses: Mapping[str, Course], row: Row) -> str:
    return PARTS[bisect_right(LABELS, courses[row["person"]].in_hour(row["received_at"]))]


def _courses(db: Reading, project_id: str, person: str | None) -> Iterator[tuple[str, Course]]:
    """Person's name -> what they did, by name."""
    people, policy = actors.names(db), projects.policy(db, project_id)
    found = {
        people[who]: list(rows) for who, rows in groupby(stored.work(db, project_id), key=lambda row: row["actor_id"])
    }
    for name in sorted(found):
        if person is None or name.casefold() == person.casefold():
            yield name, _course(name, found[name], policy)


def _course(person: str, rows: Sequence[Row], policy: Policy) -> Course:
    course = Course()
    last: WorkSession | None = None
    labels = 0
    for row, session in walked(rows, policy):
        if last is not None and session.started_at != last.started_at:
            _close(course, person, last, labels)
            labels = 0
        last = session
        course.into[row["id"]] = row["received_at"] - session.started_at
        if row["question"] == Question.LABEL:
            labels += 1
            course.labels.append(row["received_at"])
    if last is not None:
        _close(course, person, last, labels)
    return course


def _close(course: Course, person: str, session: WorkSession, labels: int) -> None:
    before = course.sessions[-1].ended_at if course.sessions else None
    course.sessions.append(WorkedSession(
        person=person, started_at=session.started_at, ended_at=session.last_at, minutes=session.worked / MINUTE,
        labels=labels, break_minutes=None if before is None else (session.started_at - before) / MINUTE,
    ))  # fmt: skip
