"""Releases: exports under names, one name a project."""

from cotlab.domain.datasets.exports import ExportOrder, Manifest
from cotlab.domain.datasets.releases import Release, ReleaseFile
from cotlab.domain.errors import AlreadyExists, NotFound
from cotlab.services.audit import event_data
from cotlab.services.projects.projects import known_project
from cotlab.storage.datasets import releases as stored
from cotlab.storage.engine.database import Db, Reading, Row

WHOLE = {"split": None, "outcome": False, "after": None, "skip": 0}
"""What an order says of one download alone."""


def ordered(order: ExportOrder, as_of: int) -> str:
    """An order as it is kept, with the sequence that it read."""
    return order.model_copy(update={**WHOLE, "as_of": as_of}).model_dump_json()


def check_name(db: Reading, project_id: str, order: ExportOrder, as_of: int) -> None:
    """Raises AlreadyExists where the name that an order gives is of another release.

    The same order at the same sequence is the same release: so do the files of one come one after the other.
    """
    if order.release is None:
        return
    there = stored.named(db, project_id, order.release)
    if there is not None and there["ordered"] != ordered(order, as_of):
        found = Manifest.model_validate_json(there["manifest"])
        raise AlreadyExists(f"There is a release {order.release} already, of sequence {found.as_of}; names are kept.")


def name(db: Db, by: str, export_id: str, manifest: Manifest, order: ExportOrder) -> None:
    """Make an export a release where its order says so; what has no row is none. Raises AlreadyExists."""
    if order.release is None or not manifest.rows:
        return
    check_name(db, manifest.project_id, order, manifest.as_of)
    if stored.named(db, manifest.project_id, order.release) is not None:
        return
    columns = {
        "id": db.new_id(), "project_id": manifest.project_id, "actor_id": by, "name": order.release,
        "export_id": export_id, "ordered": ordered(order, manifest.as_of),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.RELEASE, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)


def listed(db: Reading, project_id: str) -> list[Release]:
    """In the order in which they were made. Raises NotFound."""
    known_project(db, project_id)
    return [release_of(row) for row in stored.releases(db, project_id)]


def show(db: Reading, project_id: str, release_id: str) -> ReleaseFile:
    """Raises NotFound."""
    known_project(db, project_id)
    row = stored.release(db, project_id, release_id)
    if row is None:
        raise NotFound("There is no such release.")
    return ReleaseFile(release=release_of(row), manifest=Manifest.model_validate_json(row["manifest"]))


def named(db: Reading, project_id: str, name: str) -> tuple[Release, ExportOrder]:
    """A release with its order. Raises NotFound."""
    known_project(db, project_id)
    row = stored.named(db, project_id, name)
    if row is None:
        raise NotFound(f"There is no release {name}.")
    return release_of(row), ExportOrder.model_validate_json(row["ordered"])


def differ(one: ExportOrder, other: ExportOrder) -> bool:
    """Whether two orders ask for different things, whenever and under whatever name."""
    plain = {**WHOLE, "as_of": None, "release": None}
    return one.model_copy(update=plain) != other.model_copy(update=plain)


def release_of(row: Row) -> Release:
    manifest = Manifest.model_validate_json(row["manifest"])
    return Release(
        id=row["id"], name=row["name"], export_id=row["export_id"], format=manifest.format, labels=manifest.labels,
        mapping=manifest.mapping, rows=manifest.rows, as_of=manifest.as_of, audit_head=manifest.audit_head,
        sha256=manifest.sha256, made_at=row["at"], sequence=row["sequence"], hash=row["hash"],
    )  # fmt: skip
