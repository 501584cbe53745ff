"""The grammar of sums, products, integrals, limits and derivatives in LaTeX."""

from collections.abc import Callable

from cotlab.checks.computing.budget import NoFormula
from cotlab.checks.reading.cursor import Cursor
from cotlab.checks.reading.tokens import Sort
from cotlab.checks.reading.tree import Apply, Letter, Node, apply, whole


def _range(parser: Cursor) -> tuple[Node | None, Node | None, Node | None]:
    """The letter, lower and upper end of \\sum_{k=1}^{10}; of \\int_0^2 there is no letter."""
    letter = low = high = None
    while parser.token.sort is Sort.OPERATOR and parser.token.text[0] in "_^":
        text = parser.token.text
        parser.place += 1
        if len(text) > 1:
            script: Node = whole(int(text[1:]))
        elif text == "_" and parser.token.text == "{" and parser.ahead(2).text == "=":
            parser.place += 1
            letter = parser.word()
            parser.place += 1
            script = parser.sum()
            _expect(parser, "}")
        else:
            script = parser.bound()
        low, high = (script, high) if text[0] == "_" else (low, script)
    return letter, low, high


def _expect(parser: Cursor, text: str) -> None:
    if parser.token.text != text:
        raise NoFormula
    parser.place += 1


def _series(name: str) -> Callable[[Cursor], Node]:
    def read(parser: Cursor) -> Node:
        letter, low, high = _range(parser)
        if not isinstance(letter, Letter) or low is None or high is None:
            raise NoFormula
        return apply(name, parser.term(), letter, low, high)

    return read


def _integral(parser: Cursor) -> Node:
    """\\int f dx, with or without ends."""
    _, low, high = _range(parser)
    inner = parser.sum()
    inner, letter = _differential(parser, inner)
    if low is None or high is None:
        return apply("int", inner, letter)
    return apply("int", inner, letter, low, high)


def _differential(parser: Cursor, inner: Node) -> tuple[Node, Node]:
    """The integrand and its letter: dx follows as a word of its own, or was read as the product d * x."""
    text = parser.token.text
    if parser.token.sort is Sort.WORD and len(text) == 2 and text[0] == "d":
        parser.place += 1
        return inner, Letter(text[1])
    match inner:
        case Apply("*", (rest, Apply("*", (Letter("d"), Letter() as letter)))):
            return rest, letter
        case Apply("*", (Letter("d"), Letter() as letter)):
            return whole(1), letter
    raise NoFormula


def _limit(parser: Cursor) -> Node:
    """\\lim_{x \\to 0} f"""
    _expect(parser, "_")
    _expect(parser, "{")
    letter = parser.word()
    _expect(parser, "to")
    target = parser.sum()
    _expect(parser, "}")
    return apply("lim", parser.term(), letter, target)


def _derivative(parser: Cursor) -> Node | None:
    """\\frac{d}{dx} f; None where the fraction is another one."""
    said = [token.text for token in parser.tokens[parser.place : parser.place + 6]]
    if said[:4] != ["{", "d", "}", "{"] or len(said) < 6 or said[5] != "}" or said[4][:1] != "d" or len(said[4]) != 2:
        return None
    parser.place += 6
    return apply("derivative", parser.term(), Letter(said[4][1]))


CALCULUS: dict[str, Callable[[Cursor], Node | None]] = {
    "frac": _derivative,
    "sum": _series("sum"),
    "prod": _series("prod"),
    "int": _integral,
    "lim": _limit,
}
