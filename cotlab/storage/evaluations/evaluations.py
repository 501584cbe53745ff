"""Evaluations of models, the slices that were reopened because of one, and what of these waits for whom."""

from collections.abc import Iterator, Sequence

from cotlab.domain.answers import COUNTING, Ending, Purpose
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import NOT_REPLACED
from cotlab.storage.projects import fields
from cotlab.storage.traces.queue_conditions import UNTOUCHED_BY_ME

RECHECK = f"'{Purpose.RECHECK.value}'"
FILLED = f"'{Ending.FINISHED.value}', '{Ending.BAD_PROBLEM.value}'"
PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
ANEW = f"b.item_id = i.item_id AND b.purpose = {RECHECK} AND b.sequence > r.sequence"
"""Whether an assignment `b` is of the item `i` of the reopened slice `r`, since then."""
DONE = f"""(SELECT count(DISTINCT b.actor_id) FROM assignments b JOIN assignment_ends f ON f.assignment_id = b.id
    WHERE {ANEW} AND f.ending IN ({FILLED}))"""
IN_HAND = f"""(SELECT count(*) FROM assignments b JOIN leases l ON l.assignment_id = b.id
    WHERE {ANEW} AND l.expires_at >= :now)"""
DEAD = f"""(SELECT max(b.id) FROM assignments b JOIN leases l ON l.assignment_id = b.id
    WHERE {ANEW} AND l.expires_at < :now)"""


def add(db: Db, **columns: object) -> None:
    db.add("evaluations", **columns)


EVALUATION = """SELECT e.id, e.model, e.predictions, e.as_of, e.document, e.at, m.name AS made_by,
        (SELECT count(*) FROM reopenings r WHERE r.evaluation_id = e.id) AS reopened
    FROM evaluations e JOIN actors m ON m.id = e.actor_id"""


def evaluation(db: Reading, project_id: str, evaluation_id: str) -> Row | None:
    return db.row(f"{EVALUATION} WHERE e.project_id = :project AND e.id = :id", project=project_id, id=evaluation_id)


def evaluations(db: Reading, project_id: str) -> Sequence[Row]:
    """All of a project, the newest first."""
    return db.rows(f"{EVALUATION} WHERE e.project_id = :project ORDER BY e.sequence DESC", project=project_id)


def reopen(db: Db, items: Sequence[str], **columns: object) -> None:
    """Reopen a slice: its items are handed out for labels anew from now on."""
    db.add("reopenings", **columns)
    db.add_many("reopening_items", ("reopening_id", "item_id"), [(columns["id"], item_id) for item_id in items])


def reopened(db: Reading, evaluation_id: str) -> Sequence[Row]:
    """The slices that were reopened because of an evaluation, in order: `traces`, and `done` of them."""
    return db.rows(
        f"""SELECT r.id, r.evaluation_id, r.part, r.people, r.at, r.sequence, m.name AS made_by,
                (SELECT count(*) FROM reopening_items i WHERE i.reopening_id = r.id) AS traces,
                (SELECT count(*) FROM reopening_items i WHERE i.reopening_id = r.id AND {DONE} >= r.people) AS done
            FROM reopenings r JOIN actors m ON m.id = r.actor_id
            WHERE r.evaluation_id = :evaluation ORDER BY r.sequence""",
        evaluation=evaluation_id,
    )


def open_items(db: Reading, project_id: str) -> set[str]:
    """The items that are to be labelled anew still."""
    rows = db.rows(
        f"""SELECT DISTINCT i.item_id FROM reopenings r JOIN reopening_items i ON i.reopening_id = r.id
                JOIN queue q ON q.item_id = i.item_id
            WHERE r.project_id = :project AND {DONE} < r.people""",
        project=project_id,
    )
    return {row["item_id"] for row in rows}


def waiting(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """Items of reopened slices that wait for somebody, and that this person has not worked on, the oldest slice first:
    item_id, field, and `dead`, an assignment of it whose lease ran out. Nothing waits of what left the queue.
    """
    if db.row("SELECT 1 AS one FROM reopenings WHERE project_id = :project LIMIT 1", project=project_id) is None:
        return []
    field, named = fields.expression(fields.calibrated(db, project_id))
    return db.rows(
        f"""SELECT i.item_id, {field} AS field, {DEAD} AS dead
            FROM reopenings r JOIN reopening_items i ON i.reopening_id = r.id JOIN traces t ON t.id = i.item_id
                JOIN problems p ON p.id = t.problem_id JOIN queue q ON q.item_id = t.id
            WHERE r.project_id = :project AND {UNTOUCHED_BY_ME} AND {DONE} + {IN_HAND} < r.people
            ORDER BY r.sequence, i.item_id""",
        project=project_id, me=actor_id, now=db.now, **named,
    )  # fmt: skip


def times(db: Reading, item_ids: Sequence[str]) -> Iterator[Row]:
    """When the steps of the labels that count on some items were shown, and the labels received."""
    for start in range(0, len(item_ids), 500):
        names, named = listed("item", item_ids[start : start + 500])
        yield from db.rows(
            f"""SELECT n.shown_at, n.received_at FROM answers n WHERE n.item_id IN ({names}) AND n.question = 'label'
                AND n.purpose IN ({PURPOSES}) AND n.shown_at IS NOT NULL AND {NOT_REPLACED}""",
            **named,
        )
