"""An export of a project that comes into it again: it brings nothing."""

import json
from typing import Any

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import SourceChoice
from cotlab.domain.traces.records import SourceLabel, Step, Trace
from cotlab.exchange.formats.pairs.native_pairs import NativePairWriter
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.traces.trace_import import Progress, import_lines
from tests.services.gold.comparing_gold import judge
from tests.services.work.comparing import add, labelled, pair, prepare
from tests.world import World, trace

STOOD = "SELECT a.name, n.purpose, n.value FROM answers n JOIN actors a ON a.id = n.actor_id ORDER BY n.id"


def bring(world: World, content: bytes) -> Progress:
    return import_lines(world.store, world.host, world.project, read_traces(content.splitlines(keepends=True)))


def labelled_by(*sources: str) -> Trace:
    one = trace("x", steps=1)
    step = Step(text=one.steps[0].text, labels=tuple(SourceLabel(source=source, value="good") for source in sources))
    return one.model_copy(update={"steps": (step,)})


def label(world: World, *sources: str) -> None:
    """One trace, as these sources and ann labelled it."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.set_policy(overlap=1)
    world.add_traces(labelled_by(*sources))
    world.expert("ann").label_all(("correct",), rationale="so")


def events(world: World) -> Any:
    return world.value("SELECT count(*) FROM events WHERE chain = :project", project=world.project)


def test_traces_bring_no_labels_of_the_projects_own(world: World) -> None:
    label(world, "file", "settled", "annotator-of another project")
    stood, told = world.rows(STOOD), events(world)
    assert {row["name"] for row in stood} == {"file", "settled", "annotator-of another project", "ann"}
    for labels in ("each", "each", "settled", "each"):
        content, _ = world.export("native", labels)
        done = bring(world, content)
        assert done.duplicates == done.lines > 0 == done.labels and done.broken == []
    assert (world.rows(STOOD), events(world)) == (stood, told)


def test_labels_of_others_come_in_beside_them(world: World) -> None:
    label(world, "file")
    content, _ = world.export("native", "each")
    row = json.loads(content)
    row["steps"][0]["labels"].append({"source": "annotator-elsewhere", "value": "bad"})
    assert bring(world, json.dumps(row).encode()).labels == 1
    assert {one["name"] for one in world.rows(STOOD)} >= {"file", "ann", "annotator-elsewhere"}


def test_pairs_bring_no_choices_of_the_projects_own(world: World) -> None:
    prepare(world)
    for source in ("file", "annotator-of another project"):
        add(world, pair("a", labels=(SourceChoice(source=source, overall="tie"),)))
    judge(world, "ann", "better")
    stood, told = world.rows(STOOD), events(world)
    for _ in range(2):
        rows = [row for one in labelled(world) for row in NativePairWriter().rows(one, PairShape())]
        done = bring(world, b"\n".join(json.dumps(row).encode() for row in rows))
        assert (done.duplicates, done.labels, done.broken) == (1, 0, [])
    assert (world.rows(STOOD), events(world)) == (stood, told)
