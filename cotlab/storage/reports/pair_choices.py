"""The choices that reports on how people compare are made of: whole columns in one statement each."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose, Question
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.storage.calibration.side_choices import DRAWN, FIRST
from cotlab.storage.engine.database import Reading, Row

WORK = f"n.purpose IN ({DRAWN}, '{Purpose.REPEAT.value}') AND n.sequence <= :as_of AND {FIRST}"
ON_THE_SCALE = ", ".join(f"'{choice}'" for choice in CHOICES)


def overall(db: Reading, project_id: str, as_of: int) -> Sequence[Row]:
    """The first overall choice of each assignment, those of swapped repeats too, in order."""
    return db.rows(
        f"""SELECT n.assignment_id, n.item_id, n.actor_id, n.purpose, n.value, s.left_one, p.domain
            FROM pair_sides s JOIN answers n ON n.assignment_id = s.assignment_id
                JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
            WHERE s.project_id = :project AND n.question = '{Question.LABEL.value}' AND {WORK}
            ORDER BY n.sequence""",
        project=project_id, as_of=as_of,
    )  # fmt: skip


def criteria(db: Reading, project_id: str, as_of: int) -> Sequence[Row]:
    """The first choice on each criterion in each assignment: assignment_id, question, value."""
    return db.rows(
        f"""SELECT n.assignment_id, n.question, n.value
            FROM pair_sides s JOIN answers n ON n.assignment_id = s.assignment_id
            WHERE s.project_id = :project AND n.question <> '{Question.LABEL.value}' AND n.value IN ({ON_THE_SCALE})
                AND {WORK}""",
        project=project_id, as_of=as_of,
    )  # fmt: skip


def lengths(db: Reading, project_id: str) -> dict[str, tuple[int, int]]:
    """Item -> the characters of its first and its second response."""
    rows = db.rows(
        """SELECT item_id, length(first_text) AS first_length, length(second_text) AS second_length FROM pairs
           WHERE project_id = :project""",
        project=project_id,
    )
    return {row["item_id"]: (row["first_length"], row["second_length"]) for row in rows}


def origins(db: Reading, project_id: str) -> Sequence[Row]:
    """Where the responses of each pair came from: item_id, first_origin, second_origin (JSON)."""
    return db.rows(
        "SELECT item_id, first_origin, second_origin FROM pairs WHERE project_id = :project", project=project_id
    )


def lefts(db: Reading, project_id: str) -> dict[str, str]:
    """Assignment -> the response on the left."""
    rows = db.rows("SELECT assignment_id, left_one FROM pair_sides WHERE project_id = :project", project=project_id)
    return {row["assignment_id"]: row["left_one"] for row in rows}
