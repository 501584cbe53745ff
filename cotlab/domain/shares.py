"""Shares and how far they lie apart: total variation, and intervals of one share and of a difference of two."""

from collections.abc import Mapping
from math import sqrt
from typing import TypeVar

K = TypeVar("K")

Z = 1.959963984540054
"""The quantile of the normal distribution of a two-sided 95 % interval."""
Span = tuple[float, float]


def total_variation(one: Mapping[K, float], other: Mapping[K, float]) -> float:
    """Half the sum of the differences of two distributions over all cells: 0 for the same, 1 for nothing in common."""
    return sum(abs(one.get(cell, 0.0) - other.get(cell, 0.0)) for cell in {*one, *other}) / 2


def wilson(share: float, size: int) -> Span:
    """The score interval of a share of `size` independent units (E. B. Wilson, 1927, JASA 22, 209-212)."""
    if size == 0:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * size)) / (1 + Z * Z / size)
    half = Z * sqrt(share * (1 - share) / size + Z * Z / (4 * size * size)) / (1 + Z * Z / size)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def difference(share: float, size: int, other: float, other_size: int | None) -> Span:
    """The interval of `share - other`.

    `other` is a fixed target where its size is None; else a share of another sample, and the interval is the hybrid
    score interval (R. G. Newcombe, 1998, Statistics in Medicine 17, 873-890, method 10).
    """
    low, high = wilson(share, size)
    if other_size is None:
        return low - other, high - other
    other_low, other_high = wilson(other, other_size)
    apart = share - other
    return (
        apart - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        apart + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )
