"""Cases with what was decided of them, whom they were handed on to, and who has them in their hands."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import in_lists, listed
from cotlab.storage.guidelines.guidelines import PURPOSES

ADJUDICATION = f"'{Purpose.ADJUDICATION.value}'"
BAD_PROBLEM = f"'{Ending.BAD_PROBLEM.value}'"
DECISION = f"'{Question.DECISION.value}'"
OUTCOME = """(SELECT max(l.sequence) FROM case_outcomes l WHERE l.case_id = c.id)"""
PASS = "(SELECT max(l.sequence) FROM case_passes l WHERE l.case_id = c.id)"
CASE = f"""SELECT c.id, c.project_id, c.item_id, c.position, c.number, c.reasons, c.at, c.sequence,
        COALESCE(w.seats, c.seats) AS seats, w.experts, o.answer_id, o.at AS decided_at,
        t.problem_id, t.author_id, t.task, p.domain, p.tags
    FROM cases c JOIN traces t ON t.id = c.item_id JOIN problems p ON p.id = t.problem_id
        LEFT JOIN case_passes w ON w.case_id = c.id AND w.sequence = {PASS}
        LEFT JOIN case_outcomes o ON o.case_id = c.id AND o.sequence = {OUTCOME}"""
"""A case with its problem, who is asked now (`seats`, and `experts` as JSON, None where it was never handed on), and
the answer that carries its decision (None while it is open)."""


SAW_A_PAIR = """EXISTS (SELECT 1 FROM traces y JOIN traces o ON o.problem_id = y.problem_id AND o.task = 'pairs'
    JOIN assignments b ON b.item_id = o.id WHERE y.id = {} AND y.task = 'steps' AND b.actor_id = :me)"""
"""Who was given a pair of a trace's problem decides nothing of the trace."""


def case(db: Reading, project_id: str, case_id: str) -> Row | None:
    return db.row(f"{CASE} WHERE c.project_id = :project AND c.id = :id", project=project_id, id=case_id)


def newest_number(db: Reading, item_id: str, position: int) -> int:
    """How many cases there are on a step, or on a whole trace."""
    row = db.row(
        "SELECT max(number) AS newest FROM cases WHERE item_id = :item AND position = :position",
        item=item_id, position=position,
    )  # fmt: skip
    return int(row["newest"] or 0) if row else 0


def in_reach(db: Reading, project_id: str, actor_id: str, case_ids: Collection[str]) -> list[Row]:
    """Those of some cases of a project that are undecided, or on which a person gave an opinion.

    `touched`: the person worked on the trace, or wrote it; `passed`: they handed the case on once. `due` are the
    reasons (JSON) for which it is handed out, with `early` and `since` of due_cases; None where it is not.
    """
    return [
        row
        for names, named in in_lists("case", case_ids)
        for row in db.rows(
            f"""SELECT x.*, d.reasons AS due, d.early, d.since,
                    CASE WHEN x.author_id = :me OR EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = x.item_id
                        AND a.actor_id = :me AND a.purpose <> {ADJUDICATION}) OR {SAW_A_PAIR.format("x.item_id")}
                        THEN 1 ELSE 0 END AS touched,
                    CASE WHEN EXISTS (SELECT 1 FROM case_passes b WHERE b.case_id = x.id AND b.actor_id = :me)
                        THEN 1 ELSE 0 END AS passed
                FROM ({CASE} WHERE c.project_id = :project AND c.id IN ({names})) x
                    LEFT JOIN due_cases d ON d.case_id = x.id
                WHERE x.answer_id IS NULL OR EXISTS (SELECT 1 FROM assignments m
                    JOIN answers n ON n.assignment_id = m.id
                    WHERE m.case_id = x.id AND m.actor_id = :me AND n.question = {DECISION})""",
            project=project_id, me=actor_id, **named,
        )
    ]  # fmt: skip


def worked_on(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether a person wrote a trace, had it for anything but a case, or was given a pair of its problem."""
    row = db.row(
        f"""SELECT 1 AS one FROM traces t WHERE t.id = :item AND (t.author_id = :me OR EXISTS (
                SELECT 1 FROM assignments a WHERE a.item_id = t.id AND a.actor_id = :me
                    AND a.purpose <> {ADJUDICATION}) OR {SAW_A_PAIR.format("t.id")})""",
        item=item_id, me=actor_id,
    )  # fmt: skip
    return row is not None


def deciders(db: Reading, case_ids: Collection[str]) -> dict[str, set[str]]:
    """Case's id -> the people who gave an opinion, for some cases."""
    found: dict[str, set[str]] = defaultdict(set)
    for names, named in in_lists("case", case_ids):
        for row in db.rows(
            f"""SELECT a.case_id, a.actor_id FROM cases c JOIN assignments a ON a.case_id = c.id
                WHERE c.id IN ({names}) AND EXISTS (SELECT 1 FROM answers n WHERE n.assignment_id = a.id
                    AND n.question = {DECISION})""",
            **named,
        ):
            found[row["case_id"]].add(row["actor_id"])
    return found


def leases(db: Reading, project_id: str) -> Sequence[Row]:
    """Who has which case of a project in their hands; the lease that runs out first comes first."""
    return db.rows(
        """SELECT l.assignment_id, l.actor_id, l.expires_at, a.case_id
           FROM leases l JOIN assignments a ON a.id = l.assignment_id
           WHERE l.project_id = :project AND a.case_id IS NOT NULL ORDER BY l.expires_at, l.assignment_id""",
        project=project_id,
    )


def problems(db: Reading, case_ids: Sequence[str]) -> dict[str, str]:
    """Case's id -> the text of its problem."""
    if not case_ids:
        return {}
    names, named = listed("case", case_ids)
    rows = db.rows(
        f"""SELECT c.id, p.text FROM cases c JOIN traces t ON t.id = c.item_id JOIN problems p ON p.id = t.problem_id
            WHERE c.id IN ({names})""",
        **named,
    )
    return {row["id"]: row["text"] for row in rows}


def seen_by_reporters(db: Reading, item_id: str) -> int:
    """The furthest step that somebody had seen who said of the problem that it cannot be used."""
    row = db.row(
        f"""SELECT max(n.visible_until) AS last FROM answers n WHERE n.item_id = :item AND n.question = 'outcome'
            AND n.value = {BAD_PROBLEM} AND n.purpose IN ({PURPOSES})""",
        item=item_id,
    )
    return int(row["last"] or 0) if row else 0


def my_choice(db: Reading, case_id: str, actor_id: str) -> Row | None:
    """What a person chose on a case before they saw what others said."""
    return db.row(
        """SELECT n.id, n.value, n.rationale, n.unsure, n.received_at
           FROM assignments a JOIN answers n ON n.assignment_id = a.id
           WHERE a.case_id = :case AND a.actor_id = :actor AND n.question IN ('label', 'outcome')
           ORDER BY n.sequence LIMIT 1""",
        case=case_id, actor=actor_id,
    )  # fmt: skip


def add_pass(db: Db, **columns: object) -> None:
    db.add("case_passes", **columns)


def add_outcome(db: Db, **columns: object) -> None:
    db.add("case_outcomes", **columns)


def add_gap(db: Db, **columns: object) -> None:
    db.add("guideline_gaps", **columns)
