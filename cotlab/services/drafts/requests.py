"""Requests for drafts: made and cancelled by leads, taken by workers, filled and ended."""

import json
from collections.abc import Collection, Mapping, Sequence

from cotlab.domain.drafts.requests import (
    CancelBody,
    Deciding,
    Draft,
    DraftBody,
    DraftDecision,
    DraftDrop,
    DraftEdit,
    DraftEnding,
    DraftReport,
    DraftState,
    DraftStatus,
    DraftTotals,
    DropReason,
    NewModel,
)
from cotlab.domain.errors import BadInput, Conflict, LeaseTaken, NotFound, Refused
from cotlab.domain.people import LEADS, SERVER_ITSELF, Person, Role
from cotlab.domain.projects.draft_policy import may_ask
from cotlab.domain.projects.policy import Policy, draft_rule
from cotlab.domain.provenance import Provenance, Sampling
from cotlab.domain.text import digest
from cotlab.drafting import driver_named
from cotlab.drafting.kinds import Drafted, Kind, Work, kind_named
from cotlab.services.audit import event_data
from cotlab.services.drafts import acceptance, altered_steps, models, opinion_prompts
from cotlab.services.drafts.duplicates import ALTERED, as_drafted, duplicate
from cotlab.services.drafts.opinion_prompts import posed
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.drafts import draft_decisions, shown_drafts
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.traces import traces

SEED_DIGITS = 7
"""Hexadecimal ones, of a seed that is drawn."""
REQUESTS = 500
"""Of a list that comes at once."""
NO_REQUEST = "There is no such request for drafts in this project."
LAST = 2**62
"""A sequence after all."""


def request(db: Db, by: str, project_id: str, body: DraftBody, roles: Collection[Role] = LEADS) -> DraftStatus:
    """Ask for drafts, in some roles; a worker makes them.

    Raises Refused where the policy lets nobody with these roles, BadInput for what cannot be drafted, and NotFound.
    """
    open_project(db, project_id)
    kind, model = kind_named(body.kind), models.named(db, body.model)
    if model.driver == "none":
        raise BadInput(f"model: {model.name} has the driver none, which drafts nothing")
    check_allowed(projects.policy(db, project_id), model)
    if body.strategy is not None and body.strategy not in kind.strategies:
        known = ", ".join(kind.strategies) or "none"
        raise BadInput(f"strategy: {kind.name} has no {body.strategy}; there are: {known}")
    if kind.asked_by_labellers:
        raise BadInput(f"kind: {kind.name} is asked for by who has labelled the step")
    target = _target(db, project_id, kind, body)
    refuse_by_policy(db, project_id, target, roles)
    if not LEADS & {*roles}:
        _refuse_unseen(db, by, kind, target)
    if target["item_id"] is not None:
        target |= _of_steps(db, project_id, kind, body)
    request_id = db.new_id()
    columns = {
        "id": request_id, "project_id": project_id, "kind": kind.name, "number": body.number, "answers": 0, **target,
        "model_id": model.id, "model": model.name, "sampling": canonical(body.sampling.model_dump()),
        "seed": _drawn(request_id) if body.seed is None else body.seed, "strategy": body.strategy, "actor_id": by,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT_REQUEST, columns)
    stored.add_request(db, **columns, at=db.now, sequence=appended.sequence)
    return status(db, project_id, request_id).model_copy(update={"receipt": appended.hash})


def _drawn(request_id: str) -> int:
    """The seed of a request that names none: ids are random."""
    return int(digest([request_id])[:SEED_DIGITS], 16)


def _refuse_unseen(db: Reading, by: str, kind: Kind, target: Mapping[str, object]) -> None:
    """Who labels learns nothing of how many steps a trace has. Raises BadInput and Refused."""
    if kind.target == "trace" and target["position"] is None:
        raise BadInput(f"position: {kind.name} of all steps is asked for by leads; name a step")
    position = target["position"]
    if isinstance(position, int) and not 1 <= position <= stored.seen_until(db, target["item_id"], by):
        raise Refused(f"You have not been shown a step {position} of this trace.")


def refuse_by_policy(db: Reading, project_id: str, target: Mapping[str, object], roles: Collection[Role]) -> None:
    """Raises Refused where the policy does not let these roles ask for drafts of an item or problem."""
    task, domain, tags = stored.slice_of(db, target["item_id"], target["problem_id"])
    rule = draft_rule(projects.policy(db, project_id), task, domain, tags)
    if not may_ask(rule, roles):
        whom = {"none": "nobody", "lead": "leads alone"}.get(rule.who.value, "leads and adjudicators alone")
        tagged = f" with the tags {', '.join(tags)}" if tags else ""
        raise Refused(f"By the policy (drafts) {whom} may ask for drafts of {task} of the domain {domain}{tagged}.")


def check_allowed(policy: Policy, model: NewModel) -> None:
    """Raise BadInput where personal data would leave this machine."""
    if policy.personal_data and driver_named(model.driver).leaves(model):
        raise BadInput(
            f"model: {model.name} is on another host, and by the policy (personal_data) texts stay on this one"
        )


def _target(db: Reading, project_id: str, kind: Kind, body: DraftBody) -> dict[str, object]:
    if kind.target == "problem":
        if body.problem_id is None or body.item_id is not None or body.position is not None:
            raise BadInput(f"problem_id: {kind.name} is of a problem, which is all that is named")
        if stored.problem(db, project_id, body.problem_id) is None:
            raise NotFound("There is no such problem in this project.")
        return {"item_id": None, "problem_id": body.problem_id, "position": None}
    if kind.target == "step" and (body.item_id is None or body.position is None or body.problem_id is not None):
        raise BadInput(f"item_id, position: {kind.name} is of a step, whose trace and position are named")
    if body.item_id is None or body.problem_id is not None or (kind.target == "pair" and body.position is not None):
        raise BadInput(f"item_id: {kind.name} is of a {kind.target}, which is named")
    row = _item(db, project_id, body.item_id, kind)
    return {"item_id": row["id"], "problem_id": row["problem_id"], "position": body.position}


def _of_steps(db: Reading, project_id: str, kind: Kind, body: DraftBody) -> dict[str, object]:
    """What follows from the steps of a trace, which only who may ask is told of. Raises BadInput."""
    row = _item(db, project_id, body.item_id or "", kind)
    if body.position is not None and not row["first_position"] <= body.position <= row["last_position"]:
        raise BadInput(f"position: {body.item_id} has no step {body.position}")
    if kind.name == ALTERED:
        altered_steps.refuse_what_is_not_altered(db, row)
    if kind.name not in opinion_prompts.KINDS:
        return {}
    opinion_prompts.check(db, row["id"])
    return {"number": opinion_prompts.wanted(row, body), "answers": body.answers}


def _item(db: Reading, project_id: str, name: str, kind: Kind) -> Row:
    """The trace or pair of that name. Raises NotFound, and BadInput where the kind is of the other."""
    found = stored.item(db, project_id, name)
    if len(found) != 1:
        raise NotFound(f"There is {'no' if not found else 'more than one'} trace {name} in this project.")
    (row,) = found
    if (row["task"] == "pairs") != (kind.target == "pair"):
        raise BadInput(f"item_id: {name} is a {'pair' if row['task'] == 'pairs' else 'trace'}, and {kind.name} is of a "
                       f"{kind.target}")  # fmt: skip
    return row


def cancel(db: Db, person: Person, project_id: str, request_id: str, body: CancelBody) -> DraftStatus:
    """End a request; what it has drafted stays, and a worker that is at it stops. Raises Conflict for an ended one."""
    found = mine(db, person, project_id, request_id)
    if found.ended:
        raise Conflict(f"This request has ended already ({found.state}).")
    receipt = _end(db, person.id, project_id, request_id, DraftEnding.CANCELLED, body.reason)
    return status(db, project_id, request_id).model_copy(update={"receipt": receipt})


def _end(db: Db, by: str, project_id: str, request_id: str, ending: DraftEnding, sentence: str | None) -> str:
    columns = {
        "request_id": request_id, "project_id": project_id, "ending": ending.value, "sentence": sentence,
        "actor_id": by,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT_END, columns)
    stored.add_end(db, **columns, at=db.now, sequence=appended.sequence)
    return appended.hash


def status(db: Reading, project_id: str, request_id: str) -> DraftStatus:
    """Raises NotFound."""
    return _statuses(db, [_row(db, project_id, request_id)])[0]


def _row(db: Reading, project_id: str, request_id: str) -> Row:
    row = stored.request(db, request_id)
    if row is None or row["project_id"] != project_id:
        raise NotFound(NO_REQUEST)
    return row


def mine(db: Reading, person: Person, project_id: str, request_id: str) -> DraftStatus:
    """A request of this person's own, or any to who leads. Raises NotFound."""
    row = _row(db, project_id, request_id)
    if row["actor_id"] != person.id and not person.roles_in(project_id) & LEADS:
        raise NotFound(NO_REQUEST)
    return _statuses(db, [row])[0]


def listed(db: Reading, project_id: str, before: str | None = None, most: int = REQUESTS) -> list[DraftStatus]:
    """The requests of a project that were made before another one, by its id, the newest first. Raises NotFound."""
    known_project(db, project_id)
    until = LAST if before is None else _row(db, project_id, before)["sequence"]
    return _statuses(db, stored.requests(db, project_id, until, most))


def listed_open(db: Reading, project_id: str, most: int = REQUESTS) -> list[DraftStatus]:
    """The requests that have not ended, in the order in which workers take them. Raises NotFound."""
    known_project(db, project_id)
    return _statuses(db, stored.open_requests(db, project_id, most))


def totals(db: Reading, project_id: str) -> list[DraftTotals]:
    """How many requests and drafts there are, by model and kind. Raises NotFound."""
    known_project(db, project_id)
    found: dict[tuple[str, str], dict[DraftState, Row]] = {}
    for row in stored.totals(db, project_id):
        found.setdefault((row["model"], row["kind"]), {})[DraftState(row["state"])] = row
    return [
        DraftTotals(
            model=model, kind=kind, requests={state: row["requests"] for state, row in rows.items()},
            made=sum(row["made"] for row in rows.values()),
        ) for (model, kind), rows in found.items()
    ]  # fmt: skip


def _statuses(db: Reading, rows: Sequence[Row]) -> list[DraftStatus]:
    """With how many drafts were accepted, declined, or dropped for which reason."""
    counts: dict[str, dict[str, int]] = {}
    for row in draft_decisions.counts(db, [row["id"] for row in rows]):
        counts.setdefault(row["request_id"], {})[row["what"]] = row["number"]
    return [_status(db, row, counts.get(row["id"], {})) for row in rows]


def report(db: Reading, project_id: str, request_id: str) -> DraftReport:
    """A request with its drafts, for leads. Raises NotFound."""
    found = status(db, project_id, request_id)
    return DraftReport(request=found, drafts=tuple(map(_draft, draft_decisions.of_request(db, request_id))))


def _status(db: Reading, row: Row, counts: Mapping[str, int]) -> DraftStatus:
    held = row["worker"] is not None and row["expires_at"] >= db.now
    state = DraftState(row["ending"] or (DraftState.DRAFTING if held else DraftState.WAITING))
    return DraftStatus(
        id=row["id"], kind=row["kind"], model=row["model"], state=state, made=row["made"], wanted=row["number"],
        item_id=row["item_id"], problem_id=row["problem_id"], position=row["position"], seed=row["seed"],
        sampling=Sampling.model_validate_json(row["sampling"]), strategy=row["strategy"],
        answers=row["answers"] or None, requested_by=row["requested_by"], requested_at=row["at"],
        ended_at=row["ended_at"], sentence=row["sentence"],
        dropped={why.value: counts[why] for why in DropReason if why in counts},
        accepted=counts.get(Deciding.ACCEPTED, 0), declined=counts.get(Deciding.DECLINED, 0),
    )  # fmt: skip


def _draft(row: Row) -> Draft:
    return Draft(
        id=row["id"], ordinal=row["ordinal"], kind=row["kind"], item_id=row["item_id"], problem_id=row["problem_id"],
        position=row["position"], document=json.loads(row["document"]),
        provenance=Provenance.model_validate_json(row["provenance"]), made_at=row["at"], dropped=_drop(row),
        decision=_decision(row),
    )  # fmt: skip


def _drop(row: Row) -> DraftDrop | None:
    if row["why"] is None:
        return None
    return DraftDrop(
        why=DropReason(row["why"]), beside=row["beside"], shared=None if row["shared"] is None else row["shared"] / 100
    )


def _decision(row: Row) -> DraftDecision | None:
    if row["decision"] is None:
        return None
    return DraftDecision(
        decision=Deciding(row["decision"]), item_id=row["became"], reason=row["reason"],
        edited=None if row["edited"] is None else DraftEdit.model_validate_json(row["edited"]),
        decided_by=draft_decisions.name_of(row), decided_at=row["decided_at"],
    )  # fmt: skip


def take(db: Db, request_id: str, worker: str, lease: int) -> Row | None:
    """Give a worker a request for `lease` microseconds: its row, or None where another one was faster."""
    return stored.request(db, request_id) if stored.lease(db, request_id, worker, db.now + lease) else None


def renew(db: Db, request_id: str, worker: str, lease: int) -> bool:
    """Keep a request for longer. Returns whether the worker has it still, which it has not once it has ended."""
    return stored.renew(db, request_id, worker, db.now + lease)


def held(db: Reading, request_id: str, worker: str) -> bool:
    """Whether the worker has the request still, which it has not once it has ended."""
    return stored.holds(db, request_id, worker)


def release(db: Db, request_id: str, worker: str) -> None:
    """Give a request back for any worker to go on with."""
    stored.release(db, request_id, worker)


def work_of(db: Reading, row: Row) -> tuple[Work, list[int]]:
    """What a request is about, as a model may see it, and the ordinals that are not there yet."""
    there = stored.ordinals(db, row["id"])
    missing = [ordinal for ordinal in range(1, row["number"] + 1) if ordinal not in there]
    if row["kind"] in opinion_prompts.KINDS:
        return opinion_prompts.work_of(db, row), missing
    item_id, position = row["item_id"], row["position"]
    steps = () if item_id is None else tuple(step.text for step in traces.steps_up_to(db, item_id, position - 1))
    label = labelled(db, row) if kind_named(row["kind"]).asked_by_labellers else None
    work = Work(
        problem=posed(traces.problem_view_row(db, row["problem_id"])), steps=steps, position=position, label=label,
        seed=row["seed"], sampling=Sampling.model_validate_json(row["sampling"]), strategy=row["strategy"],
        step=None if item_id is None else traces.step_text(db, item_id, position),
    )  # fmt: skip
    return work, missing


def labelled(db: Reading, row: Row) -> str:
    """The label that a request for a rationale is for, with what the guideline says of it."""
    label = shown_drafts.labelled_for(db, row["id"])
    assert label is not None
    found = projects.guideline_head(db, label["guideline_version_id"]).labels.label(label["value"])
    meaning = f": {found.meaning}" if found is not None and found.meaning else ""
    return f"{label['value']}{meaning}"


def keep(db: Db, row: Row, worker: str, drafted: Drafted, against: DropReason | None = None) -> bool:
    """Keep a draft, once. Returns whether it is new. Raises LeaseTaken where the worker has the request no longer.

    One that is a duplicate, or that the checks have something `against`, is dropped; others enter the pool at once
    where the policy says so, for which the scopes of the write are the server's and the project's.
    """
    open_project(db, row["project_id"])
    if not stored.holds(db, row["id"], worker):
        raise LeaseTaken("The request was cancelled, or another worker has taken it over.")
    if drafted.ordinal in stored.ordinals(db, row["id"]):
        return False
    columns = {
        "id": db.new_id(), "project_id": row["project_id"], "request_id": row["id"], "ordinal": drafted.ordinal,
        "kind": row["kind"], "item_id": row["item_id"], "problem_id": row["problem_id"],
        "position": row["position"] if drafted.position is None else drafted.position,
        "document": canonical(drafted.document), "provenance": canonical(drafted.provenance.model_dump(mode="json")),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT, columns, by=SERVER_ITSELF)
    stored.add_draft(db, **columns, at=db.now, sequence=appended.sequence)
    if row["lost"]:
        stored.found_again(db, row["id"])
    if kind_named(row["kind"]).enters_pool:
        _follow(db, row, str(columns["id"]), drafted, against)
    return True


def _follow(db: Db, row: Row, draft_id: str, drafted: Drafted, against: DropReason | None) -> None:
    """What follows from a draft: it is dropped, accepted, or waits for a person."""
    drop = _drop_of(db, row, draft_id, drafted, against)
    if drop is not None:
        acceptance.keep_drop(db, row, draft_id, drop)
    elif projects.policy(db, row["project_id"]).accept_drafts:
        acceptance.accept_new(db, row, drafted.ordinal)


def _drop_of(
    db: Reading, row: Row, draft_id: str, drafted: Drafted, against: DropReason | None
) -> DraftDrop | None:  # fmt: skip
    if drafted.cut_off:
        return DraftDrop(why=DropReason.CUT_OFF)
    drop = duplicate(db, row, draft_id, as_drafted(row["kind"], drafted.document))
    return DraftDrop(why=against) if drop is None and against is not None else drop


def end(db: Db, row: Row, worker: str, ending: DraftEnding, sentence: str | None = None) -> None:
    """End a request that the worker has; of one that it has no longer, nothing is changed."""
    if stored.holds(db, row["id"], worker):
        _end(db, SERVER_ITSELF, row["project_id"], row["id"], ending, sentence)
