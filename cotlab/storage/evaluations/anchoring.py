"""What the report on anchoring reads: labels, opinions that were there, what was seen, and what was decided."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose, Question
from cotlab.domain.gold import GoldOrigin
from cotlab.storage.engine.database import Reading, Row

FIRST = ", ".join(f"'{purpose.value}'" for purpose in (Purpose.PRODUCTION, Purpose.GOLD))
"""The purposes in which something is labelled for the first time, and drafts are shown after it."""


def labels(db: Reading, project_id: str, task: str, kind: str, as_of: int) -> Sequence[Row]:
    """The labels in production and on the gold in it, corrections too, on items of which a model has an opinion, in
    order.
    """
    return db.rows(
        f"""SELECT n.assignment_id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, n.informed,
                n.purpose, n.shown_at, n.received_at, n.sequence, t.problem_id, t.task, p.domain, p.tags,
                a.sequence AS claimed
            FROM traces t JOIN answers n ON n.item_id = t.id JOIN problems p ON p.id = t.problem_id
                JOIN assignments a ON a.id = n.assignment_id
            WHERE t.project_id = :project AND t.task = :task AND n.question = '{Question.LABEL.value}'
                AND n.purpose IN ({FIRST}) AND n.sequence <= :as_of AND EXISTS (
                    SELECT 1 FROM drafts d WHERE d.item_id = t.id AND d.kind = :kind AND d.sequence <= :as_of)
            ORDER BY n.sequence""",
        project=project_id, task=task, kind=kind, as_of=as_of,
    )  # fmt: skip


def opinions(db: Reading, project_id: str, kind: str, as_of: int) -> Sequence[Row]:
    """The opinions of models, in order: id, item_id, position (None where it has none), model, document, sequence."""
    return db.rows(
        """SELECT d.id, d.item_id, d.position, d.document, d.sequence, r.model
           FROM drafts d JOIN draft_requests r ON r.id = d.request_id
           WHERE d.project_id = :project AND d.kind = :kind AND d.sequence <= :as_of ORDER BY d.sequence""",
        project=project_id, kind=kind, as_of=as_of,
    )  # fmt: skip


def reveals(db: Reading, project_id: str, as_of: int) -> Sequence[Row]:
    """What people saw, in order: assignment_id, position, drafts (JSON), at, sequence."""
    return db.rows(
        """SELECT assignment_id, position, drafts, at, sequence FROM reveals
           WHERE project_id = :project AND sequence <= :as_of ORDER BY sequence""",
        project=project_id, as_of=as_of,
    )  # fmt: skip


def decisions(db: Reading, project_id: str, task: str, as_of: int) -> Sequence[Row]:
    """The decisions that stand, one a place: item_id, position, value, guideline_version_id, task, domain, tags."""
    rows = db.rows(
        """SELECT c.item_id, c.position, n.value, n.guideline_version_id, t.task, p.domain, p.tags
           FROM cases c JOIN case_outcomes o ON o.case_id = c.id JOIN answers n ON n.id = o.answer_id
               JOIN traces t ON t.id = c.item_id JOIN problems p ON p.id = t.problem_id
           WHERE c.project_id = :project AND c.position > 0 AND t.task = :task AND o.sequence <= :as_of
               AND NOT EXISTS (SELECT 1 FROM case_outcomes l
                   WHERE l.case_id = o.case_id AND l.sequence > o.sequence AND l.sequence <= :as_of)
           ORDER BY c.item_id, c.position, c.number""",
        project=project_id, task=task, as_of=as_of,
    )  # fmt: skip
    return list({(row["item_id"], row["position"]): row for row in rows}.values())


def made_of_labels(db: Reading, project_id: str) -> frozenset[str]:
    """The items that became gold by the labels that people had given them."""
    rows = db.rows(
        "SELECT item_id FROM gold_items WHERE project_id = :project AND origin = :origin",
        project=project_id, origin=GoldOrigin.PROMOTED.value,
    )  # fmt: skip
    return frozenset(row["item_id"] for row in rows)


def policies(db: Reading, project_id: str) -> Sequence[Row]:
    """Every policy that a project had, with the sequence since which it held."""
    return db.rows(
        "SELECT sequence, document FROM policies WHERE project_id = :project ORDER BY sequence", project=project_id
    )
