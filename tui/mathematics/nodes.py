"""The nodes of pylatexenc in, items out: one rule a command."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from tui.mathematics.decorations import decorated
from tui.mathematics.environments import aligned, cases, matrix
from tui.mathematics.items import Group, Item, Kind, Unsure
from tui.mathematics.layout import line
from tui.mathematics.scripts import Piece, binomial, fraction, resolved, root
from tui.mathematics.symbols import (
    ARGUMENTS,
    BINOMIALS,
    ENVIRONMENTS,
    FRACTIONS,
    GRIDS,
    INFIX,
    MATRICES,
    SIZES,
    SYMBOLS,
    TEXTS,
    WORDS,
)

_TOKEN = re.compile(r"\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|\.\d+|\s+|.", re.DOTALL)
_CHARACTERS = {
    **dict.fromkeys("+-−±∓", Kind.SUM),
    **dict.fromkeys("*×·⋅", Kind.TIMES),
    **dict.fromkeys("/÷:∘", Kind.OVER),
    **dict.fromkeys("=<>≤≥≠≈≡∈→⇒⟹", Kind.RELATION),
    **dict.fromkeys("([", Kind.OPEN),
    **dict.fromkeys(")]", Kind.CLOSE),
    **dict.fromkeys("!°%'′²³", Kind.POSTFIX),
    **dict.fromkeys(",;.?…", Kind.MARK),
    **dict.fromkeys("|", Kind.BAR),
    **dict.fromkeys("^", Kind.SUPER),
    **dict.fromkeys("_", Kind.SUB),
}
_DELIMITERS = {".": "", "<": "⟨", ">": "⟩"}
_TEXT_SIGNS = {"%": "%", "$": "$", "#": "#", "&": "&", "_": "_", "{": "{", "}": "}", " ": " "}


@cache
def _latex() -> Any:
    """The pylatexenc module with the arguments of our commands, loaded with the first formula."""
    from pylatexenc import latexwalker, macrospec

    known = macrospec.LatexContextDb()
    environments = {**dict.fromkeys(ENVIRONMENTS, ""), "array": "[{", "alignat": "{", "alignat*": "{"}
    known.add_context_category(
        "mathematics",
        macros=[macrospec.MacroSpec(name, arguments) for name, arguments in ARGUMENTS.items()],
        environments=[macrospec.EnvironmentSpec(name, arguments) for name, arguments in environments.items()],
        specials=[macrospec.SpecialsSpec("&"), macrospec.SpecialsSpec("~")],
    )
    known.set_unknown_macro_spec(macrospec.MacroSpec(""))
    known.set_unknown_environment_spec(macrospec.EnvironmentSpec(""))
    return latexwalker, known


def parsed(source: str) -> list[Any]:
    """The nodes of a formula without its marks; raises Unsure where it is not well-formed."""
    latexwalker, known = _latex()
    walker = latexwalker.LatexWalker(source, latex_context=known, tolerant_parsing=False)
    try:
        nodes: list[Any] = walker.get_latex_nodes(parsing_state=walker.make_parsing_state(in_math_mode=True))[0]
    except (latexwalker.LatexWalkerError, RecursionError) as error:
        raise Unsure from error
    return nodes


def pieces(nodes: Iterable[Any], *, whole: bool = False) -> list[Piece]:
    """The signs and groups of nodes; `whole` where they are a whole displayed formula, so that rows may be lines."""
    nodes = list(nodes)
    alone = whole and sum(not _is_blank(node) for node in nodes) == 1
    found: list[Piece] = []
    at = 0
    while at < len(nodes):
        grid = _bracketed(nodes, at)
        found.extend([_grid(*grid)] if grid else _piece(nodes[at], alone=alone))
        at = nodes.index(grid[2], at) + 1 if grid else at + 1
    return found


def _is_blank(node: Any) -> bool:
    return _name(node) == "Chars" and not node.chars.strip()


def _bracketed(nodes: Sequence[Any], at: int) -> tuple[Any, Any, Any] | None:
    """The `\\left`, grid and `\\right` that start here: only with its brackets does a grid say what it is."""
    if _name(nodes[at]) != "Macro" or nodes[at].macroname != "left":
        return None
    three = [node for node in nodes[at : at + 5] if not _is_blank(node)][:3]
    if len(three) < 3 or _name(three[1]) != "Environment" or three[1].environmentname not in GRIDS:
        return None
    return (three[0], three[1], three[2]) if getattr(three[2], "macroname", "") == "right" else None


def _grid(left: Any, node: Any, right: Any) -> Item:
    sides = tuple(_delimiter(side.macroname, _arguments(side)[0]).text for side in (left, right))
    columns = node.nodeargd.argnlist[-1].latex_verbatim() if node.environmentname == "array" else ""
    if set(columns) & set("|@"):
        raise Unsure
    rows = _rows(pieces(node.nodelist))
    return cases(rows) if sides == ("{", "") else matrix(sides, rows)


def items(nodes: Iterable[Any]) -> list[Item]:
    return resolved(pieces(nodes))


def _name(node: Any) -> str:
    return type(node).__name__.removeprefix("Latex").removesuffix("Node")


def _piece(node: Any, *, alone: bool) -> list[Piece]:
    match _name(node):
        case "Chars":
            return list(characters(node.chars))
        case "Group" if node.delimiters == ("{", "}"):
            return [Group(tuple(items(node.nodelist)))]
        case "Macro":
            return _command(node)
        case "Environment":
            return [_environment(node, alone=alone)]
        case "Specials":
            return [Item(" ", Kind.BLANK) if node.specials_chars == "~" else Item("&", Kind.CELL)]
    raise Unsure


def characters(text: str) -> list[Item]:
    """Plain signs of a formula; raises Unsure at a sign that has no meaning there."""
    return [_character(token) for token in _TOKEN.findall(text)]


def _character(token: str) -> Item:
    if token.isspace():
        return Item(" ", Kind.BLANK)
    if token[-1].isdecimal():
        return Item(token, Kind.NUMBER)
    if token in _CHARACTERS:
        return Item("′" if token == "'" else token, _CHARACTERS[token])
    if token in '`"\\{}$' or not token.isprintable():
        raise Unsure
    return Item(token, Kind.LETTER if token.isalpha() else Kind.OVER)


def _command(node: Any) -> list[Piece]:
    name = node.macroname
    after = [Item(" ", Kind.BLANK, soft=True)] if node.macro_post_space else []
    if name in INFIX:
        return [Item(name, Kind.INFIX), *after]
    if name == "\\":
        return [Item("\n", Kind.ROW)]
    if name in ARGUMENTS:
        return [*_with_arguments(name, _arguments(node)), *after]
    if name not in SYMBOLS:
        raise Unsure
    text, kind = SYMBOLS[name]
    return [Item(text, kind), *after]


def _arguments(node: Any) -> list[Any]:
    """The argument nodes of a command, None for an optional one that is not there."""
    arguments = list(node.nodeargd.argnlist) if node.nodeargd else []
    wanted = ARGUMENTS[node.macroname]
    if len(arguments) != len(wanted) or any(
        a is None for a, kind in zip(arguments, wanted, strict=True) if kind == "{"
    ):
        raise Unsure
    return arguments


def _with_arguments(name: str, nodes: list[Any]) -> list[Piece]:
    if name in TEXTS | WORDS:
        return [_text(name, nodes[0])]
    if name in SIZES:
        return [_delimiter(name, nodes[0])]
    arguments = [
        [] if node is None else items([node]) if _name(node) != "Group" else items(node.nodelist) for node in nodes
    ]
    if name in FRACTIONS:
        return [fraction(*arguments)]
    if name in BINOMIALS:
        return [binomial(*arguments)]
    if name == "sqrt":
        return [root(*arguments)]
    return [decorated(name, arguments[0])]


def _text(name: str, node: Any) -> Item:
    """Words, exactly as they stand."""
    nodes = node.nodelist if _name(node) == "Group" else [node]
    text = "".join(_words(child) for child in nodes)
    if not text or (name in WORDS and not text.isalnum() and text.strip() not in ("mod",)):
        raise Unsure
    if name == "operatorname":
        return Item(text, Kind.FUNCTION)
    return Item(text, Kind.LETTER if name in WORDS and len(text) == 1 else Kind.TEXT)


def _words(node: Any) -> str:
    match _name(node):
        case "Chars":
            return str(node.chars).replace("\n", " ")
        case "Math":
            return line(items(node.nodelist))
        case "Macro" if node.macroname in _TEXT_SIGNS:
            return _TEXT_SIGNS[node.macroname] + str(node.macro_post_space)
        case "Specials":
            return " " if node.specials_chars == "~" else str(node.specials_chars)
    raise Unsure


def _delimiter(name: str, node: Any) -> Item:
    found = items([node])
    if len(found) > 1 and found[-1].kind is Kind.BLANK:
        found.pop()
    if len(found) != 1:
        raise Unsure
    text = _DELIMITERS.get(found[0].text, found[0].text)
    if name == "middle":
        return Item(text, Kind.RELATION)
    if name == "left" or name.endswith("l"):
        return Item(text, Kind.OPEN)
    if name == "right" or name.endswith("r"):
        return Item(text, Kind.CLOSE)
    return Item(text, found[0].kind)


def _environment(node: Any, *, alone: bool) -> Item:
    name = node.environmentname
    if name not in ENVIRONMENTS - GRIDS:
        raise Unsure
    rows = _rows(pieces(node.nodelist))
    if name in MATRICES:
        return matrix(MATRICES[name], rows)
    if name == "cases":
        return cases(rows)
    return aligned(rows, "\n" if alone else "; ")


def _rows(found: Sequence[Piece]) -> list[list[list[Item]]]:
    cells: list[list[list[Piece]]] = [[[]]]
    for piece in found:
        kind = piece.kind if isinstance(piece, Item) else None
        if kind is Kind.ROW:
            cells.append([[]])
        elif kind is Kind.CELL:
            cells[-1].append([])
        else:
            cells[-1][-1].append(piece)
    rows = [[resolved(cell) for cell in row] for row in cells]
    if len(rows[-1]) == 1 and all(item.kind is Kind.BLANK for item in rows[-1][0]):
        rows.pop()
    return rows
