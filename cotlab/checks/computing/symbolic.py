"""Trees as sympy objects, built by constructor calls alone, for derivatives, integrals and limits."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from cotlab.checks.computing.budget import MAX_EXPONENT, OverBudget, Undefined, Unread
from cotlab.checks.computing.irrational import CONTEXT
from cotlab.checks.computing.values import Value
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, Number, parts

MAX_NODES = 120
MAX_NESTED_FUNCTIONS = 2
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda left, right: sympy.Add(left, right),
    "-": lambda left, right: sympy.Add(left, sympy.Mul(-1, right)),
    "*": sympy.Mul,
    "/": lambda over, under: sympy.Mul(over, sympy.Pow(under, -1)),
    "^": sympy.Pow,
    "neg": lambda inner: sympy.Mul(-1, inner),
    "()": lambda inner: inner,
    "sqrt": sympy.sqrt,
    "root": lambda inner, degree: sympy.Pow(inner, sympy.Pow(degree, -1)),
    "abs": sympy.Abs,
    "ln": sympy.log,
    "log": lambda inner, base=None: sympy.log(inner) if base is None else sympy.log(inner, base),
    "exp": sympy.exp,
    "pi": lambda: sympy.pi,
    "infinity": lambda: sympy.oo,
    **{name: getattr(sympy, name) for name in ("sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh")},
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arcsec": sympy.asec,
    "arccsc": sympy.acsc,
    "arccot": sympy.acot,
    "°": sympy.rad,
    "degrees": sympy.deg,
    "rad": lambda inner: inner,
}
CHEAP = frozenset({"+", "-", "*", "/", "^", "neg", "()", "pi", "infinity", "°", "rad"})


def symbol(name: str) -> Any:
    return sympy.Symbol(name, real=True)


def symbolic(tree: Node) -> Any:
    """The tree as a sympy expression; Unread for an operation that has none, OverBudget for a large or nested one."""
    if sum(1 for _ in parts(tree)) > MAX_NODES or _nested(tree) > MAX_NESTED_FUNCTIONS:
        raise OverBudget("functions nest too deep for calculus")
    return _built(tree)


def _built(tree: Node) -> Any:
    match tree:
        case Number(number):
            return sympy.Rational(number.numerator, number.denominator)
        case Letter("e"):
            return sympy.E
        case Letter(name):
            return symbol(name)
        case Measured(inner, _):
            return _built(inner)
        case Apply("^", (_, Number(exponent))) if abs(exponent) > MAX_EXPONENT:
            raise OverBudget(f"an exponent is beyond {MAX_EXPONENT}")
        case Apply(operation, arguments):
            if (build := FUNCTIONS.get(operation)) is None:
                raise Unread(f"{operation} is not read in calculus")
            return build(*(_built(one) for one in arguments))


def _nested(tree: Node) -> int:
    """How many functions lie inside each other, powers of powers of letters too."""
    match tree:
        case Measured(inner, _):
            return _nested(inner)
        case Apply("^", (base, exponent)):
            return max(_nested(base), _nested(exponent)) + (not isinstance(exponent, Number))
        case Apply(operation, arguments):
            inner_most = max((_nested(one) for one in arguments), default=0)
            return inner_most + (operation not in CHEAP)
    return 0


def number_from(expression: Any) -> Value:
    """A sympy number as a fraction, or in 60 digits; Undefined where it is infinite, complex or none."""
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    found = sympy.N(expression, 60)
    if not found.is_Float:
        raise Undefined("it has no real value that can be computed")
    return CONTEXT.mpf(str(found))
