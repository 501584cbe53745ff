"""Items in, one line of text out: where brackets and blanks must stand so that the line says what the formula says."""

from collections.abc import Sequence

from tui.mathematics.items import ENDS, FACTORS, OPERATORS, Item, Kind, Unsure
from tui.mathematics.symbols import SUBSCRIPTS, SUPERSCRIPTS

_BINDS_AFTER = FACTORS | {Kind.TIMES, Kind.OVER, Kind.POSTFIX, Kind.SUPER, Kind.SUB}
_BINDS_BEFORE = ENDS | {Kind.OVER, Kind.FUNCTION, Kind.BIG}
_LONGEST_SCRIPT = 4


def line(items: Sequence[Item], before: Item | None = None, after: Item | None = None) -> str:
    """Lay items out; `before` and `after` are what stands beside them and is not written here.

    Raises Unsure where the neighbours of a part would make it say something else.
    """
    solid = [item for item in items if item.kind is not Kind.BLANK]
    around = [before, *solid, after]
    chosen = iter([_beside(around[at], solid[at], around[at + 2]) for at in range(len(solid))])
    words: list[str] = []
    previous = before
    blank = ""
    soft = True
    for item in items:
        if item.kind is Kind.BLANK:
            blank, soft = max(blank, item.text, key=len), soft and item.soft
            continue
        words.append(_gap(previous if words else None, item, blank, soft) + next(chosen))
        previous, blank, soft = item, "", True
    return _evened(words, solid, before)


def _beside(before: Item | None, item: Item, after: Item | None) -> str:
    """The text of `item` that is safe between its neighbours."""
    follows = after is not None and _starts_factor(after)
    if item.kind is Kind.FRACTION:
        if before is not None and before.kind is Kind.NUMBER and item.numeric:
            return _mixed(
                item, follows and after is not None and after.kind in _BINDS_AFTER and after.text not in ("%", "°")
            )
        led = before is not None and before.kind in _BINDS_BEFORE and _ends_factor(before)
        return (
            item.safe
            if led or (after is not None and after.kind in _BINDS_AFTER and _starts_factor(after))
            else item.text
        )
    if item.kind is Kind.ROOT:
        if item.indexed and before is not None and before.kind in ENDS and _ends_factor(before):
            return f"({item.text})"
        return (
            item.safe
            if after is not None and after.kind in FACTORS | {Kind.POSTFIX, Kind.SUPER, Kind.SUB} and follows
            else item.text
        )
    return item.safe if after is not None and after.kind in _BINDS_AFTER and follows else item.text


def _mixed(item: Item, follows: bool) -> str:
    """A whole number with a fraction: only a single sign such as ⅓ keeps it one number."""
    if item.mixed is None or follows:
        raise Unsure
    return item.mixed


def _starts_factor(item: Item) -> bool:
    return item.kind is not Kind.TEXT or not item.text[:1].isspace()


def _ends_factor(item: Item) -> bool:
    return item.kind is not Kind.TEXT or not item.text[-1:].isspace()


def _gap(previous: Item | None, item: Item, blank: str, soft: bool) -> str:
    """The blanks before `item`: those of the source, and those without which two words would become one."""
    if previous is None:
        return ""
    if Kind.TEXT in (previous.kind, item.kind):
        return "" if previous.text[-1:].isspace() or item.text[:1].isspace() else blank
    if previous.kind is Kind.OPEN or item.kind is Kind.CLOSE:
        return ""
    if (item.apart or item.kind in (Kind.FUNCTION, Kind.BIG)) and previous.kind in ENDS | {Kind.FUNCTION, Kind.BIG}:
        return blank or " "
    if previous.kind is Kind.FUNCTION and item.kind in FACTORS - {Kind.OPEN}:
        return blank or " "
    if previous.kind is Kind.BIG and item.kind in FACTORS | {Kind.SUM}:
        return blank or " "
    if "mod" in (previous.text, item.text):
        return " "
    if soft and blank and previous.kind not in OPERATORS | {Kind.MARK} and item.kind not in OPERATORS | {Kind.MARK}:
        return ""
    return blank


def _evened(words: list[str], items: Sequence[Item], before: Item | None) -> str:
    """Join, giving an operator a blank on both sides or on none."""
    for at, item in enumerate(items):
        if item.kind not in OPERATORS or item.text == ":" or at + 1 == len(items):
            continue
        previous = items[at - 1] if at else before
        if previous is not None and (previous.kind in ENDS or _is_dots(previous) or item.kind is Kind.RELATION):
            spaced = words[at][:1].isspace() or words[at + 1][:1].isspace()
            words[at] = (" " if spaced and at else "") + words[at].lstrip()
            words[at + 1] = words[at + 1] if not spaced or words[at + 1][:1].isspace() else " " + words[at + 1]
        elif item.kind is Kind.SUM and not item.text.isascii():
            words[at + 1] = words[at + 1].lstrip()
    return "".join(words)


def _is_dots(item: Item) -> bool:
    return item.kind is Kind.MARK and item.text in "…⋯"


def stands_alone(items: Sequence[Item]) -> bool:
    """Whether the items are one number, letter, word or bracket, so that they need no bracket of their own."""
    if _is_differential(items) or _is_enclosed(items):
        return True
    if not items or items[0].kind not in (Kind.NUMBER, Kind.LETTER, Kind.TEXT) or items[0].closed is not None:
        return False
    return " " not in items[0].text and all(item.kind is Kind.POSTFIX for item in items[1:])


def is_product(items: Sequence[Item]) -> bool:
    """Whether the items are factors side by side: a fraction's numerator like 2x then needs no bracket."""
    depth = 0
    for item in items:
        depth -= item.kind is Kind.CLOSE
        plain = item.kind in (Kind.NUMBER, Kind.LETTER, Kind.POSTFIX, Kind.OPEN, Kind.CLOSE)
        if depth < 0 or (depth == 0 and not plain):
            return False
        depth += item.kind is Kind.OPEN
    return bool(items) and depth == 0


def _is_differential(items: Sequence[Item]) -> bool:
    return len(items) == 2 and items[0].text in ("d", "∂") and items[1].kind is Kind.LETTER and items[1].closed is None


def _is_enclosed(items: Sequence[Item]) -> bool:
    """Whether the first item is a bracket that the last one closes."""
    if len(items) < 2 or items[0].text != "(" or items[-1].text != ")":
        return False
    depth = 0
    for at, item in enumerate(items):
        depth += (item.kind is Kind.OPEN) - (item.kind is Kind.CLOSE)
        if depth == 0:
            return at == len(items) - 1
    return False


def raised(text: str) -> tuple[str, bool]:
    """`text` as an exponent, and whether its end is plain to see."""
    return _script(text, SUPERSCRIPTS, "^")


def lowered(text: str) -> tuple[str, bool]:
    return _script(text, SUBSCRIPTS, "_")


def _script(text: str, signs: dict[str, str], mark: str) -> tuple[str, bool]:
    bare = text.replace(" ", "")
    short = len(bare) <= _LONGEST_SCRIPT or not any(sign.isalpha() for sign in bare)
    if bare and short and all(sign in signs for sign in bare):
        return "".join(signs[sign] for sign in bare), True
    if len(text) == 1 or (text.isalpha() and mark == "_"):
        return mark + text, False
    return f"{mark}({text})", True
