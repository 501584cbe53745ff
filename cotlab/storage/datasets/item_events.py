"""What happened between two sequences of a project's chain, to some of its items and to the whole."""

from collections.abc import Sequence

from cotlab.domain.answers import COUNTING, Question
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed

LABEL, CASE, IMPORT, QUESTION, CHECK = "label", "case", "import", "question", "check"
PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)


def to_items(db: Reading, item_ids: Sequence[str], low: int, high: int) -> Sequence[Row]:
    """item_id, position (0 for the whole) and what: a label that counts, a case decided, the import, a question asked
    or answered, a verdict; each once.
    """
    if not item_ids:
        return []
    names, named = listed("item", item_ids)
    between = {name: f"{name}.sequence > :low AND {name}.sequence <= :high" for name in "notqwv"}
    return db.rows(
        f"""SELECT n.item_id, n.position, '{LABEL}' AS what FROM answers n
                WHERE n.item_id IN ({names}) AND {between["n"]} AND n.purpose IN ({PURPOSES})
                    AND n.question <> '{Question.DECISION.value}'
            UNION SELECT c.item_id, c.position, '{CASE}' FROM case_outcomes o JOIN cases c ON c.id = o.case_id
                WHERE c.item_id IN ({names}) AND {between["o"]}
            UNION SELECT t.id, 0, '{IMPORT}' FROM traces t WHERE t.id IN ({names}) AND {between["t"]}
            UNION SELECT q.item_id, coalesce(q.position, 0), '{QUESTION}' FROM questions q
                WHERE q.item_id IN ({names}) AND {between["q"]}
            UNION SELECT q.item_id, coalesce(q.position, 0), '{QUESTION}' FROM question_answers w
                JOIN questions q ON q.id = w.question_id WHERE q.item_id IN ({names}) AND {between["w"]}
            UNION SELECT v.item_id, v.position, '{CHECK}' FROM verdicts v
                WHERE v.item_id IN ({names}) AND {between["v"]}""",
        low=low, high=high, **named,
    )  # fmt: skip


def to_project(db: Reading, project_id: str, low: int, high: int) -> tuple[bool, bool]:
    """Whether a guideline version came into force, and whether the policy was set."""
    row = db.rows(
        """SELECT (SELECT count(*) FROM guidelines_in_force
                WHERE project_id = :project AND sequence > :low AND sequence <= :high) AS versions,
            (SELECT count(*) FROM policies
                WHERE project_id = :project AND sequence > :low AND sequence <= :high) AS policies""",
        project=project_id, low=low, high=high,
    )[0]  # fmt: skip
    return row["versions"] > 0, row["policies"] > 0
