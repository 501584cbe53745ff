"""What is told of the queue: how much of it is open, and what one trace waits for."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.traces.queue_conditions import APART, UNTOUCHED_BY_ME

TRACE = """SELECT t.id AS item_id, t.external_id, t.strategy, t.task, t.parent_id, t.author_id, p.domain, p.tags,
        p.difficulty, q.taken, q.since, q.known, q.points, q.at_random, (SELECT count(*) FROM leases l
            WHERE l.item_id = t.id AND l.project_id = t.project_id) AS leased
    FROM traces t JOIN problems p ON p.id = t.problem_id LEFT JOIN queue q ON q.item_id = t.id
    WHERE t.project_id = :project AND t.id = :id"""


def trace(db: Reading, project_id: str, trace_id: str) -> Row | None:
    """A trace, with its row of the queue (`taken` is None outside it) and how many people have it open."""
    return db.row(TRACE, project=project_id, id=trace_id)


def depth(db: Reading, project_id: str, overlap: int) -> Sequence[Row]:
    """The traces of the queue by what a quota may name: field, domain, difficulty, strategy and tags, with how many are
    open, begun, leased, done (each counted once) and settled.
    """
    return db.rows(
        """SELECT s.field, s.domain, s.difficulty, s.strategy, s.tags, s.task, sum(s.settled) AS settled,
                sum(CASE WHEN s.leased = 0 AND s.taken = 0 THEN 1 ELSE 0 END) AS open,
                sum(CASE WHEN s.leased = 0 AND s.taken > 0 AND s.taken < s.people THEN 1 ELSE 0 END) AS begun,
                sum(s.leased) AS leased,
                sum(CASE WHEN s.leased = 0 AND s.taken > 0 AND s.taken >= s.people THEN 1 ELSE 0 END) AS done
           FROM (SELECT q.field, q.taken, q.settled, p.domain, p.difficulty, t.strategy, p.tags, t.task,
                    CASE q.places WHEN 0 THEN :overlap ELSE q.places END AS people,
                    CASE WHEN EXISTS (SELECT 1 FROM leases l WHERE l.item_id = q.item_id AND l.project_id = :project)
                        THEN 1 ELSE 0 END AS leased
                FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
                WHERE q.project_id = :project) s
           GROUP BY s.field, s.domain, s.difficulty, s.strategy, s.tags, s.task ORDER BY s.field""",
        project=project_id, overlap=overlap,
    )  # fmt: skip


def apart(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether nothing that a person has or had of the same problem keeps an item from them."""
    rows = db.rows(f"SELECT 1 AS one FROM traces t WHERE t.id = :item AND {APART}", item=item_id, me=actor_id)
    return bool(rows)


def untouched(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether a person could be given an item for the first time."""
    rows = db.rows(f"SELECT 1 AS one FROM traces t WHERE t.id = :item AND {UNTOUCHED_BY_ME}", item=item_id, me=actor_id)
    return bool(rows)
