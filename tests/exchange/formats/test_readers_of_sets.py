"""Public sets in their own shapes, and rows of trainers: labels stay in the file's words, index bases are right."""

import json
from typing import Any

import pytest

from cotlab.domain.traces.records import Origin
from cotlab.exchange.readers.jsonl import Broken, Good, dump_line, read_traces
from tests.exchange.formats.test_readers import changed, read, texts, values

GSM8K: dict[str, Any] = {"question": "2 apples and 3?", "answer": "It is 2+3=<<2+3=5>>5.\n\nSo 5.\n#### 5"}
MR_GSM8K: dict[str, Any] = {
    "uuid": "u-1",
    "question": "What is 2 + 3?",
    "ground_truth_solution": "2 + 3 = 5\n#### 5",
    "ground_truth_answer": 5,
    "model_output_steps": ["Step 1: Add.", "Step 2: 2 + 3 = 6.", "Step 3: #### 6"],
    "model_output_answer_correctness": "wrong",
    "model_output_solution_correctness": "wrong",
    "model_output_solution_first_error_step": 2,
    "model_output_solution_first_error_reason": "The sum is 5.",
    "question_type": "original",
}
MR_BEN: dict[str, Any] = {
    "Question_UUID": "q-1",
    "Subject": "college_biology",
    "Question": "Which one?",
    "Options": "A: this \nB: that ",
    "Ground_Truth_Answer": "A",
    "Ground_Truth_Answer_Modified": "B",
    "Sampled_Model": "Some-Model",
    "Model_Solution_Steps": ["Step 1: Not A.", "Step 2: So C.", "Solution: C"],
    "Model_Solution_Correctness": "incorrect",
    "Model_Solution_First_Error_Step": "2",
    "Model_Solution_Error_Reason": ["There is no C.\n", "C is no option."],
}
STEPVERIFY: dict[str, Any] = {
    "problem": "How many?",
    "topic": "Math Word Problem",
    "reference_solution": "First 4.\nThen 10.\n 10",
    "student_incorrect_solution": ["First 3.", "Then 9.", " 9"],
    "incorrect_index": 0,
    "error_category": "Calculation error",
    "error_description": "It is 4.",
}
BIGBENCH: dict[str, Any] = {
    "input": "2 + 3 =", "steps": ["Add.", "It is 6.", "So 6."], "answer": "6", "target": "5", "mistake_index": 1,
}  # fmt: skip
PRMBENCH: dict[str, Any] = {
    "idx": "circular_7",
    "question": "Q?",
    "original_question": "Q?",
    "modified_question": "Q altered?",
    "original_process": ["1. a"],
    "modified_process": ["1. a", "2. b", "3. c"],
    "modified_steps": [2, 3],
    "error_steps": [2],
    "reason": "b assumes c.",
    "classification": "circular",
}
STEPWISE: dict[str, Any] = {"prompt": "P?\n", "completions": ["a", "b"], "labels": [True, False]}
OPENRLHF: dict[str, Any] = {"input": "P? Step 1: a ки\nStep 2: b ки", "label": ["+", "-"]}
RLHFLOW: dict[str, Any] = {
    "conversations": [
        {"role": "user", "content": "P? Step 1: a"},
        {"role": "assistant", "content": "+"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "-"},
    ]
}
SETS = {
    "gsm8k": GSM8K, "mr-gsm8k": MR_GSM8K, "mr-ben": MR_BEN, "stepverify": STEPVERIFY, "bigbench-mistake": BIGBENCH,
    "prmbench": PRMBENCH, "trl-stepwise": STEPWISE, "openrlhf": OPENRLHF, "rlhflow": RLHFLOW,
}  # fmt: skip
UP_TO_THE_SECOND = [["before first error"], ["first error"], []]


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_recognised_by_its_content(name: str) -> None:
    (line,) = read_traces([dump_line(SETS[name])])
    assert isinstance(line, Good) and line.format == name


def test_gsm8k_lines_are_steps_of_a_reference_solution() -> None:
    trace = read(GSM8K)
    assert texts(trace) == ["It is 2+3=<<2+3=5>>5.", "So 5."] and values(trace) == [[], []]
    assert (trace.final_answer, trace.problem.reference_answer, trace.origin) == ("5", "5", Origin.HUMAN)


@pytest.mark.parametrize("first", [2, "2", " 2 "])
def test_mr_gsm8k_counts_from_1(first: object) -> None:
    trace = read(changed(MR_GSM8K, "model_output_solution_first_error_step", first))
    assert values(trace) == UP_TO_THE_SECOND and trace.steps[1].labels[0].rationale == "The sum is 5."
    assert trace.steps[1].labels[0].source == "MR-GSM8K" and trace.problem.reference_answer == "5"
    assert [label.value for label in trace.labels] == ["final_answer_correct: false"]
    assert trace.problem.tags == ("original",)


def test_mr_gsm8k_a_right_solution_has_no_error() -> None:
    right = MR_GSM8K | {
        "model_output_solution_correctness": "correct", "model_output_solution_first_error_step": "N/A",
        "model_output_solution_first_error_reason": "N/A", "model_output_answer_correctness": "correct",
    }  # fmt: skip
    trace = read(right)
    assert values(trace) == [["no error"]] * 3
    assert not any(label.rationale for step in trace.steps for label in step.labels)
    assert [label.value for label in trace.labels] == ["final_answer_correct: true"]


def test_mr_ben_counts_from_1_and_keeps_the_modified_answer() -> None:
    trace = read(MR_BEN)
    assert values(trace) == UP_TO_THE_SECOND
    assert trace.steps[1].labels[0].rationale == "There is no C.\n\nC is no option."
    assert trace.problem.text == "Which one?\n\nA: this \nB: that " and trace.problem.reference_answer == "B"
    assert (trace.generator, trace.id, trace.problem.domain) == ("Some-Model", "q-1-Some-Model", "college_biology")
    right = MR_BEN | dict.fromkeys(("Model_Solution_First_Error_Step", "Model_Solution_Error_Reason"), "N/A")
    assert values(read(right | {"Model_Solution_Correctness": "correct"})) == [["no error"]] * 3


def test_stepverify_counts_from_0_and_parts_the_answer() -> None:
    trace = read(STEPVERIFY)
    assert (texts(trace), values(trace)) == (["First 3.", "Then 9."], [["first error"], []])
    assert (trace.final_answer, trace.problem.reference_answer) == ("9", "10")
    assert trace.steps[0].labels[0].rationale == "It is 4."
    assert [label.value for label in trace.labels] == ["category: Calculation error"]
    last = read(changed(STEPVERIFY, "incorrect_index", 2))
    assert (texts(last)[-1], values(last)[-1], last.final_answer) == (" 9", ["first error"], None)


@pytest.mark.parametrize(
    ("index", "expected"),
    [(None, [["no error"]] * 3), (0, [["first error"], [], []]), (1, UP_TO_THE_SECOND)],
)
def test_bigbench_mistake_counts_from_0(index: int | None, expected: list[list[str]]) -> None:
    trace = read(BIGBENCH | {"mistake_index": index})
    assert values(trace) == expected
    assert (trace.final_answer, trace.problem.reference_answer) == ("6", "5")


def test_prmbench_counts_from_1_and_reads_the_modified_process() -> None:
    trace = read(PRMBENCH)
    assert (texts(trace), values(trace)) == (["a", "b", "c"], [["no error"], ["error"], ["no error"]])
    assert trace.problem.text == "Q altered?" and trace.steps[1].labels[0].rationale == "b assumes c."
    assert [label.value for label in trace.labels] == ["classification: circular"]
    unnumbered = read(PRMBENCH | {"modified_process": ["1. a", "b", "3. c"]})
    assert texts(unnumbered) == ["1. a", "b", "3. c"], "numbers are cut where all have theirs"


def test_rows_of_trainers() -> None:
    trace = read(STEPWISE)
    assert (trace.problem.text, texts(trace), values(trace)) == ("P?", ["a", "b"], [["true"], ["false"]])
    trace = read(OPENRLHF)
    assert (trace.problem.text, texts(trace)) == ("P?", ["Step 1: a", "Step 2: b"])
    assert values(trace) == [["+"], ["-"]]
    trace = read(RLHFLOW)
    assert (trace.problem.text, texts(trace), values(trace)) == ("P?", ["Step 1: a", "b"], [["+"], ["-"]])


BROKEN = [
    (GSM8K, "answer", "#### 5", "answer: there should be steps, a line each"),
    (MR_GSM8K, "model_output_solution_first_error_step", 0, "it is none of the 3 steps, which count from 1"),
    (MR_GSM8K, "model_output_solution_first_error_step", 4, "it is none of the 3 steps, which count from 1"),
    (MR_GSM8K, "model_output_solution_first_error_step", "1" * 5_000, "it is none of the 3 steps"),
    (MR_BEN, "Model_Solution_First_Error_Step", "1" * 5_000, "it is none of the 3 steps"),
    (MR_GSM8K, "model_output_solution_first_error_step", "N/A", "it is none of the 3 steps"),
    (MR_GSM8K, "model_output_solution_correctness", "correct", "said to be right, and a first error is named"),
    (MR_GSM8K, "model_output_solution_correctness", "maybe", "the value should be one of correct, wrong, incorrect"),
    (MR_BEN, "Model_Solution_First_Error_Step", "two", "it is none of the 3 steps"),
    (MR_BEN, "Model_Solution_Steps.1", "", "Model_Solution_Steps.1: the text is empty"),
    (STEPVERIFY, "incorrect_index", 3, "incorrect_index: 3 is none of the steps, which count from 0"),
    (STEPVERIFY, "incorrect_index", -1, "incorrect_index: -1 is none of the steps"),
    (STEPVERIFY, "student_incorrect_solution.1", "", "student_incorrect_solution.1: the text is empty"),
    (BIGBENCH, "mistake_index", 3, "mistake_index: 3 is none of the 3 steps, which count from 0"),
    (BIGBENCH, "mistake_index", -1, "mistake_index: -1 is none of the 3 steps"),
    (BIGBENCH, "mistake_index", "1", "mistake_index: the value should be a valid integer"),
    (PRMBENCH, "error_steps", [0], "error_steps: 0 is none of the 3 steps from 1"),
    (PRMBENCH, "error_steps", [4], "error_steps: 4 is none of the 3 steps from 1"),
    (STEPWISE, "labels", [True], "labels: there are 1 labels for 2 completions"),
    (STEPWISE, "labels", [1, 0], "labels.0: the value should be a valid boolean"),
    (STEPWISE, "labels", [0.9, 0.1], "labels.0: the value should be a valid boolean"),
    (STEPWISE, "labels", [True, None], "labels.1: the value should be a valid boolean"),
    (STEPWISE, "completions.1", " ", "completions.1: the text is empty"),
    (OPENRLHF, "label", ["+"], "label: there are 1 labels for 2 markers"),
    (OPENRLHF, "label", [1.0, 0.0], "label.0: the value should be a valid string"),
    (OPENRLHF, "input", "P? a ки", 'input: "Step 1:" stands in it 0 times, not once'),
    (RLHFLOW, "conversations.1.role", "user", "turns of user and assistant should follow each other"),
    (RLHFLOW, "conversations.3.content", "0.5", "conversations.3.content: the value should be + or -"),
    (RLHFLOW, "conversations.0.content", "P? a", '"Step 1:" stands in it 0 times'),
    (RLHFLOW, "conversations", [], "turns of user and assistant"),
]


@pytest.mark.parametrize(("record", "path", "value", "sentence"), BROKEN)
def test_a_broken_record_names_its_field(record: dict[str, Any], path: str, value: object, sentence: str) -> None:
    lines = [dump_line(record), json.dumps(changed(record, path, value)).encode(), dump_line(record)]
    first, broken, last = read_traces(lines, next(name for name, one in SETS.items() if one is record))
    assert isinstance(first, Good) and isinstance(last, Good)
    assert isinstance(broken, Broken) and sentence in broken.sentence
