"""Assignments and their leases, sessions, and the replies that are kept."""

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.work.sessions import WorkSession
from cotlab.storage.engine.database import Db, Reading, Row

WORK = """SELECT a.id, a.project_id, a.item_id, a.actor_id, a.guideline_version_id, a.informed, a.purpose, a.case_id,
        l.expires_at, l.visible, l.shown_at,
        t.task, t.first_position, t.last_position, t.problem_id, t.parent_id, t.final_answer, t.digest, t.strategy,
        q.domain, q.tags, EXISTS (SELECT 1 FROM drafts d WHERE d.item_id = a.item_id) AS drafted,
        EXISTS (SELECT 1 FROM reveals u WHERE u.item_id = a.item_id AND u.actor_id = a.actor_id) AS revealed,
        p.name AS project, e.at AS closed_at, e.reason AS closing_reason, v.head,
        s.started_at, s.last_at, s.worked, s.step_open, w.checker, w.document,
        (SELECT y.document FROM policies y WHERE y.project_id = a.project_id
            ORDER BY y.sequence DESC LIMIT 1) AS policy,
        (SELECT y.document FROM policies y WHERE y.project_id = a.project_id AND y.sequence <= a.sequence
            ORDER BY y.sequence DESC LIMIT 1) AS policy_then,
        (SELECT r.id FROM roles r WHERE r.actor_id = a.actor_id
            AND (r.project_id = a.project_id OR r.project_id IS NULL)
            AND r.role IN ('lead', 'exporter', 'admin') ORDER BY r.id LIMIT 1) AS reading_role
    FROM assignments a JOIN traces t ON t.id = a.item_id JOIN problems q ON q.id = t.problem_id
        JOIN projects p ON p.id = a.project_id JOIN guideline_versions v ON v.id = a.guideline_version_id
        LEFT JOIN leases l ON l.assignment_id = a.id LEFT JOIN project_ends e ON e.project_id = a.project_id
        LEFT JOIN sessions s ON s.actor_id = a.actor_id
        LEFT JOIN verdicts w ON w.item_id = a.item_id AND w.position = l.visible AND w.sequence = (
            SELECT max(n.sequence) FROM verdicts n WHERE n.item_id = a.item_id AND n.position = l.visible)"""
"""All that a commit needs to know, in one statement: most of what a label costs is the number of statements.

`policy_then` is the one that was in force at the claim. `checker` and `document` are of the newest verdict on the step
that was shown last. `drafted`: models have drafted
something of the item; `revealed`: its person has seen something of that.
"""


def work(db: Reading, assignment_id: str) -> Row | None:
    """An assignment with its lease (None once it has ended), trace, project, policy, guideline and session.

    `reading_role` is a role in which its person reads the answers of others here, or once did.
    """
    return db.row(f"{WORK} WHERE a.id = :id", id=assignment_id)


def project_of(db: Reading, assignment_id: str) -> str | None:
    row = db.row("SELECT project_id FROM assignments WHERE id = :id", id=assignment_id)
    return None if row is None else str(row["project_id"])


def open_work(db: Reading, project_id: str, actor_id: str) -> Row | None:
    """The trace that a person has open in a project, to label it."""
    return _open(db, project_id, actor_id, f"a.case_id IS NULL AND a.purpose <> '{Purpose.WRITING.value}'")


def open_case(db: Reading, project_id: str, actor_id: str) -> Row | None:
    """The case that a person has open in a project."""
    return _open(db, project_id, actor_id, "a.case_id IS NOT NULL")


def _open(db: Reading, project_id: str, actor_id: str, which: str) -> Row | None:
    row = db.row(
        f"""SELECT l.assignment_id FROM leases l JOIN assignments a ON a.id = l.assignment_id
            WHERE l.actor_id = :actor AND l.project_id = :project AND {which}""",
        actor=actor_id, project=project_id,
    )  # fmt: skip
    return None if row is None else work(db, row["assignment_id"])


def domain_of(db: Reading, item_id: str) -> str:
    row = db.rows(
        "SELECT p.domain FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.id = :item", item=item_id
    )[0]
    return str(row["domain"])


def ever(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether a person was ever given an item."""
    row = db.row(
        "SELECT 1 AS one FROM assignments WHERE item_id = :item AND actor_id = :me LIMIT 1", item=item_id, me=actor_id
    )
    return row is not None


def rounds(db: Reading, item_id: str, actor_id: str, purpose: Purpose) -> int:
    """How often an item was given to a person for a purpose."""
    row = db.row(
        """SELECT count(*) AS n FROM assignments
           WHERE item_id = :item AND actor_id = :actor AND purpose = :purpose""",
        item=item_id, actor=actor_id, purpose=purpose.value,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def add(
    db: Db, assignment_id: str, project_id: str, item_id: str, actor_id: str, purpose: Purpose, number: int,
    version_id: str, informed: bool, sequence: int, case_id: str | None = None, brought_by: str | None = None,
) -> None:  # fmt: skip
    """`number` is the round: how often the item was given to the person for this purpose, this time included;
    `brought_by` is of domain.queue.priority.BroughtBy where it is the first hand-out from the queue.
    """
    db.add(
        "assignments", id=assignment_id, project_id=project_id, item_id=item_id, actor_id=actor_id,
        purpose=purpose.value, round=number, guideline_version_id=version_id, informed=int(informed),
        claimed_at=db.now, sequence=sequence, case_id=case_id, brought_by=brought_by,
    )  # fmt: skip


def lease(
    db: Db, assignment_id: str, project_id: str, item_id: str, actor_id: str, expires_at: int, visible: int
) -> None:
    db.add(
        "leases", assignment_id=assignment_id, project_id=project_id, item_id=item_id, actor_id=actor_id,
        expires_at=expires_at, visible=visible, shown_at=db.now,
    )  # fmt: skip


def renew(db: Db, assignment_id: str, expires_at: int, visible: int, shown_at: int) -> None:
    db.run(
        "UPDATE leases SET expires_at = :expires, visible = :visible, shown_at = :shown WHERE assignment_id = :id",
        id=assignment_id, expires=expires_at, visible=visible, shown=shown_at,
    )  # fmt: skip


def end(db: Db, assignment_id: str, ending: Ending, sequence: int) -> None:
    db.run("DELETE FROM leases WHERE assignment_id = :id", id=assignment_id)
    db.add("assignment_ends", assignment_id=assignment_id, ending=ending.value, at=db.now, sequence=sequence)


def ending(db: Reading, assignment_id: str) -> str | None:
    """How an assignment ended; None while it is open."""
    row = db.row("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=assignment_id)
    return None if row is None else str(row["ending"])


def open_leases(db: Reading, project_id: str) -> int:
    """How many traces of a project somebody has open to label them."""
    rows = db.rows(
        """SELECT count(*) AS n FROM leases l JOIN assignments a ON a.id = l.assignment_id
           WHERE l.project_id = :project AND a.case_id IS NULL AND a.purpose <> :writing""",
        project=project_id, writing=Purpose.WRITING.value,
    )  # fmt: skip
    return int(rows[0]["n"])


def session(db: Reading, actor_id: str) -> WorkSession | None:
    row = db.row("SELECT started_at, last_at, worked, step_open FROM sessions WHERE actor_id = :actor", actor=actor_id)
    return None if row is None else session_of(row)


def session_of(row: Row) -> WorkSession:
    """A session from a row that has its columns."""
    return WorkSession(row["started_at"], row["last_at"], row["worked"], bool(row["step_open"]))


def keep_session(db: Db, actor_id: str, session: WorkSession) -> None:
    db.run(
        """INSERT INTO sessions (actor_id, started_at, last_at, worked, step_open)
           VALUES (:actor, :started, :last, :worked, :open)
           ON CONFLICT (actor_id) DO UPDATE SET started_at = excluded.started_at, last_at = excluded.last_at,
               worked = excluded.worked, step_open = excluded.step_open""",
        actor=actor_id, started=session.started_at, last=session.last_at, worked=session.worked,
        open=int(session.step_open),
    )  # fmt: skip


def reply(db: Reading, actor_id: str, key: str) -> Row | None:
    return db.row("SELECT digest, body FROM replies WHERE actor_id = :actor AND key = :key", actor=actor_id, key=key)


def keep_reply(db: Db, actor_id: str, key: str, digest: str, body: str) -> None:
    db.add("replies", actor_id=actor_id, key=key, digest=digest, body=body, at=db.now)


def forget_replies(db: Db, before: int) -> int:
    """Drop the replies kept from before a time; a request that old is not sent again."""
    return db.run("DELETE FROM replies WHERE at < :before", before=before)
