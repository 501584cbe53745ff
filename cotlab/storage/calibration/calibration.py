"""Calibration: its sets, the work of people on them, and what leads decided."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.projects import fields

CALIBRATION = f"'{Purpose.CALIBRATION.value}'"
RETURNED = f"'{Ending.RETURNED.value}'"
ITEMS = f"""SELECT s.id AS set_id, s.sequence, i.item_id, i.counted,
        coalesce((SELECT t.sequence FROM traces t WHERE t.id = i.item_id AND t.author_id = :person),
            (SELECT min(a.sequence) FROM assignments a WHERE a.item_id = i.item_id AND a.actor_id = :person
                AND a.purpose <> {CALIBRATION}),
            (SELECT min(a.sequence) FROM traces t JOIN traces o ON o.problem_id = t.problem_id AND o.task = 'pairs'
                JOIN assignments a ON a.item_id = o.id WHERE t.id = i.item_id AND t.task = 'steps'
                AND a.actor_id = :person)) AS touched
    FROM calibration_sets s JOIN calibration_items i ON i.set_id = s.id
    WHERE s.project_id = :project AND s.domain = :domain
        AND NOT EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = i.item_id)
    ORDER BY s.sequence, i.item_id"""
WORK = f"""SELECT DISTINCT a.id, a.actor_id, a.item_id, a.round, a.sequence, a.claimed_at, e.ending,
        e.sequence AS ended, e.at AS ended_at
    FROM calibration_sets s JOIN calibration_items i ON i.set_id = s.id
        JOIN assignments a ON a.item_id = i.item_id AND a.purpose = {CALIBRATION}
        LEFT JOIN assignment_ends e ON e.assignment_id = a.id
    WHERE s.project_id = :project"""
ASSIGNMENTS_A_READ = 500
NO_CRITERIA = ", ".join(f"'{question.value}'" for question in Question)
"""The questions that are no criterion of a pair."""


def items(db: Reading, project_id: str, domain: str, person_id: str) -> Sequence[Row]:
    """What is gold still of all sets of a domain, the oldest set first: set_id, sequence (of the set), item_id,
    counted, and `touched`, the sequence at which the person wrote the item or was given it for something else, or a
    pair of its problem.
    """
    return db.rows(ITEMS, project=project_id, domain=domain, person=person_id)


def steps_left_out(db: Reading, set_id: str, assignment_ids: Sequence[str]) -> int:
    """How many counted steps of a set were on gold that was retired since it was given by these assignments, or in one
    of them that was given back.
    """
    if not assignment_ids:
        return 0
    names, named = listed("assignment", assignment_ids)
    row = db.row(
        f"""SELECT count(*) AS n FROM assignments a
                JOIN calibration_items i ON i.item_id = a.item_id AND i.set_id = :set AND i.counted = 1
                JOIN gold_labels l ON l.item_id = a.item_id AND l.number = 1
            WHERE a.id IN ({names}) AND (EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = a.item_id)
                OR EXISTS (SELECT 1 FROM assignment_ends f WHERE f.assignment_id = a.id AND f.ending = {RETURNED}))""",
        set=set_id,
        **named,
    )
    return int(row["n"]) if row else 0


def work(db: Reading, project_id: str, domain: str, person_id: str) -> Sequence[Row]:
    """A person's calibration assignments in a domain, in order, with their endings (None while open)."""
    return db.rows(
        f"{WORK} AND s.domain = :domain AND a.actor_id = :person ORDER BY a.sequence",
        project=project_id, domain=domain, person=person_id,
    )  # fmt: skip


def workers(db: Reading, project_id: str, domain: str) -> list[str]:
    """Who was given calibration work in a domain."""
    rows = db.rows(
        f"""SELECT DISTINCT a.actor_id FROM calibration_sets s JOIN calibration_items i ON i.set_id = s.id
                JOIN assignments a ON a.item_id = i.item_id AND a.purpose = {CALIBRATION}
            WHERE s.project_id = :project AND s.domain = :domain ORDER BY a.actor_id""",
        project=project_id, domain=domain,
    )  # fmt: skip
    return [row["actor_id"] for row in rows]


def first_labels(db: Reading, assignment_ids: Sequence[str]) -> list[Row]:
    """The first, blind label of each step in some assignments, or the overall choice of each pair: item_id, position,
    question, value, guideline_version_id, domain, tags, task; in the order in which they were given.
    """
    return _first(db, assignment_ids, "n.question = 'label'")


def first_choices(db: Reading, assignment_ids: Sequence[str]) -> list[Row]:
    """The first, blind choices on criteria in some assignments of pairs; columns as of `first_labels`."""
    return _first(db, assignment_ids, f"t.task = 'pairs' AND n.question NOT IN ({NO_CRITERIA})")


def _first(db: Reading, assignment_ids: Sequence[str], which: str) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(assignment_ids), ASSIGNMENTS_A_READ):
        names, named = listed("assignment", assignment_ids[start : start + ASSIGNMENTS_A_READ])
        found += db.rows(
            f"""SELECT n.item_id, n.position, n.question, n.value, n.guideline_version_id, p.domain, p.tags, t.task
                FROM answers n JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
                WHERE n.assignment_id IN ({names}) AND {which} AND n.replaces IS NULL AND n.informed = 0
                ORDER BY n.sequence""",
            **named,
        )
    return found


def decisions(db: Reading, project_id: str, domain: str, person_id: str | None) -> Sequence[Row]:
    """What leads decided about a person in a domain, or (None) about the team, in order."""
    about = "member_id IS NULL" if person_id is None else "member_id = :person"
    return db.rows(
        f"""SELECT kind, reason, at, sequence FROM calibration_decisions
            WHERE project_id = :project AND domain = :domain AND {about} ORDER BY sequence""",
        project=project_id, domain=domain, **({} if person_id is None else {"person": person_id}),
    )  # fmt: skip


def opened_early(db: Reading, project_id: str, as_of: int) -> Sequence[Row]:
    """The domains that a lead opened for the team by a decision, with the reasons, in order."""
    return db.rows(
        """SELECT domain, reason FROM calibration_decisions
           WHERE project_id = :project AND kind = 'open_team' AND sequence <= :as_of ORDER BY sequence""",
        project=project_id, as_of=as_of,
    )  # fmt: skip


def alarms(db: Reading, project_id: str, domain: str, person_id: str) -> Sequence[Row]:
    """Every drift alarm about a person in a domain, in order."""
    return db.rows(
        """SELECT at, sequence, document FROM drift_alarms
           WHERE project_id = :project AND domain = :domain AND member_id = :person ORDER BY sequence""",
        project=project_id, domain=domain, person=person_id,
    )  # fmt: skip


def decided_domains(db: Reading, project_id: str, person_id: str | None = None) -> list[str]:
    """The domains that have a calibration set, or a decision about somebody (or about one person)."""
    about = "" if person_id is None else "AND member_id = :person"
    rows = db.rows(
        f"""SELECT domain FROM calibration_sets WHERE project_id = :project
            UNION SELECT domain FROM calibration_decisions WHERE project_id = :project {about} ORDER BY domain""",
        project=project_id, **({} if person_id is None else {"person": person_id}),
    )  # fmt: skip
    return [row["domain"] for row in rows]


def suspended_domains(db: Reading, project_id: str, person_id: str) -> list[str]:
    """The domains in which a lead has ever suspended a person."""
    rows = db.rows(
        """SELECT DISTINCT domain FROM calibration_decisions
           WHERE project_id = :project AND member_id = :person AND kind = 'suspend' ORDER BY domain""",
        project=project_id, person=person_id,
    )  # fmt: skip
    return [row["domain"] for row in rows]


def newest(db: Reading, project_id: str, person_id: str | None) -> tuple[int, ...]:
    """What a person's standings in a project follow from: the newest sequence of each kind of row (0 for none),
    how many roles were given and taken, and who is away.

    None for everybody's work. Two snapshots with the same answer have the same rows.
    """
    whose = "" if person_id is None else "AND a.actor_id = :person"
    row = db.rows(
        f"""SELECT (SELECT max(sequence) FROM policies WHERE project_id = :project) AS policy,
                (SELECT max(sequence) FROM guidelines_in_force WHERE project_id = :project) AS guideline,
                (SELECT max(sequence) FROM calibration_sets WHERE project_id = :project) AS sets,
                (SELECT max(sequence) FROM calibration_decisions WHERE project_id = :project) AS decisions,
                (SELECT max(sequence) FROM drift_alarms WHERE project_id = :project) AS alarms,
                (SELECT max(sequence) FROM gold_labels WHERE project_id = :project) AS gold,
                (SELECT max(sequence) FROM gold_ends WHERE project_id = :project) AS retired,
                (SELECT max(sequence) FROM agreements_taken WHERE project_id = :project) AS taken,
                (SELECT max(sequence) FROM agreement_decisions WHERE project_id = :project) AS go_on,
                (SELECT count(*) FROM roles r WHERE r.project_id = :project) AS roles,
                (SELECT count(*) FROM roles r JOIN role_ends e ON e.role_id = r.id WHERE r.project_id = :project)
                    AS left_roles,
                (SELECT max(sequence) FROM deactivations) AS away,
                (SELECT max(sequence) FROM deactivation_ends) AS back,
                w.begun, w.ended
            FROM (SELECT max(a.sequence) AS begun, max(e.sequence) AS ended
                FROM calibration_sets s JOIN calibration_items i ON i.set_id = s.id
                    JOIN assignments a ON a.item_id = i.item_id AND a.purpose = {CALIBRATION} {whose}
                    LEFT JOIN assignment_ends e ON e.assignment_id = a.id
                WHERE s.project_id = :project) w""",
        project=project_id, **({} if person_id is None else {"person": person_id}),
    )[0]  # fmt: skip
    return tuple(value or 0 for value in row.values())


def newest_set(db: Reading, project_id: str, domain: str) -> Row | None:
    """The set that a domain is served: its id and sequence."""
    return db.row(
        """SELECT id, sequence FROM calibration_sets WHERE project_id = :project AND domain = :domain
           ORDER BY sequence DESC LIMIT 1""",
        project=project_id, domain=domain,
    )  # fmt: skip


def pool(db: Reading, project_id: str, field: str) -> Sequence[Row]:
    """The gold of a field that stands: item_id, difficulty, and whether anybody `worked` on it so that it does not
    count for them: as anything but calibration, or in training.
    """
    of, named = fields.expression(fields.calibrated(db, project_id))
    return db.rows(
        f"""SELECT g.item_id, p.difficulty, CASE WHEN EXISTS (SELECT 1 FROM assignments a
                WHERE a.item_id = g.item_id AND (a.purpose <> {CALIBRATION} OR EXISTS (SELECT 1
                    FROM calibration_items i WHERE i.item_id = a.item_id AND i.counted = 0)))
                THEN 1 ELSE 0 END AS worked
            FROM gold_items g JOIN traces t ON t.id = g.item_id JOIN problems p ON p.id = t.problem_id
            WHERE g.project_id = :project AND {of} = :field
                AND NOT EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = g.item_id)
            ORDER BY g.sequence, g.item_id""",
        project=project_id, field=field, **named,
    )  # fmt: skip


def add_set(db: Db, items: Sequence[tuple[str, bool]], **columns: Any) -> None:
    """`items` are ids, each with whether it is counted."""
    db.add("calibration_sets", **columns)
    rows = [(columns["id"], item_id, int(counted)) for item_id, counted in items]
    db.add_many("calibration_items", ("set_id", "item_id", "counted"), rows)


def add_decision(db: Db, **columns: Any) -> None:
    db.add("calibration_decisions", **columns)
