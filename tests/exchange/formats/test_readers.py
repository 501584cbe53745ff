"""Each reader: what a good record becomes, and the one sentence that each broken one gets."""

import json
from typing import Any

import pytest

from cotlab.domain.traces.records import Origin, SourceLabel, Trace
from cotlab.exchange.readers.jsonl import Broken, Good, dump_line, read_traces

NATIVE: dict[str, Any] = {
    "id": "t1",
    "problem": {"text": "What is 2 + 2?", "domain": "mathematics"},
    "steps": [{"text": "2 + 2 = 4.", "labels": [{"source": "us", "value": "correct"}]}, {"text": "So 4."}],
}
PROCESSBENCH: dict[str, Any] = {
    "id": "gsm8k-0",
    "generator": "Some-Model-7B",
    "problem": "What is 2 + 3?",
    "steps": ["First\nlook.", "2 + 3 = 6.", "So 6."],
    "final_answer_correct": False,
    "label": 1,
}
PRM800K: dict[str, Any] = {
    "labeler": "340d89bc-f5b7-45e9-b272-909ba68ee363",
    "timestamp": "2023-01-22T04:34:27.052924",
    "generation": 9,
    "is_quality_control_question": False,
    "is_initial_screening_question": False,
    "question": {
        "problem": "What is 2 + 3?",
        "ground_truth_answer": "5",
        "pre_generated_steps": ["Add.", "2 + 3 = 6.", "# Answer\n\n6"],
        "pre_generated_answer": "6",
        "pre_generated_verifier_score": 0.01,
    },
    "label": {
        "steps": [
            {
                "completions": [{"text": "Add.", "rating": 0, "flagged": None}],
                "human_completion": None,
                "chosen_completion": 0,
            },
            {
                "completions": [
                    {"text": "2 + 3 = 5.", "rating": 1, "flagged": False},
                    {"text": "2 + 3 = 6.", "rating": -1, "flagged": True},
                ],
                "human_completion": None,
                "chosen_completion": None,
            },
        ],
        "total_time": 278270,
        "finish_reason": "found_error",
    },
}
MATH_SHEPHERD: dict[str, Any] = {
    "input": "What is 2 + 3? Step 1: Look\nat it. ки\nStep 2: 2 + 3 = 6. The answer is: 6 ки",
    "label": "What is 2 + 3? Step 1: Look\nat it. +\nStep 2: 2 + 3 = 6. The answer is: 6 -",
    "task": "GSM8K",
}
PUBLIC: dict[str, Any] = {
    "id": "p-1",
    "source": "some_set",
    "problem": "Which one?",
    "options": "A: this \nB: that ",
    "steps": ["Not A.", "So C.", "Done."],
    "gold_labels": ["correct", "incorrect", None],
    "first_error": 1,
    "final_answer": "C",
    "gold_answer": "B",
    "final_correct": False,
    "subject": "biology",
    "model": "Some-Model",
    "reasons": ["C is no option.", "There is no C."],
    "label_origin": "human",
}


def read(record: dict[str, Any]) -> Trace:
    (line,) = read_traces([dump_line(record)])
    assert isinstance(line, Good), line.sentence
    (trace,) = line.traces
    return trace


def changed(record: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy with the value at the dotted path replaced, or removed where the value is `...`."""
    copy: dict[str, Any] = json.loads(json.dumps(record))
    place: Any = copy
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copy


def values(trace: Trace) -> list[list[str]]:
    return [[label.value for label in step.labels] for step in trace.steps]


def texts(trace: Trace) -> list[str]:
    return [step.text for step in trace.steps]


def test_native_is_the_domain_model() -> None:
    trace = read(NATIVE)
    assert trace == Trace.model_validate(NATIVE)
    assert trace.steps[0].labels == (SourceLabel(source="us", value="correct"),)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (-1, [["no error"], ["no error"], ["no error"]]),
        (0, [["first error"], [], []]),
        (1, [["before first error"], ["first error"], []]),
        (2, [["before first error"], ["before first error"], ["first error"]]),
    ],
)
def test_processbench_counts_from_0(label: int, expected: list[list[str]]) -> None:
    assert values(read(changed(PROCESSBENCH, "label", label))) == expected


def test_processbench_keeps_the_rest() -> None:
    trace = read(PROCESSBENCH)
    assert texts(trace) == PROCESSBENCH["steps"]
    assert (trace.id, trace.generator, trace.origin) == ("gsm8k-0", "Some-Model-7B", Origin.MODEL)
    assert (trace.problem.source, trace.problem.tags) == ("ProcessBench", ("gsm8k",))
    assert [label.value for label in trace.labels] == ["final_answer_correct: false"]


def test_prm800k_found_error_ends_with_the_prepared_step_and_goes_on_without_labels() -> None:
    trace = read(PRM800K)
    assert texts(trace) == ["Add.", "2 + 3 = 6.", "# Answer\n\n6"]
    assert values(trace) == [["0"], ["-1"], []]
    assert trace.steps[1].labels[0].unsure and not trace.steps[0].labels[0].unsure
    assert [(other.position, other.steps[0].text) for other in trace.alternatives] == [(2, "2 + 3 = 5.")]
    assert [(label.value, label.elapsed_ms) for label in trace.labels] == [("found_error", 278270)]
    assert trace.labels[0].given_at == 1_674_362_067_052_924
    assert (trace.problem.reference_answer, trace.final_answer) == ("5", "6")


@pytest.mark.parametrize(
    ("step", "expected", "labels", "others"),
    [
        ({"chosen_completion": 0}, "2 + 3 = 5.", ["1"], [("2 + 3 = 6.", Origin.MODEL)]),
        (
            {"human_completion": {"text": "It is 5.", "rating": None, "source": "human"}},
            "It is 5.",
            ["human"],
            [("2 + 3 = 5.", Origin.MODEL), ("2 + 3 = 6.", Origin.MODEL)],
        ),
        (
            {"human_completion": "It is 5.", "chosen_completion": 1},
            "2 + 3 = 6.",
            ["-1"],
            [("2 + 3 = 5.", Origin.MODEL), ("It is 5.", Origin.HUMAN)],
        ),
    ],
)
def test_prm800k_chosen_and_human_completions(
    step: dict[str, Any], expected: str, labels: list[str], others: list[tuple[str, Origin]]
) -> None:
    record = changed(PRM800K, "label.steps.1", PRM800K["label"]["steps"][1] | step)
    trace = read(record)
    assert (trace.steps[1].text, values(trace)[1]) == (expected, labels)
    assert len(trace.steps) == (3 if expected == "2 + 3 = 6." else 2), "prepared steps go on only from their own path"
    assert [(other.steps[0].text, other.origin) for other in trace.alternatives] == others


def test_prm800k_rating_of_a_human_completion_is_kept() -> None:
    rated = {"human_completion": {"text": "It is 5.", "rating": 0}}
    trace = read(changed(PRM800K, "label.steps.1", PRM800K["label"]["steps"][1] | rated))
    assert values(trace)[1] == ["0"]


def test_prm800k_without_any_completion_stops_there() -> None:
    nothing = {"completions": None, "human_completion": None, "chosen_completion": None}
    record = changed(changed(PRM800K, "label.steps.1", nothing), "question.pre_generated_steps", ...)
    assert texts(read(record)) == ["Add."]


def test_math_shepherd_keeps_texts_exact() -> None:
    trace = read(MATH_SHEPHERD)
    assert trace.problem.text == "What is 2 + 3?"
    assert texts(trace) == ["Step 1: Look\nat it.", "Step 2: 2 + 3 = 6. The answer is: 6"]
    assert values(trace) == [["+"], ["-"]]
    assert trace.problem.tags == ("GSM8K",)


def test_math_shepherd_text_after_the_last_marker_has_no_label() -> None:
    tail = {name: text + "\nStep 3: on" for name, text in MATH_SHEPHERD.items() if name != "task"}
    assert values(read(tail)) == [["+"], ["-"], []]


def test_public_traces() -> None:
    trace = read(PUBLIC)
    assert trace.problem.text == "Which one?\n\nA: this \nB: that "
    assert (trace.problem.domain, trace.problem.tags, trace.origin) == ("biology", ("biology",), Origin.MODEL)
    assert (texts(trace), values(trace)) == (PUBLIC["steps"], [["correct"], ["incorrect"], []])
    assert trace.steps[1].labels[0].source == "some_set gold"
    assert trace.steps[1].labels[0].rationale == "C is no option.\n\nThere is no C."
    assert [label.value for label in trace.labels] == ["final_correct: false"]


@pytest.mark.parametrize(
    ("path", "value", "domain", "origin"),
    [
        ("subject", "math", "mathematics", Origin.MODEL),
        ("source", "gsm8k", "mathematics", Origin.MODEL),
        ("subject", ..., "general", Origin.MODEL),
        ("model", ..., "biology", Origin.UNKNOWN),
        ("label_origin", "planted (semi-synthetic)", "biology", Origin.SEMI_SYNTHETIC),
    ],
)
def test_public_traces_domain_and_origin(path: str, value: object, domain: str, origin: Origin) -> None:
    trace = read(changed(PUBLIC, path, value))
    assert (trace.problem.domain, trace.origin) == (domain, origin)


def test_public_traces_what_tells_of_the_error_is_no_tag() -> None:
    trace = read(PUBLIC | {"error_class": "redundency", "category": "Unit conversion"})
    assert trace.problem.tags == ("biology",)
    assert {"error_class: redundency", "category: Unit conversion"} <= {label.value for label in trace.labels}


def test_public_traces_reason_without_a_first_error_stands_at_the_named_step() -> None:
    record = PUBLIC | {"first_error": -1, "error_steps_1based": [9, 2], "gold_labels": ["correct", "redundant", None]}
    assert [bool(label.rationale) for step in read(record).steps for label in step.labels] == [False, True]


def test_public_traces_a_blank_step_without_label_is_left_out() -> None:
    assert texts(read(changed(PUBLIC, "steps.2", " "))) == ["Not A.", "So C."]


BROKEN = [
    (NATIVE, "steps.1.text", " \n", "steps.1.text: the text is empty"),
    (NATIVE, "steps.0.labels.0.value", ..., "steps.0.labels.0.value: the field is missing"),
    (NATIVE, "problem.difficulty", "3", "problem.difficulty: the value should be a valid integer"),
    (NATIVE, "problem.difficulty", 6, "problem.difficulty: the value should be less than or equal to 5"),
    (NATIVE, "canonical", 1, "canonical: the value should be a valid boolean"),
    (NATIVE, "note", "x", "note: there is no field of this name"),
    (NATIVE, "origin", "alien", "origin: the value should be 'human', 'model', 'semi-synthetic' or 'unknown'"),
    (NATIVE, "steps", [], "steps: it is empty"),
    (NATIVE, "problem.text", "a\0", "problem.text: the text holds a NUL character, which no database keeps"),
    (NATIVE, "id", "a\ud83d", "id: the text holds half of a surrogate pair, which is no character"),
    (NATIVE, "alternatives", [{"position": 3, "steps": [{"text": "x"}]}], "an alternative branches at step 3 of 2"),
    (PROCESSBENCH, "label", 3, "label: 3 is no step; the 3 steps count from 0, none is -1"),
    (PROCESSBENCH, "label", -2, "label: -2 is no step; the 3 steps count from 0, none is -1"),
    (PROCESSBENCH, "label", True, "label: the value should be a valid integer"),
    (PROCESSBENCH, "label", 1.0, "label: the value should be a valid integer"),
    (PROCESSBENCH, "steps.2", "", "steps.2: the text is empty"),
    (PROCESSBENCH, "steps", [], "label: 1 is no step; the 0 steps count from 0, none is -1"),
    (PRM800K, "question.problem", ..., "question.problem: the field is missing"),
    (PRM800K, "label.steps.0.completions.0.rating", 2, "the value should be -1, 0 or 1"),
    (PRM800K, "label.steps.0.chosen_completion", 1, "label.steps.0.chosen_completion: 1 is none of the 1 completions"),
    (PRM800K, "label.steps.0.chosen_completion", -1, "label.steps.0.chosen_completion: the value should be greater"),
    (PRM800K, "label.steps.1.completions.1.text", "", "label.steps.1.completions.1.text: the text is empty"),
    (PRM800K, "label.finish_reason", "bored", "label.finish_reason: the value should be 'found_error'"),
    (PRM800K, "timestamp", "1066-10-14T09:00:00", "timestamp: it is before 1970"),
    (PRM800K, "timestamp", "soon", "timestamp: the value should be a valid datetime"),
    (MATH_SHEPHERD, "input", "no steps", 'input: "Step 1:" stands in it 0 times, not once'),
    (MATH_SHEPHERD, "input", "p Step 1: a ки\nStep 1: b ки", 'input: "Step 1:" stands in it 2 times, not once'),
    (MATH_SHEPHERD, "input", " Step 1: a ки", 'input: there is no problem before "Step 1:"'),
    (MATH_SHEPHERD, "label", "What is it? Step 1:", 'label: it differs from input before "Step 1:"'),
    (MATH_SHEPHERD, "label", "What is 2 + 3? Step 1: Look\nat it. ?", "label: step 1 is not the one of input"),
    (MATH_SHEPHERD, "label", MATH_SHEPHERD["label"].replace("Look", "Lock"), "label: step 1 is not the one of input"),
    (PUBLIC, "gold_labels", ["correct"], "gold_labels: there are 1 labels for 3 steps"),
    (PUBLIC, "steps.0", "", "steps.0: the text is empty"),
    (PUBLIC, "first_error", "1", "first_error: the value should be a valid integer"),
    (PUBLIC, "id", ..., "id: the field is missing"),
]


@pytest.mark.parametrize(("record", "path", "value", "sentence"), BROKEN)
def test_a_broken_record_names_its_field(record: dict[str, Any], path: str, value: object, sentence: str) -> None:
    lines = [dump_line(record), json.dumps(changed(record, path, value)).encode(), dump_line(record)]
    first, broken, last = read_traces(lines)
    assert isinstance(first, Good) and isinstance(last, Good), "the lines around it are read"
    assert isinstance(broken, Broken) and broken.raw == lines[1]
    assert broken.sentence.startswith("line 2: ") and sentence in broken.sentence
