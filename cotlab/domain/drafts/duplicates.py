"""When two drafts say the same: by their text without what does not matter, or as paths by the numbers in them."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

SAME_NUMBERS = 0.9
"""The Jaccard index of the numbers of two paths from which on they are one computation (benchmarks/duplicates.py)."""
FEWEST_NUMBERS = 3
"""Different numbers below which those of a path tell nothing."""
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
POINTS = re.compile(r"[.,;:?](?!\d)|[\"'\u2018\u2019\u201c\u201d`$]")
"""Points at the end of something, quotes, and what encloses formulas."""


def plain(text: str) -> str:
    """The form under which two texts are the same: NFKC, case folded, without points, quotes and white space."""
    return "".join(POINTS.sub("", unicodedata.normalize("NFKC", text).casefold()).split())


def plain_path(steps: Iterable[str]) -> str:
    """The same of a path; how it is parted into steps does not matter."""
    return "".join(map(plain, steps))


def numbers(steps: Iterable[str]) -> frozenset[str]:
    """The different numbers of a path by their values, without signs: `1,200.0` and `1200` are one."""
    found = (NUMBER.findall(unicodedata.normalize("NFKC", step)) for step in steps)
    return frozenset(f"{Decimal(one.replace(',', '')).normalize():f}" for some in found for one in some)


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index of two sets of numbers; 0 where either has too few to tell anything."""
    if min(len(one), len(other)) < FEWEST_NUMBERS:
        return 0.0
    return len(one & other) / len(one | other)
