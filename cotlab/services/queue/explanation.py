"""Why a trace stands where it stands in the queue, and why it is or is not handed out."""

from collections.abc import Iterator, Sequence

from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.cases import Usability
from cotlab.domain.errors import NotFound
from cotlab.domain.people import LABELLERS, READERS
from cotlab.domain.projects.overlap import entry_for
from cotlab.domain.projects.policy import Policy, own_people, people_for
from cotlab.domain.projects.priorities import Item
from cotlab.domain.queue.depth import Explanation, MayTake
from cotlab.domain.queue.priority import DAY, OF_OPINIONS, Known, Points, scored
from cotlab.services.agreement.records import paused
from cotlab.services.calibration import pilots
from cotlab.services.calibration.open_fields import reach
from cotlab.services.calibration.team_gate import is_open
from cotlab.services.labels.latest_labels import of_items
from cotlab.services.projects.projects import known_project
from cotlab.services.traces import queue_rows
from cotlab.storage.calibration import calibration as sets
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.queue import batches, opinion_sources
from cotlab.storage.queue import depth as stored
from cotlab.storage.work import assignments


def explain(db: Reading, project_id: str, trace_id: str) -> Explanation:
    """Where a trace stands. Raises NotFound."""
    project, row = known_project(db, project_id), stored.trace(db, project_id, trace_id)
    if row is None:
        raise NotFound("There is no such trace in this project.")
    now, item = queue_rows.rules(db, project_id), queue_rows.item_of(row)
    policy, field = now.policy, queue_rows.field_in(now.policy, item)
    terms = () if row["taken"] is None else _terms(now, row, item, db.now)
    return Explanation(
        trace_id=trace_id, external_id=row["external_id"], domain=item.domain, tags=item.tags, field=field,
        people=queue_rows.people_of(policy, item), because=_because(policy, item), taken=row["taken"] or 0,
        since=row["since"], points=sum(one.points for one in terms), terms=terms,
        at_random=bool(terms) and now.at_random(item),
        unread=_unread(db, project_id, terms), reasons=tuple(_reasons(db, project, row, item, policy)),
        who=tuple(_who(db, project_id, row, field, policy)),
    )  # fmt: skip


def _terms(now: queue_rows.Rules, row: Row, item: Item, at: int) -> tuple[Points, ...]:
    known = Known.model_validate_json(row["known"])
    waiting = now.waiting(item, max(at - row["since"], 0) / DAY, known)
    return tuple(scored(now.policy.priority, waiting))


def _unread(db: Reading, project_id: str, terms: Sequence[Points]) -> str | None:
    if opinion_sources.sources(db, project_id) or not any(one.term in OF_OPINIONS and one.weight for one in terms):
        return None
    return "No model orders the queue: none was found better than chance so far (cotlab report drafts says why)."


def _because(policy: Policy, item: Item) -> str:
    """Why so many people are wanted."""
    entry = entry_for(policy.overlaps, item.domain, item.tags)
    people = policy.overlap if entry is None else entry.people
    if people_for(policy, item.domain, item.tags, item.id) > people:
        return "it was drawn for a second label"
    if entry is None or not own_people(policy, item.domain, item.tags, item.id):
        return "the project's overlap"
    named = [f"domain {entry.domain}"] if entry.domain else []
    return " and ".join([*named, *([f"tag {entry.tag}"] if entry.tag else [])])


def _reasons(db: Reading, project: Row, row: Row, item: Item, policy: Policy) -> Iterator[str]:
    """Why nobody at all is handed the trace, or the pair, for production."""
    project_id, people = project["id"], queue_rows.people_of(policy, item)
    if project["closed_at"] is not None:
        yield "The project is closed."
    if row["taken"] is None:
        yield _why_outside(db, project_id, item.id)
        return
    if guidelines.version_for_item(db, item.id) is None:
        yield f"No guideline version is in force for {item.domain}."
    if not pilots.production_open(db, project_id):
        yield "Production waits for the end of a pilot."
    if (domain := field_of(item.domain, (), (), item.task)) in paused(db, project_id, policy):
        yield f"The domain {domain} is paused: its agreement is below the bar, and the lead has not decided."
    field = queue_rows.field_in(policy, item)
    if not is_open(db, project_id, field, policy):
        yield f"The gate of the team is closed in {field}."
    if policy.gate is not None and field not in sets.decided_domains(db, project_id):
        yield f"There is no calibration set for {field}, so that nobody can qualify."
    if row["taken"] >= people:
        held = f", {row['leased']} of them by somebody who has it open" if row["leased"] else ""
        yield f"All places are taken ({row['taken']} of {people}{held})."


def _why_outside(db: Reading, project_id: str, item_id: str) -> str:
    if gold_items.is_gold(db, item_id):
        return "It is gold, and mixed into production as such."
    ((_, said),) = of_items(db, project_id, [item_id])
    if said.unusable:
        return f"An adjudicator decided that its problem cannot be used ({Usability.BAD_PROBLEM.value})."
    return "It was never put into the queue: alternatives are not labelled where label_alternatives is off."


def _who(db: Reading, project_id: str, row: Row, field: str, policy: Policy) -> Iterator[MayTake]:
    names = {one["id"]: one["name"] for one in actors.members(db, project_id) if one["role"] in LABELLERS}
    for person_id, name in names.items():
        yield MayTake(person=name, why_not=_why_not(db, project_id, row, person_id, field, policy))


def _why_not(db: Reading, project_id: str, row: Row, person_id: str, field: str, policy: Policy) -> str:
    """Why a person would not be handed the trace; empty where they would, if there is a place."""
    person = actors.person(db, person_id)
    if person.roles_in(project_id) & READERS and not policy.readers_may_label:
        return "can read the answers of others"
    if assignments.ever(db, row["item_id"], person_id):
        return "has it, or had it"
    if row["author_id"] == person_id:
        return "wrote it"
    if batches.of_others(db, row["item_id"], person_id):
        return "is not in the batch that it is of"
    if not stored.apart(db, row["item_id"], person_id):
        return "has a path of its problem open" if row["task"] == "pairs" else "was given a pair of its problem"
    if not stored.untouched(db, row["item_id"], person_id):
        return "has not labelled the steps that it branches off from"
    return "" if field in reach(db, person, project_id, policy).allowed else f"is not qualified in {field}"
