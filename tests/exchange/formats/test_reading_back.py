"""What a format writes it reads, and writes again to the same bytes; what was lost is what the docs say."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotlab.domain.answers import Purpose
from cotlab.domain.datasets.exports import LabelledPath
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import GivenPreference
from cotlab.domain.traces.records import Problem, Trace
from cotlab.exchange.converting import Conversion, Told, conversion
from cotlab.exchange.formats import PAIR_WRITERS, READERS, WRITERS, pair_writer, reader
from cotlab.exchange.readers.jsonl import Broken, Good, dump_line, read_traces
from tests.exchange.formats.test_writers import EVERY, rows
from tests.exchange.pairs import CHAT, FIRST, PAIRS, PLAIN, pair
from tests.exchange.paths import CORRECTNESS, step

MAPS = {
    "trl-stepwise": "booleans",
    "openrlhf": "signs",
    "math-shepherd": "signs",
    "rlhflow": "signs",
    "processbench": "first-error",
    "bigbench-mistake": "first-error",
    "prmbench": "errors",
    "prm800k": "ratings",
    "outcome-reward": None,
}
"""Format -> the map of its own words."""
by_name = pytest.mark.parametrize("name", MAPS)

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=9)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join).filter(lambda text: "ки" not in text and text.strip())
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
paths = st.builds(
    LabelledPath,
    trace_id=st.just("t-1"),
    external_id=st.none() | st.just("set-7"),
    problem=st.builds(Problem, text=texts, reference_answer=st.just("4")),
    steps=st.lists(
        st.builds(step, texts, st.sampled_from(["correct", "redundant", "incorrect", "incomplete"])),
        min_size=1, max_size=4,
    ).map(tuple),
    rest=st.lists(texts, max_size=2).map(tuple),
    final_answer=st.just("4"),
    origin=st.just("model"),
    answer_right=st.booleans(),
)  # fmt: skip


def refuse(line: Broken) -> None:
    raise AssertionError(line.sentence)


def again(name: str, content: list[bytes]) -> list[bytes]:
    """The lines read as the format that they are of, and written again."""
    wanted: Conversion = conversion(name, MAPS[name])
    return [line for _, line in wanted.rows(read_traces(content, name), Told(), refuse)]


def written(name: str, *some: LabelledPath) -> list[bytes]:
    return [dump_line(row) for row in rows(name, *some)]


def traces(name: str, content: list[bytes]) -> Iterator[Trace]:
    for line in read_traces(content, name):
        assert isinstance(line, Good), line.sentence
        yield from line.traces


@by_name
def test_the_golden_file_is_read_and_written_again_to_the_same_bytes(name: str) -> None:
    content = written(name, *EVERY)
    if name == "prm800k":
        content = [line for line in content if b'"pre_generated_steps"' in line]
        once = again(name, content)
        assert again(name, once) == once, "labeller and time are gone after the first time, the rest stays"
        return
    if name == "outcome-reward":
        content = [line for line in content if b"\\n\\n" not in line.split(b'"completion"')[1]]
    assert again(name, content) == content and len(content) > 1


@pytest.mark.parametrize("name", [name for name in MAPS if name != "prm800k"])
@given(paths)
@settings(max_examples=40)
def test_any_row_is_written_again_to_the_same_bytes(name: str, path: LabelledPath) -> None:
    content = written(name, path)
    if content:
        assert again(name, content) == content


@given(paths)
@settings(max_examples=40)
def test_what_a_format_can_hold_comes_back(path: LabelledPath) -> None:
    for name in MAPS:
        content = written(name, path)
        for trace in traces(name, content) if content else ():
            truths = [CORRECTNESS.value(one.labels[0]) for one in path.steps]
            found = [one.text for one in trace.steps]
            everything = [*(one.text for one in path.steps), *path.rest]
            if name in ("processbench", "bigbench-mistake"):
                assert found == everything and trace.problem.text == path.problem.text
                error = truths.index(False) if False in truths else None
                assert sum(bool(one.labels) for one in trace.steps) == (len(truths) if error is None else error + 1)
                assert [one.labels[0].value == "first error" for one in trace.steps if one.labels].count(True) == (
                    error is not None
                )
            elif name in ("prm800k", "prmbench", "trl-stepwise"):
                kept = [one.text for one in trace.steps if one.labels]
                assert kept == [one.text for one in path.steps]
                assert trace.problem.text == path.problem.text
            elif name != "outcome-reward":
                assert found == [f"Step {place}: {one.text}" for place, one in enumerate(path.steps, 1)]
                assert [one.labels[0].value for one in trace.steps] == ["+" if truth else "-" for truth in truths]
                assert trace.problem.text == path.problem.text.rstrip()


def test_lines_of_an_accepted_solution_are_steps_without_labels() -> None:
    for name in ("sft", "sft-messages", "outcome-reward"):
        (trace, *_) = traces(name, written(name, EVERY[0]))
        assert [one.text for one in trace.steps] == ["2 + 2 = 4."] and trace.problem.text == "What is 2 + 2?"
        assert not any(one.labels for one in trace.steps)


def test_rows_of_outcomes_are_not_guessed() -> None:
    """KTO's rows look the same."""
    (row,) = rows("outcome-reward", EVERY[0])
    assert not any(one.recognises(row) for one in (reader(name) for name in ("sft", "outcome-reward", "trl-stepwise")))
    (trace,) = traces("outcome-reward", [dump_line(row)])
    assert [label.value for label in trace.labels] == ["final_answer_correct: true"]


@pytest.mark.parametrize("name", [*MAPS, "sft", "sft-messages", "native"])
def test_every_format_that_is_written_is_recognised(name: str) -> None:
    if name == "outcome-reward":
        return
    row = rows(name, *EVERY)[0]
    (line,) = read_traces([dump_line(row)])
    assert isinstance(line, Good) and line.format == name


READ_AS = {"native-pairs": "native-pairs", "trl-dpo": "trl-preference", "trl-reward": "trl-preference"}
NOT_READ = {"trl-kto"}
"""A row says nothing of which other one it was compared with."""


def test_every_writer_has_a_reader() -> None:
    assert {one.name for one in WRITERS} <= {one.name for one in READERS}
    assert {one.name for one in PAIR_WRITERS} == READ_AS.keys() | NOT_READ and READ_AS.keys().isdisjoint(NOT_READ)


@pytest.mark.parametrize("shape", [PLAIN, CHAT])
@pytest.mark.parametrize("name", [one.name for one in PAIR_WRITERS])
def test_every_format_of_pairs_is_recognised_or_refused_by_name(name: str, shape: PairShape) -> None:
    line = dump_line(next(iter(pair_writer(name).rows(FIRST, shape))))
    if name in NOT_READ:
        with pytest.raises(BadInput, match=r"line 1: this is a row of trl-kto, which is not read: .* outcome-reward"):
            list(read_traces([line]))
    else:
        (found,) = read_traces([line])
        assert isinstance(found, Good) and found.format == READ_AS[name]


@pytest.mark.parametrize("name", ["trl-dpo", "trl-reward"])
@pytest.mark.parametrize("shape", [PLAIN, CHAT])
def test_pairs_of_trainers_are_written_again_to_the_same_bytes(name: str, shape: PairShape) -> None:
    content = [dump_line(row) for one in PAIRS for row in pair_writer(name).rows(one, shape)]
    wanted = conversion(name, shape=shape)
    assert [line for _, line in wanted.rows(read_traces(content), Told(), refuse)] == content and len(content) > 3


def test_native_pairs_come_back_with_what_each_said() -> None:
    """What a pair is settled on is not read: it follows from what was said."""
    given = GivenPreference(id="x", by="ann", overall="better", rationale="so", criteria={"clarity": "tie"})
    again = GivenPreference(id="y", by="ann", overall="worse", purpose=Purpose.REPEAT)
    asked = pair("p", "first", preferences=(given, again))
    content = [dump_line(row) for row in pair_writer("native-pairs").rows(asked, PLAIN)]
    once = [line for _, line in conversion("native-pairs").rows(read_traces(content), Told(), refuse)]
    (found,) = read_traces(once)
    assert isinstance(found, Good)
    (back,) = found.pairs
    assert [one.text for one in back.responses] == ["p first", "p second"] and back.id == "p"
    assert [(one.source, one.overall, one.rationale, one.criteria) for one in back.labels] == [
        ("ann", "better", "so", {"clarity": "tie"})
    ]
    assert [line for _, line in conversion("native-pairs").rows(read_traces(once), Told(), refuse)] == once


def test_a_path_that_a_format_leaves_out_is_left_out_of_a_conversion_too() -> None:
    told = Told()
    lines_ = [dump_line({"problem": {"text": "Чьи руки?"}, "steps": [
        {"text": "a", "labels": [{"source": "us", "value": "correct"}]}]})]  # fmt: skip
    found = list(conversion("openrlhf", "correctness").rows(read_traces(lines_), told, refuse))
    assert found == [] and told.left_out == {"the_marker_stands_in_the_text": 1} and told.traces == 1
