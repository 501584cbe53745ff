"""Releases made straight through the services."""

import uuid
from typing import Any

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.releases import ReleaseDiff, RowChange
from cotlab.services.datasets.export import prepared, record
from cotlab.services.datasets.release_diff import diff
from tests.world import World


def ordered(**fields: Any) -> ExportOrder:
    return ExportOrder(**({"format": "native", "labels": LabelChoice.SETTLED} | fields))


def release(world: World, name: str | None = None, **fields: Any) -> Manifest:
    """Read an export to its end and record it, under a name where one is given."""
    order = ordered(release=name, **fields)
    export = world.store.read(lambda db: prepared(db, world.project, order))
    for _ in export.pieces(world.store):
        pass
    manifest = export.manifest(world.clock())
    world.write(lambda db: record(db, world.people["exp"], uuid.uuid4().hex, manifest, order))
    return manifest


def between(world: World, before: str, after: str, most: int = 1_000) -> ReleaseDiff:
    return diff(world.store, world.project, before, after, most)


def counted(found: ReleaseDiff) -> dict[str, dict[str, int]]:
    """What changed: added, dropped, relabelled, changed -> reason -> rows, without what is empty."""
    said = {what: getattr(found, what) for what in RowChange}
    return {what: counts for what, counts in said.items() if counts}
