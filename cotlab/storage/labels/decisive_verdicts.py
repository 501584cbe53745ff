"""Verdicts of checks that decide something, beside what people say of the same traces."""

from collections.abc import Mapping, Sequence
from typing import Any

from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed


def decisive(db: Reading, which: str, parameters: Mapping[str, Any], checkers: Sequence[str]) -> Sequence[Row]:
    """The verdicts of some checkers on traces `t`, but for undecided ones: item_id, position, verdict, sequence.

    The sequence is that of the first check, of whatever version and setting, that said so: what another one says again
    is nothing new.
    """
    names, named = listed("checker", checkers)
    return db.rows(
        f"""SELECT v.item_id, v.position, v.verdict, (SELECT min(w.sequence) FROM verdicts w
                WHERE w.item_id = v.item_id AND w.position = v.position AND w.verdict = v.verdict) AS sequence
            FROM traces t JOIN verdicts v ON v.item_id = t.id
            WHERE {which} AND v.checker IN ({names}) AND v.verdict <> 'undecided' AND v.sequence <= :as_of
            ORDER BY v.item_id, v.position""",
        **parameters, **named,
    )  # fmt: skip


def found(db: Reading, item_ids: Sequence[str], checkers: Sequence[str]) -> dict[str, Row]:
    """Item's id -> in how many steps some checkers refute something (`refuted`), and whether (1 or 0) they refute
    (`answer_refuted`) or verify (`answer_verified`) its final answer; only items of which they decide something.
    """
    names, named = listed("checker", checkers)
    items, more = listed("item", item_ids)
    rows = db.rows(
        f"""SELECT v.item_id, sum(CASE WHEN v.position > 0 AND v.verdict = 'refuted' THEN 1 ELSE 0 END) AS refuted,
                max(CASE WHEN v.position = 0 AND v.verdict = 'refuted' THEN 1 ELSE 0 END) AS answer_refuted,
                max(CASE WHEN v.position = 0 AND v.verdict = 'verified' THEN 1 ELSE 0 END) AS answer_verified
            FROM verdicts v
            WHERE v.item_id IN ({items}) AND v.checker IN ({names}) AND v.verdict <> 'undecided' GROUP BY v.item_id""",
        **named, **more,
    )  # fmt: skip
    return {row["item_id"]: row for row in rows}


def items_of_event(db: Reading, project_id: str, sequence: int) -> list[str]:
    """The items on which an event of a check brought verdicts that decide something."""
    rows = db.rows(
        """SELECT DISTINCT item_id FROM verdicts WHERE project_id = :project AND sequence = :sequence
           AND verdict <> 'undecided'""",
        project=project_id, sequence=sequence,
    )  # fmt: skip
    return [row["item_id"] for row in rows]
