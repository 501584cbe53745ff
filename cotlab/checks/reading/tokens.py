"""Text and LaTeX cut into tokens, in one pass from left to right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cotlab.checks.reading.latex import COMMANDS, SIGNS, SKIPPED, text_of
from cotlab.checks.reading.tree import Number


class Sort(StrEnum):
    NUMBER = "number"
    WORD = "word"
    OPERATOR = "operator"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    MONEY = "money"
    MATHS = "maths"
    FUNCTION = "function"
    UNREAD = "unread"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its place in the text; `text` is its canonical form, `blank` says that white space is before it."""

    sort: Sort
    text: str
    start: int
    end: int
    blank: bool = False
    number: Number | None = None


LETTER = "[^\\W\\d_ºπ²³¹⁰⁴-⁹₀-₉½⅓⅔¼¾⅕-⅞]"
TOKEN = re.compile(
    r"""(?P<blank>[^\S\n]+)
    |(?P<number>\d{1,3}(?:(?:,|\{,\}|,\\!|[\u00a0\u202f ])\d{3})+(?![\d,])(?:\.\d+)?
        |(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3}(?![\w.]))?)
    |(?P<cross>(?<=\d)[xX](?=\d))
    |(?P<name>LETTER{2,}(?:_LETTER+)+)
    |(?P<command>\\(?:begin|end)\s*\{[a-z]*\*?\}|\\[A-Za-z]+|\\.|\\$)
    |(?P<function>(?:sin|cos|tan|sec|csc|cot)(?=[\dα-ω]))
    |(?P<word>LETTER+(?:['’]LETTER+)?\d*)
    |(?P<relation><=|>=|!=|==|=>|->|=|<|>|:=)
    |(?P<power>\*\*)
    |(?P<dots>\.\.\.|…)
    |(?P<break>\n)
    |(?P<sign>.)""".replace("LETTER", LETTER),
    re.VERBOSE | re.DOTALL,
)
RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "=": "=", "<": "<", ">": ">"}
CHARACTERS = {
    **dict.fromkeys("+", "+"), **dict.fromkeys("-−–—‑", "-"), **dict.fromkeys("*×·⋅∙✕✖", "*"),
    **dict.fromkeys("/÷∕", "/"), "^": "^", "!": "!", "%": "%", "_": "_", "'": "'", "′": "'", "|": "|",
    "±": "±", "&": "&", "∘": "∘", **dict.fromkeys("°º˚", "°"),
}  # fmt: skip
SCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "-01234567890123456789")
UPPER, LOWER = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
WHOLE = re.compile(r"-?\d+")
FRACTION_SIGNS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
                  "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
                  "⅞": (7, 8)}  # fmt: skip
RELATION_SIGNS = {"≤": "≤", "≥": "≥", "≠": "≠", "≈": "≈", "≅": "≈", "≡": "≡", "≃": "≈"}
FUNCTION_SIGNS = {
    "√": "sqrt",
    "π": "pi",
    "∞": "infinity",
    "∑": "sum",
    "∏": "prod",
    "∫": "int",
    "∠": "angle",
    "∡": "angle",
}
MATHS = re.compile(r"(?<![\\\d$])\$\$?(?=[^\s$])([^$]{1,1000}?)(?<=[^\s\\])\$\$?(?!\d)|\$\$\s([^$]{1,1000}?)\s\$\$")
PLAIN = re.compile(r"[\s\d.,+\-*/=()x×÷%]*[A-Za-z ]{0,40}")


def tokens(text: str) -> list[Token]:
    """All tokens of the text and one END; a $ is either money or a bound of maths, decided beforehand."""
    bounds = _maths(text)
    found = list(_raw(text, 0, len(text), bounds))
    found.append(Token(Sort.END, "", len(text), len(text)))
    return found


def _maths(text: str) -> frozenset[int]:
    """Places of the $ that bound a formula (pandoc's rule); the others say dollars."""
    if "$" not in text:
        return frozenset()
    places: set[int] = set()
    for match in MATHS.finditer(text):
        inside = match[1] or match[2]
        if inside and not (inside[0].isdigit() and re.search(r"[A-Za-z]{2,} ", inside) and "\\" not in inside):
            places.update(range(match.start(), match.start() + 2))
            places.update(range(match.end() - 2, match.end()))
    return frozenset(place for place in places if text[place] == "$")


def _raw(text: str, start: int, stop: int, bounds: frozenset[int]) -> Iterator[Token]:
    """The tokens between two places; a command with a text inside is cut again."""
    blank, place = False, start
    while place < stop:
        match = TOKEN.match(text, place, stop)
        assert match is not None
        kind, said, begin, place = match.lastgroup, match[0], place, match.end()
        if kind == "blank":
            blank = True
            continue
        if kind == "number":
            yield _number(said, begin, place, blank)
        elif kind == "cross":
            yield Token(Sort.OPERATOR, "*", begin, place, blank)
        elif kind in ("word", "name", "function"):
            yield Token(Sort.WORD, said, begin, place, blank)
        elif kind == "command":
            inner = text_of(text, said, place, stop)
            if inner is not None:
                yield from _raw(text, *inner, bounds)
                place = inner[1] + 1
            elif (token := _command(said, begin, place, blank)) is not None:
                yield token
            else:
                blank = True
                continue
        elif kind == "relation":
            sort = Sort.RELATION if said in RELATIONS else Sort.STOP
            yield Token(sort, RELATIONS.get(said, said), begin, place, blank)
        elif kind == "power":
            yield Token(Sort.OPERATOR, "^", begin, place, blank)
        elif kind == "dots":
            yield Token(Sort.UNREAD, "...", begin, place, blank)
        elif kind == "break":
            yield Token(Sort.STOP, "\n", begin, place, blank)
        else:
            for script in (UPPER, LOWER):
                while said in script and place < stop and text[place] in script:
                    place += 1
            yield _sign(text[begin:place], begin, place, blank, bounds)
        blank = False


def _number(said: str, start: int, end: int, blank: bool) -> Token:
    plain = said.replace("{,}", "").replace(",\\!", "").replace(",", "").replace(" ", "")
    plain = plain.replace("\u00a0", "").replace("\u202f", "")
    if len(plain) > 4_000:
        return Token(Sort.UNREAD, "...", start, end, blank)
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))
    digits = len(mantissa.replace(".", "").lstrip("0"))
    return Token(Sort.NUMBER, plain, start, end, blank, Number(Fraction(plain), decimals, max(digits, 1)))


def _command(said: str, start: int, end: int, blank: bool) -> Token | None:
    """A LaTeX command as a token; None for what only sets space."""
    name = said[1:]
    if name in SKIPPED:
        return None
    if name.startswith(("begin", "end")) and "{" in name:
        return Token(Sort.STOP, "\\begin" if name[0] == "b" else "\\end", start, end, blank)
    if name in SIGNS:
        sort, text = SIGNS[name]
        return Token(Sort(sort), text, start, end, blank)
    if name in COMMANDS:
        return Token(Sort.FUNCTION, COMMANDS[name], start, end, blank)
    return Token(Sort.UNREAD, said, start, end, blank)


def _sign(said: str, start: int, end: int, blank: bool, bounds: frozenset[int]) -> Token:
    sort, text = Sort.UNREAD, said
    if said == "$":
        sort = Sort.MATHS if start in bounds else Sort.MONEY
    elif said in "€£¥₹":
        sort = Sort.MONEY
    elif said in CHARACTERS:
        sort, text = Sort.OPERATOR, CHARACTERS[said]
    elif said in RELATION_SIGNS:
        sort, text = Sort.RELATION, RELATION_SIGNS[said]
    elif said in FUNCTION_SIGNS:
        sort, text = Sort.FUNCTION, FUNCTION_SIGNS[said]
    elif said in "([{":
        sort = Sort.OPEN
    elif said in ")]}":
        sort = Sort.CLOSE
    elif said in '.,;:?"“”`':
        sort = Sort.STOP
    elif said[0] in UPPER + LOWER and WHOLE.fullmatch(said.translate(SCRIPTS)):
        sort, text = Sort.OPERATOR, ("^" if said[0] in UPPER else "_") + said.translate(SCRIPTS)
    elif said in FRACTION_SIGNS:
        over, under = FRACTION_SIGNS[said]
        return Token(Sort.NUMBER, said, start, end, blank, Number(Fraction(over, under), 0, 1))
    return Token(sort, text, start, end, blank)
