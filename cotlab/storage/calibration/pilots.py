"""Pilots with their samples, signatures under a schema, and the openings of production."""

from collections.abc import Sequence

from cotlab.domain.answers import Ending, Purpose
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.traces.queue_conditions import UNTOUCHED_BY_ME

PILOT = """SELECT i.id, i.project_id, i.people, i.seed, i.domain, i.experts, i.at, i.sequence,
        coalesce((SELECT min(t.task) FROM pilot_items m JOIN traces t ON t.id = m.item_id
            WHERE m.pilot_id = i.id), 'steps') AS task
    FROM pilots i"""
"""A pilot is of traces or of pairs."""
OPENED = "(SELECT coalesce(max(o.sequence), 0) FROM openings o WHERE o.project_id = :project)"
NEW = "('initial', 'label-changing')"
"""The kinds of change that production waits for."""
FILLED = f"('{Ending.FINISHED.value}', '{Ending.BAD_PROBLEM.value}')"
"""The endings that fill a place."""


def state(db: Reading, project_id: str) -> Row:
    """Sequences (0 for never): `opened` and `piloted` last, and `changed` when the last new version came into force."""
    return db.rows(
        f"""SELECT {OPENED} AS opened,
                (SELECT coalesce(max(i.sequence), 0) FROM pilots i WHERE i.project_id = :project) AS piloted,
                (SELECT coalesce(max(f.sequence), 0) FROM guidelines_in_force f
                    JOIN guideline_versions v ON v.id = f.guideline_version_id
                    WHERE f.project_id = :project AND v.change IN {NEW}) AS changed""",
        project=project_id,
    )[0]


def newest(db: Reading, project_id: str) -> Row | None:
    """The pilot that was started last, running or not."""
    return db.row(f"{PILOT} WHERE i.project_id = :project ORDER BY i.sequence DESC LIMIT 1", project=project_id)


def running(db: Reading, project_id: str) -> Row | None:
    """The pilot that was started since production was opened last."""
    return db.row(
        f"{PILOT} WHERE i.project_id = :project AND i.sequence > {OPENED} ORDER BY i.sequence DESC LIMIT 1",
        project=project_id,
    )


def free_items(db: Reading, pilot_id: str, people: int, actor_id: str) -> Sequence[Row]:
    """Items with a free place that a person has not worked on: those without a dead lease in the way first, then those
    that others began. `taken` counts places that are filled or held, `dead` leases that ran out.
    """
    return db.rows(
        f"""SELECT x.item_id, x.domain, x.tags, x.taken, x.dead FROM (
                SELECT t.id AS item_id, p.domain, p.tags,
                    (SELECT count(*) FROM assignments a LEFT JOIN leases l ON l.assignment_id = a.id
                        LEFT JOIN assignment_ends e ON e.assignment_id = a.id
                        WHERE a.item_id = t.id AND a.purpose = '{Purpose.PILOT.value}'
                            AND (l.expires_at >= :now OR e.ending IN {FILLED})) AS taken,
                    (SELECT count(*) FROM assignments a JOIN leases l ON l.assignment_id = a.id
                        WHERE a.item_id = t.id AND a.purpose = '{Purpose.PILOT.value}'
                            AND l.expires_at < :now) AS dead
                FROM pilot_items i JOIN traces t ON t.id = i.item_id JOIN problems p ON p.id = t.problem_id
                WHERE i.pilot_id = :pilot AND {UNTOUCHED_BY_ME}) x
            WHERE x.taken < :people
            ORDER BY CASE WHEN x.taken + x.dead < :people THEN 0 ELSE 1 END, x.taken DESC, x.item_id""",
        pilot=pilot_id, people=people, me=actor_id, now=db.now,
    )  # fmt: skip


def dead_lease(db: Reading, item_id: str) -> str:
    """The assignment on an item of a pilot whose lease ran out first."""
    return str(
        db.rows(
            f"""SELECT a.id FROM assignments a JOIN leases l ON l.assignment_id = a.id
                WHERE a.item_id = :item AND a.purpose = '{Purpose.PILOT.value}' AND l.expires_at < :now
                ORDER BY l.expires_at, a.id LIMIT 1""",
            item=item_id, now=db.now,
        )[0]["id"]
    )  # fmt: skip


def unseen_items(db: Reading, project_id: str, task: str, after: str, most: int) -> Sequence[Row]:
    """The next traces, or pairs, of the queue that nobody has worked on, in the order of their ids; no alternatives,
    and nothing of a batch.
    """
    return db.rows(
        """SELECT t.id AS item_id, p.domain, p.tags
           FROM traces t JOIN queue q ON q.item_id = t.id JOIN problems p ON p.id = t.problem_id
           WHERE t.project_id = :project AND t.id > :after AND t.parent_id IS NULL AND t.task = :task AND q.taken = 0
               AND q.batch_id IS NULL
               AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = t.id)
           ORDER BY t.id LIMIT :most""",
        project=project_id, task=task, after=after, most=most,
    )  # fmt: skip


def add(db: Db, items: Sequence[str], **columns: object) -> None:
    db.add("pilots", **columns)
    db.add_many("pilot_items", ("pilot_id", "item_id"), [(columns["id"], item_id) for item_id in items])


def still_unseen(db: Reading, pilot_id: str) -> int:
    """How many items of a pilot nobody has worked on."""
    row = db.row(
        """SELECT count(*) AS n FROM pilot_items i JOIN queue q ON q.item_id = i.item_id
           WHERE i.pilot_id = :pilot AND q.taken = 0
               AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = i.item_id)""",
        pilot=pilot_id,
    )
    return int(row["n"]) if row else 0


def items(db: Reading, pilot_id: str) -> Sequence[Row]:
    """The sample: each item with its domain, and how many people have finished it."""
    return db.rows(
        f"""SELECT i.item_id, p.domain,
                (SELECT count(*) FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id
                    WHERE a.item_id = i.item_id AND a.purpose = '{Purpose.PILOT.value}'
                        AND e.ending IN {FILLED}) AS finished
            FROM pilot_items i JOIN traces t ON t.id = i.item_id JOIN problems p ON p.id = t.problem_id
            WHERE i.pilot_id = :pilot ORDER BY i.item_id""",
        pilot=pilot_id,
    )


def publisher(db: Reading, version_id: str) -> str | None:
    """The body of the event that published a version."""
    row = db.row(
        """SELECT e.body FROM guideline_versions v JOIN events e ON e.chain = 'server' AND e.sequence = v.sequence
           WHERE v.id = :id""",
        id=version_id,
    )
    return None if row is None else str(row["body"])


def add_sign_off(db: Db, **columns: object) -> None:
    db.add("sign_offs", **columns)


def sign_offs(db: Reading, project_id: str) -> Sequence[Row]:
    """Every signature in a project, the oldest first."""
    return db.rows(
        """SELECT s.id, s.actor_id, a.name AS person, s.guideline_version_id, s.document, s.at, s.sequence
           FROM sign_offs s JOIN actors a ON a.id = s.actor_id
           WHERE s.project_id = :project ORDER BY s.sequence""",
        project=project_id,
    )


def add_opening(db: Db, **columns: object) -> None:
    db.add("openings", **columns)
