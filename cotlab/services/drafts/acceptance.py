"""What becomes of drafts: they are dropped as duplicates, accepted into the pool, or turned down.

What is accepted is a trace like any other: nobody who labels is told who or what wrote it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cotlab.domain.drafts.requests import AcceptBody, Decided, Deciding, DeclineBody, DraftDrop, DraftEdit, DropReason
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.provenance import DraftedFrom, Provenance
from cotlab.domain.traces.records import Alternative, Origin, Step, Trace
from cotlab.drafting.kinds import kind_named
from cotlab.services.audit import event_data
from cotlab.services.audit.import_data import import_digest
from cotlab.services.drafts import altered_steps
from cotlab.services.drafts.duplicates import ALTERED, PATH, as_drafted, duplicate
from cotlab.services.projects.projects import open_project
from cotlab.services.traces import queue_rows
from cotlab.services.traces.import_rows import Rows, add_alternative, add_trace, alternative_digest, put
from cotlab.services.traces.trace_import import name_sources
from cotlab.storage.coverage import pair_making
from cotlab.storage.drafts import draft_decisions as stored
from cotlab.storage.drafts import draft_requests
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.traces import traces


@dataclass(frozen=True, slots=True)
class _Entering:
    """A draft as it is to enter: `said` is its text now, `edited` whether a person wrote it so."""

    row: Row
    said: DraftEdit
    edited: bool


def accept(db: Db, by: str, project_id: str, request_id: str, body: AcceptBody) -> Decided:
    """Let drafts of a request into the pool, in one transaction whose scopes are the server's and the project's.

    Of drafts that are named, one that cannot enter is an error (BadInput, Conflict) and none enters; of all that are
    open, those are left with the reason.
    """
    request, named = _request(db, project_id, request_id), bool(body.drafts or body.edited)
    items, dropped, left, receipt = dict[int, str](), dict[int, DraftDrop](), dict[int, str](), None
    for row in _chosen(stored.of_request(db, request_id), (*body.drafts, *body.edited)):
        _refuse_decided(row)
        try:
            came = _accept(db, by, request, _entering(request, row, body), body.strategy, named)
        except BadInput as why:
            if named:
                raise
            left[row["ordinal"]] = why.sentence
            continue
        if isinstance(came, DraftDrop):
            dropped[row["ordinal"]] = came
        else:
            items[row["ordinal"]], receipt = came
    return Decided(request_id=request_id, items=items, dropped=dropped, left=left, receipt=receipt)


def accept_new(db: Db, request: Row, ordinal: int) -> None:
    """Let a draft in that was just made; one that cannot enter as it is waits for a person."""
    (row,) = _chosen(stored.of_request(db, request["id"]), [ordinal])
    with suppress(BadInput, Conflict):
        one = _entering(request, row, AcceptBody())
        _accept(db, SERVER_ITSELF, request, one, None, False)


def _request(db: Reading, project_id: str, request_id: str) -> Row:
    open_project(db, project_id)
    request = draft_requests.request(db, request_id)
    if request is None or request["project_id"] != project_id:
        raise NotFound("There is no such request for drafts in this project.")
    if not kind_named(request["kind"]).enters_pool:
        raise BadInput(f"kind: drafts of {request['kind']} are no traces, so that none is accepted or turned down")
    return request


def _chosen(rows: Sequence[Row], wanted: Iterable[int]) -> Iterator[Row]:
    """The drafts of these ordinals, else all that are not decided or dropped. Raises NotFound."""
    ordinals = list(dict.fromkeys(wanted))
    if not ordinals:
        yield from (row for row in rows if row["decision"] is None and row["why"] is None)
        return
    there = {row["ordinal"]: row for row in rows}
    for ordinal in ordinals:
        if ordinal not in there:
            raise NotFound(f"There is no draft {ordinal} of this request.")
        yield there[ordinal]


def _refuse_decided(row: Row) -> None:
    if row["decision"] is not None:
        raise Conflict(f"Draft {row['ordinal']} was {row['decision']} already.")


def _entering(request: Row, row: Row, body: AcceptBody) -> _Entering:
    edited = body.edited.get(row["ordinal"])
    if row["why"] is not None and (row["why"] != DropReason.SAME_NUMBERS) and edited is None:
        raise Conflict(f"Draft {row['ordinal']} was dropped ({row['why'].replace('_', ' ')}).")
    drafted = as_drafted(request["kind"], json.loads(row["document"]))
    if edited is None or edited == drafted:
        return _Entering(row, drafted, False)
    if request["kind"] == ALTERED:
        raise BadInput(f"edited.{row['ordinal']}: the checks were asked about an altered step as it was drafted")
    if request["kind"] != PATH and (len(edited.steps) != 1 or edited.final_answer is not None):
        raise BadInput(f"edited.{row['ordinal']}: an alternative is one step")
    return _Entering(row, edited, True)


def _accept(
    db: Db, by: str, request: Row, one: _Entering, strategy: str | None, named: bool
) -> tuple[str, str] | DraftDrop:
    """The trace that a draft becomes, with the receipt; or that it is dropped, since it is in the pool by now.

    Who names a draft may take one for another path than one with the same numbers.
    """
    drop = duplicate(db, request, one.row["id"], one.said, among_drafts=False)
    if drop is not None and not (named and drop.why is DropReason.SAME_NUMBERS):
        if one.edited or one.row["why"] is not None:
            raise Conflict(f"Draft {one.row['ordinal']} says what {drop.beside} says, which is there.")
        keep_drop(db, request, one.row["id"], drop)
        return drop
    item_id, rows = _rows(db, by, request, one, strategy)
    return item_id, _decide(
        db, by, request, one.row, Deciding.ACCEPTED, item_id=item_id, content=import_digest(rows.digests, rows.told),
        edited=canonical(one.said.model_dump()) if one.edited else None, write=lambda at: put(db, rows, at),
    )  # fmt: skip


def _rows(db: Db, by: str, request: Row, one: _Entering, strategy: str | None) -> tuple[str, Rows]:
    """What a draft becomes: the trace's id, and the rows to be written."""
    project_id, kind = request["project_id"], request["kind"]
    rules = queue_rows.rules(db, project_id)
    rows, sources = Rows(rules, [], label_alternatives=_labelled(db, request, rules)), dict[str, str]()
    drafted = DraftedFrom(
        draft=one.row["id"], kind=kind, model=request["model"], edited=one.edited,
        provenance=Provenance.model_validate_json(one.row["provenance"]),
    )  # fmt: skip
    if kind not in (PATH, ALTERED):
        return _alternative(db, request, one.said, drafted, rows), rows
    document = json.loads(one.row["document"])
    if kind == PATH:
        trace = _path(db, request, one.said, _strategy(db, request, strategy, document["strategy"]), one.row["ordinal"])
    else:
        trace = altered_steps.trace(db, request, document["way"], document["text"], request["model"])
        sources = name_sources(db, by, [altered_steps.source_of(document["way"])])
    trace = trace.model_copy(update={"drafted": drafted})
    content = trace.digest()
    if traces.trace_known(db, project_id, content):
        raise Conflict(f"Draft {one.row['ordinal']} is in the pool already.")
    return add_trace(db, project_id, request["problem_id"], trace, content, sources, rows), rows


def _labelled(db: Reading, request: Row, rules: queue_rows.Rules) -> bool:
    """Whether others label an alternative; of gold they never do."""
    gold = pair_making.gold(db, [request["problem_id"]])
    return rules.policy.label_alternatives and request["item_id"] not in gold


def _alternative(db: Db, request: Row, said: DraftEdit, drafted: DraftedFrom, rows: Rows) -> str:
    alternative = Alternative.model_construct(
        position=request["position"], kind="rewording", steps=tuple(Step(text=text) for text in said.steps),
        origin=Origin.MODEL, generator=request["model"], drafted=drafted,
    )  # fmt: skip
    item_id, project_id = request["item_id"], request["project_id"]
    parent = traces.trace(db, item_id)["digest"]
    if traces.trace_known(db, project_id, alternative_digest(parent, alternative)):
        raise Conflict("This alternative is in the pool already.")
    made = add_alternative(
        db, project_id, request["problem_id"], queue_rows.item(db, item_id), alternative, parent, {}, rows
    )  # fmt: skip
    assert made is not None
    return made


def _path(db: Reading, request: Row, said: DraftEdit, strategy: str | None, ordinal: int) -> Trace:
    """A path as people write them, with a final answer: without one it could be told from theirs."""
    if not (said.final_answer or "").strip():
        raise BadInput(f"edited.{ordinal}: draft {ordinal} has no final answer, which every path that is written has")
    problem = traces.problem_of(stored.problem(db, request["problem_id"]))
    return Trace.model_construct(
        problem=problem, origin=Origin.MODEL, generator=request["model"], strategy=strategy,
        steps=tuple(Step(text=text) for text in said.steps), final_answer=said.final_answer,
    )  # fmt: skip


def _strategy(db: Reading, request: Row, wanted: str | None, drafted: str) -> str | None:
    """The strategy of a path: one of the guideline's where it names any, since those of people's paths are."""
    domain = stored.problem(db, request["problem_id"])["domain"]
    current = projects.timeline(db, request["project_id"]).current(domain)
    names = () if current is None else current.head.strategy_names()
    strategy = wanted or drafted
    if names and strategy not in names:
        raise BadInput(f"strategy: {strategy} is none of the guideline of {domain} ({', '.join(names)}); say which")
    return strategy


def decline(db: Db, by: str, project_id: str, request_id: str, body: DeclineBody) -> Decided:
    """Turn drafts of a request down, with the reason. Raises Conflict for one that is decided."""
    request, declined, receipt = _request(db, project_id, request_id), list[int](), None
    for row in _chosen(stored.of_request(db, request_id), body.drafts):
        _refuse_decided(row)
        receipt = _decide(db, by, request, row, Deciding.DECLINED, reason=body.reason)
        declined.append(row["ordinal"])
    return Decided(request_id=request_id, declined=tuple(declined), receipt=receipt)


def _decide(
    db: Db, by: str, request: Row, row: Row, decision: Deciding, *, item_id: str | None = None,
    content: str | None = None, edited: str | None = None, reason: str | None = None,
    write: Callable[[int], None] = lambda _: None,
) -> str:  # fmt: skip
    columns = {
        "draft_id": row["id"], "project_id": request["project_id"], "request_id": request["id"],
        "decision": decision.value, "item_id": item_id, "edited": edited, "reason": reason, "content": content,
        "actor_id": by,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT_DECISION, columns)
    write(appended.sequence)
    stored.add_decision(db, **columns, at=db.now, sequence=appended.sequence)
    return appended.hash


def keep_drop(db: Db, request: Row, draft_id: str, drop: DraftDrop) -> None:
    """Keep that a draft is dropped, and why."""
    columns = {
        "draft_id": draft_id, "project_id": request["project_id"], "request_id": request["id"],
        "why": drop.why.value, "beside": drop.beside,
        "shared": None if drop.shared is None else round(100 * drop.shared),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.DRAFT_DROP, columns, by=SERVER_ITSELF)
    stored.add_drop(db, **columns, at=db.now, sequence=appended.sequence)
