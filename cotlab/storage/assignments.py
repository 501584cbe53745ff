"""Assignments, their leases, and the queue that they are taken from."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.sessions import WorkSession
from cotlab.storage.database import Db, Reading, Row

WORK = """SELECT a.id, a.project_id, a.item_id, a.actor_id, a.guideline_version_id, a.informed, a.purpose, a.case_id,
        l.expires_at, l.visible, l.shown_at,
        t.first_position, t.last_position, t.problem_id, t.parent_id, t.final_answer, t.digest, t.strategy,
        p.name AS project, e.at AS closed_at, e.reason AS closing_reason, v.head,
        s.started_at, s.last_at, s.worked, s.step_open, w.checker, w.document,
        (SELECT y.document FROM policies y WHERE y.project_id = a.project_id
            ORDER BY y.sequence DESC LIMIT 1) AS policy,
        (SELECT r.id FROM roles r WHERE r.actor_id = a.actor_id
            AND (r.project_id = a.project_id OR r.project_id IS NULL)
            AND r.role IN ('lead', 'exporter', 'admin') ORDER BY r.id LIMIT 1) AS reading_role
    FROM assignments a JOIN traces t ON t.id = a.item_id JOIN projects p ON p.id = a.project_id
        JOIN guideline_versions v ON v.id = a.guideline_version_id
        LEFT JOIN leases l ON l.assignment_id = a.id LEFT JOIN project_ends e ON e.project_id = a.project_id
        LEFT JOIN sessions s ON s.actor_id = a.actor_id
        LEFT JOIN verdicts w ON w.item_id = a.item_id AND w.position = l.visible AND w.sequence = (
            SELECT max(n.sequence) FROM verdicts n WHERE n.item_id = a.item_id AND n.position = l.visible)"""
"""All that a commit needs to know, in one statement: most of what a label costs is the number of statements.

`checker` and `document` are of the newest verdict on the step that was shown last.
"""

UNTOUCHED_BY_ME = """NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = t.id AND a.actor_id = :me)
    AND (t.parent_id IS NULL OR ((t.author_id IS NULL OR t.author_id <> :me) AND EXISTS (
        SELECT 1 FROM assignments m JOIN assignment_ends e ON e.assignment_id = m.id
        WHERE m.item_id = t.parent_id AND m.actor_id = :me AND e.ending = 'finished')
      AND (t.first_position = 1 OR EXISTS (
        SELECT 1 FROM answers n WHERE n.item_id = t.parent_id AND n.actor_id = :me AND n.question = 'label'
          AND n.position = t.first_position - 1))))"""
"""An alternative shows the steps before it, so that only those who labelled them all get it, and never its author."""

GUIDED = """EXISTS (SELECT 1 FROM guidelines_in_force f JOIN problems p ON p.id = t.problem_id
    WHERE f.project_id = t.project_id AND f.task = 'steps' AND f.domain IN (p.domain, ''))"""


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of which work is looked for: all but `never`, and where `only` is given none but those."""

    only: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()

    def __contains__(self, domain: str) -> bool:
        return domain not in self.never and (self.only is None or domain in self.only)

    @property
    def everywhere(self) -> bool:
        return self.only is None and not self.never

    def condition(self) -> tuple[str, dict[str, str]]:
        """A condition on the problem of a trace `t`, with its parameters."""
        if self.only is not None:
            few = [domain for domain in self.only if domain in self]
            return _of_domains("IN", few) if few else ("AND 1 = 0", {})
        return _of_domains("NOT IN", self.never) if self.never else ("", {})


EVERYWHERE = Domains()


def _of_domains(how: str, domains: Sequence[str]) -> tuple[str, dict[str, str]]:
    named = {f"domain_{number}": domain for number, domain in enumerate(domains)}
    listed = ", ".join(f":{key}" for key in named)
    return f"AND EXISTS (SELECT 1 FROM problems d WHERE d.id = t.problem_id AND d.domain {how} ({listed}))", named


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
    return _open(db, project_id, actor_id, "a.case_id IS NULL")


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


def free_items(
    db: Reading, project_id: str, actor_id: str, overlap: int, most: int, domains: Domains = EVERYWHERE
) -> list[str]:  # fmt: skip
    """Items with a free place that this person has not worked on, those that others began first."""
    found: list[str] = []
    there, named = domains.condition()
    for taken in range(overlap - 1, -1, -1):
        rows = db.rows(
            f"""SELECT q.item_id FROM queue q JOIN traces t ON t.id = q.item_id
                WHERE q.project_id = :project AND q.taken = :taken AND {UNTOUCHED_BY_ME} AND {GUIDED} {there}
                ORDER BY q.priority, q.item_id LIMIT :most""",
            project=project_id, taken=taken, me=actor_id, most=most - len(found), **named,
        )  # fmt: skip
        found += [row["item_id"] for row in rows]
        if len(found) >= most:
            break
    return found


def domain_of(db: Reading, item_id: str) -> str:
    row = db.rows(
        "SELECT p.domain FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.id = :item", item=item_id
    )[0]
    return str(row["domain"])


def take_place(db: Db, item_id: str, actor_id: str, overlap: int, places: int = 1) -> bool:
    """Take a place of an item, if one is still free and the person has not worked on it; none with `places` 0."""
    return bool(
        db.run(
            """UPDATE queue SET taken = taken + :places WHERE item_id = :item AND taken < :overlap
               AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = :item AND a.actor_id = :me)""",
            item=item_id, overlap=overlap, me=actor_id, places=places,
        )
    )  # fmt: skip


def place_left_behind(db: Reading, item_id: str, actor_id: str, overlap: int) -> bool:
    """Whether an item is still of the queue, fewer than `overlap` people who still label here hold it, and this person
    has not worked on it.
    """
    return bool(
        db.rows(
            f"""SELECT 1 AS one FROM traces t JOIN queue q ON q.item_id = t.id
                WHERE t.id = :item AND {UNTOUCHED_BY_ME} AND :overlap > (
                    SELECT count(DISTINCT h.actor_id) FROM assignments h
                        LEFT JOIN assignment_ends e ON e.assignment_id = h.id
                        JOIN roles r ON r.actor_id = h.actor_id AND r.project_id = h.project_id
                            AND r.role IN ('annotator', 'adjudicator')
                    WHERE h.item_id = t.id AND h.purpose IN ('production', 'redo')
                        AND (e.ending IS NULL OR e.ending IN ('finished', 'bad_problem'))
                        AND NOT EXISTS (SELECT 1 FROM role_ends d WHERE d.role_id = r.id))""",
            item=item_id, me=actor_id, overlap=overlap,
        )
    )  # fmt: skip


def free_place(db: Db, item_id: str) -> None:
    db.run("UPDATE queue SET taken = taken - 1 WHERE item_id = :item", item=item_id)


def dead_lease(db: Reading, project_id: str, actor_id: str, domains: Domains = EVERYWHERE) -> Row | None:
    """The lease of somebody else that ran out first, on an item that this person has not worked on."""
    there, named = domains.condition()
    return db.row(
        f"""SELECT l.assignment_id, l.item_id FROM leases l JOIN traces t ON t.id = l.item_id
            WHERE l.project_id = :project AND l.expires_at < :now AND l.actor_id <> :me AND {UNTOUCHED_BY_ME}
                AND EXISTS (SELECT 1 FROM queue q WHERE q.item_id = l.item_id)
                AND EXISTS (SELECT 1 FROM assignments o WHERE o.id = l.assignment_id AND o.purpose = 'production')
                {there}
            ORDER BY l.expires_at, l.assignment_id LIMIT 1""",
        project=project_id, now=db.now, me=actor_id, **named,
    )  # fmt: skip


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
    version_id: str, informed: bool, sequence: int, case_id: str | None = None,
) -> None:  # fmt: skip
    """`number` is the round: how often the item was given to the person for this purpose, this time included."""
    db.add(
        "assignments", id=assignment_id, project_id=project_id, item_id=item_id, actor_id=actor_id,
        purpose=purpose.value, round=number, guideline_version_id=version_id, informed=int(informed),
        claimed_at=db.now, sequence=sequence, case_id=case_id,
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


def open_leases(db: Reading, project_id: str) -> int:
    """How many traces of a project are open."""
    return int(db.rows("SELECT count(*) AS n FROM leases WHERE project_id = :project", project=project_id)[0]["n"])


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


def waiting(db: Reading, project_id: str, actor_id: str, overlap: int, domains: Domains = EVERYWHERE) -> bool:
    """Whether a claim would find something new in these domains."""
    free = free_items(db, project_id, actor_id, overlap, 1, domains)
    return bool(free) or dead_lease(db, project_id, actor_id, domains) is not None
