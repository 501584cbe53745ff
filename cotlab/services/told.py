"""What events tell of rows with one event each: made of the row as it is written, and to verify it later."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cotlab.storage import auditing
from cotlab.storage.database import SERVER, Appended, Db, Reading, Row


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
    data = {
        "answer": row["id"], "question": row["question_id"], "resolution": row["resolution"], "rule": row["rule"],
        "sha256": _sha256(row["text"]),
    }  # fmt: skip
    return data | {"to_all": row["to_all"] == 1} if row["to_all"] else data


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


def _case(row: Row) -> dict[str, Any]:
    return {
        "case": row["id"], "item": row["item_id"], "position": row["position"], "number": row["number"],
        "reasons": json.loads(row["reasons"]), "seats": row["seats"],
    }  # fmt: skip


def _pass(row: Row) -> dict[str, Any]:
    return {
        "pass": row["id"], "case": row["case_id"], "experts": json.loads(row["experts"]), "seats": row["seats"],
        "sha256": _sha256(row["reason"]),
    }  # fmt: skip


def _outcome(row: Row) -> dict[str, Any]:
    return {"case": row["case_id"], "answer": row["answer_id"]}


def _gap(row: Row) -> dict[str, Any]:
    return {"answer": row["answer_id"], "case": row["case_id"], "sha256": _sha256(row["text"])}


def _seen(row: Row) -> dict[str, Any]:
    return {"case": row["case_id"]}


def _taken(row: Row) -> dict[str, Any]:
    return {
        "agreement": row["id"], "domain": row["domain"], "guideline_version": row["guideline_version_id"],
        "labels": row["labels"], "below": row["below"] == 1, "sha256": _sha256(row["document"]),
    }  # fmt: skip


def _going_on(row: Row) -> dict[str, Any]:
    return {"decision": row["id"], "domain": row["domain"], "sha256": _sha256(row["reason"])}


def _cohort(row: Row) -> dict[str, Any]:
    return {"id": row["id"], "person": row["member_id"], "cohort": row["cohort"], "since": row["since"]}


def _cohort_end(row: Row) -> dict[str, Any]:
    return {"id": row["cohort_id"], "until": row["until"]}


def _gold(row: Row) -> dict[str, Any]:
    return {"item": row["item_id"], "origin": row["origin"]}


def _gold_label(row: Row) -> dict[str, Any]:
    return {
        "item": row["item_id"], "position": row["position"], "number": row["number"], "value": row["value"],
        "guideline_version": row["guideline_version_id"], "sha256": _sha256(row["justification"]),
    }  # fmt: skip


def _gold_end(row: Row) -> dict[str, Any]:
    return {"item": row["item_id"], "sha256": _sha256(row["reason"])}


def _calibration_set(row: Row) -> dict[str, Any]:
    return {
        "set": row["id"], "domain": row["domain"], "seed": row["seed"], "items": row["items"],
        "counted": row["counted"],
    }  # fmt: skip


def _calibration_decision(row: Row) -> dict[str, Any]:
    return {
        "decision": row["id"], "domain": row["domain"], "person": row["member_id"], "decided": row["kind"],
        "sha256": _sha256(row["reason"]),
    }  # fmt: skip


def _alarm(row: Row) -> dict[str, Any]:
    return {
        "alarm": row["id"], "person": row["member_id"], "domain": row["domain"], "since": row["since"],
        "sha256": _sha256(row["document"]),
    }  # fmt: skip


def _recheck(row: Row) -> dict[str, Any]:
    return {
        "recheck": row["id"], "person": row["member_id"], "domain": row["domain"], "seed": row["seed"],
        "items": row["items"],
    }  # fmt: skip


def _batch(row: Row) -> dict[str, Any]:
    return {
        "batch": row["id"], "due": row["due"], "sha256": None if row["note"] is None else _sha256(row["note"]),
        "items": row["items"], "people": row["people"],
    }  # fmt: skip


def _batch_end(row: Row) -> dict[str, Any]:
    return {"batch": row["batch_id"], "sha256": _sha256(row["reason"])}


def _deactivation(row: Row) -> dict[str, Any]:
    return {"deactivation": row["id"], "person": row["member_id"], "sha256": _sha256(row["reason"])}


def _deactivation_end(row: Row) -> dict[str, Any]:
    return {"deactivation": row["deactivation_id"]}


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
CASE = Told("cases", "case.opened", "case", _case)
PASS = Told("case_passes", "case.passed_on", "case handed on", _pass)
OUTCOME = Told("case_outcomes", "case.decided", "outcome of a case", _outcome)
GAP = Told("guideline_gaps", "gap.marked", "guideline gap", _gap)
SEEN = Told("decisions_seen", "decision.seen", "decision seen", _seen)
TAKEN = Told("agreements_taken", "agreement.taken", "agreement taken", _taken)
GOING_ON = Told("agreement_decisions", "agreement.decided", "decision on agreement", _going_on)
COHORT = Told("cohorts", "cohort.joined", "membership of a cohort", _cohort)
COHORT_END = Told("cohort_ends", "cohort.left", "end of a membership", _cohort_end)
GOLD = Told("gold_items", "gold.added", "gold item", _gold)
GOLD_LABEL = Told("gold_labels", "gold.labelled", "gold label", _gold_label)
GOLD_END = Told("gold_ends", "gold.retired", "end of a gold item", _gold_end)
CALIBRATION_SET = Told("calibration_sets", "calibration.set", "calibration set", _calibration_set)
CALIBRATION_DECISION = Told(
    "calibration_decisions", "calibration.decided", "decision on calibration", _calibration_decision
)
ALARM = Told("drift_alarms", "drift.alarm", "drift alarm", _alarm)
RECHECK = Told("rechecks", "recheck.drawn", "recheck", _recheck)
BATCH = Told("batches", "batch.made", "batch", _batch)
BATCH_END = Told("batch_ends", "batch.withdrawn", "end of a batch", _batch_end)
DEACTIVATION = Told("deactivations", "person.deactivated", "deactivation", _deactivation)
DEACTIVATION_END = Told("deactivation_ends", "person.reactivated", "end of a deactivation", _deactivation_end)
OF_THE_SERVER = (DEACTIVATION, DEACTIVATION_END)
ALL = (
    IN_FORCE, ACKNOWLEDGEMENT, QUESTION, ANSWER, PILOT, SIGN_OFF, OPENING, CASE, PASS, OUTCOME, GAP, SEEN, TAKEN,
    GOING_ON, COHORT, COHORT_END, GOLD, GOLD_LABEL, GOLD_END, CALIBRATION_SET, CALIBRATION_DECISION, ALARM, RECHECK,
    BATCH, BATCH_END,
)  # fmt: skip


def tell(db: Db, told: Told, row: Mapping[str, Any], by: str | None = None) -> Appended:
    """Append the event of a row that has its columns but for time and sequence; `by` where no column says who."""
    return db.event(row.get("project_id", SERVER), told.kind, by or row["actor_id"], told.data(row))


def rows_that_differ(db: Reading, chain: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event of a project's chain, or of the server's, and what is no longer as it tells."""
    kinds = Counter(json.loads(body)["kind"] for body in auditing.bodies(db, chain))
    for told in OF_THE_SERVER if chain == SERVER else ALL:
        rows = auditing.told_with_events(db, told.table, chain)
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
