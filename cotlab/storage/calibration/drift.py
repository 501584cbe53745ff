"""Alarms that somebody's gold has become worse, and the gold labels that they come from."""

from collections.abc import Mapping, Sequence

from cotlab.domain.answers import UNSEEN, Ending, Question
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.gold.gold_items import GIVEN_FIRST
from cotlab.storage.projects import fields

NOW = 2**62
"""As of whatever is there."""
SAME = "{0}.project_id = d.project_id AND {0}.domain = d.domain AND {0}.member_id = d.member_id"
OVERRULED = f"""SELECT min(c.sequence) FROM calibration_decisions c WHERE {SAME.format("c")}
    AND c.kind = 'overrule_alarm' AND c.sequence > d.sequence AND c.sequence <= :as_of AND NOT EXISTS (
        SELECT 1 FROM drift_alarms b
        WHERE {SAME.format("b")} AND b.sequence > d.sequence AND b.sequence < c.sequence)"""
"""The sequence at which a lead overruled the alarm `d`; NULL where none did. The newest alarm is the one meant."""
ALARM = f"""SELECT d.id, d.member_id, d.domain, d.since, d.document, d.at, d.sequence, ({OVERRULED}) AS overruled
    FROM drift_alarms d"""

GOLD = ", ".join(f"'{purpose.value}'" for purpose in UNSEEN)
WHO = f"""SELECT DISTINCT a.actor_id, {{field}} AS domain FROM assignments a JOIN traces t ON t.id = a.item_id
    JOIN problems p ON p.id = t.problem_id WHERE a.purpose IN ({GOLD})"""
SAID = f"('{Ending.FINISHED.value}', '{Ending.BAD_PROBLEM.value}')"
"""The endings of work that somebody stands by."""


def add(db: Db, **columns: object) -> None:
    db.add("drift_alarms", **columns)


def latest_alarm(db: Reading, project_id: str, person_id: str, domain: str) -> Row | None:
    """A person's newest alarm in a domain: since when labels are in doubt, when it was raised, and `overruled`."""
    return db.row(
        f"""{ALARM} WHERE d.project_id = :project AND d.domain = :domain AND d.member_id = :person
            ORDER BY d.sequence DESC LIMIT 1""",
        project=project_id, person=person_id, domain=domain, as_of=NOW,
    )  # fmt: skip


def standing_alarms(db: Reading, project_id: str, person_id: str, domain: str) -> Sequence[Row]:
    """A person's alarms in a domain that no lead has overruled, the oldest first."""
    return db.rows(
        f"""{ALARM} WHERE d.project_id = :project AND d.domain = :domain AND d.member_id = :person
                AND ({OVERRULED}) IS NULL
            ORDER BY d.sequence""",
        project=project_id, person=person_id, domain=domain, as_of=NOW,
    )  # fmt: skip


def open_alarms(db: Reading, project_id: str) -> int:
    """How many alarms no lead has acted upon: decided something about the person there since, or drawn a recheck."""
    rows = db.rows(
        f"""SELECT count(*) AS n FROM drift_alarms d WHERE d.project_id = :project
            AND NOT EXISTS (SELECT 1 FROM calibration_decisions c WHERE {SAME.format("c")} AND c.sequence > d.sequence)
            AND NOT EXISTS (SELECT 1 FROM rechecks r WHERE {SAME.format("r")} AND r.sequence > d.sequence)
            AND NOT EXISTS (SELECT 1 FROM drift_alarms l WHERE {SAME.format("l")} AND l.sequence > d.sequence)""",
        project=project_id,
    )
    return int(rows[0]["n"])


def given(db: Reading, project_id: str, person_id: str, domain: str, since: int, after: int) -> Sequence[Row]:
    """What a person labelled first in their work on the gold of a field, in the order in which it was given: a row a
    label, and one without a position for work without any. `ending` says whether they finished, or called the problem
    unusable, at `ended_at`; `looked` whether they could see the answers of others.

    Of gold that was claimed at `since` (microseconds UTC) or later, and after a sequence.
    """
    field, named = fields.expression(fields.calibrated(db, project_id))
    return db.rows(
        f"""SELECT a.id AS assignment_id, a.item_id, a.purpose, a.informed AS looked, e.ending, e.at AS ended_at,
                n.position, n.value, n.guideline_version_id, n.received_at, n.informed, p.domain, p.tags,
                t.task
            FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id
                JOIN traces t ON t.id = a.item_id JOIN problems p ON p.id = t.problem_id
                LEFT JOIN answers n ON n.assignment_id = a.id AND n.question = '{Question.LABEL.value}'
                    AND {GIVEN_FIRST}
            WHERE a.actor_id = :person AND a.project_id = :project AND a.sequence > :after AND a.claimed_at >= :since
                AND a.purpose IN ({GOLD}) AND e.ending IN {SAID} AND {field} = :domain
                AND NOT EXISTS (SELECT 1 FROM gold_ends r WHERE r.item_id = a.item_id)
            ORDER BY a.sequence, n.position""",
        person=person_id, project=project_id, domain=domain, since=since, after=after, **named,
    )  # fmt: skip


def of_assignments(db: Reading, project_id: str, assignment_ids: Sequence[str]) -> Sequence[Row]:
    """The people and fields of those of some assignments that are gold: actor_id and domain."""
    if not assignment_ids:
        return ()
    names, named = listed("assignment", assignment_ids)
    return _who(db, project_id, f"AND a.id IN ({names})", named)


def of_project(db: Reading, project_id: str) -> Sequence[Row]:
    """The people and fields with gold in production."""
    return _who(db, project_id, "", {})


def _who(db: Reading, project_id: str, which: str, named: Mapping[str, str]) -> Sequence[Row]:
    field, more = fields.expression(fields.calibrated(db, project_id))
    who = WHO.format(field=field)
    return db.rows(f"{who} AND a.project_id = :project {which} ORDER BY 1, 2", project=project_id, **named, **more)
