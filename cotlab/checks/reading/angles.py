"""Angles: degrees as numbers of radians in functions, and where only one side of an equation has them."""

from collections.abc import Callable, Iterator

from cotlab.checks.reading.tree import Apply, Measured, Node, Number, apply, letters, operations, parts

TRIGONOMETRY = frozenset({"sin", "cos", "tan", "sec", "csc", "cot"})
INVERSE = frozenset(f"arc{name}" for name in TRIGONOMETRY)
DEGREES = frozenset({("degrees",), ("degree",), ("deg",), ("degs",)})
RADIANS = frozenset({("radians",), ("radian",), ("rad",), ("rads",)})
OF_ANGLES = TRIGONOMETRY | INVERSE | {"pi"}
CLEAR = frozenset({"°", "rad", "pi"})
"""What says in which unit an angle is."""


def is_angle(tree: Node) -> bool:
    """Whether it is one amount in degrees or radians, whatever brackets and sign it has."""
    tree = _unsigned(tree)
    return isinstance(tree, Measured) and tree.unit in DEGREES | RADIANS


def _named(tree: Node) -> tuple[bool, bool]:
    """Whether amounts in degrees, and in radians, stand in it outside a function."""
    units = {node.unit for node in parts(tree) if isinstance(node, Measured)}
    return not DEGREES.isdisjoint(units), not RADIANS.isdisjoint(units)


def is_trigonometric(tree: Node) -> bool:
    tree = _unsigned(tree)
    return isinstance(tree, Apply) and tree.operation in TRIGONOMETRY


def says_angle(tree: Node) -> bool:
    """Whether a value is plainly an angle: in degrees or radians, or a multiple of pi."""
    return any(_named(tree)) or "pi" in operations(tree)


def applied(operation: str, arguments: tuple[Node, ...]) -> Apply:
    """A function with its arguments; degrees and radians in those of a trigonometric one are numbers."""
    if operation not in TRIGONOMETRY:
        return Apply(operation, arguments)
    return Apply(operation, tuple(in_radians(one) for one in arguments))


def in_radians(tree: Node) -> Node:
    """The tree with its degrees and radians as numbers."""
    match tree:
        case Measured(inner, unit) if unit in DEGREES:
            return apply("°", inner)
        case Measured(inner, unit) if unit in RADIANS:
            return apply("rad", inner)
    return _with_parts(tree, in_radians)


def as_degrees(tree: Node) -> Node:
    """The tree as one who leaves the sign out means it: functions take and give degrees."""
    found = _with_parts(tree, as_degrees)
    match found:
        case Apply(operation, arguments) if operation in TRIGONOMETRY:
            return Apply(operation, tuple(one if operations(one) & CLEAR else apply("°", one) for one in arguments))
        case Apply(operation) if operation in INVERSE:
            return apply("degrees", found)
    return found


def pairs(left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
    """What may be compared: the sides as they are, then both in radians, then both in the degrees of a printed side."""
    bare = isinstance(left, Number) or isinstance(right, Number)
    if bare:
        yield left, right
    (left_degrees, left_radians), (right_degrees, right_radians) = _named(left), _named(right)
    if not (bare or (left_degrees and right_radians) or (left_radians and right_degrees)):
        yield left, right
    if not (left_degrees or left_radians or right_degrees or right_radians):
        return
    one, two = in_radians(left), in_radians(right)
    yield one, two
    if right_degrees and is_angle(right):
        yield _measured_in_degrees(one), right
    if left_degrees and is_angle(left):
        yield left, _measured_in_degrees(two)


def _measured_in_degrees(tree: Node) -> Node:
    return Measured(apply("degrees", tree), ("degrees",))


def converts(left: Node, right: Node) -> bool:
    """Whether one side is an amount in degrees, and the other an angle in radians: a multiple of pi, or an inverse."""
    one, two = is_angle(left), is_angle(right)
    other = operations(right if one else left)
    return one != two and not other.isdisjoint(INVERSE | {"pi"})


def pairs_without_sign(left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
    """What may be meant by sides that do not name degrees: sin 30 = 0.5, arctan 1 = 45, pi / 3 = 60."""
    if (operations(left) | operations(right)).isdisjoint(OF_ANGLES):
        return
    one, two = as_degrees(left), as_degrees(right)
    if (one, two) != (left, right):
        yield one, two
    of_pi = _is_of_pi(left), _is_of_pi(right)
    if of_pi == (True, False):
        yield apply("degrees", left), right
    if of_pi == (False, True):
        yield left, apply("degrees", right)


def _is_of_pi(tree: Node) -> bool:
    return "pi" in operations(tree) and not (operations(tree) & (TRIGONOMETRY | INVERSE) or letters(tree))


def _with_parts(tree: Node, change: Callable[[Node], Node]) -> Node:
    match tree:
        case Measured(inner, unit):
            return Measured(change(inner), unit)
        case Apply(operation, arguments) if arguments:
            return Apply(operation, tuple(change(one) for one in arguments))
    return tree


def _unsigned(tree: Node) -> Node:
    while isinstance(tree, Apply) and tree.operation in ("()", "neg"):
        tree = tree.arguments[0]
    return tree
