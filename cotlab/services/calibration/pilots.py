"""A pilot: its sample, and who labels it before production opens."""

import json
from collections import Counter, defaultdict

from cotlab.domain.answers import Ending
from cotlab.domain.calibration.pilots import Group, Pilot, PilotBody, draw
from cotlab.domain.calibration.qualification import CalibrationState, field_of
from cotlab.domain.errors import BadInput, Conflict, NoGuideline, Refused
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.people import ActorKind, Person
from cotlab.domain.text import folded
from cotlab.services.audit import event_data
from cotlab.services.calibration.qualification import standing
from cotlab.services.projects.projects import open_project
from cotlab.storage.calibration import pilots as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.work import assignments

PAGE = 10_000
"""Items a query, while a sample is drawn."""


def production_open(db: Reading, project_id: str) -> bool:
    """False while a pilot runs, and where the policy wants one before a new version that has come into force."""
    state = stored.state(db, project_id)
    if state["piloted"] > state["opened"]:
        return False
    return not (state["changed"] > state["opened"] and projects.policy(db, project_id).pilot_first)


def next_item(db: Db, person: Person, project_id: str) -> str | None:
    """An item of the running pilot that has a place for this person, those that others began first; None for none, and
    none of a domain, or of a field of it, in which they are suspended.

    A lease that ran out is taken over where it holds the last place. Raises Refused where all that is left is under
    a schema that the person wrote or published a version of.
    """
    pilot = stored.running(db, project_id)
    found = None if pilot is None else _first(db, person, project_id, pilot)
    if pilot is None or found is None:
        return None
    item_id = str(found["item_id"])
    version_id = guidelines.version_for_item(db, item_id)
    read = version_id and guidelines.acknowledged(db, project_id, person.id, version_id) is not None
    if found["taken"] + found["dead"] >= pilot["people"] and read:
        dead = stored.dead_lease(db, item_id)
        appended = db.event(project_id, "assignment.taken_over", person.id, {"assignment": dead})
        assignments.end(db, dead, Ending.TAKEN_OVER, appended.sequence)
    return item_id


def waiting(db: Reading, person: Person, project_id: str) -> bool:
    """Whether `next_item` would find one."""
    pilot = stored.running(db, project_id)
    try:
        return pilot is not None and _first(db, person, project_id, pilot) is not None
    except Refused:
        return False


def _first(db: Reading, person: Person, project_id: str, pilot: Row) -> Row | None:
    task = pilot["task"]
    timeline = projects.timeline(db, project_id, task=task)
    written: dict[str, InForce | None] = {}
    suspended: dict[str, bool] = {}
    calibrated = projects.policy(db, project_id).calibrated_tags
    own: InForce | None = None
    for row in stored.free_items(db, pilot["id"], pilot["people"], person.id):
        domain, field = row["domain"], field_of(row["domain"], json.loads(row["tags"]), calibrated, task)
        if field not in suspended:
            both = dict.fromkeys((field_of(domain, (), (), task), field))
            states = (standing(db, project_id, person.id, one).state for one in both)
            suspended[field] = CalibrationState.SUSPENDED in states
        if suspended[field]:
            continue
        if domain not in written:
            versions = schema_versions(timeline, domain)
            written[domain] = next((one for one in versions if _wrote(db, person, one)), None)
        if written[domain] is None and timeline.current(domain) is not None:
            return row
        own = written[domain] or own
    if own is not None:
        raise Refused(f"You wrote or published {own.head.title}; its pilot is labelled by others.")
    return None


def schema_versions(timeline: Timeline, domain: str) -> tuple[InForce, ...]:
    """The new or label-changing version that the schema of a domain came with, and the clarifications since."""
    chain = timeline.chain(domain)
    changed = [place for place, row in enumerate(chain) if row.head.change is not Change.CLARIFICATION]
    return chain[changed[-1] :] if changed else chain


def _wrote(db: Reading, person: Person, version: InForce) -> bool:
    """Whether a person is named as an author of a version, or published it."""
    if folded(person.name) in map(folded, version.head.authors):
        return True
    body = stored.publisher(db, version.version_id)
    return body is not None and json.loads(body)["actor"] == person.id


def sample(db: Reading, project_id: str, body: PilotBody) -> tuple[str, ...]:
    """The items of a pilot, drawn outside the write. Raises Conflict where there is none that nobody has worked on."""
    open_project(db, project_id)
    timeline = projects.timeline(db, project_id, task=body.task)
    if not timeline.rows:
        raise NoGuideline()
    groups: dict[Group, list[str]] = defaultdict(list)
    after = ""
    while rows := stored.unseen_items(db, project_id, body.task, after, PAGE):
        after = rows[-1]["item_id"]
        for row in rows:
            if body.domain in (None, row["domain"]) and timeline.current(row["domain"]) is not None:
                groups[row["domain"], tuple(json.loads(row["tags"]))].append(row["item_id"])
    if not groups:
        where = f" of the domain {body.domain}" if body.domain else ""
        what = "pair" if body.task == "pairs" else "trace"
        raise Conflict(f"There is no {what}{where} left that nobody has worked on.")
    return draw(groups, body.traces, body.seed)


def start(db: Db, by: str, project_id: str, body: PilotBody, items: tuple[str, ...]) -> Pilot:
    """Start a pilot on the items drawn. Raises Conflict where one is running or an item was taken meanwhile."""
    open_project(db, project_id)
    if stored.running(db, project_id) is not None:
        raise Conflict("A pilot is running already; opening production ends it.")
    columns = {
        "id": db.new_id(), "project_id": project_id, "actor_id": by, "people": body.people, "seed": body.seed,
        "domain": body.domain, "experts": json.dumps(_experts(db, project_id, body.experts)),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.PILOT, {**columns, "items": list(items)})
    stored.add(db, items, **columns, at=db.now, sequence=appended.sequence)
    if stored.still_unseen(db, str(columns["id"])) < len(items):
        raise Conflict("Somebody has begun one of the sample meanwhile; start the pilot again.")
    row = stored.running(db, project_id)
    assert row is not None
    return view(db, row, appended.hash)


def _experts(db: Reading, project_id: str, names: tuple[str, ...]) -> list[str]:
    """The ids of those named. Raises BadInput for one who is no member of the project."""
    members = {row["id"] for row in actors.members(db, project_id)}
    found: dict[str, None] = {}
    for name in names:
        row = actors.actor_named(db, ActorKind.PERSON, name)
        if row is None or row["id"] not in members:
            raise BadInput(f"experts: {name} is no member of this project")
        found[row["id"]] = None
    return list(found)


def view(db: Reading, pilot: Row, receipt: str = "") -> Pilot:
    """A pilot with the names of the versions that are in force for its sample now."""
    by_domain = Counter(row["domain"] for row in stored.items(db, pilot["id"]))
    timeline = projects.timeline(db, pilot["project_id"], task=pilot["task"])
    versions = [timeline.current(domain) for domain in sorted(by_domain)]
    names = actors.names(db)
    return Pilot(
        id=pilot["id"], task=pilot["task"],
        guideline_versions=tuple(dict.fromkeys(one.head.title for one in versions if one)),
        traces=by_domain.total(), people=pilot["people"], by_domain=dict(sorted(by_domain.items())),
        experts=tuple(names[one] for one in json.loads(pilot["experts"])), receipt=receipt,
    )  # fmt: skip
