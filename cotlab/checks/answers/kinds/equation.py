"""Equations in letters: 5x - 7y + 4 = 0 and 10x - 14y = -8."""

from typing import Any

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.polynomials import difference, ring_of
from cotlab.checks.reading.tree import Node, letters, shown


class Equations:
    """One is a multiple of the other; only linear ones in the same letters differ."""

    name = "equation"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = _sides(answer.text), _sides(reference.text)
        if one is None or two is None:
            return None
        names = [letters(left) | letters(right) for left, right in (one, two)]
        if not names[0] or not names[1]:
            return None
        ring = ring_of(names[0] | names[1])
        found, wanted = (difference(left, right, ring) for left, right in (one, two))
        if found == 0 or wanted == 0:
            return doubtful("an equation that always holds")
        words = f"{_shown(one)} and {_shown(two)}"
        if found * wanted.LC == wanted * found.LC:
            return equal(f"{words} are the same equation")
        if names[0] == names[1] and _linear(found) and _linear(wanted):
            return differ(f"{words} are two equations")
        return doubtful(f"{words} may have the same solutions")


def _sides(text: str) -> tuple[Node, Node] | None:
    if text.count("=") != 1 or set("<>≤≥!") & set(text):
        return None
    left, right = (expression(part.strip()) for part in text.split("="))
    return None if left is None or right is None else (left.tree, right.tree)


def _linear(polynomial: Any) -> bool:
    return all(sum(powers) <= 1 for powers in polynomial.itermonoms())


def _shown(sides: tuple[Node, Node]) -> str:
    return f"{shown(sides[0])} = {shown(sides[1])}"
