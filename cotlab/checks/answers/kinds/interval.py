"""Intervals, their unions, and inequalities in one letter: [1, 2), (-\\infty, 3], x > 5, 1 < x \\le 2."""

import re
from dataclasses import dataclass

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.values import Value, same, value
from cotlab.checks.reading.tree import letters

BELONGS = re.compile(r"^\s*([A-Za-z])\s*(?:\\in(?![a-z])|∈|\bis\s+in\b|\bin\b)\s*")
UNION = re.compile(r"\s*(?:\\cup(?![a-z])|∪|\bor\b|\\text\{ ?or ?\})\s*")
BRACKETS = re.compile(r"^([\[(])([^,;\[\]]+)[,;]([^,;\[\]]+)([\])])$")
SIGN = re.compile(r"(<=|>=|≤|≥|<|>)")
SIGNS = {r"\leq": "≤", r"\geq": "≥", r"\le": "≤", r"\ge": "≥", r"\lt": "<", r"\gt": ">", "<=": "≤", ">=": "≥"}
LATEX = re.compile(r"\\(?:leqslant|geqslant|leq|geq|le|ge|lt|gt)(?![A-Za-z])|<=|>=")
INFINITE = re.compile(r"^([+-]?)\s*(?:\\infty|∞|infinity|inf|oo)$", re.IGNORECASE)
MOST = 8


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high, None where it has no end; whether the ends belong to it."""

    low: Value | None
    high: Value | None
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Union:
    """Intervals in order; `certain` where they can be no pair of numbers, `letter` where one is named."""

    intervals: tuple[Interval, ...]
    certain: bool
    letter: str | None


class Intervals:
    """The same ends, and the same ends that belong to it."""

    name = "interval"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = read(answer.text), read(reference.text)
        if one is None or two is None or not (one.certain or two.certain):
            return None
        words = f"{answer.text} and {reference.text}"
        if one.letter and two.letter and one.letter != two.letter:
            return doubtful(f"{words} are about two letters")
        if len(one.intervals) == len(two.intervals) and all(
            _equal(a, b) for a, b in zip(one.intervals, two.intervals, strict=True)
        ):
            return equal(f"{words} are the same")
        if len(one.intervals) != len(two.intervals):
            return doubtful(f"{words} have different numbers of parts")
        return differ(f"{words} are not the same")


def read(text: str) -> Union | None:
    """The intervals of a text; None where it is anything else."""
    text = LATEX.sub(lambda match: SIGNS[match[0].replace("slant", "")], text)
    belongs = BELONGS.match(text)
    parts = UNION.split(text[belongs.end() :] if belongs else text)
    if len(parts) > MOST:
        return None
    found = [_bracketed(part.strip()) or _inequality(part.strip()) for part in parts]
    if any(one is None for one in found):
        return None
    each = [one for one in found if one is not None]
    names = {name for _, name, _ in each if name} | ({belongs[1]} if belongs else set())
    if len(names) > 1:
        return None
    ordered = sorted((one for one, _, _ in each), key=lambda one: (one.low is not None, one.low or 0))
    certain = bool(belongs) or len(each) > 1 or any(sure for _, _, sure in each)
    return Union(tuple(ordered), certain, next(iter(names), None))


def _bracketed(text: str) -> tuple[Interval, None, bool] | None:
    if (found := BRACKETS.match(text)) is None:
        return None
    low, high = _end(found[2], "-"), _end(found[3], "+")
    if low is None or high is None:
        return None
    endless = None in (low[0], high[0])
    mixed = (found[1] == "[") is not (found[4] == "]")
    return Interval(low[0], high[0], found[1] == "[", found[4] == "]"), None, endless or mixed


def _end(text: str, without_end: str) -> tuple[Value | None] | None:
    """An end in a tuple of one, (None,) where there is none; None where it is neither."""
    text = text.strip()
    if infinite := INFINITE.match(text):
        return (None,) if (infinite[1] or "+") == without_end else None
    number = _number(text)
    return None if number is None else (number,)


def _number(text: str) -> Value | None:
    side = expression(text)
    return None if side is None or letters(side.tree) or side.doubts else value(side.tree)


def _inequality(text: str) -> tuple[Interval, str, bool] | None:
    parts = [part.strip() for part in SIGN.split(text)]
    if len(parts) == 3 and _is_letter(parts[2]):
        parts = [parts[2], {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}[parts[1]], parts[0]]
    if len(parts) == 3 and _is_letter(parts[0]):
        return _one_sided(parts[0], parts[1], _number(parts[2]))
    if len(parts) != 5 or not _is_letter(parts[2]) or (parts[1] in "<≤") is not (parts[3] in "<≤"):
        return None
    low, high, with_low, with_high = _number(parts[0]), _number(parts[4]), parts[1] in "≤≥", parts[3] in "≤≥"
    if low is None or high is None:
        return None
    if parts[1] in ">≥":
        low, high, with_low, with_high = high, low, with_high, with_low
    return Interval(low, high, with_low, with_high), parts[2], True


def _one_sided(letter: str, sign: str, end: Value | None) -> tuple[Interval, str, bool] | None:
    if end is None:
        return None
    if sign in ">≥":
        return Interval(end, None, sign == "≥", False), letter, True
    return Interval(None, end, False, sign == "≤"), letter, True


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha()


def _equal(one: Interval, two: Interval) -> bool:
    ends = ((one.low, two.low, one.with_low, two.with_low), (one.high, two.high, one.with_high, two.with_high))
    return all(
        (a is None and b is None) or (a is not None and b is not None and same(a, b) and with_a is with_b)
        for a, b, with_a, with_b in ends
    )
