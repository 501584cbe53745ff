"""Traces that people labelled here become gold, where they are settled throughout."""

from collections.abc import Mapping

from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, NotFound
from cotlab.domain.exports import LabelChoice
from cotlab.domain.gold import GoldOrigin, PromoteBody
from cotlab.domain.senses import Senses
from cotlab.domain.settled import Basis, Settled, Unsettled
from cotlab.domain.views import Receipt
from cotlab.services.gold import add_gold, current_version
from cotlab.services.labellers import Selection
from cotlab.services.projects import open_project
from cotlab.services.said import Said, of_items
from cotlab.storage import assignments, projects, traces
from cotlab.storage import gold as stored
from cotlab.storage.database import Db, Reading

SURE = (Basis.UNANIMOUS, Basis.ADJUDICATED)
"""Why a label is sure enough to be gold."""


def as_exported(db: Reading, project_id: str) -> Selection:
    """What settles the steps of a project, as its exports have it."""
    return Selection(
        LabelChoice.SETTLED, projects.policy(db, project_id), Senses(projects.timeline(db, project_id)), False
    )


def promote(db: Db, by: str, project_id: str, body: PromoteBody) -> Receipt:
    """Make a trace gold with the labels that are settled. Raises NotFound, Conflict, and BadInput that names steps."""
    open_project(db, project_id)
    item_id = body.item_id
    _refuse(db, project_id, item_id)
    trace = traces.trace(db, item_id)
    positions = range(trace["first_position"], trace["last_position"] + 1)
    if unknown := body.justifications.keys() - set(positions):
        raise BadInput(f"justifications: the trace has no step {min(unknown)}")
    ((_, said),) = of_items(db, project_id, [item_id])
    selection = as_exported(db, project_id)
    results = {position: selection.settle(said, position)[0] for position in positions}
    if unsettled := {at: _why(one) for at, one in results.items() if not _sure(one)}:
        told = ", ".join(f"step {at} ({why})" for at, why in unsettled.items())
        raise BadInput(f"item_id: a label is gold where all agree or an adjudicator decided; it is not so at {told}")
    settled = {at: one for at, one in results.items() if isinstance(one, Settled)}
    reasons = {at: _justification(said, at, one, body.justifications) for at, one in settled.items()}
    if without := [str(at) for at, reason in reasons.items() if reason is None]:
        raise BadInput(f"justifications: nobody said why at step {', '.join(without)}; say it here")
    labels = {at: (one.kind or one.value, reasons[at] or "") for at, one in settled.items()}
    version = current_version(db, project_id, assignments.domain_of(db, item_id))
    appended = add_gold(db, by, project_id, item_id, GoldOrigin.PROMOTED, version.version_id, labels)
    return Receipt(receipt=appended.hash)


def _refuse(db: Reading, project_id: str, item_id: str) -> None:
    trace = stored.trace_of(db, project_id, item_id)
    if trace is None:
        raise NotFound("There is no such trace in this project.")
    if trace["parent_id"] is not None:
        raise BadInput("item_id: an alternative is read after the steps that it branches off from, and is no gold")
    known = stored.item(db, project_id, item_id)
    if known is not None:
        raise AlreadyExists("The trace was taken out of gold." if known["retired"] else "The trace is gold already.")
    if stored.touched(db, item_id)["open"]:
        raise Conflict("Somebody has the trace open; promote it when they have finished.")


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
