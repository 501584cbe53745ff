"""Guideline versions as people meet them: shown, compared, acknowledged."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from cotlab.domain.errors import NoGuideline, NotFound
from cotlab.domain.guidelines.differences import difference
from cotlab.domain.guidelines.publishing import GuidelineList, ProjectVersion, VersionEntry
from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.guidelines.schema import Affects, Change
from cotlab.domain.people import LABELLERS, LEADS, Person
from cotlab.domain.work.views import GuidelineChanges, GuidelineView, Receipt
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.audit import event_data
from cotlab.services.guidelines.staleness import stale_in, stale_of
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.engine.database import SERVER, Db, Reading, Row
from cotlab.storage.guidelines import guidelines as stored
from cotlab.storage.labels import exports
from cotlab.storage.people import actors
from cotlab.storage.projects import projects


@lru_cache(maxsize=64)
def _parsed(text: str, name: str) -> Guideline:
    return parse_guideline(text.encode(), name)


def parsed(db: Reading, version_id: str) -> Guideline:
    """A stored version with its rules."""
    row = projects.guideline_version(db, version_id)
    return _parsed(row["text"], f"{row['guideline']} {row['version']}")


def view(db: Reading, version_id: str) -> GuidelineView:
    guideline = parsed(db, version_id)
    head = guideline.head
    return GuidelineView(
        id=version_id, guideline=head.guideline, version=head.version, schema=head.labels, text=guideline.text,
        quick_reference=guideline.quick_reference, rules=guideline.rules, glossary=guideline.glossary,
        strategies=head.strategies,
    )  # fmt: skip


def in_force_view(db: Reading, project_id: str) -> GuidelineView:
    """The version in force for all domains, else the newest. Raises NoGuideline."""
    known_project(db, project_id)
    version_id = projects.in_force(db, project_id) or projects.newest_in_force(db, project_id)
    if version_id is None:
        raise NoGuideline()
    return view(db, version_id)


def shown(db: Reading, person: Person, version_id: str) -> GuidelineView:
    """A version that was ever in force in a project of the person. Raises NotFound."""
    mine = _put_in_force_for(db, person)
    if version_id not in mine and not (person.admin and any(row["id"] == version_id for row in stored.versions(db))):
        raise NotFound("There is no such guideline version in a project of yours.")
    return view(db, version_id)


def _put_in_force_for(db: Reading, person: Person) -> set[str]:
    """The ids of the versions that were ever in force in a project of the person."""
    return {
        row["guideline_version_id"]
        for project in projects.projects(db)
        if person.roles_in(project["id"])
        for row in stored.put_in_force_rows(db, project["id"])
    }


def changes(db: Reading, person: Person, project_id: str, version_id: str) -> GuidelineChanges:
    """What a version changes since the one that a person acknowledged last. Raises NotFound."""
    row = _put_in_force(db, project_id, version_id)
    new = parsed(db, version_id)
    before = [one for one in stored.acknowledgements(db, project_id).get(person.id, ()) if one != version_id]
    same = [one for one in before if projects.guideline_head(db, one).guideline == new.head.guideline]
    old_id = (same or before)[-1] if before else None
    old = parsed(db, old_id) if old_id else None
    acting = _acting(db, project_id, row, old_id)
    return GuidelineChanges(
        guideline_version_id=version_id, guideline=new.head.guideline, version=new.head.version,
        change=Change.LABEL_CHANGING if acting else new.head.change, since=row["at"],
        by=stored.actor_of_event(db, project_id, row["sequence"]), difference=difference(old, new),
        affects=_together(acting), coming_back=len(stale_of(db, person.id, project_id)),
    )  # fmt: skip


def _acting(db: Reading, project_id: str, row: Row, old_id: str | None) -> list[Affects]:
    """What the versions after `old_id` and up to the one of `row` ask for anew, in the domain of that row."""
    chain = projects.timeline(db, project_id).until(row["guideline_version_id"]).chain(row["domain"])
    known = max((place for place, one in enumerate(chain) if one.version_id == old_id), default=len(chain))
    return [one.head.affects for one in chain[known + 1 :] if one.head.acts]


def _together(acting: Sequence[Affects]) -> Affects:
    return Affects(**{
        name: tuple(dict.fromkeys(value for affects in acting for value in getattr(affects, name)))
        for name in Affects.model_fields
    })  # fmt: skip


def acknowledge(db: Db, person: Person, project_id: str, version_id: str) -> Receipt:
    """Note that a person has read a version of the project. Done again it gives the same receipt. Raises NotFound."""
    open_project(db, project_id)
    _put_in_force(db, project_id, version_id)
    known = stored.acknowledged(db, project_id, person.id, version_id)
    if known is not None:
        return Receipt(receipt=exports.event_hash(db, project_id, known) or "")
    row = {"project_id": project_id, "actor_id": person.id, "guideline_version_id": version_id}
    appended = event_data.tell(db, event_data.ACKNOWLEDGEMENT, row)
    stored.acknowledge(db, project_id, person.id, version_id, appended.sequence)
    return Receipt(receipt=appended.hash)


def _put_in_force(db: Reading, project_id: str, version_id: str) -> Row:
    known_project(db, project_id)
    rows = [row for row in stored.put_in_force_rows(db, project_id) if row["guideline_version_id"] == version_id]
    if not rows:
        raise NotFound("This version was never in force in the project.")
    return rows[-1]


def leads_any(person: Person) -> bool:
    """Whether a person leads a project, or the server."""
    return person.admin or any(roles & LEADS for roles in person.roles.values())


def listed(db: Reading, person: Person) -> GuidelineList:
    """The versions of the person's projects, all for a lead, and what is in force; a lead is told who is behind."""
    rows = stored.versions(db)
    mine = _put_in_force_for(db, person)
    entries = [
        VersionEntry(
            id=row["id"], guideline=row["guideline"], version=row["version"], change=row["change"],
            published_at=row["published_at"], by=stored.actor_of_event(db, SERVER, row["sequence"]),
        )
        for row in rows
        if leads_any(person) or row["id"] in mine
    ]  # fmt: skip
    heads = {row["id"]: projects.front_matter(row["head"]) for row in rows}
    newest: dict[str, str] = {}
    for head in sorted(heads.values(), key=lambda one: one.order):
        newest[head.guideline] = head.version
    found: list[ProjectVersion] = []
    for project in projects.projects(db):
        if person.roles_in(project["id"]):
            found += _in_force(db, person, project, newest)
    return GuidelineList(versions=tuple(entries), projects=tuple(found))


def _in_force(db: Reading, person: Person, project: Row, newest: dict[str, str]) -> list[ProjectVersion]:
    leads = bool(person.roles_in(project["id"]) & LEADS)
    stale = stale_in(db, project["id"]) if leads else []
    last: dict[tuple[str, str], Row] = {}
    for row in stored.put_in_force_rows(db, project["id"]):
        last[row["task"], row["domain"]] = row
    narrow = {domain for _, domain in last if domain}
    found = []
    for (task, domain), row in last.items():
        head = projects.guideline_head(db, row["guideline_version_id"])
        own = [one for one in stale if one["domain"] == domain or (not domain and one["domain"] not in narrow)]
        found.append(
            ProjectVersion(
                project=project["name"], task=task, domain=domain, guideline=head.guideline, version=head.version,
                newest=newest[head.guideline], since=row["at"], stale=len(own),
                not_acknowledged=_behind(db, project["id"], row["guideline_version_id"]) if leads else (),
            )
        )  # fmt: skip
    return found


def _behind(db: Reading, project_id: str, version_id: str) -> tuple[str, ...]:
    """The names of those who label and have not acknowledged a version."""
    people: dict[str, str] = {}
    roles: dict[str, set[str]] = defaultdict(set)
    for row in actors.members(db, project_id):
        people[row["id"]] = row["name"]
        roles[row["id"]].add(row["role"])
    read = stored.acknowledgements(db, project_id)
    return tuple(
        name
        for person_id, name in people.items()
        if roles[person_id] & LABELLERS and version_id not in read.get(person_id, ())
    )
