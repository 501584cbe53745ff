"""Paths that people write: the tasks, who has which in hand, what was written and what was given back."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import Fields
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.projects import fields

WRITING = f"'{Purpose.WRITING.value}'"
OPEN = """NOT EXISTS (SELECT 1 FROM writing_ends e WHERE e.task_id = w.id)
    AND NOT EXISTS (SELECT 1 FROM written_paths x WHERE x.task_id = w.id)"""
"""The task `w` waits for a path."""
FOR_ME = """NOT EXISTS (SELECT 1 FROM writing_returns r WHERE r.task_id = w.id AND r.actor_id = :me)
    AND NOT EXISTS (SELECT 1 FROM leases m JOIN traces o ON o.id = m.item_id
        WHERE m.actor_id = :me AND o.problem_id = w.problem_id)
    AND EXISTS (SELECT 1 FROM guidelines_in_force f WHERE f.project_id = w.project_id
        AND f.task = 'steps' AND f.domain IN (p.domain, ''))"""
UNCLAIMED = f"""NULL AS dead FROM writing_tasks w JOIN problems p ON p.id = w.problem_id
    WHERE w.project_id = :project AND {OPEN} AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.item_id = w.id)"""
RAN_OUT = f"""l.assignment_id AS dead
    FROM leases l JOIN writing_tasks w ON w.id = l.item_id JOIN problems p ON p.id = w.problem_id
    WHERE l.project_id = :project AND l.expires_at < :now AND {OPEN}"""
TASKS_A_READ = 64
WORK = """SELECT a.id, a.project_id, a.item_id AS task_id, a.actor_id, a.guideline_version_id, a.informed,
        l.expires_at, w.problem_id, w.strategy, p.name AS project, v.head, e.reason AS closing_reason,
        n.reason AS withdrawn,
        b.text, b.domain, b.language, b.passages, b.digest, b.reference_answer,
        (SELECT y.document FROM policies y WHERE y.project_id = a.project_id
            ORDER BY y.sequence DESC LIMIT 1) AS policy
    FROM assignments a JOIN writing_tasks w ON w.id = a.item_id JOIN problems b ON b.id = w.problem_id
        JOIN projects p ON p.id = a.project_id JOIN guideline_versions v ON v.id = a.guideline_version_id
        LEFT JOIN leases l ON l.assignment_id = a.id LEFT JOIN project_ends e ON e.project_id = a.project_id
        LEFT JOIN writing_ends n ON n.task_id = w.id"""


def problem_page(db: Reading, project_id: str, domain: str | None, after: str, most: int) -> Sequence[Row]:
    """The next problems after an id: id, text, domain."""
    where = "" if domain is None else "AND domain = :domain"
    return db.rows(
        f"""SELECT id, text, domain FROM problems WHERE project_id = :project AND id > :after {where}
            ORDER BY id LIMIT :most""",
        project=project_id, after=after, most=most, **({} if domain is None else {"domain": domain}),
    )  # fmt: skip


def problems(db: Reading, project_id: str, problem_ids: Sequence[str]) -> dict[str, Row]:
    """Those of some problems that are of a project, by id: id, domain."""
    names, named = listed("problem", problem_ids)
    rows = db.rows(f"SELECT id, domain FROM problems WHERE project_id = :project AND id IN ({names})",
                   project=project_id, **named)  # fmt: skip
    return {row["id"]: row for row in rows}


def open_tasks(db: Reading, problem_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """Problem's id and strategy -> the id of the task that is open."""
    if not problem_ids:
        return {}
    names, named = listed("problem", sorted(problem_ids))
    rows = db.rows(
        f"SELECT w.id, w.problem_id, w.strategy FROM writing_tasks w WHERE w.problem_id IN ({names}) AND {OPEN}",
        **named,
    )
    return {(row["problem_id"], row["strategy"]): row["id"] for row in rows}


def task(db: Reading, project_id: str, task_id: str) -> Row | None:
    """A task of a project: id, and whether it is `open` (1 or 0)."""
    return db.row(
        f"""SELECT w.id, CASE WHEN {OPEN} THEN 1 ELSE 0 END AS open FROM writing_tasks w
            WHERE w.project_id = :project AND w.id = :task""",
        project=project_id, task=task_id,
    )  # fmt: skip


def page(db: Reading, project_id: str, before: int, most: int) -> Sequence[Row]:
    """The next tasks asked before a sequence, the newest first, with what came of them; the names of people with it."""
    return db.rows(
        """SELECT w.id, w.problem_id, w.strategy, w.at, w.sequence, b.text, b.domain, k.name AS asked_by,
                x.trace_id, x.labelled_others, n.reason,
                CASE WHEN n.task_id IS NULL THEN coalesce(y.name, (SELECT h.name FROM leases l
                    JOIN actors h ON h.id = l.actor_id WHERE l.item_id = w.id)) END AS person
            FROM writing_tasks w JOIN problems b ON b.id = w.problem_id JOIN actors k ON k.id = w.actor_id
                LEFT JOIN writing_ends n ON n.task_id = w.id LEFT JOIN written_paths x ON x.task_id = w.id
                LEFT JOIN actors y ON y.id = x.actor_id
            WHERE w.project_id = :project AND w.sequence < :before ORDER BY w.sequence DESC LIMIT :most""",
        project=project_id, before=before, most=most,
    )  # fmt: skip


def returns(db: Reading, task_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Task's id -> who gave it back and why, in order."""
    found: dict[str, list[Row]] = defaultdict(list)
    if task_ids:
        names, named = listed("task", task_ids)
        for row in db.rows(
            f"""SELECT r.task_id, r.reason, r.at, a.name FROM writing_returns r JOIN actors a ON a.id = r.actor_id
                WHERE r.task_id IN ({names}) ORDER BY r.sequence""",
            **named,
        ):
            found[row["task_id"]].append(row)
    return found


def work(db: Reading, assignment_id: str) -> Row | None:
    """A writing assignment with its lease (`expires_at` is None once it has ended), task, problem and policy."""
    return db.row(f"{WORK} WHERE a.id = :id AND a.purpose = {WRITING}", id=assignment_id)


def open_work(db: Reading, project_id: str, actor_id: str) -> Row | None:
    """The assignment under which a person writes a path in a project, as `work` has it."""
    row = db.row(
        f"""SELECT l.assignment_id FROM leases l JOIN assignments a ON a.id = l.assignment_id
            WHERE l.actor_id = :actor AND l.project_id = :project AND a.purpose = {WRITING}""",
        actor=actor_id, project=project_id,
    )  # fmt: skip
    return None if row is None else work(db, row["assignment_id"])


def free_task(db: Reading, project_id: str, actor_id: str, allowed: Fields) -> Row | None:
    """The task that waits longest for this person, who has not given it back: id, domain; `dead` is the assignment
    whose lease ran out where somebody has it. A problem of which they are labelling a path waits.
    """
    field, named = fields.expression(fields.calibrated(db, project_id), task="''")
    what, who = f"SELECT w.id, w.sequence, p.domain, {field} AS field", {"project": project_id, "me": actor_id}
    after = 0
    while rows := db.rows(
        f"{what}, {UNCLAIMED} AND {FOR_ME} AND w.sequence > :after ORDER BY w.sequence LIMIT :most",
        **who, **named, after=after, most=TASKS_A_READ,
    ):  # fmt: skip
        for row in rows:
            if row["field"] in allowed:
                return row
        after = rows[-1]["sequence"]
    dead = db.rows(f"{what}, {RAN_OUT} AND {FOR_ME} ORDER BY l.expires_at, w.sequence", **who, **named, now=db.now)
    return next((row for row in dead if row["field"] in allowed), None)


def labelled_others(db: Reading, problem_id: str, actor_id: str) -> int:
    """How many paths of a problem somebody was given, to label or to decide a case on."""
    row = db.row(
        """SELECT count(DISTINCT a.item_id) AS n FROM traces t JOIN assignments a ON a.item_id = t.id
           WHERE t.problem_id = :problem AND a.actor_id = :actor""",
        problem=problem_id, actor=actor_id,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def saw_answer(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether somebody was shown the reference answer of a trace's problem, to write a path of it."""
    row = db.row(
        f"""SELECT 1 AS one FROM writing_tasks w
            WHERE w.problem_id = (SELECT t.problem_id FROM traces t WHERE t.id = :item) AND EXISTS (
                SELECT 1 FROM assignments a WHERE a.item_id = w.id AND a.actor_id = :actor AND a.purpose = {WRITING}
                    AND a.informed = 1) LIMIT 1""",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    return row is not None


def add_task(db: Db, **columns: object) -> None:
    db.add("writing_tasks", **columns)


def add_end(db: Db, **columns: object) -> None:
    db.add("writing_ends", **columns)


def add_path(db: Db, **columns: object) -> None:
    db.add("written_paths", **columns)


def add_return(db: Db, **columns: object) -> None:
    db.add("writing_returns", **columns)


def renew(db: Db, assignment_id: str, expires_at: int) -> None:
    db.run("UPDATE leases SET expires_at = :expires WHERE assignment_id = :id", id=assignment_id, expires=expires_at)
