"""Labels on steps that were decided after them, and the traces that their people ended before the last step."""

from collections.abc import Sequence

from cotlab.domain.answers import Ending
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines.guidelines import NOT_HANDED_ON, NOT_REPLACED, PURPOSES

DECIDED = f"""SELECT c.item_id, c.position, c.number, n.sequence, o.sequence AS decided_at, d.id, d.value,
        d.guideline_version_id, p.domain, p.tags
    FROM cases c JOIN case_outcomes o ON o.case_id = c.id JOIN answers d ON d.id = o.answer_id
        JOIN answers n ON n.item_id = c.item_id AND n.position = c.position AND n.actor_id = :me
            AND n.question = 'label' AND n.purpose IN ({PURPOSES}) AND {NOT_REPLACED}
        JOIN traces t ON t.id = c.item_id JOIN problems p ON p.id = t.problem_id
    WHERE c.project_id = :project AND c.position > 0
        AND o.sequence = (SELECT max(l.sequence) FROM case_outcomes l WHERE l.case_id = c.id)"""
"""The decisions on steps that a person labelled, with the sequences of the decision and of that label."""

ENDED_BEFORE_THE_LAST_STEP = f"""t.last_position > (SELECT max(m.position) FROM answers m WHERE m.item_id = t.id
        AND m.actor_id = :me AND m.question = 'label')
    AND EXISTS (SELECT 1 FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id WHERE a.item_id = t.id
        AND a.actor_id = :me AND a.purpose IN ({PURPOSES}) AND e.ending = '{Ending.FINISHED.value}')
    AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.item_id = t.id AND l.actor_id = :me)
    AND {NOT_HANDED_ON}"""


def decided_on(db: Reading, project_id: str, item_id: str, actor_id: str) -> Sequence[Row]:
    """The decisions on the steps of an item that a person labelled; where there are several, the last one stands."""
    order = "ORDER BY c.position, c.number"
    return db.rows(f"{DECIDED} AND c.item_id = :item {order}", project=project_id, item=item_id, me=actor_id)


def ended_early(db: Reading, project_id: str, actor_id: str, item_id: str | None = None) -> list[str]:
    """Traces with a decision on a step that a person labelled, which they finished without labelling the last one."""
    one, named = ("", {}) if item_id is None else ("AND c.item_id = :item", {"item": item_id})
    rows = db.rows(
        f"{DECIDED} AND {ENDED_BEFORE_THE_LAST_STEP} {one} ORDER BY c.item_id",
        project=project_id, me=actor_id, **named,
    )  # fmt: skip
    return list(dict.fromkeys(row["item_id"] for row in rows))
