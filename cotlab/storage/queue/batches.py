"""Batches: their traces, their people, how they ended, and what of the queue is theirs."""

from collections.abc import Collection, Sequence

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.qualification import WITHIN, Fields
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import GUIDED
from cotlab.storage.people.deactivations import AWAY
from cotlab.storage.queue.queue import FOR_ME
from cotlab.storage.traces.queue_conditions import PLACES, UNTOUCHED_BY_ME

OPEN = "NOT EXISTS (SELECT 1 FROM batch_ends x WHERE x.batch_id = b.id)"
FILLED = f"'{Ending.FINISHED.value}', '{Ending.BAD_PROBLEM.value}'"
WORK = f"""assignments a ON a.item_id = i.item_id AND a.sequence > b.sequence
    AND a.purpose = '{Purpose.PRODUCTION.value}'
    AND EXISTS (SELECT 1 FROM batch_people w WHERE w.batch_id = b.id AND w.member_id = a.actor_id)"""
"""What people of the batch `b` were given of its item `i` since it was made."""
BATCH = f"""SELECT b.id, b.project_id, b.at, b.due, b.note, b.sequence, m.name AS made_by, x.at AS ended_at, x.reason,
        (SELECT count(*) FROM batch_items i WHERE i.batch_id = b.id) AS traces,
        (SELECT count(*) FROM batch_items i JOIN traces t ON t.id = i.item_id AND t.task = 'pairs'
            WHERE i.batch_id = b.id) AS pairs,
        (SELECT count(*) FROM queue q WHERE q.batch_id = b.id) AS kept,
        (SELECT count(*) FROM queue q WHERE q.batch_id = b.id AND q.taken < {PLACES}) AS waiting,
        (SELECT count(DISTINCT i.item_id) FROM batch_items i JOIN {WORK}
            JOIN assignment_ends e ON e.assignment_id = a.id AND e.ending IN ({FILLED})
            WHERE i.batch_id = b.id) AS done,
        (SELECT count(DISTINCT i.item_id) FROM batch_items i JOIN {WORK}
            JOIN leases l ON l.assignment_id = a.id WHERE i.batch_id = b.id) AS in_hand,
        (SELECT count(*) FROM batch_items i WHERE i.batch_id = b.id
            AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.item_id = i.item_id AND q.batch_id = b.id)
            AND NOT EXISTS (SELECT 1 FROM {WORK.replace(" ON ", " WHERE ", 1)}
                AND NOT EXISTS (SELECT 1 FROM assignment_ends e WHERE e.assignment_id = a.id
                    AND e.ending NOT IN ({FILLED})))) AS given_back
    FROM batches b JOIN actors m ON m.id = b.actor_id LEFT JOIN batch_ends x ON x.batch_id = b.id"""
"""`given_back` are traces that went back to everybody before somebody of the batch had labelled them."""


def add(db: Db, items: Sequence[str], people: Sequence[str], **columns: object) -> None:
    """Add a batch; its traces are handed out to its people alone from now on."""
    db.add("batches", **columns)
    db.add_many("batch_items", ("batch_id", "item_id"), [(columns["id"], item_id) for item_id in items])
    db.add_many("batch_people", ("batch_id", "member_id"), [(columns["id"], one) for one in people])
    for start in range(0, len(items), 500):
        names, named = listed("item", items[start : start + 500])
        db.run(f"UPDATE queue SET batch_id = :batch WHERE item_id IN ({names})", batch=columns["id"], **named)


def end(db: Db, **columns: object) -> None:
    """End a batch: what is left of it is for everybody."""
    db.add("batch_ends", **columns)
    db.run("UPDATE queue SET batch_id = NULL WHERE batch_id = :batch", batch=columns["batch_id"])


def give_back(db: Db, item_ids: Sequence[str]) -> None:
    """Hand items out to everybody again."""
    for item_id in item_ids:
        db.run("UPDATE queue SET batch_id = NULL WHERE item_id = :item", item=item_id)


def batch(db: Reading, project_id: str, batch_id: str, overlap: int) -> Row | None:
    return db.row(
        f"{BATCH} WHERE b.project_id = :project AND b.id = :id", project=project_id, id=batch_id, overlap=overlap
    )


def batches(db: Reading, project_id: str, overlap: int) -> Sequence[Row]:
    """Every batch of a project, those that are open first, by their dates."""
    return db.rows(
        f"""{BATCH} WHERE b.project_id = :project
            ORDER BY CASE WHEN x.at IS NULL THEN 0 ELSE 1 END, b.due, b.sequence""",
        project=project_id, overlap=overlap,
    )  # fmt: skip


def open_batches(db: Reading, project_id: str) -> list[str]:
    """The ids of the batches of which something is in the queue."""
    rows = db.rows(
        f"""SELECT b.id FROM batches b WHERE b.project_id = :project AND {OPEN}
            AND EXISTS (SELECT 1 FROM queue q WHERE q.batch_id = b.id) ORDER BY b.sequence""",
        project=project_id,
    )
    return [row["id"] for row in rows]


def people(db: Reading, batch_id: str) -> Sequence[Row]:
    """Who a batch is for, by name: id, name, whether they are `away`, and how many of its traces they have `done` and
    `in_hand`.
    """
    return db.rows(
        f"""SELECT m.id, m.name, CASE WHEN {AWAY.format("m.id")} THEN 1 ELSE 0 END AS away,
                (SELECT count(DISTINCT i.item_id) FROM batch_items i JOIN {WORK}
                    JOIN assignment_ends e ON e.assignment_id = a.id AND e.ending IN ({FILLED})
                    WHERE i.batch_id = b.id AND a.actor_id = m.id) AS done,
                (SELECT count(DISTINCT i.item_id) FROM batch_items i JOIN {WORK}
                    JOIN leases l ON l.assignment_id = a.id
                    WHERE i.batch_id = b.id AND a.actor_id = m.id) AS in_hand
            FROM batches b JOIN batch_people p ON p.batch_id = b.id JOIN actors m ON m.id = p.member_id
            WHERE b.id = :batch ORDER BY m.name_folded""",
        batch=batch_id,
    )


def work(db: Reading, batch_id: str) -> Sequence[Row]:
    """What the people of a batch have of its traces, done or in hand: item_id, name, ending (None: in hand)."""
    return db.rows(
        f"""SELECT i.item_id, m.name, e.ending FROM batches b JOIN batch_items i ON i.batch_id = b.id JOIN {WORK}
                JOIN actors m ON m.id = a.actor_id LEFT JOIN assignment_ends e ON e.assignment_id = a.id
            WHERE b.id = :batch AND (e.ending IS NULL OR e.ending IN ({FILLED})) ORDER BY m.name_folded""",
        batch=batch_id,
    )


def traces(db: Reading, batch_id: str, overlap: int) -> Sequence[Row]:
    """The traces of a batch, by the ids of their files: item_id, external_id, domain, problem, and `waits` (1 or 0)."""
    return db.rows(
        f"""SELECT i.item_id, t.external_id, p.domain, p.text AS problem, CASE WHEN EXISTS (SELECT 1 FROM queue q
                WHERE q.item_id = i.item_id AND q.batch_id = i.batch_id AND q.taken < {PLACES})
                THEN 1 ELSE 0 END AS waits
            FROM batch_items i JOIN traces t ON t.id = i.item_id JOIN problems p ON p.id = t.problem_id
            WHERE i.batch_id = :batch ORDER BY COALESCE(t.external_id, ''), i.item_id""",
        batch=batch_id, overlap=overlap,
    )  # fmt: skip


def leases(db: Reading, batch_id: str) -> Sequence[Row]:
    """What the people of a batch have in hand of it: assignment_id, item_id, actor_id, purpose."""
    return db.rows(
        f"""SELECT l.assignment_id, l.item_id, l.actor_id, a.purpose
            FROM batches b JOIN batch_items i ON i.batch_id = b.id JOIN {WORK} JOIN leases l ON l.assignment_id = a.id
            WHERE b.id = :batch ORDER BY l.assignment_id""",
        batch=batch_id,
    )


def gold_leases(db: Reading, batch_id: str) -> Sequence[Row]:
    """Gold that the people of a batch have in hand since it was made: assignment_id, item_id, actor_id, purpose."""
    return db.rows(
        f"""SELECT l.assignment_id, l.item_id, l.actor_id, a.purpose
            FROM batches b JOIN batch_people p ON p.batch_id = b.id
                JOIN leases l ON l.actor_id = p.member_id AND l.project_id = b.project_id
                JOIN assignments a ON a.id = l.assignment_id
            WHERE b.id = :batch AND a.purpose = '{Purpose.GOLD.value}' AND a.sequence > b.sequence
            ORDER BY l.assignment_id""",
        batch=batch_id,
    )


def waiting(db: Reading, batch_id: str, overlap: int, item_ids: Collection[str] | None = None) -> set[str]:
    """The items of a batch with a free place; of some items, where these are given."""
    which, named = _of_items(item_ids)
    rows = db.rows(
        f"SELECT q.item_id FROM queue q WHERE q.batch_id = :batch AND q.taken < {PLACES} {which}",
        batch=batch_id, overlap=overlap, **named,
    )  # fmt: skip
    return {row["item_id"] for row in rows}


def free_for(
    db: Reading, batch_id: str, actor_id: str, overlap: int, fields: Fields, item_ids: Collection[str] | None = None
) -> set[str]:
    """The items of a batch with a free place that this person, who may label these fields, can take."""
    which, named = _of_items(item_ids)
    rows = db.rows(
        f"""SELECT q.item_id, q.field FROM queue q JOIN traces t ON t.id = q.item_id
            WHERE q.batch_id = :batch AND q.taken < {PLACES} AND {UNTOUCHED_BY_ME} {which}""",
        batch=batch_id, me=actor_id, overlap=overlap, **named,
    )  # fmt: skip
    return {row["item_id"] for row in rows if row["field"] in fields}


def _of_items(item_ids: Collection[str] | None) -> tuple[str, dict[str, str]]:
    if item_ids is None:
        return "", {}
    names, named = listed("item", sorted(item_ids) or [""])
    return f"AND q.item_id IN ({names})", named


def free_items(
    db: Reading, project_id: str, actor_id: str, overlap: int, most: int, fields: Fields
) -> list[str]:  # fmt: skip
    """Items of this person's batches with a free place that they can take: the batch that is due first comes first."""
    which, named = _in_fields(fields)
    rows = db.rows(
        f"""SELECT q.item_id FROM batch_people m JOIN batches b ON b.id = m.batch_id JOIN queue q ON q.batch_id = b.id
                JOIN traces t ON t.id = q.item_id
            WHERE m.member_id = :me AND b.project_id = :project AND q.taken < {PLACES} AND {which}
                AND {UNTOUCHED_BY_ME} AND {GUIDED}
            ORDER BY b.due, b.sequence, q.taken DESC, q.priority, q.item_id LIMIT :most""",
        project=project_id, me=actor_id, overlap=overlap, most=most, **named,
    )  # fmt: skip
    return [row["item_id"] for row in rows]


def _in_fields(fields: Fields) -> tuple[str, dict[str, str | int]]:
    """Whether the field of `q` is one of these, as SQL with its parameters."""
    parts, named = ["1 = 1"], dict[str, str | int]()
    if fields.only is not None:
        names, some = listed("only", fields.only or ("",))
        parts.append(f"q.field IN ({names})")
        named |= some
    for n, wider in enumerate(fields.without):
        parts.append(f"q.field <> :without_{n} AND substr(q.field, 1, :length_{n}) <> :within_{n}")
        within = wider + WITHIN
        named |= {f"without_{n}": wider, f"within_{n}": within, f"length_{n}": len(within)}
    return " AND ".join(parts), named


def of_others(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether an item is of a batch that does not name this person."""
    found = db.row(f"SELECT 1 AS one FROM queue q WHERE q.item_id = :item AND NOT {FOR_ME}", item=item_id, me=actor_id)
    return found is not None


def dates(db: Reading, project_id: str, actor_id: str, since: int) -> list[int]:
    """When the open batches of a person are due, but for those that were due before a time; the first one first."""
    rows = db.rows(
        f"""SELECT b.due FROM batch_people m JOIN batches b ON b.id = m.batch_id
            WHERE m.member_id = :me AND b.project_id = :project AND b.due >= :since AND {OPEN} ORDER BY b.due""",
        project=project_id, me=actor_id, since=since,
    )  # fmt: skip
    return [row["due"] for row in rows]


def named(db: Reading, project_id: str, names: Sequence[str]) -> Sequence[Row]:
    """The traces of a project with one of these ids, the server's or their files': item_id, external_id."""
    found, some = listed("name", names)
    return db.rows(
        f"""SELECT t.id AS item_id, t.external_id FROM traces t
            WHERE t.project_id = :project AND (t.id IN ({found}) OR t.external_id IN ({found}))""",
        project=project_id, **some,
    )  # fmt: skip


def free_in_queue(db: Reading, project_id: str, overlap: int, after: tuple[int, str], most: int) -> Sequence[Row]:
    """The next traces of the queue with a free place and of no batch, in its order, after a place in it: item_id,
    priority, domain, tags, difficulty, strategy.
    """
    return db.rows(
        f"""SELECT q.item_id, q.priority, p.domain, p.tags, p.difficulty, t.strategy, t.task
            FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
            WHERE q.project_id = :project AND q.batch_id IS NULL AND q.taken < {PLACES}
                AND (q.priority, q.item_id) > (:priority, :last)
            ORDER BY q.priority, q.item_id LIMIT :most""",
        project=project_id, overlap=overlap, priority=after[0], last=after[1], most=most,
    )  # fmt: skip


def new_to(db: Reading, actor_id: str, item_ids: Sequence[str]) -> set[str]:
    """Those of some items that a person could be given for the first time."""
    found: set[str] = set()
    for start in range(0, len(item_ids), 500):
        names, some = listed("item", item_ids[start : start + 500])
        rows = db.rows(
            f"SELECT t.id FROM traces t WHERE t.id IN ({names}) AND {UNTOUCHED_BY_ME}", me=actor_id, **some
        )  # fmt: skip
        found |= {row["id"] for row in rows}
    return found


def in_queue(db: Reading, item_ids: Sequence[str]) -> dict[str, Row]:
    """Item's id -> what of the queue says whether it can be given to somebody, for those that are in it."""
    found: dict[str, Row] = {}
    for start in range(0, len(item_ids), 500):
        names, some = listed("item", item_ids[start : start + 500])
        rows = db.rows(f"SELECT item_id, taken, places, field, batch_id FROM queue WHERE item_id IN ({names})", **some)
        found |= {row["item_id"]: row for row in rows}
    return found
