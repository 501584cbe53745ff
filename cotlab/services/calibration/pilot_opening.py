"""What opens production after a pilot: a finished sample, answered questions, signatures under a new schema."""

import json
from dataclasses import dataclass

from cotlab.domain.calibration.pilots import OpenBody, Opened, SignOffBody
from cotlab.domain.errors import BadInput, Conflict, Refused
from cotlab.domain.guidelines.schema import Change, FrontMatter
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.people import Person
from cotlab.domain.traces.records import TASKS
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.calibration.pilots import production_open, schema_versions
from cotlab.services.projects.projects import open_project
from cotlab.storage.calibration import pilots as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines import questions
from cotlab.storage.projects import projects


def sign_off(db: Db, person: Person, project_id: str, body: SignOffBody) -> Receipt:
    """Sign the schema of a version that is in force; signed again, the later signature counts.

    Raises Conflict where no pilot runs, Refused for who is not named as its expert, BadInput for a label left out.
    """
    open_project(db, project_id)
    pilot = stored.running(db, project_id)
    if pilot is None:
        raise Conflict("No pilot is running; a schema is signed off while one is.")
    if person.id not in json.loads(pilot["experts"]):
        raise Refused("You are not named as an expert of this pilot.")
    title = f"{body.guideline} {body.version}"
    schemas = all_schemas_in_force(db, project_id)
    version = next((schema.version for schema in schemas if schema.version.head.title == title), None)
    if version is None:
        raise BadInput(f"version: {title} is not in force in this project")
    _check_walk(version.head, body)
    columns = {
        "id": db.new_id(), "project_id": project_id, "actor_id": person.id,
        "guideline_version_id": version.version_id, "document": body.model_dump_json(),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.SIGN_OFF, columns)
    stored.add_sign_off(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _check_walk(head: FrontMatter, body: SignOffBody) -> None:
    walked = head.labels.criteria or head.labels.top
    what, of_first = ("criterion", "") if head.labels.criteria else ("label", " of the first level")
    wanted = [one.name for one in walked]
    for name in wanted:
        if name not in body.labels:
            raise BadInput(f"labels.{name}: this {what} of {head.title} is not walked")
    for name in body.labels:
        if name not in wanted:
            raise BadInput(f"labels.{name}: {head.title} has no {what} {name}{of_first}")


def open_production(db: Db, by: str, project_id: str, body: OpenBody) -> Opened:
    """Open production, which ends the pilot. Raises Conflict with all that is missing, unless a reason is given."""
    open_project(db, project_id)
    if production_open(db, project_id):
        raise Conflict("Production is open already.")
    lacking = missing(db, project_id)
    if lacking and body.reason is None:
        raise Conflict(f"Production stays closed: {'; '.join(lacking)}. A written reason opens it all the same.")
    columns = {
        "project_id": project_id, "actor_id": by, "missing": json.dumps(lacking, ensure_ascii=False),
        "reason": body.reason,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.OPENING, columns)
    stored.add_opening(db, **columns, at=db.now, sequence=appended.sequence)
    return Opened(missing=lacking, reason=body.reason, receipt=appended.hash)


def missing(db: Reading, project_id: str) -> tuple[str, ...]:
    """What stands between a project and production, a sentence each and nobody's name."""
    pilot = stored.running(db, project_id)
    found = []
    if pilot is None:
        found.append("no pilot was run")
    else:
        wanted, finished = progress(db, pilot)
        if finished < wanted:
            found.append(f"{finished} of {wanted} assignments of the pilot are finished")
    waiting = questions.open_count(db, project_id)
    if waiting:
        found.append(f"{waiting} {'question has' if waiting == 1 else 'questions have'} no answer")
    experts = json.loads(pilot["experts"]) if pilot is not None else []
    opened = stored.state(db, project_id)["opened"]
    first = projects.policy(db, project_id).pilot_first
    for schema in all_schemas_in_force(db, project_id):
        have = len(signatures(db, project_id, schema).keys() & set(experts))
        if pilot is not None and schema.version.head.task != pilot["task"]:
            if first and schema.since > opened:
                found.append(f"{schema.version.head.title} is new, and the pilot was not of its {_what(schema)}")
        elif schema.since > opened and not experts:
            found.append(f"no expert was named to sign off the schema of {schema.version.head.title}")
        elif schema.since > opened and have < len(experts):
            found.append(f"{have} of {len(experts)} experts have signed off the schema of {schema.version.head.title}")
    return tuple(found)


def _what(schema: "SchemaInForce") -> str:
    return "pairs" if schema.version.head.task == "pairs" else "traces"


def progress(db: Reading, pilot: Row) -> tuple[int, int]:
    """How many assignments a pilot wants, and how many of them are finished."""
    rows = stored.items(db, pilot["id"])
    return len(rows) * pilot["people"], sum(row["finished"] for row in rows)


@dataclass(frozen=True, slots=True)
class SchemaInForce:
    """The schema of a version in force, since a sequence of the project's chain (0: it was never new).

    `version_ids` are the new or label-changing version that brought it and the clarifications that followed.
    """

    version: InForce
    since: int
    version_ids: frozenset[str]


def schemas_in_force(timeline: Timeline) -> list[SchemaInForce]:
    """The schemas that are in force for one domain or for all, one a version."""
    found: dict[str, SchemaInForce] = {}
    for domain in dict.fromkeys(row.domain for row in timeline.rows):
        versions = schema_versions(timeline, domain)
        first, last = versions[0], versions[-1]
        since = 0 if first.head.change is Change.CLARIFICATION else first.sequence
        version_ids = frozenset(row.version_id for row in versions)
        found.setdefault(last.version_id, SchemaInForce(last, since, version_ids))
    return list(found.values())


def all_schemas_in_force(db: Reading, project_id: str) -> list[SchemaInForce]:
    """Those for steps, then those for pairs."""
    return [one for task in TASKS for one in schemas_in_force(projects.timeline(db, project_id, task=task))]


def signatures(db: Reading, project_id: str, schema: SchemaInForce) -> dict[str, Row]:
    """Expert's id -> their newest signature under a schema."""
    rows = stored.sign_offs(db, project_id)
    return {row["actor_id"]: row for row in rows if row["guideline_version_id"] in schema.version_ids}
