"""Mathematics as a terminal can show it: what a text marks as LaTeX becomes Unicode, the rest stays.

Where a formula could come to say something else, or is not understood, its source stays.
"""

import re
from collections.abc import Iterator

from tui.mathematics.find import Found, formulas
from tui.mathematics.items import OPERATORS, Unsure
from tui.mathematics.render import rendered
from tui.mathematics.symbols import OVERLINES, SYMBOLS

LONGEST_TOTAL = 40_000
_SCRIPTS = ("^", "_")
_AFTER = re.compile(r" ?(\S)([A-Za-z]?)")
_BEFORE = re.compile(r"([A-Za-z]?)(\S) ?\Z")
_SUFFIX = re.compile(r"(?:st|nd|rd|th|s)(?![A-Za-z])")

__all__ = ["has_mathematics", "readable", "replacements"]


def readable(text: str) -> str:
    """Return `text` with its marked mathematics as Unicode; never raises.

    Marked are `$...$` (by pandoc's rule, so that money is not), `$$...$$`, `\\(...\\)`, `\\[...\\]`,
    environments such as align, and commands in prose such as `\\frac{1}{2}`; not in code, paths or addresses. At most
    40,000 characters of formulas a text are rendered, so that a hostile text costs no more than a long one.
    """
    parts: list[str] = []
    at = 0
    for start, end, replacement in replacements(text):
        parts += text[at:start], replacement
        at = end
    return "".join([*parts, text[at:]])


def has_mathematics(text: str) -> bool:
    """Whether `readable` would change the text."""
    return any(text[start:end] != replacement for start, end, replacement in replacements(text))


def replacements(text: str) -> Iterator[tuple[int, int, str]]:
    """What `readable` puts in the place of each text[start:end], from left to right."""
    left = LONGEST_TOTAL
    for found in formulas(text):
        left -= found.inner_end - found.inner_start
        if left < 0:
            return
        try:
            yield found.start, found.end, _fitted(text, found)
        except Unsure:
            continue


def _fitted(text: str, found: Found) -> str:
    """The formula as it must stand between its neighbours."""
    before, after = text[max(0, found.start - 3) : found.start], text[found.end : found.end + 4]
    source = text[found.inner_start : found.inner_end]
    if found.display:
        shown = rendered(source, display=True)
        lead = " " if before[-1:].isalnum() else ""
        return lead + shown + (" " if after[:1].isalnum() else "")
    if before[-1:] in _SCRIPTS:
        shown = rendered(source)
        return f"({shown})" if len(shown) > 1 else shown
    shown = rendered(source, _sign_before(before, found), _sign_after(after, found))
    if _joins_before(before, shown) or _joins_after(shown, after):
        raise Unsure
    lone_operator = found.bare and SYMBOLS.get(source[1:], ("", None))[1] in OPERATORS
    return " " + shown if lone_operator and after[:1] == " " and not before[-1:].isspace() else shown


def _sign_before(before: str, found: Found) -> str:
    sign = _BEFORE.search(before)
    if sign is None or (before[-1].isspace() and (not found.bare or (sign[2].isalpha() and sign[1]))):
        return ""
    return sign[2]


def _sign_after(after: str, found: Found) -> str:
    """The sign that goes on with the formula: one without a blank, or in bare mathematics one that is no word."""
    sign = _AFTER.match(after)
    if sign is None or (after[0].isspace() and (not found.bare or (sign[1].isalpha() and sign[2]))):
        return ""
    return sign[1]


def _joins_before(before: str, shown: str) -> bool:
    if before[-1:].isdecimal() and shown[0].isdecimal():
        return shown[1:2] != OVERLINES["overline"]
    return (
        before[-1:].isalpha()
        and shown[0].isalpha()
        and (before[-2:-1].isalpha() or (len(shown) > 1 and shown[:2].isalpha()))
    )


def _joins_after(shown: str, after: str) -> bool:
    if shown[-1].isdecimal() and after[:1].isdecimal():
        return True
    return shown[-1].isalpha() and after[:2].isalpha() and len(after) > 1 and _SUFFIX.match(after) is None
