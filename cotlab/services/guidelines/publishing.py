"""Publishing a guideline version: checked, put in force all at once, and its impact known before."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cotlab.domain.errors import AlreadyExists, BadInput, Refused
from cotlab.domain.guidelines.lint import Finding, findings
from cotlab.domain.guidelines.publishing import Impact, ImpactBody, Published
from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.guidelines.schema import Change, FrontMatter
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.people import LEADS, Person
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.audit import event_data
from cotlab.services.guidelines.staleness import counts, stale_in
from cotlab.services.guidelines.versions import leads_any, parsed
from cotlab.services.projects.projects import led_project, open_project
from cotlab.storage.engine.database import SERVER, Db, Reading
from cotlab.storage.guidelines import guidelines as stored
from cotlab.storage.projects import projects
from cotlab.storage.work import assignments

NEXT = 2**62
"""The sequence of what is not in force yet."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A version that lint found no error in, with what it warned of, and the name of its file."""

    guideline: Guideline
    warnings: tuple[Finding, ...]
    name: str

    def bad(self, place: str, why: str) -> BadInput:
        """The sentence about a field of the front matter, with its line."""
        return BadInput(f"{self.name} line {self.guideline.places.get(place, 1)}: {why}.")


def checked(text: str, name: str) -> Checked:
    """Parse a version and lint it. Raises BadInput with file and line of the first error."""
    guideline = parse_guideline(text.encode(), name)
    found = findings(guideline)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more errors; cotlab guideline lint lists them)" if len(errors) > 1 else ""
        raise BadInput(f"{name} line {errors[0].line}: {errors[0].message}{more}.")
    return Checked(guideline, tuple(finding for finding in found if finding.severity == "warning"), name)


def led_projects(db: Reading, person: Person, names: Collection[str]) -> list[str]:
    """The ids of the projects named, each once. Raises Refused for a project of others, and for who leads none."""
    if not names and not leads_any(person):
        raise Refused("You lead no project.")
    return list(dict.fromkeys(led_project(db, person, name) for name in names))


def publish(db: Db, by: str, version: Checked, project_ids: Sequence[str], domain: str | None = None) -> Published:
    """Store a version and put it in force in the projects named, all in one transaction.

    Where a project has not followed versions in between that make labels stale, these come into force before it.
    Raises AlreadyExists where the version is stored with another text or in force there already, BadInput where it
    goes backwards, or its labels or its kind of change do not fit what it follows.
    """
    guideline, head = version.guideline, version.guideline.head
    version_id = _known(db, version, project_ids, domain or "") or _store(db, by, guideline)
    names, receipt = [], ""
    for project_id in project_ids:
        row = open_project(db, project_id)
        for one in _following(db, version, version_id, project_id, row["name"], domain or ""):
            appended = event_data.tell(db, event_data.IN_FORCE, {
                "project_id": project_id, "actor_id": by, "guideline_version_id": one.version_id, "task": head.task,
                "domain": one.domain,
            })  # fmt: skip
            projects.put_in_force(db, project_id, head.task, one.domain, one.version_id, appended.sequence)
            receipt = appended.hash
        names.append(row["name"])
    return Published(
        guideline_version_id=version_id, guideline=head.guideline, version=head.version,
        projects=tuple(names), receipt=receipt, warnings=version.warnings,
    )  # fmt: skip


def _store(db: Db, by: str, guideline: Guideline) -> str:
    head, sha256 = guideline.head, hashlib.sha256(guideline.text.encode()).hexdigest()
    version_id = sha256[:32]  # the same on every server, so that projects that move find it there
    data = {
        "guideline_version": version_id, "guideline": head.guideline, "version": head.version,
        "change": head.change.value, "sha256": sha256,
    }  # fmt: skip
    appended = db.event(SERVER, "guideline.published", by, data)
    projects.add_guideline_version(db, version_id, head, guideline.quick_reference, guideline.text, appended.sequence)
    return version_id


def _known(db: Reading, version: Checked, project_ids: Sequence[str], domain: str) -> str | None:
    """The id of the version where it is stored with this text; a new one is held against those before it."""
    head = version.guideline.head
    row = projects.guideline_version_named(db, head.guideline, head.version)
    if row is None:
        _check_change(db, version)
        _check_affects(db, version, project_ids, domain)
        return None
    if row["text"] != version.guideline.text:
        raise AlreadyExists(f"{head.title} is published with another text; give it a new version.")
    return str(row["id"])


def _check_change(db: Reading, version: Checked) -> None:
    """Hold what a version says of its change against the version before it, where that is stored."""
    head = version.guideline.head
    earlier = [one for _, one in _versions(db, head.guideline) if one.order < head.order]
    if head.change is Change.INITIAL:
        if earlier:
            raise version.bad("change", f"change: {earlier[-1].title} is published, so that this is no initial version")
    elif earlier and head.change is Change.CLARIFICATION and not head.labels.decides_as(earlier[-1].labels):
        raise version.bad(
            "schema", f"schema: it is another one than that of {earlier[-1].title}, which a clarification cannot change"
        )


def _check_affects(db: Reading, version: Checked, project_ids: Sequence[str], domain: str) -> None:
    """What a version affects is in it or in one before it: the last one stored, or those that the projects follow."""
    head = version.guideline.head
    missing = [
        (field, place, name)
        for field, known in _named(version.guideline).items()
        for place, name in enumerate(getattr(head.affects, field))
        if name not in known
    ]
    if not missing:
        return
    earlier = [(one_id, one) for one_id, one in _versions(db, head.guideline) if one.order < head.order]
    followed = {_current(db, project_id, head.task, domain) for project_id in project_ids}
    before = [parsed(db, row[0]) for row in earlier if row[0] in followed or row == earlier[-1]]
    for field, place, name in missing:
        if not any(name in _named(one)[field] for one in before):
            titles = " or ".join(one.head.title for one in (version.guideline, *before))
            where = f"affects.{field}.{place}"
            raise version.bad(where, f"{where}: {name} is no {field.removesuffix('s')} of {titles}")


def _named(guideline: Guideline) -> dict[str, Collection[str]]:
    """What `affects` can name, by its field: labels (or the choices and criteria of a pair), and rules."""
    schema = guideline.head.labels
    return {
        "labels": schema.values() | {criterion.name for criterion in schema.criteria},
        "rules": {rule.id for rule in guideline.rules},
    }


def _current(db: Reading, project_id: str, task: str, domain: str) -> str | None:
    """The id of the version that one for this domain (empty: for all) would follow."""
    own = stored.in_force_for(db, project_id, task, domain)
    return own or projects.in_force(db, project_id, domain, task)


def _versions(db: Reading, guideline: str) -> list[tuple[str, FrontMatter]]:
    """Id and head of the stored versions of a guideline, the lowest version first."""
    rows = [(row["id"], projects.front_matter(row["head"])) for row in stored.versions_of(db, guideline)]
    return sorted(rows, key=lambda row: row[1].order)


def _following(
    db: Reading, version: Checked, version_id: str, project_id: str, project: str, domain: str
) -> Iterator[InForce]:
    """What comes into force in a project: the version, after those it skipped that make labels stale."""
    head = version.guideline.head
    current_id = _current(db, project_id, head.task, domain)
    path: list[tuple[str, FrontMatter]] = []
    if current_id is not None:
        current = projects.guideline_head(db, current_id)
        if current.guideline == head.guideline:
            _refuse_backwards(db, version, current, project_id, project, domain)
            between = [row for row in _versions(db, head.guideline) if current.order < row[1].order < head.order]
            path = [row for row in between if row[1].acts]
        for one in (*(row[1] for row in path), head):
            _check_map(version, current, one)
            current = one
    for one_id, one in (*path, (version_id, head)):
        yield InForce(NEXT, domain, one_id, one)


def _refuse_backwards(
    db: Reading, version: Checked, current: FrontMatter, project_id: str, project: str, domain: str
) -> None:
    head = version.guideline.head
    if current.order > head.order:
        raise version.bad("version", f"version: {head.version} is older than {current.version}, which is in force")
    own = stored.in_force_for(db, project_id, head.task, domain)
    if own is not None and current.order == head.order:
        raise AlreadyExists(f"{head.title} is in force in {project} already.")


def _check_map(version: Checked, old: FrontMatter, new: FrontMatter) -> None:
    """Every label of the version before is a label still, beside new kinds alone, or the map says what becomes of it.

    Where one guideline takes the place of another, that holds for the labels of the first level alone.
    """
    same = old.guideline == new.guideline
    before = {label.name: label.parent for label in (old.labels.labels if same else old.labels.top)}
    after = {label.name: label.parent for label in (new.labels.labels if same else new.labels.top)}
    unsaid = [name for name in before if name not in new.label_map]
    new_labels = [name for name, parent in after.items() if parent is None and name not in before]
    if unsaid and (new_labels or not before.items() <= after.items()):
        raise version.bad(
            "label_map" if new.label_map else "schema",
            f"label_map: the labels are others than those of {old.title}; say what becomes of {', '.join(unsaid)}",
        )
    unknown = [name for name in new.label_map if old.labels.label(name) is None]
    if unknown:
        raise version.bad("label_map", f"label_map: {unknown[0]} is no label of {old.title}")


def with_stale(db: Reading, published: Published, project_ids: Sequence[str]) -> Published:
    """With the labels counted that are to be given anew, in each project."""
    stale = {
        name: len(stale_in(db, project_id)) for name, project_id in zip(published.projects, project_ids, strict=True)
    }
    return published.model_copy(update={"stale": stale})


def impact(db: Reading, person: Person, version: Checked, body: ImpactBody) -> list[Impact]:
    """What publishing would do in each project; in all that the person leads and that have the guideline, by default.

    Raises what `publish` would raise, and Refused for a project of others.
    """
    ids = led_projects(db, person, body.projects) or _having(db, person, version.guideline.head)
    domain = body.domain or ""
    known = _known(db, version, ids, domain)
    return [_impact(db, version, known or "", project_id, domain) for project_id in ids]


def _having(db: Reading, person: Person, head: FrontMatter) -> list[str]:
    """The projects that a person leads and in which a version of the guideline was put in force."""
    ids = {one_id for one_id, _ in _versions(db, head.guideline)}
    return [
        project["id"]
        for project in projects.projects(db)
        if project["closed_at"] is None and person.roles_in(project["id"]) & LEADS
        and any(row["guideline_version_id"] in ids for row in stored.put_in_force_rows(db, project["id"]))
    ]  # fmt: skip


def _impact(db: Reading, version: Checked, version_id: str, project_id: str, domain: str) -> Impact:
    project, head = open_project(db, project_id), version.guideline.head
    timeline = projects.timeline(db, project_id, task=head.task)
    then: Timeline = timeline
    for row in _following(db, version, version_id, project_id, project["name"], domain):
        then = then.with_next(row)
    now, after = stale_in(db, project_id, timeline), stale_in(db, project_id, then)
    had = {row["id"] for row in now}
    new = [row for row in after if row["id"] not in had]
    seconds = stored.seconds_a_step(db, project_id, projects.policy(db, project_id).step_time_cap_seconds)
    current = timeline.current(domain)
    return Impact(
        project=project["name"], in_force=current.head.title if current else None, now=counts(db, now),
        after=counts(db, after), going_stale=counts(db, new), unfinished=assignments.open_leases(db, project_id),
        seconds_a_step=seconds, hours=None if seconds is None else len(new) * seconds / 3600,
    )  # fmt: skip
