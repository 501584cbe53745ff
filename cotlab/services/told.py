"""What events tell of rows with one event each: made of the row as it is written, and to verify it later."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cotlab.storage import auditing
from cotlab.storage.database import Appended, Db, Reading, Row


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _in_force(row: Row) -> dict[str, Any]:
    return {"guideline_version": row["guideline_version_id"], "task": row["task"], "domain": row["domain"]}


def _acknowledgement(row: Row) -> dict[str, Any]:
    return {"guideline_version": row["guideline_version_id"]}


def _question(row: Row) -> dict[str, Any]:
    return {
        "question": row["id"], "assignment": row["assignment_id"], "item": row["item_id"],
        "position": row["position"], "guideline_version": row["guideline_version_id"],
        "sha256": _sha256(row["text"]),
    }  # fmt: skip


def _answer(row: Row) -> dict[str, Any]:
    return {
        "answer": row["id"], "question": row["question_id"], "resolution": row["resolution"], "rule": row["rule"],
        "sha256": _sha256(row["text"]),
    }  # fmt: skip


def _pilot(row: Row) -> dict[str, Any]:
    return {
        "pilot": row["id"], "people": row["people"], "seed": row["seed"], "domain": row["domain"],
        "experts": json.loads(row["experts"]), "items": row["items"],
    }  # fmt: skip


def _sign_off(row: Row) -> dict[str, Any]:
    return {
        "sign_off": row["id"], "guideline_version": row["guideline_version_id"], "sha256": _sha256(row["document"]),
    }  # fmt: skip


def _opening(row: Row) -> dict[str, Any]:
    return {"missing": json.loads(row["missing"]), "reason": row["reason"]}


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of a table, one an event of `kind`; `what` is what a reader calls one of them."""

    table: auditing.Table
    kind: str
    what: str
    data: Callable[[Row], dict[str, Any]]


IN_FORCE = Told("guidelines_in_force", "guideline.in_force", "guideline version in force", _in_force)
ACKNOWLEDGEMENT = Told("acknowledgements", "guideline.acknowledged", "acknowledgement", _acknowledgement)
QUESTION = Told("questions", "question.asked", "question", _question)
ANSWER = Told("question_answers", "question.answered", "answer to a question", _answer)
PILOT = Told("pilots", "pilot.started", "pilot", _pilot)
SIGN_OFF = Told("sign_offs", "schema.signed_off", "signature", _sign_off)
OPENING = Told("openings", "production.opened", "opening", _opening)
ALL = (IN_FORCE, ACKNOWLEDGEMENT, QUESTION, ANSWER, PILOT, SIGN_OFF, OPENING)


def tell(db: Db, told: Told, row: Mapping[str, Any]) -> Appended:
    """Append the event of a row that has its columns but for time and sequence."""
    return db.event(row["project_id"], told.kind, row["actor_id"], told.data(row))


def rows_that_differ(db: Reading, project_id: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event, and what is no longer as it tells."""
    kinds = Counter(json.loads(body)["kind"] for body in auditing.bodies(db, project_id))
    for told in ALL:
        rows = auditing.told_with_events(db, told.table, project_id)
        for row in rows:
            if not _as_told(told, row):
                yield row["sequence"], f"the {told.what} {row.get('id', '')} differs from its event".replace("  ", " ")
        more = kinds[told.kind] - len(rows)
        if more:
            yield (
                0,
                f"the chain tells of {abs(more)} {'more' if more > 0 else 'fewer'} {told.kind} than the table holds",
            )


def _as_told(told: Told, row: Row) -> bool:
    if row["body"] is None:
        return False
    event = json.loads(row["body"])
    said = (event["kind"], event["actor"], event["at"], event["data"])
    actor = row.get("actor_id", event["actor"])  # of what comes into force the event alone names it
    try:
        return bool(said == (told.kind, actor, row["at"], told.data(row)))
    except ValueError:
        return False
