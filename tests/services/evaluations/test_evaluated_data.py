"""Real judges and a small model against public traces, held against plain computations over the same files."""

import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cotlab.domain.evaluations.evaluations import EvaluationOrder, Scored
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.evaluations import evaluation
from cotlab.services.evaluations.truths import of_file
from cotlab.services.traces.trace_import import import_lines
from tests.services.evaluations.evaluated import evaluate, lines
from tests.world import World

pytestmark = pytest.mark.data

ERRORS = ("incorrect",)
Record = dict[str, Any]


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA names no folder with data/")
    return Path(folder) / "data"


def records(data: Path, name: str) -> list[Record]:
    """The records without a blank step, which an import leaves out."""
    rows = [json.loads(line) for line in (data / f"{name}.jsonl").read_bytes().splitlines()]
    return [row for row in rows if all(text.strip() for text in row["steps"])]


def scored(rows: list[Record], predictions: Mapping[str, object], **order: object) -> Scored:
    truths, words = of_file([json.dumps(row).encode() for row in rows], ERRORS)
    wanted = EvaluationOrder.model_validate({"replicates": 200, "by": ("domain", "position"), **order})
    return evaluation.of_file(truths, words, lines(predictions), wanted).scored


def said_first(judge: dict[str, str] | None) -> int | None:
    """The first error that a judge named, from 0; None where there is no answer."""
    number = re.search(r"\d+", judge["error_step"]) if judge else None
    return None if number is None else int(number[0]) - 1


@pytest.mark.parametrize("judge", ["claude2", "gpt3_5", "llama2"])
def test_judges_of_solutions_that_have_an_error(data: Path, judge: str) -> None:
    rows = records(data, "mr_gsm8k_judged")
    answers = {row["id"]: said_first(row["judges"].get(judge)) for row in rows}
    whole = scored(rows, answers).results[0]
    hits = sum(answers[row["id"]] == row["first_error"] for row in rows)
    first = whole.first_error
    assert (first.erroneous.hits, first.erroneous.of) == (hits, 274) and 80 <= hits <= 154
    assert first.accuracy.value == hits / 274 and first.correct.of == 0
    assert first.f1.reason == "traces with and without an error are needed"
    told = [row for row in rows if answers[row["id"]] is not None]
    named = sum(place == answers[row["id"]] for row in told for place in range(row["first_error"] + 1))
    assert whole.confusion.labels == ("correct", "incorrect")
    assert sum(counts[whole.confusion.predicted.index("error")] for counts in whole.confusion.counts) == named


WORDS = ("so", "not", "stack", "none", "answer", "is", "and")


def features(row: Record) -> np.ndarray[Any, Any]:
    """A row for each step: its place, its length, its digits and brackets, and some words."""
    return np.array([
        [1.0, place / 10, len(text) / 100, sum(map(str.isdigit, text)) / 20, sum(map("()[]{}<>".count, text)) / 20,
         *(float(f" {word} " in text.lower()) for word in WORDS), place / len(row["steps"])]
        for place, text in enumerate(row["steps"])
    ])  # fmt: skip


def trained(rows: list[Record]) -> np.ndarray[Any, Any]:
    """The weights of a logistic regression of correct steps, by gradient descent with little weight decay."""
    known = [(features(row)[place], label == "correct") for row in rows
             for place, label in enumerate(row["gold_labels"]) if label is not None]  # fmt: skip
    x, y = np.array([one for one, _ in known]), np.array([right for _, right in known], dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(2_000):
        weights -= 0.5 * (x.T @ (1 / (1 + np.exp(-x @ weights)) - y) / len(y) + 1e-4 * weights)
    return weights


def test_a_small_model_is_measured_as_plain_loops_measure_it(data: Path) -> None:
    rows = records(data, "bigbench_mistake")
    weights = trained(rows[0::2])
    held_out, threshold = rows[1::2], 0.75
    scores = {row["id"]: (1 / (1 + np.exp(-features(row) @ weights))).tolist() for row in held_out}
    found = scored(held_out, scores, threshold=threshold)
    whole = found.results[0]

    hits = {True: [0, 0], False: [0, 0]}
    for row in held_out:
        said = next((place for place, one in enumerate(scores[row["id"]]) if one < threshold), -1)
        hits[row["first_error"] >= 0][0] += said == row["first_error"]
        hits[row["first_error"] >= 0][1] += 1
    one, other = (right / of for right, of in hits.values())
    assert (whole.first_error.erroneous.hits, whole.first_error.erroneous.of) == tuple(hits[True])
    assert whole.first_error.f1.value == pytest.approx(2 * one * other / (one + other))

    steps = [(scores[row["id"]][place], label == "correct") for row in held_out
             for place, label in enumerate(row["gold_labels"]) if label is not None]  # fmt: skip
    assert whole.steps == len(steps)
    right, wrong = [one for one, holds in steps if holds], [one for one, holds in steps if not holds]
    wins = sum((one > other) + (one == other) / 2 for one in right for other in wrong)
    assert whole.auroc.value == pytest.approx(wins / len(right) / len(wrong)) and (whole.auroc.value or 0.0) > 0.6
    error = 0.0
    for low in range(10):
        here = [step for step in steps if min(9, math.floor(step[0] * 10)) == low]
        error += abs(sum(one for one, _ in here) - sum(holds for _, holds in here)) / len(steps)
        assert whole.calibration.bins[low].steps == len(here)
    assert whole.calibration.error.value == pytest.approx(error)
    assert error < 0.1  # a model that was trained on such steps knows how often it is right
    for number in evaluation.numbers(whole).values():
        assert number.interval is not None and number.interval.low < (number.value or 0) < number.interval.high


def test_a_project_with_these_labels_gives_the_same_numbers_as_the_file(world: World, data: Path) -> None:
    """Each trace is imported and labelled by one person, up to its first error."""
    rows = [row for row in records(data, "bigbench_mistake") if len(row["steps"]) <= 4][:8]
    assert {row["first_error"] >= 0 for row in rows} == {True, False}
    world.set_policy(overlap=1, stop_at_first_error=True)
    while (taken := world.expert("ann").claim().assignment) is not None:
        for position in (1, 2, 3):
            world.expert("ann").commit(taken.id, position)
        world.expert("ann").finish(taken.id)
    import_lines(world.store, world.host, world.project, read_traces(json.dumps(row).encode() for row in rows))
    by_problem = {row["problem"]: row for row in rows}
    while (taken := world.expert("bob").claim().assignment) is not None:
        labels = [one for one in by_problem[taken.problem.text]["gold_labels"] if one is not None]
        for position, value in enumerate(labels, 1):
            world.expert("bob").commit(taken.id, position, value)
        world.expert("bob").finish(taken.id, None if labels[-1] == "incorrect" else "yes")
    scores: dict[str, object] = {
        row["id"]: [0.3 if place == 1 else 0.8 for place in range(len(row["steps"]))] for row in rows
    }
    made = evaluate(world, lines(scores), by=("domain", "position", "settled"))
    (from_file, *_), (here, *slices) = scored(rows, scores).results, made.scores.results
    shared = {"steps", "traces", "problems", "confusion", "step_f1", "first_error", "calibration", "auroc"}
    assert here.model_dump(include=shared) == from_file.model_dump(include=shared)
    assert {"settled": "single"} in [one.slice for one in slices] and made.scores.unpredicted == 3
