"""Numerals and signs of arithmetic in a text. What may be read in two ways is read as neither."""

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

MINUS = "-−"
PLUS, TIMES, OVER = "+", ("*", "×", "·", r"\times", r"\cdot", "x"), ("/", "÷", r"\div")
MOST_DIGITS = 30
_TOKEN = re.compile(
    r"""(?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)
      | (?P<operator>\\times(?![A-Za-z])|\\cdot(?![A-Za-z])|\\div(?![A-Za-z])|[-−+*×·÷/])
      | (?P<open>\() | (?P<close>\))
      | (?P<annotation><<) | (?P<end>>>)
      | (?P<equals>=)
      | (?P<currency>\\\$|[$£€])
      | (?P<word>\\?[^\W\d_]+)
      | (?P<other>\S)""",
    re.VERBOSE,
)
_BEFORE = re.compile(r"(?:[\w^}'°]|\d[.,:]|\d[ \u00a0\u202f]|\\,|\{,\})$")
_AFTER = re.compile(
    r"[^\W\d_]|[\d_^°'‰{]|[.,:]\d|\s?\\?%|[ \u00a0\u202f]\d|\\,\s?\d|\\(?!times|cdot|div)[A-Za-z]"
)  # fmt: skip
"""What makes a numeral a part of something else: a name, a power, a date, a percentage, a longer number."""


class Kind(Enum):
    NUMBER = "number"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    ANNOTATION = "annotation"
    END = "end"
    EQUALS = "equals"
    CURRENCY = "currency"
    WORD = "word"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text; `value` is that of a numeral."""

    kind: Kind
    text: str
    start: int
    stop: int
    value: Fraction | None = None


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = Kind(match.lastgroup)
        if kind is Kind.NUMBER and not _readable(text, match.start(), match.end()):
            kind = Kind.OTHER
        elif match[0] == "x" and _between_numbers(text, found, match.end()):
            kind = Kind.OPERATOR
        value = Fraction(match[0].replace(",", "")) if kind is Kind.NUMBER else None
        found.append(Token(kind, match[0], match.start(), match.end(), value))
    return found


def _readable(text: str, start: int, stop: int) -> bool:
    """Whether a numeral stands for itself."""
    long = stop - start > MOST_DIGITS
    return not long and not _AFTER.match(text, stop) and not _BEFORE.search(text[max(0, start - 3) : start])


def _between_numbers(text: str, found: list[Token], stop: int) -> bool:
    """Whether an x is a sign: `3 x 4`."""
    before = bool(found) and found[-1].kind in (Kind.NUMBER, Kind.CLOSE)
    return before and re.match(r"\s*[\d(]", text[stop:]) is not None


def written(value: Fraction, like: str) -> str | None:
    """A number without its sign, as a numeral like another one: with as many places after the point, and thousands
    apart where that has them. None where it has more places.
    """
    places = len(like.partition(".")[2])
    scaled = abs(value) * 10**places
    if scaled.denominator != 1:
        return None
    digits = str(scaled.numerator).rjust(places + 1, "0")
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
    if "," in like:
        whole = f"{int(whole):,}"
    return whole + (f".{rest}" if places else "")
