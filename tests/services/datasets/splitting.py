"""A project of labelled traces to be split, and its exports as rows."""

import json
from typing import Any

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.splits import SplitOrder
from cotlab.domain.traces.records import Origin, Problem, Trace
from cotlab.services.datasets.export import prepared
from cotlab.storage import Store
from tests.support import Clock
from tests.world import World, people_and_project, trace, world_kept

ANIMALS = (
    "badger",
    "camel",
    "dolphin",
    "eagle",
    "ferret",
    "gibbon",
    "heron",
    "ibis",
    "jackal",
    "koala",
    "lemur",
    "moose",
)
VERBS = ("counts", "paints", "sells", "hides", "weighs", "sorts", "mends", "throws", "wraps", "finds", "draws", "lifts")


def told(number: int, apples: int = 3) -> str:
    """A problem unlike the others; `apples` alone makes a near duplicate."""
    one, other = ANIMALS[number % 12], ANIMALS[(number * 5 + 1) % 12]
    do, then = VERBS[number % 12], VERBS[(number * 7 + 3) % 12]
    return (
        f"The {one} {do} {apples} {other} boxes, {then} them near {one} hill and {do} again until {other} night falls?"
    )


def traces(count: int = 12) -> list[Trace]:
    """Two traces a problem, the second of the same problem with another number; every third of human origin."""
    return [
        trace(
            f"{number}-{which}", 2, id=f"t{number}-{which}", problem=Problem(
                text=told(number, 3 + which), domain=("law", "mathematics", "physics")[number % 3],
                source=("book", "web")[number % 2], tags=(f"language={('fr', 'en')[number % 2]}",),
            ),
            origin=Origin.HUMAN if number % 3 == 0 else Origin.MODEL, generator=f"model-{number % 4}",
            strategy=("algebra", "cases")[which],
        )
        for number in range(count)
        for which in range(2)
    ]  # fmt: skip


def labelled(world: World, count: int = 12) -> World:
    """One person labels all of them; the first step of every fourth trace is incorrect."""
    world.set_policy(overlap=1)
    world.add_traces(*traces(count))
    ann = world.expert("ann")
    for place in range(2 * count):
        ann.label_all(["incorrect"] if place % 4 == 0 else [])
    return world


def labelled_project(store: Store, clock: Clock) -> World:
    """A project under the shipped guideline with these traces, labelled."""
    return world_kept(store, clock, "labelled to be split", lambda: labelled(people_and_project(store, clock)))


def splits(**fields: Any) -> SplitOrder:
    """0.75 train and 0.25 test, unless said otherwise."""
    fields.setdefault("shares", [{"name": "train", "share": 0.75}, {"name": "test", "share": 0.25}])
    return SplitOrder.model_validate(fields, strict=False)


def export(world: World, **fields: Any) -> tuple[dict[str, list[dict[str, Any]]], Manifest]:
    """The rows of each file by its path, and the manifest."""
    fields = {"format": "native", "labels": LabelChoice.SETTLED} | fields
    made = world.store.read(lambda db: prepared(db, world.project, ExportOrder(**fields)))
    content = {file.path: b"" for file in made.files}
    for file, piece in made.pieces(world.store):
        content[file.path] += piece
    return {path: [json.loads(line) for line in one.splitlines()] for path, one in content.items()}, made.manifest(0)
