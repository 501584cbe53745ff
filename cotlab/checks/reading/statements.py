"""What a text states: relations between two expressions, with their place and what stands around them."""

from dataclasses import dataclass

from cotlab.checks.reading.sentences import Sentence
from cotlab.checks.reading.tree import Node, letters


@dataclass(frozen=True, slots=True)
class Statement:
    """`left relation right` in a text, or a property of the left side alone.

    A relation is one of = ≈ ≠ < > ≤ ≥ ≡ or a property such as "prime".
    """

    left: Node
    relation: str
    right: Node | None
    start: int
    end: int
    sentence: Sentence
    text: str
    """The text from `start` to `end`, as it is written."""
    before: str
    """What stands before it in its sentence, in lower case."""
    doubts: frozenset[str] = frozenset()
    """Why a side may be read otherwise."""
    cut: str | None = None
    """What makes a side incomplete."""
    negated: bool = False
    """Whether a negation stands directly before it."""
    modulus: Node | None = None
    remainder: Node | None = None
    with_unit: bool = False
    """Whether a word follows the right side that may be its unit."""
    alternatives: tuple[Node, ...] = ()
    """The values of a letter that are listed: x = 3 or x = -3."""
    joined_by_or: bool = False
    uses: frozenset[int] = frozenset()
    """Steps whose definitions were put into it."""

    @property
    def letters(self) -> frozenset[str]:
        return letters(self.left) | (letters(self.right) if self.right is not None else frozenset())
