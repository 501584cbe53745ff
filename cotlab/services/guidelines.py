"""Guideline versions: published once, put in force in projects."""

import hashlib

from cotlab.domain.errors import AlreadyExists, BadInput, NoGuideline
from cotlab.domain.guidelines import Guideline
from cotlab.domain.projects import Published
from cotlab.domain.views import GuidelineView
from cotlab.services.projects import known_project, open_project
from cotlab.storage import projects as stored
from cotlab.storage.database import SERVER, Db, Reading, Row


def publish(db: Db, by: str, guideline: Guideline, project_ids: list[str], domain: str | None = None) -> Published:
    """Store a version and put it in force in the projects named, all in one transaction.

    Raises AlreadyExists where the version is stored with another text, BadInput where it goes backwards.
    """
    head = guideline.head
    known = stored.guideline_version_named(db, head.guideline, head.version)
    if known is not None and known["text"] != guideline.text:
        raise AlreadyExists(f"{head.guideline} {head.version} is published with another text; give it a new version.")
    version_id = str(known["id"]) if known is not None else _store(db, by, guideline)
    names, receipt = [], ""
    for project_id in project_ids:
        row = open_project(db, project_id)
        _refuse_backwards(db, project_id, domain, guideline)
        data = {"guideline_version": version_id, "task": head.task, "domain": domain or ""}
        appended = db.event(project_id, "guideline.in_force", by, data)
        stored.put_in_force(db, project_id, head.task, domain or "", version_id, appended.sequence)
        names.append(row["name"])
        receipt = appended.hash
    return Published(
        guideline_version_id=version_id, guideline=head.guideline, version=head.version,
        projects=tuple(names), receipt=receipt,
    )  # fmt: skip


def _store(db: Db, by: str, guideline: Guideline) -> str:
    head, version_id = guideline.head, db.new_id()
    data = {
        "guideline_version": version_id, "guideline": head.guideline, "version": head.version,
        "change": head.change.value, "sha256": hashlib.sha256(guideline.text.encode()).hexdigest(),
    }  # fmt: skip
    appended = db.event(SERVER, "guideline.published", by, data)
    stored.add_guideline_version(db, version_id, head, guideline.quick_reference, guideline.text, appended.sequence)
    return version_id


def _refuse_backwards(db: Reading, project_id: str, domain: str | None, guideline: Guideline) -> None:
    current = stored.in_force(db, project_id, domain or "")
    if current is None:
        return
    head = stored.guideline_head(db, current)
    if head.guideline == guideline.head.guideline and _order(head.version) > _order(guideline.head.version):
        raise BadInput(f"version: {guideline.head.version} is older than {head.version}, which is in force")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def view(db: Reading, version_id: str) -> GuidelineView:
    return _view(stored.guideline_version(db, version_id))


def in_force_view(db: Reading, project_id: str) -> GuidelineView:
    known_project(db, project_id)
    version_id = stored.in_force(db, project_id) or stored.newest_in_force(db, project_id)
    if version_id is None:
        raise NoGuideline()
    return view(db, version_id)


def _view(row: Row) -> GuidelineView:
    head = stored.front_matter(row["head"])
    return GuidelineView(
        guideline=row["guideline"], version=row["version"], schema=head.labels,
        quick_reference=row["quick_reference"], text=row["text"],
    )  # fmt: skip
