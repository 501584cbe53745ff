"""Pairs of responses, the sides on which people saw them, and what of them comes back."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.domain.traces.pairs import THE_PAIR, Message, Pair, Response, ResponseOrigin
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import MINE, PURPOSES

COLUMNS = (
    "item_id", "project_id", "messages", "first_text", "second_text", "first_origin", "second_origin", "sequence",
)  # fmt: skip
ROW_COLUMNS = ("answer_id", "item_id", "project_id", "number", "row_id", "left_one", "sequence")
REPEAT = f"'{Purpose.REPEAT.value}'"


def values(item_id: str, project_id: str, pair: Pair) -> tuple[object, ...]:
    """The row of a pair in canonical order, in the order of COLUMNS but for the sequence, which comes last."""
    first, second = pair.responses
    messages = json.dumps([message.model_dump() for message in pair.messages], ensure_ascii=False)
    return (
        item_id, project_id, messages, first.text, second.text, first.origin.model_dump_json(),
        second.origin.model_dump_json(),
    )  # fmt: skip


def texts(db: Reading, item_id: str) -> Row:
    """What a person may see of a pair: messages (JSON), first_text, second_text."""
    return db.rows("SELECT messages, first_text, second_text FROM pairs WHERE item_id = :item", item=item_id)[0]


def of_items(db: Reading, item_ids: Sequence[str]) -> dict[str, Row]:
    """The rows of some pairs, by item."""
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    rows = db.rows(f"SELECT {', '.join(COLUMNS)} FROM pairs WHERE item_id IN ({names})", **named)
    return {row["item_id"]: row for row in rows}


def messages_of(row: Row) -> tuple[Message, ...]:
    return () if row["messages"] == "[]" else tuple(Message(**one) for one in json.loads(row["messages"]))


def responses_of(row: Row) -> tuple[Response, Response]:
    """The responses of a pair's row with where they came from."""
    first, second = (
        Response.model_construct(
            text=row[f"{which}_text"], origin=ResponseOrigin.model_validate_json(row[f"{which}_origin"])
        )
        for which in ("first", "second")
    )
    return first, second


def rows_of(db: Reading, project_id: str, digest: str) -> Sequence[Row]:
    """The pair of this content, item_id and external_id, with each overall choice of a file: actor_id, value, and the
    row that it stood in (number, row_id, left_one); one row without them where there is none, none without such a pair.
    """
    return db.rows(
        f"""SELECT t.id AS item_id, t.external_id, n.actor_id, n.value, coalesce(r.number, 1) AS number,
                r.row_id, coalesce(r.left_one, 'first') AS left_one
            FROM traces t
                LEFT JOIN answers n ON n.item_id = t.id AND n.position = :place
                    AND n.question = '{Question.LABEL.value}' AND n.purpose = '{Purpose.IMPORTED.value}'
                LEFT JOIN source_rows r ON r.answer_id = n.id
            WHERE t.project_id = :project AND t.digest = :digest ORDER BY number, n.sequence, n.id""",
        project=project_id, digest=digest, place=THE_PAIR,
    )  # fmt: skip


def source_rows(db: Reading, item_ids: Sequence[str]) -> dict[str, Row]:
    """Answer's id -> the row of a file that it stood in (number, row_id, left_one, sequence), of what files say of some
    pairs; none of what came in before such rows were kept.
    """
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    rows = db.rows(f"SELECT {', '.join(ROW_COLUMNS)} FROM source_rows WHERE item_id IN ({names})", **named)
    return {row["answer_id"]: row for row in rows}


def others_given(db: Reading, item_id: str, actor_id: str) -> list[str]:
    """The other paths and pairs of an item's problem that a person was given so far, for whatever, by id."""
    rows = db.rows(
        """SELECT DISTINCT a.item_id FROM traces t JOIN traces o ON o.problem_id = t.problem_id AND o.id <> t.id
               JOIN assignments a ON a.item_id = o.id AND a.actor_id = :actor
           WHERE t.id = :item ORDER BY a.item_id""",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    return [row["item_id"] for row in rows]


def answers(db: Reading, item_ids: Sequence[str], as_of: int) -> Sequence[Row]:
    """What people and sources said of some pairs up to a sequence, repeats too, in the order in which it was said."""
    if not item_ids:
        return ()
    names, named = listed("item", item_ids)
    return db.rows(
        f"""SELECT id, item_id, question, value, replaces, actor_id, purpose, assignment_id, guideline_version_id,
                rationale, unsure, chosen_at, received_at, elapsed_ms, sequence FROM answers
            WHERE item_id IN ({names}) AND sequence <= :as_of AND position = :place
                AND purpose IN ({PURPOSES}, {REPEAT}, '{Purpose.IMPORTED.value}')
            ORDER BY item_id, sequence, id""",
        as_of=as_of, place=THE_PAIR, **named,
    )  # fmt: skip


def cited(db: Reading, item_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Answer's id -> what it cites, for the answers on some pairs."""
    found: dict[str, list[Row]] = defaultdict(list)
    if item_ids:
        names, named = listed("item", item_ids)
        for row in db.rows(
            f"""SELECT c.answer_id, c.kind, c.name, c.start, c.stop FROM answers n
                    JOIN citations c ON c.answer_id = n.id
                WHERE n.item_id IN ({names}) ORDER BY c.answer_id, c.number""",
            **named,
        ):
            found[row["answer_id"]].append(row)
    return found


def add_sides(db: Db, row: Mapping[str, Any], sequence: int) -> None:
    db.add("pair_sides", **row, at=db.now, sequence=sequence)


def left(db: Reading, assignment_id: str) -> str:
    """The response that an assignment shows on the left: `first` or `second`.

    It is `first` where none was drawn, as for cases before there was a draw for them.
    """
    row = db.row("SELECT left_one FROM pair_sides WHERE assignment_id = :id", id=assignment_id)
    return "first" if row is None else str(row["left_one"])


def last_left(db: Reading, item_id: str, actor_id: str) -> str | None:
    """The response that a person saw on the left last; None where they have not seen the pair."""
    row = db.row(
        """SELECT s.left_one FROM assignments a JOIN pair_sides s ON s.assignment_id = a.id
           WHERE a.item_id = :item AND a.actor_id = :actor ORDER BY s.sequence DESC LIMIT 1""",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    return None if row is None else str(row["left_one"])


def sides(db: Reading, assignment_ids: Sequence[str]) -> dict[str, Row]:
    """Assignment -> its row of sides, with its `round`."""
    if not assignment_ids:
        return {}
    names, named = listed("assignment", assignment_ids)
    rows = db.rows(
        f"""SELECT s.assignment_id, s.left_one, s.others, a.round FROM pair_sides s
                JOIN assignments a ON a.id = s.assignment_id WHERE s.assignment_id IN ({names})""",
        **named,
    )
    return {row["assignment_id"]: row for row in rows}


def to_repeat(db: Reading, project_id: str, actor_id: str, distance: int) -> str | None:
    """The pair that comes back to a person first: judged by them, and as many assignments ago as `distance`.

    None of which they have read a decision, as they would not judge it by themselves.
    """
    row = db.row(
        f"""SELECT a.item_id FROM pair_sides s JOIN assignments a ON a.id = s.assignment_id
                JOIN assignment_ends e ON e.assignment_id = a.id AND e.ending = '{Ending.FINISHED.value}'
            WHERE s.actor_id = :actor AND s.project_id = :project AND s.repeats = 1
                AND NOT EXISTS (SELECT 1 FROM assignments r WHERE r.item_id = a.item_id AND r.actor_id = a.actor_id
                    AND r.purpose = {REPEAT})
                AND NOT EXISTS (SELECT 1 FROM cases c JOIN decisions_seen v ON v.case_id = c.id
                    AND v.actor_id = a.actor_id WHERE c.item_id = a.item_id)
                AND (SELECT count(*) FROM assignments l WHERE l.actor_id = :actor AND l.project_id = :project
                    AND l.sequence > a.sequence) >= :distance
            ORDER BY s.sequence LIMIT 1""",
        actor=actor_id, project=project_id, distance=distance,
    )  # fmt: skip
    return None if row is None else str(row["item_id"])


def mine(db: Reading, assignment_id: str) -> dict[str, Row]:
    """Question -> my latest answer in an assignment of a pair."""
    rows = db.rows(
        """SELECT id, question, value, rationale, unsure, received_at, shown_at FROM answers
           WHERE assignment_id = :assignment ORDER BY sequence""",
        assignment=assignment_id,
    )
    return {row["question"]: row for row in rows}


def mine_on_item(db: Reading, item_id: str, actor_id: str) -> dict[str, Row]:
    """Question -> a person's latest answer on a pair among those that come back to them."""
    rows = db.rows(
        f"""SELECT id, question, value, rationale, unsure, received_at, shown_at FROM answers
            WHERE item_id = :item AND actor_id = :actor AND purpose IN ({MINE}) ORDER BY sequence""",
        item=item_id, actor=actor_id,
    )  # fmt: skip
    return {row["question"]: row for row in rows}


def newest_answered(db: Reading, project_id: str, actor_id: str) -> str | None:
    """The assignment in which a person answered last."""
    row = db.row(
        f"""SELECT assignment_id FROM answers WHERE actor_id = :actor AND project_id = :project
                AND assignment_id IS NOT NULL AND question = '{Question.LABEL.value}'
            ORDER BY received_at DESC, sequence DESC LIMIT 1""",
        actor=actor_id, project=project_id,
    )  # fmt: skip
    return None if row is None else str(row["assignment_id"])
