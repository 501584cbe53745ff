"""Pieces in, items out: exponents and indices go to their base, `\\over` and `|` find their sides."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from tui.mathematics.items import ENDS, Group, Item, Kind, Unsure
from tui.mathematics.layout import is_product, line, lowered, raised, stands_alone
from tui.mathematics.symbols import VULGAR

Piece = Item | Group
_WITHOUT_BASE = frozenset({Kind.SUM, Kind.TIMES, Kind.OVER, Kind.RELATION, Kind.OPEN, Kind.MARK, Kind.CELL, Kind.ROW})
_NO_ARGUMENT = frozenset(
    {Kind.OPEN, Kind.CLOSE, Kind.RELATION, Kind.BIG, Kind.FUNCTION, Kind.SUPER, Kind.SUB, Kind.CELL, Kind.ROW}
)
_SCRIPTS = frozenset({Kind.SUPER, Kind.SUB})


def resolved(pieces: Sequence[Piece]) -> list[Item]:
    """Raises Unsure where a script has no base or more than one reading."""
    infixes = [at for at, piece in enumerate(pieces) if isinstance(piece, Item) and piece.kind is Kind.INFIX]
    if not infixes:
        return _scripted(_sided(pieces))
    at = infixes[0]
    make: Callable[[Sequence[Item], Sequence[Item]], Item] = fraction if _text(pieces[at]) == "over" else binomial
    if len(infixes) > 1:
        raise Unsure
    return [make(resolved(pieces[:at]), resolved(pieces[at + 1 :]))]


def fraction(numerator: Sequence[Item], denominator: Sequence[Item]) -> Item:
    """`1/2`, `(a+b)/2`, `1/(2a)`; in brackets as a whole beside other factors."""
    above, below = _solid(numerator), _solid(denominator)
    if not above or not below:
        raise Unsure
    slash = Item("/", Kind.OVER)
    bare = stands_alone(above) or is_product(above)
    top = line(numerator, after=slash) if bare else f"({line(numerator)})"
    bottom = line(denominator, before=slash) if stands_alone(below) else f"({line(denominator)})"
    text = f"{top}/{bottom}"
    numeric = len(above) == len(below) == 1 and above[0].kind is below[0].kind is Kind.NUMBER
    return Item(text, Kind.FRACTION, closed=f"({text})", numeric=numeric, mixed=VULGAR.get(text))


def binomial(above: Sequence[Item], below: Sequence[Item]) -> Item:
    top, bottom = line(above), line(below)
    if not top or not bottom or "," in top + bottom:
        raise Unsure
    return Item(f"C({top},{bottom})", Kind.LETTER, apart=True)


def root(index: Sequence[Item], radicand: Sequence[Item]) -> Item:
    """`√2`, `√(x+1)`, `∛x`, `ⁿ√x`; a single sign gets a bracket too where another factor follows."""
    inner = _solid(radicand)
    if not inner:
        raise Unsure
    degree = line(index)
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree) or _indexed(degree)
    text = line(radicand)
    enclosed = stands_alone(inner) and inner[0].kind is Kind.OPEN
    single = stands_alone(inner) and len(inner) == 1 and (text.isalpha() or text.isdecimal())
    closed = sign + (text if enclosed else f"({text})")
    return Item(sign + text if single else closed, Kind.ROOT, closed=closed, indexed=len(sign) > 1)


def _indexed(degree: str) -> str:
    text, plain = raised(degree)
    if not plain or text.startswith("^"):
        raise Unsure
    return text + "√"


def _solid(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.kind is not Kind.BLANK]


def _text(piece: Piece) -> str:
    return piece.text if isinstance(piece, Item) else ""


def _sided(pieces: Sequence[Piece]) -> list[Piece]:
    """Tell apart the bars that open, those that close, and those that stand between."""
    sided: list[Piece] = []
    open_bars: list[str] = []
    for at, piece in enumerate(pieces):
        if not isinstance(piece, Item) or piece.kind is not Kind.BAR:
            sided.append(piece)
        elif 0 < at < len(pieces) - 1 and _is_blank(pieces[at - 1]) and _is_blank(pieces[at + 1]) and not open_bars:
            sided.append(replace(piece, kind=Kind.RELATION))
        elif piece.text in open_bars:
            open_bars.remove(piece.text)
            sided.append(replace(piece, kind=Kind.CLOSE))
        else:
            open_bars.append(piece.text)
            sided.append(replace(piece, kind=Kind.OPEN))
    return sided


def _kind(piece: Piece) -> Kind | None:
    return piece.kind if isinstance(piece, Item) else None


def _is_blank(piece: Piece) -> bool:
    return _kind(piece) is Kind.BLANK


def _scripted(pieces: Sequence[Piece]) -> list[Item]:
    items: list[Item] = []
    at = 0
    while at < len(pieces):
        base = None if _kind(pieces[at]) in _SCRIPTS else pieces[at]
        at += base is not None
        if base is not None and _is_blank(base) and items:
            items.append(cast(Item, base))
            continue
        scripts, at = _scripts(pieces, at)
        if scripts:
            items.extend(_attached(base, scripts, items[-1] if items else None))
        elif base is not None:
            items.extend(base.items if isinstance(base, Group) else [base])
    return items


def _scripts(pieces: Sequence[Piece], at: int) -> tuple[dict[Kind, Sequence[Item]], int]:
    """The scripts that start at `at`, and where they end."""
    scripts: dict[Kind, Sequence[Item]] = {}
    while (mark := _after_blanks(pieces, at)) < len(pieces):
        kind = _kind(pieces[mark])
        if kind not in _SCRIPTS or kind is None:
            break
        if kind in scripts:
            raise Unsure
        at = _after_blanks(pieces, mark + 1)
        scripts[kind] = _argument(pieces, at)
        at += 1
    return scripts, at


def _after_blanks(pieces: Sequence[Piece], at: int) -> int:
    while at < len(pieces) and _is_blank(pieces[at]):
        at += 1
    return at


def _argument(pieces: Sequence[Piece], at: int) -> Sequence[Item]:
    """What an exponent or index is; unsure where `x^10` or `x^-1` shows less than its writer meant."""
    if at >= len(pieces):
        raise Unsure
    piece = pieces[at]
    if isinstance(piece, Group):
        if not _solid(piece.items):
            raise Unsure
        return piece.items
    ahead = _kind(pieces[at + 1]) if at + 1 < len(pieces) else None
    cut_short = piece.kind is Kind.SUM and ahead in (Kind.NUMBER, Kind.LETTER)
    if cut_short or piece.kind in _NO_ARGUMENT or (piece.kind is Kind.NUMBER and len(piece.text) > 1):
        raise Unsure
    return [piece]


def _attached(base: Piece | None, scripts: dict[Kind, Sequence[Item]], before: Item | None) -> list[Item]:
    sub, sup = scripts.get(Kind.SUB), scripts.get(Kind.SUPER)
    items = list(base.items) if isinstance(base, Group) else [] if base is None or _is_blank(base) else [base]
    if not items:
        if before is not None and before.kind in ENDS:
            raise Unsure
        return [_leading(sub, sup)]
    last = items[-1]
    if last.kind in _WITHOUT_BASE or last.text[-1:].isspace() or (len(items) > 1 and last.kind is not Kind.CLOSE):
        raise Unsure
    return [*items[:-1], _limited(last, sub, sup) if last.kind is Kind.BIG else _marked(last, sub, sup)]


def _leading(sub: Sequence[Item] | None, sup: Sequence[Item] | None) -> Item:
    """Scripts before their letter, as in ¹⁴C."""
    texts = [write(line(script)) for script, write in ((sup, raised), (sub, lowered)) if script]
    if any(text.startswith(("^", "_")) for text, _ in texts):
        raise Unsure
    return Item("".join(text for text, _ in texts), Kind.LETTER)


def _marked(base: Item, sub: Sequence[Item] | None, sup: Sequence[Item] | None) -> Item:
    body = f"({base.text})" if base.kind in (Kind.ROOT, Kind.FRACTION) else base.safe
    kind = Kind.LETTER if base.kind in (Kind.ROOT, Kind.FRACTION, Kind.NUMBER) else base.kind
    low, low_plain = lowered(line(sub)) if sub else ("", True)
    high, high_plain = raised(line(sup)) if sup else ("", True)
    if sup and [item.text for item in _solid(sup)] == ["∘"]:
        high, high_plain = "°", True
    if high and not low_plain:
        low = _bracketed(low)
    loose = kind is not Kind.FUNCTION and not (high_plain and (high or low_plain))
    closed = body + (low + _bracketed(high) if high else _bracketed(low))
    return Item(body + low + high, kind, closed=closed if loose else None)


def _bracketed(script: str) -> str:
    return f"{script[0]}({script[1:]})"


def _limited(base: Item, sub: Sequence[Item] | None, sup: Sequence[Item] | None) -> Item:
    """`∑(i=1 to n)`, `∫₀¹`, `lim(x → 0)`."""
    below, above = line(sub or ()), line(sup or ())
    low, high = lowered(below)[0] if below else "", raised(above)[0] if above else ""
    if base.text in "∫∬∭∮" and not low.startswith("_") and not high.startswith("^"):
        text = low + high
    elif below and above:
        text = f"({below} to {above})"
    elif base.text.startswith("lim") and below:
        text = f"({below})"
    else:
        text = (f"_({below})" if low.startswith("_") else low) + (f"^({above})" if high.startswith("^") else high)
    return Item(base.text + text, Kind.BIG)
