"""The score interval of a share."""

from math import sqrt

TWO_SIDED = 1.959963984540054
"""Standard errors of a two-sided interval of 95 %."""


def wilson(share: float, of: float, errors: float = TWO_SIDED) -> tuple[float, float]:
    """Both ends of the score interval of a share among `of` > 0 independent cases; an effective number will do.

    E. B. Wilson, 1927, JASA 22, 209-212.
    """
    part = errors**2 / of
    middle, half = share + part / 2, sqrt(part * (share * (1 - share) + part / 4))
    return (middle - half) / (1 + part), (middle + half) / (1 + part)
