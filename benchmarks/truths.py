"""Traces of public data whose every step has a label, with that label in the words of the shipped guideline.

From PRMBench all steps, and from StepVerify those up to the first error, as far as each was labelled by its makers.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace

FILES = ("prmbench.jsonl", "stepverify.jsonl")
WORDS = {"correct": "correct", "redundant": "redundant", "incorrect": "incorrect", "error": "incorrect"}
MISSING = "missing_condition"
"""The class of errors in which something is left out, which the guideline calls `incomplete`."""
DOMAIN = "mathematics"


@dataclass(frozen=True, slots=True)
class Truth:
    """A trace, and the right label of each of its steps; `why` is what the data says of its error."""

    name: str
    problem: str
    steps: tuple[str, ...]
    labels: tuple[str, ...]
    why: str

    def trace(self, verified: bool = False) -> Trace:
        """The trace without its labels; where they are `verified`, with them and their justification."""

        def given(label: str) -> tuple[SourceLabel, ...]:
            return (SourceLabel(source="data", value=label, rationale=self.why),) if verified else ()

        steps = zip(self.steps, self.labels, strict=True)
        return Trace(
            id=self.name, problem=Problem(text=self.problem, domain=DOMAIN),
            steps=tuple(Step(text=text, labels=given(label)) for text, label in steps),
        )  # fmt: skip


def data() -> Path | None:
    """The folder of the public data; None where COTLAB_TEST_DATA names none."""
    folder = Path(os.environ.get("COTLAB_TEST_DATA") or "nowhere") / "data"
    return folder if all((folder / name).is_file() for name in FILES) else None


def truths(folder: Path, most: int, seed: int) -> list[Truth]:
    """So many traces, no two of the same text, in an order that the seed decides."""
    read = {(one.problem, one.steps): one for name in FILES for one in _read(folder / name)}
    found = sorted(read.values(), key=lambda one: one.name)
    order = np.random.default_rng(seed).permutation(len(found))
    return [found[place] for place in order[:most]]


def _read(path: Path) -> Iterator[Truth]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        words = [word for word in row["gold_labels"] or () if word is not None]
        if words:
            error = "incomplete" if row.get("error_class") == MISSING else None
            labels = tuple(error or WORDS[word] if word == "error" else WORDS[word] for word in words)
            why = row.get("reason") or "So the data has it."
            yield Truth(row["id"], row["problem"], tuple(row["steps"][: len(labels)]), labels, why)
