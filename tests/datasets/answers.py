"""The answers of the shipped mathematics and physics problems, computed anew and not as the traces do."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations, permutations, product
from math import log2
from statistics import median, mode
from typing import TypeAlias

import sympy

Answer: TypeAlias = str | int | Fraction | sympy.Expr | Iterable[sympy.Expr | int | Fraction]
x = sympy.Symbol("x", real=True)


def rice() -> Answer:
    return Fraction(sum([24] * 3 + [18] * 2), 9)


def coat() -> Answer:
    return 80 * Fraction(125, 100) * Fraction(80, 100)


def linear() -> Answer:
    return sympy.solve(sympy.Eq(3 * (2 * x - 5), 4 * x + 7), x)


def quadratic() -> Answer:
    return sympy.solve(sympy.Eq(2 * x**2, 7 * x), x)


def radical() -> Answer:
    return sympy.solve(sympy.Eq(sympy.sqrt(x + 7), x + 1), x)


def tickets() -> Answer:
    return [adults for adults in range(141) if 9 * adults + 5 * (140 - adults) == 1060]


def angle() -> Answer:
    """From coordinates: A at the origin, AB = AC = 1, and D where the bisector of B meets AC."""
    b, c = sympy.Point(1, 0), sympy.Point(sympy.cos(sympy.rad(40)), sympy.sin(sympy.rad(40)))
    d = c * b.distance(sympy.Point(0, 0)) / (b.distance(sympy.Point(0, 0)) + b.distance(c))
    to_b, to_c = b - d, c - d
    cosine = to_b.dot(to_c) / (to_b.distance((0, 0)) * to_c.distance((0, 0)))
    degrees = sympy.deg(sympy.acos(cosine)).evalf(30)
    assert abs(degrees - round(degrees)) < 1e-20
    return round(degrees)


def garden_path() -> Answer:
    """By counting unit squares of the outer rectangle that are not in the bed."""
    return sum(not (1 <= column <= 12 and 1 <= row <= 8) for column in range(14) for row in range(10))


def remainder() -> Answer:
    return (3**100 + 4**100) % 5


def always_divisible_by_six() -> Answer:
    """Six residues decide it for every whole number."""
    return "yes" if all((n**3 + 5 * n) % 6 == 0 for n in range(6)) else "no"


def divisors() -> Answer:
    return sum(360 % number == 0 and number % 6 == 0 for number in range(1, 361))


def committees() -> Answer:
    return sum("m" in "".join(four) for four in combinations(["w"] * 5 + ["m"] * 4, 4))


def strings() -> Answer:
    return len(set(permutations("COCOON")))


def same_colour() -> Answer:
    draws = list(permutations("r" * 4 + "b" * 6, 2))
    return Fraction(sum(first == second for first, second in draws), len(draws))


def faulty_from_b() -> Answer:
    from_a, from_b = Fraction(60 * 2, 10_000), Fraction(40 * 5, 10_000)
    return from_b / (from_a + from_b)


def greatest() -> Answer:
    function = x * sympy.exp(-2 * x)
    (top,) = sympy.solve(sympy.diff(function, x), x)
    assert sympy.maximum(function, x, sympy.S.Reals) == function.subs(x, top)
    return top


def enclosed_area() -> Answer:
    left, right = sorted(sympy.solve(sympy.Eq(x**2, 2 * x + 3), x))
    return sympy.integrate(sympy.Abs(2 * x + 3 - x**2), (x, left, right))


def arithmetic_sum() -> Answer:
    first, step = sympy.symbols("first step")
    found = sympy.solve([first + step - 11, first + 6 * step - 31], [first, step])
    return sum(found[first] + k * found[step] for k in range(20))


def sixth_score() -> Answer:
    return sympy.solve(sympy.Eq((5 * 14 + x) / 6, 15), x)


def median_minus_mode() -> Answer:
    temperatures = [-3, 1, 4, -3, 0, 2, 6]
    return median(temperatures) - mode(temperatures)


def whole_numbers() -> Answer:
    return sum(-3 < Fraction(1 - 2 * number, 3) <= 5 for number in range(-100, 101))


def logarithms() -> Answer:
    return [number for number in range(7, 1000) if abs(log2(number) + log2(number - 6) - 4) < 1e-12]


def cone() -> Answer:
    height = sympy.Symbol("height", positive=True)
    disc = sympy.pi * (sympy.Rational(3, 8) * height) ** 2
    return sympy.integrate(disc, (height, 0, 4)) / sympy.integrate(disc, (height, 0, 8))


def squares_divisible() -> Answer:
    """Three residues decide it for every whole number."""
    return "yes" if any((n**2 + (n + 1) ** 2 + (n + 2) ** 2) % 3 == 0 for n in range(3)) else "no"


def dominoes() -> Answer:
    """By searching for a covering, square by square."""
    board = frozenset(product(range(5), range(5))) - {(0, 1)}

    def coverable(left: frozenset[tuple[int, int]]) -> bool:
        if not left:
            return True
        row, column = min(left)
        partners = ((row, column + 1), (row + 1, column))
        return any(coverable(left - {(row, column), partner}) for partner in partners if partner in left)

    return "yes" if coverable(board) else "no"


def fence() -> Answer:
    return sympy.solve(sympy.Eq(x / 6 + (x - 1) / 4, 1), x)


def unit_fractions() -> Answer:
    """No pair beyond 42 exists, since 1/y is at least 1/6 − 1/7 = 1/42."""
    return sum(Fraction(1, a) + Fraction(1, b) == Fraction(1, 6) for a in range(1, 43) for b in range(a, 43))


def tram() -> Answer:
    time = sympy.Symbol("time")
    return sympy.integrate(sympy.Rational(12, 10) * time, (time, 0, 10))


def cyclist() -> Answer:
    return Fraction(27 * 1000, 3600) * 40


def sledge() -> Answer:
    speed = sympy.Symbol("speed", positive=True)
    return sympy.solve(sympy.Eq(20 * speed**2 / 2, 20 * 10 * 5), speed)


def current() -> Answer:
    """By Kirchhoff's rules for the two branch currents."""
    through_6, through_3 = sympy.symbols("through_6 through_3")
    rules = [6 * through_6 - 3 * through_3, 4 * (through_6 + through_3) + 6 * through_6 - 12]
    return sympy.solve(rules, [through_6, through_3])[through_6]


def mixture() -> Answer:
    return sympy.solve((x - 80) / 2 + sympy.Rational(3, 2) * (x - 20), x)


def image() -> Answer:
    return sympy.solve(sympy.Eq(1 / sympy.Integer(30) + 1 / x, sympy.Rational(1, 20)), x)


def above_water() -> Answer:
    return sympy.solve(sympy.Eq(1000 * (1 - x), 600), x)


def breaths() -> Answer:
    return round(Fraction(15 * 60 * 24 * 365, 10**6))


def landing() -> Answer:
    time = sympy.Symbol("time", positive=True)
    (fall,) = sympy.solve(sympy.Eq(5 * time**2, sympy.Rational(8, 10)), time)
    return 6 * fall


def heating() -> Answer:
    return Fraction(1500 * 40 * 30, 60 * 1000) * Fraction(30, 100)


def thunder() -> Answer:
    return 340 * Fraction(45, 10)


def lost_energy() -> Answer:
    speed = Fraction(2 * 3, 2 + 4)
    return Fraction(2 * 3**2, 2) - (2 + 4) * speed**2 / 2


def tyre() -> Answer:
    return Fraction(28, 10) * Fraction(47 + 273, 7 + 273)


MATHEMATICS: tuple[Callable[[], Answer], ...] = (
    rice, coat, linear, quadratic, radical, tickets, angle, garden_path, remainder, always_divisible_by_six, divisors,
    committees, strings, same_colour, faulty_from_b, greatest, enclosed_area, arithmetic_sum, sixth_score,
    median_minus_mode, whole_numbers, logarithms, cone, squares_divisible, dominoes, fence, unit_fractions,
)  # fmt: skip
PHYSICS: tuple[tuple[Callable[[], Answer], str], ...] = (
    (tram, "m"), (cyclist, "m"), (sledge, "m/s"), (current, "A"), (mixture, "°C"), (image, "cm"), (above_water, ""),
    (breaths, ""), (landing, "m"), (heating, ""), (thunder, "m"), (lost_energy, "J"), (tyre, "bar"),
)  # fmt: skip
