"""TRL trains on an exported file: it learns labels that follow a rule, and does not learn shuffled ones.

That the loss goes down would prove nothing; labels on the wrong token or in the wrong order turn the first test red.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.exports import LabelledPath
from cotlab.domain.traces.records import Problem
from cotlab.exchange.formats import writer
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.formats.traces.trl_stepwise import TrlStepwiseWriter
from cotlab.exchange.readers.jsonl import dump_line
from tests.consumers.expected import named, with_names
from tests.consumers.trainer import Trainer
from tests.exchange.paths import CORRECTNESS, LONG, PATHS, step

pytestmark = [pytest.mark.consumer, pytest.mark.xdist_group("rewards")]

PLANTED, HELD_OUT = 240, 60
"""Paths whose labels follow a rule; the labelled traps of PATHS and a long one are put among them."""


def claims(seed: int, number: int, rule: bool) -> Iterator[tuple[str, list[str], list[bool]]]:
    """Problem, steps and labels of small traces: a step that ends in "yes" is right, one that ends in "no" is wrong.

    Without the rule the labels are drawn by themselves.
    """
    chance = random.Random(seed)
    for claim in range(number):
        truths = [chance.random() < 0.5 for _ in range(chance.randint(1, 5))]
        labels = truths if rule else [chance.random() < 0.5 for _ in truths]
        texts = [f"Part {place}: √{claim} {'yes' if truth else 'no'}" for place, truth in enumerate(truths)]
        yield f"Is claim {claim} true?", texts, labels


def planted(rule: bool) -> Iterator[LabelledPath]:
    for problem, texts, labels in claims(3, PLANTED, rule):
        values = ("correct" if label else "incorrect" for label in labels)
        yield LabelledPath(
            trace_id=problem,
            external_id=None,
            problem=Problem(text=problem),
            steps=tuple(step(text, value) for text, value in zip(texts, values, strict=True)),
            origin="model",
        )


def held_out(rule: bool) -> Iterator[dict[str, object]]:
    """Rows made here and not by the writer, so that a mapping turned round goes red too."""
    for problem, texts, labels in claims(4, HELD_OUT, rule):
        yield {"prompt": f"{problem}\n", "completions": texts, "labels": labels}


def train(trainer: Trainer, folder: Path, rule: bool) -> dict[str, Any]:
    rows = [
        row
        for path in (*planted(rule), *((*PATHS, LONG) if rule else ()))
        for row in writer("trl-stepwise").rows(path, CORRECTNESS)
    ]
    (folder / "train.jsonl").write_bytes(b"".join(map(dump_line, named(rows))))
    loader = folder / "load.py"
    loader.write_text(loader_snippet("train.jsonl", with_names(TrlStepwiseWriter.columns)), encoding="utf-8")
    judged = folder / "held_out.jsonl"
    judged.write_bytes(b"".join(map(dump_line, named(held_out(rule)))))
    result = trainer.train(loader, judged)
    print(f"TRL trained on {result['rows']} rows for {result['steps']} steps: accuracy {result['accuracy']:.2f}")
    assert result["rows"] == len(rows) > 0
    return result


def test_planted_labels_are_learnt(rewards: Trainer, tmp_path: Path) -> None:
    result = train(rewards, tmp_path, rule=True)
    assert result["steps"] > 0 and 25_000 < result["parameters"] < 60_000
    assert result["columns"] == {
        "prompt": "Value('string')",
        "completions": "List(Value('string'))",
        "labels": "List(Value('bool'))",
        "row_id": "Value('string')",
    }
    assert result["accuracy"] > 0.95


def test_shuffled_labels_are_not(rewards: Trainer, tmp_path: Path) -> None:
    assert 0.35 < train(rewards, tmp_path, rule=False)["accuracy"] < 0.65
