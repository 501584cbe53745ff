"""Drawing a calibration set from gold: so that every label and rule is in it, and easy and hard problems."""

import random
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

EASY, HARD = 2, 4
"""Difficulty up to which a problem is easy, and from which on it is hard."""
RULE = re.compile(r"\b[A-Z]+[0-9]+\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A gold trace as the draw sees it: labels of its steps, rules that its justifications name, difficulty.

    `worked`: somebody has seen it as something else, and it would be left out of their calibration.
    """

    item_id: str
    labels: tuple[str, ...]
    rules: frozenset[str]
    difficulty: int | None
    worked: bool = False

    def features(self) -> Counter[str]:
        found = Counter(f"label {label}" for label in self.labels)
        found.update(f"rule {rule}" for rule in self.rules)
        found.update(f"difficulty {one}" for one in levels(self.difficulty))
        return found


def levels(difficulty: int | None) -> tuple[str, ...]:
    if difficulty is None:
        return ()
    return ("easy",) if difficulty <= EASY else ("hard",) if difficulty >= HARD else ()


def rules_in(texts: Collection[str], known: Collection[str]) -> frozenset[str]:
    """The rules of the guideline that texts name, as R3."""
    return frozenset(rule for text in texts for rule in RULE.findall(text)).intersection(known)


@dataclass(frozen=True, slots=True)
class Drawn:
    training: tuple[Piece, ...]
    counted: tuple[Piece, ...]


def draw(pieces: Sequence[Piece], training: int, steps: int, seed: int) -> Drawn:
    """The counted part first, of `steps` steps at least, then so many traces of what is left for training.

    Each time the trace is taken that brings most of what is rare so far for its length; what somebody has worked on
    comes last.
    """
    left = list(pieces)
    random.Random(seed).shuffle(left)
    counted: list[Piece] = []
    have: Counter[str] = Counter()
    while left and sum(len(one.labels) for one in counted) < steps:
        counted.append(_best(left, have))
    shown: list[Piece] = []
    have.clear()
    while left and len(shown) < training:
        shown.append(_best(left, have))
    return Drawn(tuple(shown), tuple(counted))


def split(pieces: Sequence[Piece], training: int, seed: int) -> Drawn:
    """All of these traces: so many for training, the rest counted."""
    left = list(pieces)
    random.Random(seed).shuffle(left)
    have: Counter[str] = Counter()
    shown = [_best(left, have) for _ in range(min(training, len(left)))]
    return Drawn(tuple(shown), tuple(left))


def _best(left: list[Piece], have: Counter[str]) -> Piece:
    """Take the best of what is left."""
    place = max(range(len(left)), key=lambda number: _gain(left[number], have))
    best = left.pop(place)
    have.update(best.features())
    return best


def _gain(piece: Piece, have: Counter[str]) -> tuple[bool, float]:
    gain = sum(1.0 / (1 + have[feature] + more) for feature, count in piece.features().items() for more in range(count))
    return not piece.worked, gain / len(piece.labels)
