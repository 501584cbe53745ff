"""Traces and pairs that people labelled here become gold, where they are settled throughout."""

from collections.abc import Mapping

from cotlab.domain.answers import Basis, Unsettled
from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, NotFound
from cotlab.domain.gold import GoldOrigin, PromoteBody
from cotlab.domain.guidelines.staleness import InForce
from cotlab.domain.labels.settled import Settled
from cotlab.domain.work.views import Receipt
from cotlab.services.gold.items import Given, add_gold, check_criterion, current_version
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.services.labels.selection import as_exported
from cotlab.services.projects.projects import open_project
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.gold import gold_items as stored
from cotlab.storage.traces import traces

SURE = (Basis.UNANIMOUS, Basis.ADJUDICATED)
"""Why a label is sure enough to be gold."""


def promote(db: Db, by: str, project_id: str, body: PromoteBody) -> Receipt:
    """Make a trace gold with the labels that are settled, or a pair with its overall choice.

    Raises NotFound, Conflict, and BadInput that names steps.
    """
    open_project(db, project_id)
    item_id = body.item_id
    item = _refuse(db, project_id, item_id)
    version = current_version(db, project_id, item["domain"], item["task"])
    trace = traces.trace(db, item_id)
    positions = range(trace["first_position"], trace["last_position"] + 1)
    if unknown := body.justifications.keys() - set(positions):
        raise BadInput(f"justifications: the {what_of(item)} has no step {min(unknown)}")
    criteria = _criteria(item, version, body)
    ((_, said),) = of_items(db, project_id, [item_id])
    selection = as_exported(db, project_id, item["task"])
    results = {position: selection.settle(said, position)[0] for position in positions}
    if unsettled := {at: _why(one) for at, one in results.items() if not _sure(one)}:
        told = ", ".join(f"step {at} ({why})" for at, why in unsettled.items())
        raise BadInput(f"item_id: a label is gold where all agree or an adjudicator decided; it is not so at {told}")
    settled = {at: one for at, one in results.items() if isinstance(one, Settled)}
    reasons = {at: _justification(said, at, one, body.justifications) for at, one in settled.items()}
    if without := [str(at) for at, reason in reasons.items() if reason is None]:
        raise BadInput(f"justifications: nobody said why at step {', '.join(without)}; say it here")
    labels = {at: (one.kind or one.value, reasons[at] or "") for at, one in settled.items()}
    appended = add_gold(db, by, project_id, item_id, GoldOrigin.PROMOTED, version.version_id, labels, criteria)
    return Receipt(receipt=appended.hash)


def what_of(item: Row) -> str:
    """What an item is called."""
    return "pair" if item["task"] == "pairs" else "trace"


def _criteria(item: Row, version: InForce, body: PromoteBody) -> dict[str, Given]:
    """The verified choices on criteria of a pair. Raises BadInput."""
    if body.criteria and item["task"] != "pairs":
        raise BadInput("criteria: a trace has none")
    for name, one in body.criteria.items():
        check_criterion(version, name, one.choice)
    return {name: (one.choice, one.justification) for name, one in body.criteria.items()}


def _refuse(db: Reading, project_id: str, item_id: str) -> Row:
    item = stored.item_of(db, project_id, item_id)
    if item is None:
        raise NotFound("There is no such trace or pair in this project.")
    if item["parent_id"] is not None:
        raise BadInput("item_id: an alternative is read after the steps that it branches off from, and is no gold")
    known, what = stored.item(db, project_id, item_id), what_of(item)
    if known is not None:
        raise AlreadyExists(
            f"The {what} was taken out of gold." if known["retired"] else f"The {what} is gold already."
        )
    if stored.touched(db, item_id)["open"]:
        raise Conflict(f"Somebody has the {what} open; promote it when they have finished.")
    return item


def _sure(one: Settled | Unsettled) -> bool:
    return isinstance(one, Settled) and one.basis in SURE


def _why(one: Settled | Unsettled) -> str:
    return (one.basis if isinstance(one, Settled) else one).value.replace("_", " ")


def _justification(said: Said, at: int, settled: Settled, given: Mapping[int, str]) -> str | None:
    """Why a label is right: what the adjudicator said, else what is given here, else what those said who agree."""
    if settled.basis is Basis.ADJUDICATED and said.decided[at][0]["rationale"]:
        return str(said.decided[at][0]["rationale"])
    if at in given:
        return given[at]
    agreeing = [
        answer["rationale"] for answer, sense in said.votes[at] if (sense.value, sense.stale) == (settled.value, False)
    ]
    return "\n\n".join(dict.fromkeys(text for text in agreeing if text)) or None
