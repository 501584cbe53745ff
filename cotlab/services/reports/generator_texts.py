"""What is measured of a trace of a generator, and of its words beside those of people."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cotlab.domain.calibration.pace import words_in

WORD = re.compile(r"[^\W\d_]+")
WINDOW = 20
"""Words of a window in which different ones are counted: a share of all words would fall with the length of a text
(the moving-average type-token ratio: Covington & McFall, 2010, Journal of Quantitative Linguistics 17, 94-100).
"""
STEPS, WORDS, VARIED, NEW = "steps", "words", "varied", "new_words"
ERRORS, WITH_ERROR, FIRST, REFUTED = "errors", "with_error", "first_error", "refuted"
LABEL, STRATEGY = "label: {}", "strategy: {}"
TITLES = {
    STEPS: "steps a trace",
    WORDS: "words a step",
    VARIED: f"different words of {WINDOW} in a row",
    NEW: "words people use in no other problem",
    ERRORS: "errors a settled trace",
    WITH_ERROR: "settled traces with an error",
    FIRST: "position of the first error",
    REFUTED: "steps that the checks refute",
}
"""Of a trace with settled labels, or of steps that were checked. Shares but for steps, words, errors and positions."""
Part = tuple[str, float, float]
"""A measure, and what a trace adds to its numerator and denominator."""


@dataclass(frozen=True, slots=True)
class ReadTrace:
    """A path: its steps, the settled label of each (None where it has none), and what is known beside."""

    group: int
    problem: str
    texts: Sequence[str]
    labels: Sequence[str | None]
    errors: Sequence[int]
    """Positions of settled errors."""
    strategy: str | None
    checked: int
    refuted: int

    @property
    def words(self) -> list[str]:
        return [word.casefold() for text in self.texts for word in WORD.findall(text)]


class AllTraces:
    """What the traces are measured beside: in which problems people use a word, and the labels and strategies of all.

    `people` is the group of people's traces.
    """

    def __init__(self, traces: Sequence[ReadTrace], people: int) -> None:
        self._problems: dict[str, set[str]] = defaultdict(set)
        for one in traces:
            if one.group == people:
                for word in one.words:
                    self._problems[word].add(one.problem)
        self._labels = sorted({label for one in traces for label in one.labels if label is not None})
        self._strategies = sorted({one.strategy for one in traces if one.strategy is not None})

    @property
    def names(self) -> list[str]:
        """The measures, in order."""
        return [*TITLES, *map(LABEL.format, self._labels), *map(STRATEGY.format, self._strategies)]

    def parts(self, one: ReadTrace) -> Iterator[Part]:
        """What a trace adds to each measure that it has something of."""
        words = one.words
        yield STEPS, len(one.texts), 1
        yield WORDS, sum(map(words_in, one.texts)), len(one.texts)
        windows = [words[start : start + WINDOW] for start in range(len(words) - WINDOW + 1)]
        yield VARIED, sum(len(set(window)) for window in windows), WINDOW * len(windows)
        if self._problems:
            yield NEW, sum(not self._problems.get(word, set()) - {one.problem} for word in words), len(words)
        yield REFUTED, one.refuted, one.checked
        labelled = Counter(label for label in one.labels if label is not None)
        if labelled:
            yield ERRORS, len(one.errors), 1
            yield WITH_ERROR, bool(one.errors), 1
            yield from ((LABEL.format(label), labelled[label], labelled.total()) for label in self._labels)
        if one.errors:
            yield FIRST, min(one.errors), 1
        if one.strategy is not None:
            yield from ((STRATEGY.format(name), name == one.strategy, 1) for name in self._strategies)
