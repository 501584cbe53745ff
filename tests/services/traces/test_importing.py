"""Files that come in: what of them is kept, counted and told."""

from collections.abc import Iterator
from typing import Any

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.projects.projects import MOST_BROKEN
from cotlab.domain.traces.records import Alternative, SourceLabel, Step, Trace
from cotlab.exchange.readers.jsonl import Broken, read_traces
from cotlab.services.audit import verification
from cotlab.services.traces.trace_import import import_lines
from tests.support import SIGNER
from tests.world import World, trace


def labelled(one: Trace, source: str, *values: str, whole: str | None = None) -> Trace:
    """The trace with a label of a source on each step that has a value, and one on the whole."""
    steps = tuple(
        Step(text=step.text, labels=(SourceLabel(source=source, value=value),) if value else ())
        for step, value in zip(one.steps, values, strict=True)
    )
    labels = (SourceLabel(source=source, value=whole),) if whole else ()
    return one.model_copy(update={"steps": steps, "labels": labels})


def given(world: World) -> list[Any]:
    rows = world.rows(
        """SELECT r.name, n.position, n.value FROM answers n JOIN actors r ON r.id = n.actor_id
           WHERE n.purpose = 'imported' ORDER BY n.item_id, n.position, n.id"""
    )
    return [tuple(row.values()) for row in rows]


def test_labels_of_a_second_source_come_in_for_a_trace_that_is_there(world: World) -> None:
    one = trace("x", steps=2)
    assert world.add_traces(labelled(one, "A", "good", "good")).labels == 2
    more = labelled(one, "B", "bad", "", whole="final_answer_correct: true")
    done = world.add_traces(more)
    assert (done.traces, done.duplicates, done.labels, done.labels_on_known) == (0, 1, 2, 2)
    assert given(world) == [
        ("B", 0, "final_answer_correct: true"), ("A", 1, "good"), ("B", 1, "bad"), ("A", 2, "good"),
    ]  # fmt: skip
    before = world.kinds()
    for again in (more, labelled(one, "A", "good", "good"), one):
        done = world.add_traces(again)
        assert (done.duplicates, done.labels) == (1, 0)
    assert world.kinds() == before, "a second run changes nothing"
    done = world.add_traces(labelled(one, "A", "bad", "good"))
    assert (done.labels, len(given(world))) == (1, 5), "what a source says anew stands beside what it said"
    verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert all(one.good for one in verdicts.values())


def lines(*traces: Trace | str) -> Iterator[bytes]:
    yield from ((one if isinstance(one, str) else one.model_dump_json()).encode() for one in traces)


@pytest.mark.parametrize("stop", [True, False])
def test_a_broken_line_is_the_last_one_or_left_out(world: World, stop: bool) -> None:
    found = read_traces(lines(trace("x"), trace("y"), "broken", trace("z")))
    done = import_lines(world.store, world.host, world.project, found, stop=stop)
    assert (done.lines, done.traces, [one.line for one in done.broken]) == ((3, 2, [3]) if stop else (4, 3, [3]))


def test_the_first_broken_lines_are_named_and_all_are_counted(world: World) -> None:
    rejected = list[Broken]()
    found = read_traces(lines(*["broken"] * (MOST_BROKEN + 5), trace("x")))
    done = import_lines(world.store, world.host, world.project, found, reject=rejected.append)
    report = done.report(11)
    assert (report.lines, report.traces, report.broken_lines) == (MOST_BROKEN + 6, 1, MOST_BROKEN + 5)
    assert [one.line for one in report.broken] == list(range(11, MOST_BROKEN + 11))
    both = report.plus(report)
    assert (len(both.broken), both.broken_lines) == (MOST_BROKEN, 2 * MOST_BROKEN + 10)
    assert len(rejected) == MOST_BROKEN + 5, "all of them can be mended"


def test_what_stands_before_the_place_that_cannot_be_read_is_kept(world: World) -> None:
    def cut() -> Iterator[bytes]:
        yield from lines(trace("x"), trace("y"))
        raise BadInput("The file is broken.")

    with pytest.raises(BadInput, match="The file is broken"):
        import_lines(world.store, world.host, world.project, read_traces(cut()))
    assert world.add_traces(trace("x"), trace("y"), trace("z")).duplicates == 2


def test_labels_of_several_rows_of_one_file_are_kept_with_their_trace(world: World) -> None:
    one = trace("x", steps=1)
    done = world.add_traces(*(labelled(one, *said) for said in (("A", "good"), ("B", "bad"), ("B", "bad"))))
    assert (done.traces, done.duplicates, done.labels, done.labels_on_known) == (1, 2, 2, 1)
    assert given(world) == [("A", 1, "good"), ("B", 1, "bad")]
    more = (("A", "good"), ("C", "good"), ("D", "bad"), ("C", "good"))
    assert world.add_traces(*(labelled(one, *said) for said in more)).labels == 2
    assert given(world) == [("A", 1, "good"), ("B", 1, "bad"), ("C", 1, "good"), ("D", 1, "bad")]


def test_what_a_new_trace_brought_is_not_new_in_the_next_row(world: World) -> None:
    one = labelled(trace("x", steps=1), "A", "good")
    assert world.add_traces(one, one).labels == 1
    assert given(world) == [("A", 1, "good")]


def test_labels_of_alternatives_that_are_there_come_in(world: World) -> None:
    def with_other(source: str) -> Trace:
        step = Step(text="otherwise", labels=(SourceLabel(source=source, value="good"),))
        return trace("x", alternatives=(Alternative(position=2, kind="rewording", steps=(step,)),))

    assert world.add_traces(with_other("A")).labels == 1
    done = world.add_traces(with_other("B"))
    assert (done.traces, done.labels, done.labels_on_known) == (0, 1, 1)
    assert given(world) == [("A", 2, "good"), ("B", 2, "good")]
    assert world.add_traces(with_other("B")).labels == 0
