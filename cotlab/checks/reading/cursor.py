"""A place in a list of tokens, and what the parts of the grammar ask of each other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from cotlab.checks.computing.budget import MAX_NESTING, OverBudget
from cotlab.checks.reading.tokens import Sort, Token
from cotlab.checks.reading.tree import Node

LONGEST_PHRASE = 5


class Cursor(ABC):
    def __init__(self, tokens: Sequence[Token], place: int, maths: frozenset[int]) -> None:
        self.tokens = tokens
        self.place = place
        self.maths = maths
        """Places of tokens inside marked maths."""
        self.doubts: set[str] = set()
        self.depth = 0
        self.scripts = 0
        """How many scripts are open; a unit after one belongs to the whole power."""

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def is_sign(self, *texts: str) -> bool:
        return self.token.sort is Sort.OPERATOR and self.token.text in texts

    def words(self, table: dict[tuple[str, ...], str]) -> tuple[str, int] | None:
        """What the longest phrase of the table at this place stands for, and its number of tokens."""
        return phrase(self.tokens, self.place, table)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise OverBudget("brackets or signs nest too deep")

    @abstractmethod
    def sum(self) -> Node: ...

    @abstractmethod
    def term(self) -> Node: ...

    @abstractmethod
    def power(self) -> Node: ...

    @abstractmethod
    def word(self) -> Node: ...

    @abstractmethod
    def primary(self) -> Node: ...

    @abstractmethod
    def script(self) -> Node: ...

    @abstractmethod
    def bound(self) -> Node: ...

    @abstractmethod
    def arguments(self) -> tuple[Node, ...]: ...

    @abstractmethod
    def applied(self, name: str) -> Node: ...

    @abstractmethod
    def function(self, name: str) -> Node: ...


def phrase(tokens: Sequence[Token], place: int, table: dict[tuple[str, ...], str]) -> tuple[str, int] | None:
    """What the longest phrase of the table at a place stands for, and its number of tokens."""
    if tokens[place].sort is not Sort.WORD:
        return None
    said: list[str] = []
    best = None
    for token in tokens[place : place + LONGEST_PHRASE]:
        if token.sort is not Sort.WORD:
            break
        said.append(token.text.lower())
        if (key := tuple(said)) in table:
            best = table[key], len(said)
    return best
