"""Commands that change how one part looks: boxes, accents, bars and alphabets."""

import unicodedata
from collections.abc import Sequence
from functools import cache

from tui.mathematics.items import Item, Kind, Unsure
from tui.mathematics.layout import line
from tui.mathematics.symbols import ACCENTS, BOLD, LONG_ACCENTS, NEGATED, OVERLINES, PLAIN, SUBSCRIPTS

_LOWERED = frozenset(SUBSCRIPTS.values())


def decorated(name: str, argument: Sequence[Item]) -> Item:
    """A part in a box, under an accent or in another alphabet; raises Unsure where there is no such sign."""
    if not argument:
        raise Unsure
    text = line(argument)
    if name in ("boxed", "fbox"):
        return Item(f"⟦{text}⟧", Kind.LETTER)
    if name == "pmod":
        return Item(f"(mod {text})", Kind.TEXT)
    if name == "not":
        if text not in NEGATED:
            raise Unsure
        return Item(NEGATED[text], Kind.RELATION)
    if name in ACCENTS or name in OVERLINES or name in LONG_ACCENTS:
        return _accented(name, text, argument)
    return _styled(name, text, argument)


def _accented(name: str, text: str, argument: Sequence[Item]) -> Item:
    plain = [sign for sign in text if sign not in _LOWERED]
    if name in OVERLINES and all(sign.isalpha() or sign.isdecimal() for sign in plain):
        signs = [sign if sign in _LOWERED else sign + OVERLINES[name] for sign in text]
        return Item("".join(signs), argument[0].kind)
    if name in ACCENTS and len(text) == 1 and text.isalpha():
        return Item(text + ACCENTS[name], Kind.LETTER)
    return Item(f"{LONG_ACCENTS.get(name, name)}({text})", Kind.LETTER, apart=True)


def _styled(name: str, text: str, argument: Sequence[Item]) -> Item:
    plain = all(item.kind in (Kind.NUMBER, Kind.LETTER) for item in argument)
    if name in PLAIN and plain:
        return Item(text, argument[0].kind if len(argument) == 1 else Kind.TEXT)
    if not plain or not text.isalnum():
        raise Unsure
    return Item("".join(_letter(sign, name) for sign in text), Kind.LETTER)


_STYLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(BOLD, ("MATHEMATICAL BOLD",)),
    "mathbb": ("DOUBLE-STRUCK", "MATHEMATICAL DOUBLE-STRUCK"),
    "mathcal": ("SCRIPT", "MATHEMATICAL SCRIPT"),
    "mathscr": ("SCRIPT", "MATHEMATICAL SCRIPT"),
    "mathfrak": ("BLACK-LETTER", "MATHEMATICAL FRAKTUR"),
}


@cache
def _letter(sign: str, style: str) -> str:
    """A letter in another alphabet, found by its Unicode name (`DOUBLE-STRUCK CAPITAL R`)."""
    form = unicodedata.name(sign, "").removeprefix("LATIN ").removeprefix("GREEK ").replace("LETTER ", "")
    for prefix in _STYLES[style]:
        try:
            return unicodedata.lookup(f"{prefix} {form}")
        except KeyError:
            continue
    raise Unsure
