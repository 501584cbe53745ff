"""Sentences of a text, and what their words say about the claims in them."""

import re
from dataclasses import dataclass

from cotlab.checks.reading import words

SENTENCE_END = re.compile(r"(?<=[\w)$}%\]])[.?!](?=\s|\$|$)|\n|;(?=\s)")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
CLAUSE_END = re.compile(r"[,:;]|\bso\b|\bbut\b|\bthen\b")
NEAR = 6
"""A negation governs what follows it within so many words of its clause."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its place, its words in lower case, and whether it asks."""

    start: int
    end: int
    said: frozenset[str]
    asks: bool

    def has(self, table: set[str]) -> bool:
        """Whether one of these words stands in it."""
        return not self.said.isdisjoint(table)

    @property
    def negated(self) -> bool:
        return self.has(words.NEGATIONS)

    @property
    def supposed(self) -> bool:
        return self.asks or self.has(words.HYPOTHESES)

    @property
    def firmly_supposed(self) -> bool:
        """So that a claim in it is none, even one about numbers alone."""
        return self.asks or self.has(words.HYPOTHESES - words.SOFT_HYPOTHESES)


def words_of(text: str) -> list[str]:
    """The words in lower case, in order."""
    return WORD.findall(text.lower().replace("’", "'"))


def sentences(text: str) -> list[Sentence]:
    found, start = [], 0
    for match in [*SENTENCE_END.finditer(text), None]:
        end = match.end() if match else len(text)
        if end > start:
            piece = text[start:end]
            found.append(Sentence(start, end, frozenset(words_of(piece)), piece.rstrip().endswith("?")))
        start = end
    return found


def directly_negated(before: str) -> bool:
    """Whether a negation stands among the last words of a text, in the same clause."""
    clause = CLAUSE_END.split(before.lower())[-1]
    return not words.DIRECT_NEGATIONS.isdisjoint(words_of(clause)[-NEAR:])
