"""Where a text marks mathematics, and where what looks like a mark is money, code, a path or an address."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui.mathematics.bare import Commands
from tui.mathematics.symbols import ENVIRONMENTS

_TOKEN = re.compile(r"https?://\S+|`+|\\[A-Za-z]+|\\.|\$", re.DOTALL)
_NAME = re.compile(r"\{([A-Za-z]+\*?)\}")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NO_WORD = re.compile(
    r"\\(?:text\w*|mbox|mathrm|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+|sin|cos|tan|log|max|min|gcd|lcm|mod"
)
_PROSE = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]{2,} +[A-Za-z]{2}|(?:and|or|the|of|is|are|if|to|for|with|per|each|in|at)(?![A-Za-z]))"
)
_WORD = re.compile(r"[A-Za-z]{3}")
_AMOUNT = re.compile(r"\.?\d")
_NO_START = re.compile(r"[,;:)/*%!?]|\.(?!\d)")
_NO_END = "+-*/=<>([{:"


@dataclass(frozen=True, slots=True)
class Found:
    """A formula at text[start:end], which without its marks reads text[inner_start:inner_end].

    `display` says that it stands on lines of its own, `bare` that it has no marks but its commands.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    display: bool = False
    bare: bool = False


def formulas(text: str) -> Iterator[Found]:
    """The marked formulas from left to right, none inside another; linear in the length of the text."""
    if "$" in text or "\\" in text:
        yield from _Marks(text).formulas()


class _Marks:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(found.start(), found[0]) for found in _TOKEN.finditer(text)]
        self.commands = Commands(text)
        self.places: dict[str, list[int]] = {}
        for start, token in self.tokens:
            if token[0] in "`$" or token in ("\\)", "\\]"):
                self.places.setdefault(token, []).append(start)
        dollars = self.places.get("$", [])
        self.places["$$"] = [one for one, two in pairwise(dollars) if two == one + 1]

    def formulas(self) -> Iterator[Found]:
        at = 0
        for start, token in self.tokens:
            if start < at:
                continue
            at, found = self._at(start, token)
            if found is not None:
                yield found

    def _at(self, start: int, token: str) -> tuple[int, Found | None]:
        """Where to read on, and the formula that starts with this token, if one does."""
        end = start + len(token)
        if token[0] == "`":
            return self._code(token, end), None
        if token == "$":
            return self._display_dollar(start) if self.text[end : end + 1] == "$" else self._dollar(start)
        if token in ("\\(", "\\["):
            return self._between(start, end, "\\)" if token == "\\(" else "\\]", display=token == "\\[")
        if token == "\\begin":
            return self._environment(start, end)
        if token[0] == "\\":
            end, is_formula = self.commands.run(start, token)
            return end, Found(start, end, start, end, bare=True) if is_formula else None
        return end, None

    def _next(self, mark: str, at: int) -> int | None:
        places: Sequence[int] = self.places.get(mark, ())
        index = bisect_left(places, at)
        return places[index] if index < len(places) else None

    def _code(self, ticks: str, end: int) -> int:
        close = self._next(ticks, end)
        if close is None or (len(ticks) < 3 and _BLANK_LINE.search(self.text, end, close)):
            return end
        return close + len(ticks)

    def _between(self, start: int, inner: int, mark: str, *, display: bool) -> tuple[int, Found | None]:
        close = self._next(mark, inner)
        if close is None:
            return inner, None
        end = close + len(mark)
        if not self.text[inner:close].strip() or _reads_as_prose(self.text[inner:close]):
            return end, None
        return end, Found(start, end, inner, close, display=display)

    def _display_dollar(self, start: int) -> tuple[int, Found | None]:
        return self._between(start, start + 2, "$$", display=True)

    def _dollar(self, start: int) -> tuple[int, Found | None]:
        """Pandoc's rule: no blank after the first sign, none before the second, no digit after it; money is none."""
        close = self._next("$", start + 1)
        if close is None or not self._opens_and_closes(start, close):
            return start + 1, None
        inner = self.text[start + 1 : close]
        if _is_money(self.text[max(0, start - 1) : start], inner):
            return start + 1, None
        return close + 1, None if _reads_as_prose(inner) else Found(start, close + 1, start + 1, close)

    def _opens_and_closes(self, start: int, close: int) -> bool:
        text = self.text
        if text[start + 1].isspace() or text[close - 1].isspace() or _AMOUNT.match(text, close + 1):
            return False
        return _BLANK_LINE.search(text, start, close) is None

    def _environment(self, start: int, inner: int) -> tuple[int, Found | None]:
        end = self.commands.closed.get(start)
        name = _NAME.match(self.text, inner)
        if end is None or name is None:
            return inner, None
        if name[1] not in ENVIRONMENTS:
            return end, None
        return end, Found(start, end, start, end, display=True)


def _is_money(before: str, inner: str) -> bool:
    """Whether `$inner$` is rather two amounts, or the end of one and the start of another."""
    if inner[-1] in _NO_END or _NO_START.match(inner):
        return True
    if before.isdecimal() and not (inner[0].isalpha() or inner[0] in "\\("):
        return True
    if not _AMOUNT.match(inner):
        return False
    words = _NO_WORD.sub(" ", inner)
    return before.isalpha() or _WORD.search(words) is not None or _reads_as_prose(inner) or not _is_balanced(inner)


def _is_balanced(inner: str) -> bool:
    return sum(map(inner.count, "([")) == sum(map(inner.count, ")]")) and inner.count("{") == inner.count("}")


def _reads_as_prose(inner: str) -> bool:
    """Words side by side have blanks that a formula would not show: it is no formula, or one with a mistake."""
    return _PROSE.search(_NO_WORD.sub(" 0 ", inner)) is not None
