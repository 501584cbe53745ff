"""What holds for all shipped example data."""

import json
from collections import Counter, defaultdict

import pytest

from cotlab.domain.traces.records import Problem, Trace
from tests.datasets.shipped import FOLDER, LABELS, WRONG, answer_is_right, everything, labels, named, read

SMALLEST = {"mathematics": (22, 38), "physics": (10, 16)}


def by_problem() -> dict[str, list[Trace]]:
    groups: dict[str, list[Trace]] = defaultdict(list)
    for trace in everything():
        groups[trace.problem.digest()].append(trace)
    return groups


def test_there_is_enough() -> None:
    assert len(by_problem()) >= 60
    assert len(everything()) >= 100
    assert sum(len(traces) > 1 for traces in by_problem().values()) >= 10


@pytest.mark.parametrize("stem", SMALLEST)
def test_a_domain_has_enough(stem: str) -> None:
    traces = read(stem)
    assert (len({trace.problem.digest() for trace in traces}), len(traces)) >= SMALLEST[stem]
    assert {trace.problem.domain for trace in traces} == {stem}


def test_lines_of_a_file_have_the_same_keys() -> None:
    for path in FOLDER.glob("*.jsonl"):
        assert len({tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()}) == 1, path.name


def test_every_step_has_one_label_with_a_reason() -> None:
    for trace in everything():
        for position, step in enumerate(trace.steps, 1):
            (only,) = step.labels
            assert only.source == "cotlab authors", (trace.id, position)
            assert only.value in LABELS, (trace.id, position)
            assert (only.rationale or "").strip(), (trace.id, position)


def test_no_trace_comes_twice() -> None:
    traces = everything()
    assert [digest for digest, times in Counter(trace.digest() for trace in traces).items() if times > 1] == []
    assert [name for name, times in Counter(named(trace) for trace in traces).items() if times > 1] == []


def test_paths_of_one_problem_repeat_it_exactly() -> None:
    problems: dict[str, set[Problem]] = defaultdict(set)
    for trace in everything():
        problems[trace.problem.text].add(trace.problem)
    assert [text for text, versions in problems.items() if len(versions) > 1] == []


def test_each_problem_says_where_it_comes_from() -> None:
    for trace in everything():
        problem = trace.problem
        assert problem.source and problem.collected_at and problem.tags and problem.difficulty, trace.id
        assert trace.strategy, trace.id


def test_a_canonical_path_is_the_only_one_and_faultless() -> None:
    for traces in by_problem().values():
        canonical = [trace for trace in traces if trace.canonical]
        assert len(canonical) == 1 or (not canonical and len(traces) == 1), named(traces[0])
        for trace in canonical:
            assert answer_is_right(trace), trace.id
            assert not WRONG & set(labels(trace)), trace.id


def test_planted_errors_are_not_called_human() -> None:
    for trace in everything():
        assert (trace.origin == "semi-synthetic") == bool(WRONG & set(labels(trace))), trace.id


def test_each_label_is_there() -> None:
    counts = Counter(value for trace in everything() for value in labels(trace))
    assert counts.keys() == LABELS
    assert min(counts.values()) >= 12


def test_right_answers_with_a_wrong_step() -> None:
    found = [trace for trace in everything() if answer_is_right(trace) and "incorrect" in labels(trace)]
    assert len(found) >= 6


def test_wrong_answers_with_one_wrong_step() -> None:
    found = [trace for trace in everything() if not answer_is_right(trace) and labels(trace).count("incorrect") == 1]
    assert len(found) >= 6


def test_wrong_answers_have_a_step_to_blame() -> None:
    for trace in everything():
        assert answer_is_right(trace) or WRONG & set(labels(trace)), trace.id
