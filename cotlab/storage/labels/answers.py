"""The append-only table of all answers."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from cotlab.domain.answers import Citation, Purpose, Question
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import in_lists
from cotlab.storage.guidelines.guidelines import OF_THE_LAST_ROUND

COLUMNS = (
    "id", "project_id", "item_id", "position", "question", "value", "replaces", "actor_id", "purpose",
    "assignment_id", "guideline_version_id", "rationale", "unsure", "informed", "visible_until", "shown_at",
    "chosen_at", "received_at", "elapsed_ms", "sequence",
)  # fmt: skip


def add(db: Db, citations: Sequence[Citation] = (), **columns: Any) -> None:
    """Add one answer with its citations."""
    db.add("answers", **columns)
    if citations:
        rows = [
            (columns["id"], number, citation.kind, citation.name, citation.start, citation.stop)
            for number, citation in enumerate(citations, 1)
        ]
        db.add_many("citations", ("answer_id", "number", "kind", "name", "start", "stop"), rows)


def of_sources(db: Reading, item_ids: Collection[str]) -> Iterator[Row]:
    """What sources said of items: item, position, question, source and value."""
    for names, named in in_lists("item", item_ids):
        yield from db.rows(
            f"""SELECT item_id, position, question, actor_id, value FROM answers
                WHERE item_id IN ({names}) AND purpose = '{Purpose.IMPORTED.value}'""",
            **named,
        )  # fmt: skip


MINE = """SELECT n.id, n.position, n.value, n.rationale, n.unsure, n.received_at, n.shown_at,
        EXISTS (SELECT 1 FROM verdicts v
                WHERE v.item_id = n.item_id AND v.position = n.position AND v.checker = :checker)
            AND NOT EXISTS (SELECT 1 FROM verdicts_shown w WHERE w.item_id = n.item_id AND w.actor_id = n.actor_id
                AND w.position = n.position AND w.checker = :checker) AS evidence
    FROM answers n"""
"""`evidence`: whether there is a verdict of a checker that no answer of mine was recorded with."""


def my_labels(db: Reading, assignment_id: str, checker: str | None = None) -> dict[int, Row]:
    """Position -> my latest label in an assignment."""
    rows = db.rows(
        f"{MINE} WHERE n.assignment_id = :assignment AND n.question = :question ORDER BY n.sequence",
        assignment=assignment_id, question=Question.LABEL.value, checker=checker,
    )  # fmt: skip
    return {row["position"]: row for row in rows}


def my_labels_on_item(db: Reading, item_id: str, actor_id: str, checker: str | None = None) -> dict[int, Row]:
    """Position -> my latest label on an item, over all my assignments of it."""
    rows = db.rows(
        f"""{MINE} WHERE n.item_id = :item AND n.actor_id = :actor AND n.question = :question AND {OF_THE_LAST_ROUND}
                AND n.purpose <> '{Purpose.REPEAT.value}'
            ORDER BY n.sequence""",
        item=item_id, actor=actor_id, question=Question.LABEL.value, checker=checker,
    )  # fmt: skip
    return {row["position"]: row for row in rows}


def citations(db: Reading, answer_id: str) -> Sequence[Row]:
    """What an answer cites, in its order."""
    return db.rows("SELECT kind, name, start, stop FROM citations WHERE answer_id = :id ORDER BY number", id=answer_id)


def step_size(db: Reading, item_id: str, actor_id: str, position: int) -> Row | None:
    """What a person said last of a step's size: id and value."""
    return db.row(
        """SELECT id, value FROM answers WHERE item_id = :item AND position = :position AND actor_id = :actor
           AND question = :question ORDER BY sequence DESC LIMIT 1""",
        item=item_id, position=position, actor=actor_id, question=Question.STEP_SIZE.value,
    )  # fmt: skip


def asked_before(db: Reading, item_id: str, actor_id: str) -> frozenset[str]:
    """The questions about the whole trace that a person has answered."""
    rows = db.rows(
        "SELECT DISTINCT question FROM answers WHERE item_id = :item AND actor_id = :actor AND position = 0",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    return frozenset(row["question"] for row in rows)


def last_visible(db: Reading, item_id: str, actor_id: str) -> int:
    """The last step of an item that a person has seen."""
    row = db.row(
        f"""SELECT max(n.visible_until) AS last FROM answers n
            WHERE n.item_id = :item AND n.actor_id = :actor AND {OF_THE_LAST_ROUND}""",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    assert row is not None
    return int(row["last"])


def labels_since(db: Reading, actor_id: str, project_id: str, since: int) -> int:
    """How many labels a person gave, and cases they decided; what they chose before is part of a decision."""
    row = db.row(
        """SELECT count(*) AS n FROM answers WHERE actor_id = :actor AND project_id = :project
           AND received_at >= :since AND assignment_id IS NOT NULL
           AND (question = 'decision' OR (question = 'label' AND purpose <> 'adjudication'))""",
        actor=actor_id, project=project_id, since=since,
    )  # fmt: skip
    return int(row["n"]) if row else 0


BEGINNING = 2_000
"""Code points of a response that a list holds."""


def past_labels(
    db: Reading, actor_id: str, project_id: str, before: tuple[int, str] | None, most: int
) -> Sequence[Row]:
    """My labels on steps and pairs in a project, the newest first, from before a (time, id) on.

    Of a pair the beginnings of both responses, and `left_one` that was on my left; none that I have open, so that what
    comes back is judged without looking at what I said.
    """
    at, last_id = before or (2**62, "")
    return db.rows(
        """SELECT n.id, p.text AS problem, n.position, s.text AS step, n.value, n.rationale, n.unsure, n.received_at,
               v.guideline, v.version, t.task, substr(q.first_text, 1, :long) AS first_text,
               substr(q.second_text, 1, :long) AS second_text, d.left_one,
               CASE WHEN EXISTS (SELECT 1 FROM answers r WHERE r.replaces = n.id) THEN 1 ELSE 0 END AS replaced
           FROM answers n LEFT JOIN steps s ON s.trace_id = n.item_id AND s.position = n.position
               LEFT JOIN pairs q ON q.item_id = n.item_id LEFT JOIN pair_sides d ON d.assignment_id = n.assignment_id
               JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
               JOIN guideline_versions v ON v.id = n.guideline_version_id
           WHERE n.actor_id = :actor AND n.project_id = :project AND n.question = 'label'
               AND (s.text IS NOT NULL OR q.item_id IS NOT NULL) AND (t.task = 'steps' OR NOT EXISTS (
                   SELECT 1 FROM leases l WHERE l.actor_id = n.actor_id AND l.item_id = n.item_id))
               AND n.purpose <> 'adjudication' AND n.assignment_id IS NOT NULL AND (n.received_at, n.id) < (:at, :last)
           ORDER BY n.received_at DESC, n.id DESC LIMIT :most""",
        actor=actor_id, project=project_id, at=at, last=last_id, most=most, long=BEGINNING,
    )  # fmt: skip
