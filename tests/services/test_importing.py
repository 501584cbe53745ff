"""Files that come in: what of them is kept, counted and told."""

from typing import Any

from cotlab.domain.traces import Alternative, SourceLabel, Step, Trace
from cotlab.services import auditing
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
    verdicts = world.store.read(lambda db: auditing.verify(db, [SIGNER.public_key], (), ()))
    assert all(one.good for one in verdicts.values())


def test_labels_of_several_rows_of_one_file_are_kept_with_their_trace(world: World) -> None:
    one = trace("x", steps=1)
    done = world.add_traces(*(labelled(one, *said) for said in (("A", "good"), ("B", "bad"), ("B", "bad"))))
    assert (done.traces, done.duplicates, done.labels, done.labels_on_known) == (1, 2, 2, 1)
    assert given(world) == [("A", 1, "good"), ("B", 1, "bad")]


def test_labels_of_alternatives_that_are_there_come_in(world: World) -> None:
    def with_other(source: str) -> Trace:
        step = Step(text="otherwise", labels=(SourceLabel(source=source, value="good"),))
        return trace("x", alternatives=(Alternative(position=2, kind="rewording", steps=(step,)),))

    assert world.add_traces(with_other("A")).labels == 1
    done = world.add_traces(with_other("B"))
    assert (done.traces, done.labels, done.labels_on_known) == (0, 1, 1)
    assert given(world) == [("A", 2, "good"), ("B", 2, "good")]
    assert world.add_traces(with_other("B")).labels == 0
