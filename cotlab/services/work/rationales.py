"""Rationales that people ask a model for, once they have committed a label; and drafts shown on a key."""

from cotlab.domain.drafts.requests import DraftState, KnownModel
from cotlab.domain.errors import BadInput, NotFound, OutOfOrder, Refused
from cotlab.domain.people import Person
from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.provenance import Sampling
from cotlab.domain.shown_drafts import RATIONALE, RationaleAsked, RevealedDrafts, ShownRationale
from cotlab.services.audit import event_data
from cotlab.services.drafts import models, requests, shown_drafts
from cotlab.services.work import preferences
from cotlab.services.work.isolation import Work, committed, drafts_of, reveal
from cotlab.services.work.labelling import my_work, refuse_pair
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.drafts import shown_drafts as kept
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Appended, Db, Row
from cotlab.storage.work import assignments

SAMPLING = Sampling(temperature=0.3, max_tokens=160)
FAILED = "No reason could be drafted; ask for it again, or write it yourself."
"""For who labels, whatever the cause: what a model's host says, or a lead by cancelling, is for leads."""


def revealed(db: Db, person: Person, assignment_id: str, position: int) -> RevealedDrafts:
    """What models drafted of a step or pair that I have committed, as far as policy shows it; that I saw it is kept.

    Raises OutOfOrder before the commit, and as `work.my_row`.
    """
    row = assignments.work(db, assignment_id)
    if row is not None and row["task"] == "pairs" and row["case_id"] is None:
        return preferences.revealed(db, person, assignment_id)
    work = my_work(db, person, assignment_id)
    _refuse_uncommitted(work, position)
    appended = reveal(db, work, position, Reveal.ON_KEY)
    return RevealedDrafts(
        drafts=drafts_of(work, position), receipt=None if appended is None else appended.hash
    )  # fmt: skip


def _refuse_uncommitted(work: Work, position: int) -> None:
    if not committed(work, position):
        raise OutOfOrder(f"position: you have not labelled step {position} yet")


def ask(db: Db, person: Person, assignment_id: str, position: int, anew: bool = False) -> RationaleAsked:
    """Ask for a draft of the reason for my label; asked again it says how far that is, and where that failed or was
    cancelled it asks for another one if `anew`.

    Raises Refused where the policy names no model for it, OutOfOrder before the commit, and as `work.my_row`.
    """
    work = my_work(db, person, assignment_id)
    refuse_pair(work)
    _refuse_uncommitted(work, position)
    if work.rule.rationales is None:
        raise Refused("By the policy (drafts) no rationales are drafted here.")
    if shown_drafts.hidden(work.row, work.rule):
        return RationaleAsked(state="nothing")
    label = work.labels[position]
    asked = kept.rationale_requests(db, label["id"])
    if not asked:
        return _asked(db, work, label, work.rule.rationales)
    status = requests.status(db, work.row["project_id"], asked[-1])
    if status.state is DraftState.DONE:
        return _there(db, work, position, asked[-1])
    if status.ended and anew:
        return _asked(db, work, label, work.rule.rationales, len(asked))
    if status.ended:
        return RationaleAsked(state="failed", sentence=FAILED)
    return RationaleAsked(state="waiting" if status.state is DraftState.WAITING else "drafting")


def _asked(db: Db, work: Work, label: Row, model_name: str, earlier: int = 0) -> RationaleAsked:
    try:
        model = models.named(db, model_name)
        requests.check_allowed(work.policy, model)
    except (NotFound, BadInput):
        return RationaleAsked(state="failed", sentence=FAILED)
    return RationaleAsked(state="waiting", receipt=_request(db, work.row, label, model, earlier + 1).hash)


def _request(db: Db, row: Row, label: Row, model: KnownModel, seed: int) -> Appended:
    columns = {
        "id": db.new_id(), "project_id": row["project_id"], "kind": RATIONALE, "item_id": row["item_id"],
        "problem_id": row["problem_id"], "position": label["position"], "model_id": model.id, "model": model.name,
        "sampling": canonical(SAMPLING.model_dump()), "seed": seed, "number": 1, "answers": 0, "strategy": None,
        "actor_id": row["actor_id"],
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT_REQUEST, columns)
    stored.add_request(db, **columns, at=db.now, sequence=appended.sequence)
    asked = {
        "request_id": columns["id"], "project_id": row["project_id"], "answer_id": label["id"],
        "actor_id": row["actor_id"],
    }  # fmt: skip
    appended = event_data.tell(db, event_data.RATIONALE_REQUEST, asked)
    kept.add_rationale_request(db, **asked, at=db.now, sequence=appended.sequence)
    return appended


def _there(db: Db, work: Work, position: int, request_id: str) -> RationaleAsked:
    row = kept.rationale(db, request_id)
    assert row is not None
    (draft,) = shown_drafts.shown([row])
    assert isinstance(draft, ShownRationale)
    if any(one["id"] == row["id"] for one in work.seen.get(position, ())):
        return RationaleAsked(state="done", draft=draft)
    appended = shown_drafts.record(db, work.row, position, [row], shown_drafts.ASKED)
    return RationaleAsked(state="done", draft=draft, receipt=appended.hash)
