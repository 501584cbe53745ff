"""What cases tell once they are decided: to those who labelled their steps, and counted up for the lead."""

from collections import defaultdict
from collections.abc import Sequence

from cotlab.storage.cases.cases import CASE
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines.guidelines import HANDED_ON_SQL, PURPOSES
from cotlab.storage.labels.answers import BEGINNING

SEEN = """EXISTS (SELECT 1 FROM decisions_seen d WHERE d.case_id = c.id AND d.actor_id = :actor
    AND d.sequence > o.sequence)"""
LAST = f"""(SELECT {{}} FROM answers n JOIN assignment_ends e ON e.assignment_id = n.assignment_id
            WHERE n.item_id = c.item_id AND n.position = c.position AND n.actor_id = :actor
                AND n.purpose IN ({PURPOSES}) AND ((n.question = 'label' AND e.ending = 'finished')
                    OR (n.question = 'outcome' AND e.ending = 'bad_problem'))
            ORDER BY n.sequence DESC LIMIT 1)"""
"""Of what a person said last of the place of a case, in work that they finished or refused."""
MINE = f"""SELECT c.id, c.item_id, c.position, o.at AS decided_at, o.sequence,
        {LAST.format("n.value")} AS mine,
        {LAST.format("n.assignment_id")} AS given_in,
        CASE WHEN EXISTS (SELECT 1 FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id
            WHERE a.item_id = c.item_id AND a.actor_id = :actor AND a.purpose IN ({PURPOSES})
                AND e.ending = 'finished') THEN 1 ELSE 0 END AS finished,
        CASE WHEN {SEEN} THEN 1 ELSE 0 END AS seen
    FROM cases c JOIN case_outcomes o ON o.case_id = c.id
        AND o.sequence = (SELECT max(l.sequence) FROM case_outcomes l WHERE l.case_id = c.id)
    WHERE c.project_id = :project AND o.answer_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM assignments w WHERE w.item_id = c.item_id AND w.actor_id = :actor)
        AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.actor_id = :actor AND l.item_id = c.item_id)"""
"""The decided cases on work of a person that they do not have open: what they said, and whether they read it."""
READABLE = "(m.mine IS NOT NULL OR (m.position = 0 AND m.finished = 1))"
"""They labelled the step and finished the trace; or it is asked whether the problem of a trace that they finished, or
of which they said no, can be used."""
TOLD = f"""SELECT m.id, m.item_id, m.position, m.decided_at, m.mine AS value, m.seen, p.text AS problem,
        s.text AS step, t.task, substr(q.first_text, 1, {BEGINNING}) AS first_text,
        substr(q.second_text, 1, {BEGINNING}) AS second_text, d.left_one
    FROM ({MINE}) m JOIN traces t ON t.id = m.item_id JOIN problems p ON p.id = t.problem_id
        LEFT JOIN pairs q ON q.item_id = m.item_id LEFT JOIN pair_sides d ON d.assignment_id = m.given_in
        LEFT JOIN steps s ON s.trace_id = m.item_id AND s.position = m.position
    WHERE {READABLE}"""


def readable(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """Decided cases on a person's work, the newest decision first; `left_one` is what stood on their left of a pair.

    Whether labels come back to them is left out.
    """
    return db.rows(f"{TOLD} ORDER BY m.sequence DESC, m.id", project=project_id, actor=actor_id)


def readable_case(db: Reading, project_id: str, actor_id: str, case_id: str) -> Row | None:
    return db.row(f"{TOLD} AND m.id = :case", project=project_id, actor=actor_id, case=case_id)


def unread(db: Reading, project_id: str, actor_id: str) -> list[str]:
    """The item of each decided case on a person's work whose decision they have not read."""
    rows = db.rows(
        f"SELECT m.item_id FROM ({MINE} AND NOT {SEEN}) m WHERE {READABLE}", project=project_id, actor=actor_id
    )  # fmt: skip
    return [row["item_id"] for row in rows]


def add_seen(db: Db, **columns: object) -> None:
    db.add("decisions_seen", **columns)


def has_seen(db: Reading, item_id: str, position: int, actor_id: str) -> bool:
    """Whether a person has read a decision on a step."""
    row = db.row(
        """SELECT 1 AS one FROM cases c JOIN decisions_seen d ON d.case_id = c.id AND d.actor_id = :actor
           WHERE c.item_id = :item AND c.position = :position LIMIT 1""",
        item=item_id, position=position, actor=actor_id,
    )  # fmt: skip
    return row is not None


def cases_in(db: Reading, project_id: str) -> Sequence[Row]:
    """Every case of a project, as storage.cases.cases reads one, the oldest first."""
    return db.rows(f"{CASE} WHERE c.project_id = :project ORDER BY c.sequence", project=project_id)


def said_in_cases(db: Reading, project_id: str) -> Sequence[Row]:
    """What adjudicators chose (`label`, `outcome`) and decided (`decision`) in a project's cases, in order.

    `gap` is what they found missing, None for nothing.
    """
    return db.rows(
        """SELECT n.id, a.case_id, n.item_id, n.position, n.question, n.value, n.actor_id, n.guideline_version_id,
               n.rationale, n.shown_at, n.received_at, n.sequence, n.replaces, g.text AS gap
           FROM cases c JOIN assignments a ON a.case_id = c.id JOIN answers n ON n.assignment_id = a.id
               LEFT JOIN guideline_gaps g ON g.answer_id = n.id
           WHERE c.project_id = :project AND n.question IN ('label', 'outcome', 'decision')
           ORDER BY n.sequence""",
        project=project_id,
    )


def labels_on_cases(db: Reading, project_id: str) -> Sequence[Row]:
    """Every label, also one that was replaced, that somebody gave of a step with a case, in order.

    Not of traces that they gave up.
    """
    return db.rows(
        f"""SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, n.sequence
            FROM (SELECT DISTINCT item_id, position FROM cases WHERE project_id = :project AND position > 0) c
                JOIN answers n ON n.item_id = c.item_id AND n.position = c.position
            WHERE n.question = 'label' AND n.purpose IN ({PURPOSES}) AND NOT EXISTS (
                SELECT 1 FROM assignment_ends e WHERE e.assignment_id = n.assignment_id
                    AND e.ending IN ({HANDED_ON_SQL}))
            ORDER BY n.sequence""",
        project=project_id,
    )


def rules_of_decisions(db: Reading, project_id: str) -> dict[str, list[str]]:
    """Answer's id -> the rules that it cites, in its order, for the decisions of a project's cases."""
    rows = db.rows(
        """SELECT r.answer_id, r.name FROM cases c JOIN assignments a ON a.case_id = c.id
               JOIN answers n ON n.assignment_id = a.id JOIN citations r ON r.answer_id = n.id
           WHERE c.project_id = :project AND n.question = 'decision' AND r.kind = 'rule'
           ORDER BY r.answer_id, r.number""",
        project=project_id,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["answer_id"]].append(row["name"])
    return found
