"""A small classifier of steps: logistic regression on hashed words, on numbers, on length and on the step's place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2, sqrt
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
WIDTH = 1 << 13
"""Places that words are hashed to."""
ROUNDS = 120
PENALTY = 1.0
"""Of the squared weights, beside the sum of the losses of all steps."""
TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+|[^\w\s]")
LAST_PLACE = 12


def features(problem: str, steps: Sequence[str], place: int) -> dict[int, float]:
    """Place in the weights -> value, of the step at `place` (from 0); steps after it are not looked at."""
    tokens = TOKEN.findall(steps[place].lower())
    known, earlier = set(TOKEN.findall(problem.lower())), set(TOKEN.findall(" ".join(steps[:place]).lower()))
    named = [("place", str(min(place, LAST_PLACE))), ("length", str(int(log2(len(tokens) + 1)))), ("bias", "")]
    found = {_hashed(*one): 1.0 for one in named}
    share = 1.0 / sqrt(max(len(tokens), 1))
    for kind, text in _words(tokens, known, earlier):
        at = _hashed(kind, text)
        found[at] = found.get(at, 0.0) + share
    return found


def _words(tokens: Sequence[str], known: set[str], earlier: set[str]) -> Iterator[tuple[str, str]]:
    """A number counts by where it was met before, a word by itself and with the one before it."""
    before = ""
    for token in tokens:
        if token[0].isdigit():
            met = "problem" if token in known else "step" if token in earlier else "new"
            yield "number", met
            token = "#"
        else:
            yield "word", token
        yield "pair", f"{before} {token}"
        before = token


def _hashed(kind: str, text: str) -> int:
    return crc32(f"{kind} {text}".encode()) % WIDTH


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Features of steps, one step after the other: `values` at `places`, step n from `starts[n]` on."""

    places: Whole
    values: Floats
    starts: Whole

    @classmethod
    def of(cls, steps: Sequence[dict[int, float]]) -> Self:
        sizes = np.array([len(step) for step in steps], dtype=np.int64)
        return cls(
            np.array([place for step in steps for place in step], dtype=np.int64),
            np.array([value for step in steps for value in step.values()]),
            np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
        )

    def __len__(self) -> int:
        return len(self.starts)

    def rows(self, which: Whole) -> "Table":
        sizes = np.diff(np.append(self.starts, len(self.values)))[which]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        at = np.repeat(self.starts[which] - starts, sizes) + np.arange(int(sizes.sum()))
        return Table(self.places[at], self.values[at], starts)

    def times(self, weights: Floats) -> Floats:
        products: Floats = np.add.reduceat(weights[self.places] * self.values, self.starts)
        return products

    def back(self, of_steps: Floats) -> Floats:
        sizes = np.diff(np.append(self.starts, len(self.values)))
        sums: Any = np.bincount(self.places, np.repeat(of_steps, sizes) * self.values, minlength=WIDTH)
        return np.asarray(sums, dtype=np.float64)


def fitted(table: Table, wrong: NDArray[np.bool_], begin: Floats | None = None) -> Floats:
    """Weights by Nesterov's accelerated gradient from `begin`, of the penalised likelihood of which steps are wrong."""
    weights: Floats = np.zeros(WIDTH) if begin is None else begin
    ahead, momentum = weights, 1.0
    step = 1.0 / (0.25 * _curvature(table) + PENALTY)
    for _ in range(ROUNDS):
        gradient = table.back(probabilities(table, ahead) - wrong) + PENALTY * ahead
        moved = ahead - step * gradient
        following = (1.0 + sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = moved + (momentum - 1.0) / following * (moved - weights)
        weights, momentum = moved, following
    return weights


def _curvature(table: Table) -> float:
    """The greatest eigenvalue of the features' second moments, with a tenth to spare."""
    vector, size = np.full(WIDTH, 1.0 / sqrt(WIDTH)), 1.0
    for _ in range(10):
        vector = table.back(table.times(vector))
        size = float(np.linalg.norm(vector))
        vector = vector / size
    return 1.1 * size


def probabilities(table: Table, weights: Floats) -> Floats:
    """How probable it is of each step that it is wrong."""
    odds = np.clip(table.times(weights), -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)
