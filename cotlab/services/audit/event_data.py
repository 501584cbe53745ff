"""What events tell of rows with one event each: made of the row as it is written, and to verify it later."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.text import sha256
from cotlab.services.audit import draft_event_data
from cotlab.services.audit.assistance import assistance_that_differs
from cotlab.services.audit.verdict_events import verdicts_that_differ
from cotlab.storage.audit import audit_trail
from cotlab.storage.engine.database import SERVER, Appended, Db, Reading, Row


def as_json(ids: Sequence[str]) -> str:
    """A list of ids as a column holds it."""
    return json.dumps(list(ids))


def _in_force(row: Row) -> dict[str, Any]:
    return {"guideline_version": row["guideline_version_id"], "task": row["task"], "domain": row["domain"]}


def _acknowledgement(row: Row) -> dict[str, Any]:
    return {"guideline_version": row["guideline_version_id"]}


def _question(row: Row) -> dict[str, Any]:
    return {
        "question": row["id"], "assignment": row["assignment_id"], "item": row["item_id"],
        "position": row["position"], "guideline_version": row["guideline_version_id"],
        "sha256": sha256(row["text"]),
    }  # fmt: skip


def _answer(row: Row) -> dict[str, Any]:
    data = {
        "answer": row["id"], "question": row["question_id"], "resolution": row["resolution"], "rule": row["rule"],
        "sha256": sha256(row["text"]),
    }  # fmt: skip
    return data | {"to_all": row["to_all"] == 1} if row["to_all"] else data


def _pilot(row: Row) -> dict[str, Any]:
    return {
        "pilot": row["id"], "people": row["people"], "seed": row["seed"], "domain": row["domain"],
        "experts": json.loads(row["experts"]), "items": row["items"],
    }  # fmt: skip


def _sign_off(row: Row) -> dict[str, Any]:
    return {
        "sign_off": row["id"], "guideline_version": row["guideline_version_id"], "sha256": sha256(row["document"]),
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
        "sha256": sha256(row["reason"]),
    }  # fmt: skip


def _outcome(row: Row) -> dict[str, Any]:
    return {"case": row["case_id"], "answer": row["answer_id"]}


def _gap(row: Row) -> dict[str, Any]:
    return {"answer": row["answer_id"], "case": row["case_id"], "sha256": sha256(row["text"])}


def _seen(row: Row) -> dict[str, Any]:
    return {"case": row["case_id"]}


def _taken(row: Row) -> dict[str, Any]:
    return {
        "agreement": row["id"], "domain": row["domain"], "guideline_version": row["guideline_version_id"],
        "labels": row["labels"], "below": row["below"] == 1, "sha256": sha256(row["document"]),
    }  # fmt: skip


def _going_on(row: Row) -> dict[str, Any]:
    return {"decision": row["id"], "domain": row["domain"], "sha256": sha256(row["reason"])}


def _cohort(row: Row) -> dict[str, Any]:
    return {"id": row["id"], "person": row["member_id"], "cohort": row["cohort"], "since": row["since"]}


def _cohort_end(row: Row) -> dict[str, Any]:
    return {"id": row["cohort_id"], "until": row["until"]}


def _gold(row: Row) -> dict[str, Any]:
    return {"item": row["item_id"], "origin": row["origin"]}


def _gold_label(row: Row) -> dict[str, Any]:
    return {
        "item": row["item_id"], "position": row["position"], "number": row["number"], "value": row["value"],
        "guideline_version": row["guideline_version_id"], "sha256": sha256(row["justification"]),
    }  # fmt: skip


def _gold_criterion(row: Row) -> dict[str, Any]:
    return {
        "item": row["item_id"], "criterion": row["criterion"], "number": row["number"], "value": row["value"],
        "guideline_version": row["guideline_version_id"], "sha256": sha256(row["justification"]),
    }  # fmt: skip


def _gold_end(row: Row) -> dict[str, Any]:
    return {"item": row["item_id"], "sha256": sha256(row["reason"])}


def _calibration_set(row: Row) -> dict[str, Any]:
    return {
        "set": row["id"], "domain": row["domain"], "seed": row["seed"], "items": row["items"],
        "counted": row["counted"],
    }  # fmt: skip


def _calibration_decision(row: Row) -> dict[str, Any]:
    return {
        "decision": row["id"], "domain": row["domain"], "person": row["member_id"], "decided": row["kind"],
        "sha256": sha256(row["reason"]),
    }  # fmt: skip


def _alarm(row: Row) -> dict[str, Any]:
    return {
        "alarm": row["id"], "person": row["member_id"], "domain": row["domain"], "since": row["since"],
        "sha256": sha256(row["document"]),
    }  # fmt: skip


def _recheck(row: Row) -> dict[str, Any]:
    return {
        "recheck": row["id"], "person": row["member_id"], "domain": row["domain"], "seed": row["seed"],
        "items": row["items"],
    }  # fmt: skip


def _raised(row: Row) -> dict[str, Any]:
    return {
        "alarm": row["id"], "person": row["member_id"], "since": row["since"], "until": row["until"],
        "sha256": sha256(row["document"]),
    }  # fmt: skip


def _alarm_decided(row: Row) -> dict[str, Any]:
    return {"alarm": row["alarm_id"], "decision": row["decision"], "sha256": sha256(row["reason"])}


def _writing_task(row: Row) -> dict[str, Any]:
    return {"task": row["id"], "problem": row["problem_id"], "strategy": row["strategy"]}


def _writing_end(row: Row) -> dict[str, Any]:
    return {"task": row["task_id"], "sha256": sha256(row["reason"])}


def _written_path(row: Row) -> dict[str, Any]:
    return {
        "task": row["task_id"], "assignment": row["assignment_id"], "trace": row["trace_id"],
        "labelled_others": row["labelled_others"], "digest": row["digest"],
    }  # fmt: skip


def _writing_return(row: Row) -> dict[str, Any]:
    return {"task": row["task_id"], "assignment": row["assignment_id"], "sha256": sha256(row["reason"])}


def _place(row: Row) -> dict[str, Any]:
    return {"item": row["item_id"], "person": row["member_id"], "assignment": row["assignment_id"]}


def _assignment(row: Row) -> dict[str, Any]:
    data = {
        "assignment": row["id"], "item": row["item_id"], "guideline_version": row["guideline_version_id"],
        "informed": row["informed"] == 1, "purpose": row["purpose"], "round": row["round"],
    }  # fmt: skip
    data |= {} if row["case_id"] is None else {"case": row["case_id"]}
    return data if row["brought_by"] is None else data | {"brought_by": row["brought_by"]}


def _ended(row: Row) -> dict[str, Any]:
    return {"assignment": row["assignment_id"], "item": row["item_id"], "ending": row["ending"]}


def _taken_over(row: Row) -> dict[str, Any]:
    return {"assignment": row["assignment_id"]}


def _policy(row: Row) -> dict[str, Any]:
    return {"policy": json.loads(row["document"])}


def _batch(row: Row) -> dict[str, Any]:
    return {
        "batch": row["id"], "due": row["due"], "sha256": None if row["note"] is None else sha256(row["note"]),
        "items": row["items"], "people": row["people"],
    }  # fmt: skip


def _batch_end(row: Row) -> dict[str, Any]:
    return {"batch": row["batch_id"], "sha256": sha256(row["reason"])}


def _deactivation(row: Row) -> dict[str, Any]:
    return {"deactivation": row["id"], "person": row["member_id"], "sha256": sha256(row["reason"])}


def _deactivation_end(row: Row) -> dict[str, Any]:
    return {"deactivation": row["deactivation_id"]}


def _sides(row: Row) -> dict[str, Any]:
    return {
        "assignment": row["assignment_id"], "left": row["left_one"], "others": json.loads(row["others"]),
        "repeats": row["repeats"] == 1,
    }  # fmt: skip


def _export(row: Row) -> dict[str, Any]:
    manifest, ordered = json.loads(row["manifest"]), row["ordered"]
    told = ("format", "labels", "mapping", "stale", "doubted", "as_of", "rows", "sha256")
    return {
        "export": row["id"], **{name: manifest.get(name, False) for name in told},
        "manifest": sha256(row["manifest"]), "order": None if ordered is None else sha256(ordered),
    }  # fmt: skip


def _release(row: Row) -> dict[str, Any]:
    return {
        "release": row["id"], "name": row["name"], "export": row["export_id"], "order": sha256(row["ordered"]),
    }  # fmt: skip


def _evaluation(row: Row) -> dict[str, Any]:
    return {
        "evaluation": row["id"], "model": row["model"], "predictions": row["predictions"], "as_of": row["as_of"],
        "sha256": sha256(row["document"]),
    }  # fmt: skip


def _reopening(row: Row) -> dict[str, Any]:
    return {
        "reopening": row["id"], "evaluation": row["evaluation_id"], "slice": row["part"], "people": row["people"],
        "seed": row["seed"], "items": row["items"],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of a table, one an event of `kind`; `what` is what a reader calls one of them.

    `earlier` are the keys that events of earlier versions lack, with what held then (None: anything).
    """

    table: audit_trail.Table
    kind: str
    what: str
    data: Callable[[Row], dict[str, Any]]
    earlier: Mapping[str, Any] = field(default_factory=dict)


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
GOLD_CRITERION = Told("gold_criteria", "gold.criterion", "gold criterion", _gold_criterion)
GOLD_END = Told("gold_ends", "gold.retired", "end of a gold item", _gold_end)
CALIBRATION_SET = Told("calibration_sets", "calibration.set", "calibration set", _calibration_set)
CALIBRATION_DECISION = Told(
    "calibration_decisions", "calibration.decided", "decision on calibration", _calibration_decision
)
ALARM = Told("drift_alarms", "drift.alarm", "drift alarm", _alarm)
RECHECK = Told("rechecks", "recheck.drawn", "recheck", _recheck)
PACE_ALARM = Told("pace_alarms", "pace.alarm", "pace alarm", _raised)
PACE_ALARM_END = Told("pace_alarm_ends", "pace.decided", "decision on a pace alarm", _alarm_decided)
POSITION_ALARM = Told("position_alarms", "position.alarm", "position alarm", _raised)
POSITION_ALARM_END = Told(
    "position_alarm_ends", "position.decided", "decision on a position alarm", _alarm_decided
)  # fmt: skip
WRITING_TASK = Told("writing_tasks", "writing.asked", "writing task", _writing_task)
WRITING_END = Told("writing_ends", "writing.withdrawn", "end of a writing task", _writing_end)
WRITTEN_PATH = Told("written_paths", "path.written", "written path", _written_path)
WRITING_RETURN = Told("writing_returns", "writing.returned", "path given back", _writing_return)
PLACE = Told("places_passed", "place.passed", "place that passed", _place)
ASSIGNMENT = Told(
    "assignments", "assignment.claimed", "assignment", _assignment, {"purpose": "production", "round": None}
)
ENDED = Told("assignment_ends", "assignment.ended", "end of an assignment", _ended)
TAKEN_OVER = Told("assignments_taken_over", "assignment.taken_over", "end of an assignment", _taken_over)
POLICY = Told("policies", "policy.set", "policy", _policy)
BATCH = Told("batches", "batch.made", "batch", _batch)
BATCH_END = Told("batch_ends", "batch.withdrawn", "end of a batch", _batch_end)
DEACTIVATION = Told("deactivations", "person.deactivated", "deactivation", _deactivation)
DEACTIVATION_END = Told("deactivation_ends", "person.reactivated", "end of a deactivation", _deactivation_end)
SIDES = Told("pair_sides", "sides.drawn", "draw of sides", _sides)
EXPORT = Told(
    "exports", "export.made", "export", _export, {"manifest": None, "order": None, "stale": None, "doubted": None}
)
RELEASE = Told("releases", "release.made", "release", _release)
EVALUATION = Told("evaluations", "evaluation.made", "evaluation", _evaluation)
REOPENING = Told("reopenings", "slice.reopened", "reopened slice", _reopening)
MODEL = Told("models", "model.added", "model", draft_event_data.model)
MODEL_END = Told("model_ends", "model.removed", "removal of a model", draft_event_data.model_end)
DRAFT_REQUEST = Told("draft_requests", "drafts.requested", "request for drafts", draft_event_data.request)
DRAFT = Told("drafts", "draft.made", "draft", draft_event_data.draft)
DRAFT_END = Told("draft_ends", "drafts.ended", "end of a request for drafts", draft_event_data.end)
REVEAL = Told("reveals", "drafts.revealed", "drafts that were seen", draft_event_data.reveal)
RATIONALE_REQUEST = Told(
    "rationale_requests", "rationale.requested", "request for a rationale", draft_event_data.rationale_request
)  # fmt: skip
DRAFT_DROP = Told("draft_drops", "draft.dropped", "dropped draft", draft_event_data.drop)
DRAFT_DECISION = Told("draft_decisions", "draft.decided", "decision on a draft", draft_event_data.decision)
OF_THE_SERVER = (DEACTIVATION, DEACTIVATION_END, MODEL, MODEL_END)
ALL = (
    IN_FORCE, ACKNOWLEDGEMENT, QUESTION, ANSWER, PILOT, SIGN_OFF, OPENING, CASE, PASS, OUTCOME, GAP, SEEN, TAKEN,
    GOING_ON, COHORT, COHORT_END, GOLD, GOLD_LABEL, GOLD_CRITERION, GOLD_END, CALIBRATION_SET,
    CALIBRATION_DECISION, ALARM, RECHECK, PACE_ALARM, PACE_ALARM_END, POSITION_ALARM, POSITION_ALARM_END,
    WRITING_TASK, WRITING_END, WRITTEN_PATH, WRITING_RETURN,
    PLACE, ASSIGNMENT, ENDED, TAKEN_OVER, POLICY,
    BATCH, BATCH_END, SIDES, EVALUATION, REOPENING, EXPORT, RELEASE, DRAFT_REQUEST, DRAFT, DRAFT_END, DRAFT_DROP,
    DRAFT_DECISION, REVEAL, RATIONALE_REQUEST,
)  # fmt: skip


def tell(db: Db, told: Told, row: Mapping[str, Any], by: str | None = None) -> Appended:
    """Append the event of a row that has its columns but for time and sequence; `by` where no column says who."""
    return db.event(row.get("project_id", SERVER), told.kind, by or row["actor_id"], told.data(row))


def rows_that_differ(db: Reading, chain: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event of a project's chain, or of the server's, and what is no longer as it tells."""
    kinds = Counter(json.loads(body)["kind"] for body in audit_trail.bodies(db, chain))
    for told in OF_THE_SERVER if chain == SERVER else ALL:
        more = kinds[told.kind]
        for row in audit_trail.told_with_events(db, told.table, chain):
            more -= 1
            if not as_told(told, row):
                yield row["sequence"], f"the {told.what} {row.get('id', '')} differs from its event".replace("  ", " ")
        if more:
            yield (
                0,
                f"the chain tells of {abs(more)} {'more' if more > 0 else 'fewer'} {told.kind} than the table holds",
            )
    if chain != SERVER:
        yield from verdicts_that_differ(db, chain)
        yield from assistance_that_differs(db, chain)


def as_told(told: Told, row: Row) -> bool:
    """Whether a row is as the event with it (`body`) tells."""
    if row["body"] is None:
        return False
    event = json.loads(row["body"])
    said = (event["kind"], event["actor"], event["at"])
    actor = row.get("actor_id", event["actor"])  # of what comes into force the event alone names it
    try:
        data = told.data(row)
        before = {key: data[key] if held is None else held for key, held in told.earlier.items()}
        return bool(said == (told.kind, actor, row["at"]) and before | event["data"] == data)
    except ValueError:
        return False
