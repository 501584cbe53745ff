"""Requests for drafts, who has one of them, the drafts, and how requests ended."""

import json
from collections.abc import Collection, Sequence

from cotlab.domain.projects.draft_policy import Task
from cotlab.domain.shown_drafts import RATIONALE
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed

SOON, LATER = 0, 1
"""The ranks: a person waits for a rationale, and for nothing else."""

REQUEST = """SELECT r.id, r.project_id, r.kind, r.item_id, r.problem_id, r.position, r.model_id, r.model, r.sampling,
        r.seed, r.number, r.strategy, r.answers, r.at, r.sequence, r.actor_id, a.name AS requested_by, e.ending,
        e.sentence, e.at AS ended_at, l.worker, l.expires_at, l.rank, l.lost,
        (SELECT count(*) FROM drafts d WHERE d.request_id = r.id) AS made
    FROM draft_requests r JOIN actors a ON a.id = r.actor_id LEFT JOIN draft_ends e ON e.request_id = r.id
        LEFT JOIN draft_leases l ON l.request_id = r.id"""
FIRST = """SELECT (SELECT w.request_id FROM draft_leases w
        WHERE w.model_id = m.id AND w.rank <= :rank AND w.expires_at < :now
        ORDER BY w.rank, w.asked_at, w.request_id LIMIT 1) AS request_id
    FROM models m"""
"""Of each model that there is or was, so that none that waits is passed over on the way to the first."""

HELD = "(l.worker IS NOT NULL AND l.expires_at >= :now)"
"""Whether a worker has a request."""

OPEN = "r.project_id = :project AND NOT EXISTS (SELECT 1 FROM draft_ends e WHERE e.request_id = r.id)"
OLDEST_OPEN = f"""(SELECT min(o.sequence) FROM (
    SELECT r.sequence FROM draft_requests r WHERE {OPEN} ORDER BY r.sequence DESC LIMIT :number) o)"""
"""Come to from the newest one, and not through all that ended before: `number` is how many are open."""


def request(db: Reading, request_id: str) -> Row | None:
    """A request with how far it is; what is of its lease is None once it has ended."""
    return db.row(f"{REQUEST} WHERE r.id = :id", id=request_id)


def requests(db: Reading, project_id: str, before: int, most: int) -> Sequence[Row]:
    """Those of a project before a sequence, the newest first."""
    which = "r.project_id = :project AND r.sequence < :before"
    order = "ORDER BY r.sequence DESC LIMIT :most"
    return db.rows(f"{REQUEST} WHERE {which} {order}", project=project_id, before=before, most=most)


def open_requests(db: Reading, project_id: str, most: int) -> Sequence[Row]:
    """Those of a project that have not ended: those that a worker has, then those that wait in the order in which
    workers take them, then those that no worker takes, of a project that was closed or that moved here.
    """
    order = f"ORDER BY CASE WHEN {HELD} THEN 0 ELSE 1 END, l.rank IS NULL, l.rank, r.at, r.id"
    return db.rows(
        f"""{REQUEST} WHERE r.id IN (SELECT r.id FROM draft_requests r LEFT JOIN draft_leases l ON l.request_id = r.id
                WHERE {OPEN} AND r.sequence >= {OLDEST_OPEN} {order} LIMIT :most) {order}""",
        project=project_id, now=db.now, number=_number_open(db, project_id), most=most,
    )  # fmt: skip


def _number_open(db: Reading, project_id: str) -> int:
    """How many have not ended, counted in indexes alone."""
    row = db.row(
        """SELECT (SELECT count(*) FROM draft_requests WHERE project_id = :project)
            - (SELECT count(*) FROM draft_ends WHERE project_id = :project) AS number""",
        project=project_id,
    )
    assert row is not None
    return int(row["number"])


def totals(db: Reading, project_id: str) -> Sequence[Row]:
    """The requests of a project: model, kind, state, and how many there are with how many drafts."""
    return db.rows(
        f"""SELECT s.model, s.kind, s.state, count(*) AS requests, sum(s.made) AS made FROM (
                SELECT r.model, r.kind, COALESCE(d.made, 0) AS made,
                    COALESCE(e.ending, CASE WHEN {HELD} THEN 'drafting' ELSE 'waiting' END) AS state
                FROM draft_requests r LEFT JOIN draft_ends e ON e.request_id = r.id
                    LEFT JOIN draft_leases l ON l.request_id = r.id
                    LEFT JOIN (SELECT request_id, count(*) AS made FROM drafts WHERE project_id = :project
                        GROUP BY request_id) d ON d.request_id = r.id
                WHERE r.project_id = :project) s
            GROUP BY s.model, s.kind, s.state ORDER BY s.model, s.kind, s.state""",
        project=project_id, now=db.now,
    )  # fmt: skip


def add_request(db: Db, **columns: object) -> None:
    """Add a request, which waits for a worker from now on."""
    db.add("draft_requests", **columns)
    rank = SOON if columns["kind"] == RATIONALE else LATER
    db.add(
        "draft_leases", request_id=columns["id"], model_id=columns["model_id"], rank=rank, asked_at=columns["at"],
        worker=None, expires_at=0, lost=0,
    )  # fmt: skip


def waiting(db: Reading, busy: Collection[str] = (), rank: int = LATER) -> str | None:
    """The request that nobody has and that goes first, of those up to a rank: by rank, then the longest waiting.

    Left out is what is for a model of a driver that is `busy`.
    """
    names, named = listed("driver", sorted(busy))
    free = f"WHERE m.driver NOT IN ({names})" if named else ""
    row = db.row(
        f"""SELECT l.request_id FROM draft_leases l JOIN ({FIRST} {free}) f ON f.request_id = l.request_id
            ORDER BY l.rank, l.asked_at, l.request_id LIMIT 1""",
        now=db.now, rank=rank, **named,
    )  # fmt: skip
    return None if row is None else str(row["request_id"])


def lease(db: Db, request_id: str, worker: str, expires_at: int) -> bool:
    """Give a request that nobody has to a worker. Returns whether it has it; another one that had it is lost."""
    given = db.run(
        """UPDATE draft_leases SET lost = lost + CASE WHEN worker IS NULL OR worker = :worker THEN 0 ELSE 1 END,
                worker = :worker, expires_at = :expires
           WHERE request_id = :request AND expires_at < :now""",
        request=request_id, worker=worker, expires=expires_at, now=db.now,
    )  # fmt: skip
    return given == 1


def renew(db: Db, request_id: str, worker: str, expires_at: int) -> bool:
    """Keep a request, also after its time where nobody took it over. Returns whether the worker has it still."""
    kept = db.run(
        "UPDATE draft_leases SET expires_at = :expires WHERE request_id = :request AND worker = :worker",
        request=request_id, worker=worker, expires=expires_at,
    )  # fmt: skip
    return kept == 1


def release(db: Db, request_id: str, worker: str) -> None:
    """Give a request back that the worker has."""
    db.run(
        """UPDATE draft_leases SET worker = NULL, expires_at = 0
           WHERE request_id = :request AND worker = :worker""",
        request=request_id, worker=worker,
    )  # fmt: skip


def found_again(db: Db, request_id: str) -> None:
    """Of a request that goes on, forget how many workers were lost."""
    db.run("UPDATE draft_leases SET lost = 0 WHERE request_id = :request", request=request_id)


def close(db: Db, project_id: str) -> None:
    """What a project still waits for is drafted by nobody."""
    db.run(
        """DELETE FROM draft_leases
           WHERE request_id IN (SELECT r.id FROM draft_requests r WHERE r.project_id = :project)""",
        project=project_id,
    )  # fmt: skip


def holds(db: Reading, request_id: str, worker: str) -> bool:
    row = db.row("SELECT worker FROM draft_leases WHERE request_id = :request", request=request_id)
    return row is not None and row["worker"] == worker


def add_end(db: Db, **columns: object) -> None:
    """End a request: no worker takes it any more."""
    db.add("draft_ends", **columns)
    db.run("DELETE FROM draft_leases WHERE request_id = :request", request=columns["request_id"])


def rules(db: Reading) -> int:
    """A number that grows where a policy is set or a model removed, on which hangs what may be asked for."""
    row = db.row("SELECT (SELECT count(*) FROM policies) + (SELECT count(*) FROM model_ends) AS number")
    assert row is not None
    return int(row["number"])


def ordinals(db: Reading, request_id: str) -> set[int]:
    """The drafts of a request that are there."""
    rows = db.rows("SELECT ordinal FROM drafts WHERE request_id = :request", request=request_id)
    return {row["ordinal"] for row in rows}


def add_draft(db: Db, **columns: object) -> None:
    db.add("drafts", **columns)


def drafts(db: Reading, request_id: str) -> Sequence[Row]:
    """The drafts of a request, in order."""
    return db.rows("SELECT * FROM drafts WHERE request_id = :request ORDER BY ordinal", request=request_id)


def problem(db: Reading, project_id: str, problem_id: str) -> Row | None:
    return db.row(
        "SELECT id, text FROM problems WHERE project_id = :project AND id = :id", project=project_id, id=problem_id
    )


def slice_of(db: Reading, item_id: object, problem_id: object) -> tuple[Task, str, tuple[str, ...]]:
    """Task, domain and tags of an item, or of a problem whose steps are meant."""
    row = db.rows(
        """SELECT t.task, p.domain, p.tags FROM problems p LEFT JOIN traces t ON t.problem_id = p.id AND t.id = :item
           WHERE p.id = :problem""",
        item=item_id, problem=problem_id,
    )[0]  # fmt: skip
    return "pairs" if row["task"] == "pairs" else "steps", row["domain"], tuple(json.loads(row["tags"]))


def seen_until(db: Reading, item_id: object, actor_id: str) -> int:
    """The last step of a trace that was shown to a person, to label it or with a case; 0 for none."""
    row = db.rows(
        """SELECT COALESCE(max(s.position), 0) AS position FROM (
                SELECT n.visible_until AS position FROM answers n WHERE n.item_id = :item AND n.actor_id = :actor
                UNION ALL SELECT l.visible FROM leases l WHERE l.item_id = :item AND l.actor_id = :actor
                UNION ALL SELECT c.position FROM cases c JOIN assignments a ON a.case_id = c.id
                    WHERE c.item_id = :item AND a.actor_id = :actor) s""",
        item=item_id, actor=actor_id,
    )[0]  # fmt: skip
    return int(row["position"])


def item(db: Reading, project_id: str, name: str) -> Sequence[Row]:
    """The traces of this id, or of this one in a file, with their problem's text."""
    return db.rows(
        """SELECT t.id, t.problem_id, t.first_position, t.last_position, t.task, t.parent_id, t.origin,
                p.text
           FROM traces t JOIN problems p ON p.id = t.problem_id
           WHERE t.project_id = :project AND (t.id = :name OR t.external_id = :name)""",
        project=project_id, name=name,
    )  # fmt: skip
