"""The answer that a text states: in a box, after a marker, after its equals sign, or in its last sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cotlab.checks.reading import words
from cotlab.checks.reading.finder import ANNOTATION

HEADING = re.compile(r"(?:^|\n)[ \t#*_]*(?:final[ ]|the[ ]|my[ ])*answer[ \t]*[*_:]*[ \t]*\n", re.IGNORECASE)
HASHES = re.compile(r"####[ \t]*([^\n]+)")
MARKER = re.compile(
    r"\b(?:answer|solution|result|(?:correct|right|best)\s+(?:option|choice|one))"
    r"\s*(?:is|are|would\s+be|should\s+be|must\s+be|will\s+be|:|=)\s*(?:therefore|thus|simply|just|equal\s+to|:)?\s*",
    re.IGNORECASE,
)
ABOUT = re.compile(r"^(?:approximately|about|roughly|around|nearly|almost|approx\.?|≈|~|\\approx)\s*", re.IGNORECASE)
NAMED = re.compile(
    r"^\s*\$?(?P<name>[A-Za-z](?:_\{?\w{1,8}\}?)?(?:\([A-Za-z]\))?)\s*(?:=|\bis\b)\s*(?P<rest>[^=<>≤≥]+)$"
)
OPTION = re.compile(r"^(?:option\s+|choice\s+)?(?:\(([A-J])\)|([A-J])[).:])\s*(?P<rest>\S.*)$", re.DOTALL)
VERB = re.compile(r"(?:=|\b(?:is|are|was|were|be|equals|equal\s+to|gives|get|gets|has|have|had)\b)\s*")
NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?%?")
WRAPPED = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mbox|textrm|operatorname|emph|boldsymbol)\s*\{([^{}]*)\}")
SHORT_FRACTION = re.compile(r"\\[dt]?frac\s*(?:(\d)\s*(\d)|(\d)\s*(\{[^{}]*\})|(\{[^{}]*\})\s*(\d))")
SPACES = re.compile(r"(?<!\\)\\[,;:! ]|\\q?quad\b|\\(?:left|right|displaystyle)(?![A-Za-z])|~")
THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\[,!]|,\\!)(?=\d{3}(?!\d))")
BOUNDS = re.compile(r"^(?:\$\$?|\\\(|\\\[)\s*(.*?)\s*(?:\$\$?|\\\)|\\\])$", re.DOTALL)
EDGES = "*_` \t\n\r"
MOST = 12
"""Readings of one text that are looked at."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer as it may be read; `name` is the letter, or the option, that it is the value of.

    Only a `firm` one may refute.
    """

    text: str
    firm: bool = True
    name: str | None = None
    about: bool = False


def stated(text: str) -> tuple[Stated, ...]:
    """The readings of a text as an answer, the likeliest first."""
    found: dict[Stated, None] = {}
    for one in _readings(text, True, 0):
        found.setdefault(one)
        if len(found) == MOST:
            break
    return tuple(found)


def _readings(text: str, firm: bool, depth: int) -> Iterator[Stated]:
    text = ANNOTATION.sub("", text).strip(EDGES)
    if not text or depth > 4:
        return
    if boxes := list(dict.fromkeys(_boxes(text))):
        for box in boxes[-1:] if len(boxes) > 1 else boxes:
            yield from _plain(box, firm and len(boxes) == 1)
        if len(boxes) > 1:
            yield from _plain(", ".join(boxes), False)
        return
    if marked := HASHES.findall(text):
        yield from _readings(marked[-1], firm, depth + 1)
        return
    if headings := list(HEADING.finditer(text)):
        yield from _readings(text[headings[-1].end() :], firm, depth + 1)
        return
    if markers := list(MARKER.finditer(text)):
        yield from _readings(_sentence(text[markers[-1].end() :]), firm, depth + 1)
        return
    yield from _plain(text, firm)
    if depth == 0 and not NAMED.match(text) and not OPTION.match(text):
        yield from _in_prose(text)


def _plain(text: str, firm: bool) -> Iterator[Stated]:
    """A text that is the answer itself, its value where it is named, and what stands beside the letter of an option."""
    text = cleaned(text)
    about = ABOUT.match(text)
    text = text[about.end() :] if about else text
    yield Stated(text, firm, None, about is not None)
    if named := NAMED.match(text):
        yield from _called(named["name"], named["rest"], firm)
    elif text.count("=") and not set("<>≤≥") & set(text):
        yield Stated(cleaned(text.rpartition("=")[2]), False)
    if option := OPTION.match(text):
        yield from _called(f"({option[1] or option[2]})", option["rest"], firm)


def _called(name: str, text: str, firm: bool) -> Iterator[Stated]:
    yield from (Stated(one.text, one.firm, name, one.about) for one in _plain(text, firm))


def _in_prose(text: str) -> Iterator[Stated]:
    """What the last sentence says: after its verb or sign, the number there, and a number that is alone in it.

    None of it refutes.
    """
    sentences = [one for one in re.split(r"(?<=[.!?])\s+|\n+", text) if re.search(r"\w", one)]
    if not sentences or len(sentences[-1].split()) < 3:
        return
    last = sentences[-1].strip(EDGES)
    if words.NEGATIONS & set(re.findall(r"[\w']+", last.lower())):
        return
    if verbs := list(VERB.finditer(last)):
        after = last[verbs[-1].end() :]
        yield from _plain(after, False)
        if leading := NUMBER.match(after):
            yield from _plain(leading[0], False)
    numbers = set(NUMBER.findall(re.sub(r"^\s*Step\s+\d+[.:]", "", last)))
    if len(numbers) == 1:
        yield from _plain(numbers.pop(), False)


def cleaned(text: str) -> str:
    """Without bounds of maths, emphasis, spacing commands, wrappers of words and the stop at the end."""
    text = text.strip(EDGES)
    text = THOUSANDS.sub(",", text)
    text = WRAPPED.sub(lambda match: match[1], SPACES.sub(" ", text))
    text = SHORT_FRACTION.sub(_fraction, text)
    while True:
        before = text
        text = text.strip(EDGES)
        text = text[:-1] if text.endswith((".", ";", ",")) and not text.endswith("...") else text
        if (bounds := BOUNDS.match(text)) and "$" not in bounds[1] and "\\(" not in bounds[1]:
            text = bounds[1]
        if len(text) > 1 and text[0] in "\"'“" and text[-1] in "\"'”":
            text = text[1:-1]
        if text == before:
            return text


def _fraction(match: re.Match[str]) -> str:
    over, under = (one for one in match.groups() if one is not None)
    return f"\\frac{{{over.strip('{}')}}}{{{under.strip('{}')}}}"


def _sentence(text: str) -> str:
    """Up to the end of the sentence, or of the line."""
    first = text.lstrip(EDGES + ":").split("\n")[0]
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", first)[0] if not OPTION.match(first) else first


def _boxes(text: str) -> Iterator[str]:
    """What stands in each \\boxed{...}, with the brackets inside it."""
    for match in re.finditer(r"\\(?:boxed|fbox)\s*\{", text):
        depth, place = 1, match.end()
        while place < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
        if not depth:
            yield text[match.end() : place - 1]
