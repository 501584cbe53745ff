"""One formula as text, or Unsure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from tui.mathematics.items import Item, Kind, Unsure
from tui.mathematics.layout import line
from tui.mathematics.nodes import characters, parsed, pieces
from tui.mathematics.scripts import Piece, resolved

LONGEST_FORMULA = 4_000
DEEPEST = 24
_NEEDS_PARSER = re.compile(r"[\\{}&~%]")
_ESCAPED_LINE = re.compile(
    r"(\A|(?<!\\)\\\\|\\begin\{[a-z]+\*?\})\s*\\n(?![A-Za-z])|\\n(?=\s*(?:\Z|\\end\{))",
)
_DEPTH = re.compile(r"\\(?:begin|left)(?![A-Za-z])|\\(?:end|right)(?![A-Za-z])|\\.|[{}]", re.DOTALL)
_STEP = {"{": 1, "\\begin": 1, "\\left": 1, "}": -1, "\\end": -1, "\\right": -1}


@lru_cache(maxsize=1024)
def rendered(source: str, before: str = "", after: str = "", *, display: bool = False) -> str:
    """A formula without its marks as text; the rows of a displayed one each on a line.

    `before` and `after` are the signs beside it outside, if they belong to the same formula. Raises Unsure where the
    text could say something else than the formula, at an unknown command, and beyond 4,000 characters or 24 levels.
    """
    if len(source) > LONGEST_FORMULA or _depth(source) > DEEPEST:
        raise Unsure
    lines = _lines(_read(source, display=display), display=display)
    texts = [line(items, _neighbour(before), _neighbour(after)) for items in lines]
    text = "\n".join(text for text in texts if text)
    if not text.strip():
        raise Unsure
    return text


def _read(source: str, *, display: bool) -> Sequence[Piece]:
    """The signs of a formula; one without a command needs no parser, which is many times as quick."""
    if _NEEDS_PARSER.search(source) is None:
        return characters(source)
    return pieces(parsed(_ESCAPED_LINE.sub(_without_line, source)), whole=display)


def _lines(found: Sequence[Piece], *, display: bool) -> list[list[Item]]:
    rows: list[list[Piece]] = [[]]
    for piece in found:
        kind = piece.kind if isinstance(piece, Item) else None
        if kind is Kind.CELL or (kind is Kind.ROW and not display):
            raise Unsure
        if kind is Kind.ROW:
            rows.append([])
        else:
            rows[-1].append(piece)
    lines = [resolved(row) for row in rows]
    for row in lines:
        sides = [item.kind for item in row if item.kind in (Kind.OPEN, Kind.CLOSE)]
        if sides.count(Kind.OPEN) != sides.count(Kind.CLOSE):
            raise Unsure
    return lines


def _without_line(found: re.Match[str]) -> str:
    """What stays of a line end that came as the two signs `\\n` where a line may end anyway."""
    return (found[1] or "") + " "


def _depth(source: str) -> int:
    """The deepest nesting of braces, environments and sized brackets."""
    depth = deepest = 0
    for found in _DEPTH.finditer(source):
        depth += _STEP.get(found[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _neighbour(sign: str) -> Item | None:
    if not sign:
        return None
    if sign == "\\":
        return Item(sign, Kind.LETTER)
    try:
        return characters(sign)[0]
    except Unsure:
        return None
