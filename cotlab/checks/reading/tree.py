"""The small tree that a formula is read into. Nothing in it is ever executed."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cotlab.checks.computing.budget import MAX_NESTING, OverBudget


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: its exact value, how many decimals and digits are printed, and whether it goes on (0.333...)."""

    value: Fraction
    decimals: int = 0
    digits: int = 1
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    name: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity: the words of its unit, as `("pages",)` or `("km", "/", "h")`."""

    inner: "Node"
    unit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation: + - * / ^ neg ! % () mixed base scale, or a function or constant by name."""

    operation: str
    arguments: tuple["Node", ...]


Node = Number | Letter | Measured | Apply
Path = tuple[Node, ...]


def apply(operation: str, *arguments: Node) -> Apply:
    return Apply(operation, arguments)


def whole(value: int) -> Number:
    return Number(Fraction(value), 0, len(str(abs(value))))


def parts(tree: Node) -> Iterator[Node]:
    """Every node, the outer ones first. OverBudget where they nest too deep."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > 3 * MAX_NESTING:
            raise OverBudget("brackets or signs nest too deep")
        yield node
        if isinstance(node, Apply):
            same = node.operation in "+-*"
            waiting.extend((inner, depth + (not same or place > 0)) for place, inner in enumerate(node.arguments))
        elif isinstance(node, Measured):
            waiting.append((node.inner, depth + 1))


def letters(tree: Node) -> frozenset[str]:
    return frozenset(node.name for node in parts(tree) if isinstance(node, Letter))


def operations(tree: Node) -> frozenset[str]:
    return frozenset(node.operation for node in parts(tree) if isinstance(node, Apply))


def literal(tree: Node) -> Number | None:
    """The number itself where the tree is a literal, whatever signs, brackets, units and % are around it."""
    while True:
        match tree:
            case Number():
                return tree
            case Measured(inner, _):
                tree = inner
            case Apply("()" | "neg" | "%" | "scale" | "scientific" | "rad", (inner, *_)):
                tree = inner
            case _:
                return None


SIGNS = {"+": " + ", "-": " - ", "*": " * ", "/": " / ", "^": "^", "=": " = "}
PRIORITY = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}


def shown(tree: Node, outer: int = 0) -> str:
    """The tree as plain text, with the brackets that it needs."""
    match tree:
        case Number(value, decimals):
            text = f"{value.numerator}" if value.denominator == 1 and not decimals else _decimal(value, decimals)
            return text + ("..." if tree.endless else "")
        case Letter(name):
            return name
        case Measured(inner, unit):
            return f"{shown(inner, 3)} {shown_unit(unit)}"
        case Apply("()", (inner,)):
            return shown(inner, outer)
        case Apply("neg", (inner,)):
            return _wrapped(f"-{shown(inner, 3)}", 1, outer)
        case Apply("rad", (inner,)):
            return f"{shown(inner, 3)} radians"
        case Apply("degrees", (inner,)):
            return f"{shown(inner, outer)} in degrees"
        case Apply("!" | "%" | "°" as sign, (inner,)):
            return f"{shown(inner, 5)}{sign}"
        case Apply("mixed", (one, part)):
            return f"{shown(one)} {shown(part)}"
        case Apply("base", (one, base)):
            return f"{shown(one, 5)}_{shown(base, 5)}"
        case Apply("scale", (one, factor)):
            return f"{shown(one, 3)} * {shown(factor)}"
        case Apply("scientific", (one, exponent)):
            return _wrapped(f"{shown(one, 3)} * 10^{shown(exponent, 5)}", 2, outer)
        case Apply("+" | "-" | "*" | "/" | "^" as sign, (left, right)):
            level = PRIORITY[sign]
            said = f"{shown(left, level + (sign == '^'))}{SIGNS[sign]}{shown(right, level + (sign in '-/'))}"
            return _wrapped(said, level, outer)
        case Apply(name, arguments):
            return f"{name}({', '.join(shown(one) for one in arguments)})" if arguments else name


def shown_unit(unit: tuple[str, ...]) -> str:
    return " ".join(unit).replace(" / ", "/")


def _wrapped(text: str, level: int, outer: int) -> str:
    return f"({text})" if level < outer else text


def _decimal(value: Fraction, decimals: int) -> str:
    if not decimals:
        return f"{value.numerator}/{value.denominator}"
    scaled = abs(value) * 10**decimals
    digits = f"{scaled.numerator // scaled.denominator:0{decimals + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"
