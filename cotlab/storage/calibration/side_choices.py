"""Which side of pairs people chose, and how far these choices are counted."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose, Question
from cotlab.storage.calibration.label_times import PURPOSES
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed

DRAWN = ", ".join(f"'{purpose}'" for purpose in (*PURPOSES, Purpose.GOLD_REDO.value))
"""The purposes of work with sides that were drawn by lot; those of a repeat follow from the first time."""
FIRST = """NOT EXISTS (SELECT 1 FROM answers b WHERE b.id = n.replaces AND b.assignment_id = n.assignment_id)"""
"""What was said first in an assignment, and no correction."""
CHOICE = f"""SELECT n.actor_id AS member_id, n.value, s.left_one, n.received_at, n.sequence FROM pair_sides s
    JOIN answers n ON n.assignment_id = s.assignment_id
    WHERE n.question = '{Question.LABEL.value}' AND n.purpose IN ({DRAWN}) AND {FIRST}"""


def all_choices(db: Reading, project_id: str) -> Sequence[Row]:
    """The first overall choice of each assignment, with the response on the left, in order."""
    return db.rows(f"{CHOICE} AND s.project_id = :project ORDER BY n.sequence", project=project_id)


def choices(db: Reading, answer_ids: Sequence[str]) -> Sequence[Row]:
    """Those of some answers that are such choices of pairs."""
    if not answer_ids:
        return ()
    names, named = listed("answer", answer_ids)
    return db.rows(f"{CHOICE} AND n.id IN ({names}) ORDER BY n.sequence", **named)


def counts(db: Reading, project_id: str) -> dict[str, Row]:
    """Person's id -> how many of their choices are counted: lefts, choices, since, after."""
    rows = db.rows(
        "SELECT member_id, lefts, choices, since, after FROM position_counts WHERE project_id = :project",
        project=project_id,
    )
    return {row["member_id"]: row for row in rows}


def keep_counts(
    db: Db, project_id: str, member_id: str, *, lefts: int, choices: int, since: int, after: int
) -> None:  # fmt: skip
    db.run(
        """INSERT INTO position_counts (project_id, member_id, lefts, choices, since, after)
               VALUES (:project, :member, :lefts, :choices, :since, :after)
           ON CONFLICT (project_id, member_id) DO UPDATE SET lefts = excluded.lefts, choices = excluded.choices,
               since = excluded.since, after = excluded.after""",
        project=project_id, member=member_id, lefts=lefts, choices=choices, since=since, after=after,
    )  # fmt: skip
