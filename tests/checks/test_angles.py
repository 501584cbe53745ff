"""Angles in degrees and radians: the table of special angles in full, and rows for what a text does with angles."""

import math
from collections.abc import Iterator
from itertools import product

import pytest

from cotlab.checks.running.checking import check
from cotlab.domain.checks import StepToCheck
from cotlab.domain.projects.gates import Setting

V, R, U = "verified", "refuted", "undecided"
Row = tuple[tuple[str, ...], str, str, str]

FORMS = ("\\frac{{\\sqrt{{{0}}}}}{{{1}}}", "\\frac{{\\sqrt{0}}}{{{1}}}", "sqrt({0})/{1}", "√{0}/{1}")
ANGLES = (0, 30, 45, 60, 90, 120, 135, 150, 180, 210, 225, 240, 270, 300, 315, 330, 360)
NAMES = ("sin", "cos", "tan", "sec", "csc", "cot")
RANGES = {
    "sin": (-90, 90), "cos": (0, 180), "tan": (-89, 89), "sec": (0, 180), "csc": (-90, 90), "cot": (1, 179),
}  # fmt: skip
"""The principal values of the inverse functions, in degrees."""
SIGNS_OF_DEGREES = ("{}°", "{}^\\circ", "{}^{{\\circ}}", "{} deg", "{} degrees", "{}\\degree", "{}\\text{{ degrees}}")


def quotient(over: float, under: float) -> float | None:
    return None if abs(under) < 1e-9 else over / under


def number(name: str, angle: int) -> float | None:
    """The value from Python's own functions; None where there is none."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    over, under = {
        "sin": (sine, 1.0), "cos": (cosine, 1.0), "tan": (sine, cosine), "cot": (cosine, sine), "sec": (1.0, cosine),
        "csc": (1.0, sine),
    }[name]  # fmt: skip
    return quotient(over, under)


EXACT: dict[float, tuple[str, ...]] = {
    0.0: ("0",),
    0.5: ("1/2", "\\frac{1}{2}"),
    1.0: ("1",),
    2.0: ("2",),
    round(math.sqrt(2) / 2, 9): tuple(form.format(2, 2) for form in FORMS),
    round(math.sqrt(3) / 2, 9): tuple(form.format(3, 2) for form in FORMS),
    round(math.sqrt(3) / 3, 9): (*(form.format(3, 3) for form in FORMS), "\\frac{1}{\\sqrt{3}}"),
    round(math.sqrt(2), 9): ("\\sqrt{2}", "\\sqrt2", "sqrt(2)", "√2"),
    round(math.sqrt(3), 9): ("\\sqrt{3}", "\\sqrt3", "sqrt(3)", "√3"),
    round(2 * math.sqrt(3) / 3, 9): ("\\frac{2\\sqrt{3}}{3}", "2*sqrt(3)/3", "2√3/3", "\\frac{2}{\\sqrt{3}}"),
}
"""How each value is written, by its size."""


def exact(value: float) -> list[str]:
    sign = "-" if value < -1e-9 else ""
    return [f"{sign}{written}" for written in EXACT[abs(round(value, 9))]]


def changed(value: float) -> list[str]:
    """Every other value of the table, and the same one with another sign."""
    others = {round(sign * size, 9) for size in EXACT for sign in (1, -1)} - {round(value, 9), -0.0}
    return [exact(one)[0] for one in others if abs(one - value) > 1e-6]


def decimals(value: float) -> Iterator[str]:
    """The value to two and four places with either sign of equality."""
    for places, sign in product((2, 4), ("=", "≈")):
        yield f"{sign} {value + 0.0:.{places}f}"


def of_pi(angle: int) -> list[str]:
    """An angle in radians, as it is written."""
    over, under = angle // math.gcd(angle, 180), 180 // math.gcd(angle, 180)
    if not over:
        return ["0"]
    count = "" if over == 1 else str(over)
    if under == 1:
        return [f"{count}π", f"{count}\\pi"]
    return [f"{count}π/{under}", f"{count}pi/{under}", f"\\frac{{{count}\\pi}}{{{under}}}"]


def arguments(angle: int) -> list[str]:
    return [*(sign.format(angle) for sign in SIGNS_OF_DEGREES), *of_pi(angle)]


TABLE = [(name, angle, value) for name in NAMES for angle in ANGLES if (value := number(name, angle)) is not None]
INVERSES = [
    (name, angle, value)
    for name, (low, high) in RANGES.items()
    for angle in sorted({*ANGLES, *(-angle for angle in ANGLES)})
    if low <= angle <= high and (value := number(name, angle)) is not None
]


def verdict(step: str, *previous: str) -> str:
    return str(check(StepToCheck(previous=previous, step=step), Setting.ALL_KINDS).verdict)


def wrong(steps: Iterator[str] | list[str], expected: str) -> dict[str, str]:
    """The steps whose verdict is another one, with it."""
    found = {step: verdict(step) for step in steps}
    return {step: given for step, given in found.items() if given != expected}


@pytest.mark.parametrize(("name", "angle", "value"), TABLE)
def test_a_special_angle_is_verified_however_it_is_written(name: str, angle: int, value: float) -> None:
    said = [f"= {one}" for one in exact(value)] + list(decimals(value))
    brackets = [f"{name}({one})" for one in arguments(angle)]
    bare = [f"\\{name} {one}" for one in arguments(angle)] + [f"${name} {angle}°$"]
    steps = [f"{left} {said[0]}" for left in (*brackets, *bare)] + [f"{brackets[0]} {one}" for one in said]
    assert wrong(steps, V) == {}


@pytest.mark.parametrize(("name", "angle", "value"), TABLE)
def test_a_special_angle_with_another_value_is_refuted(name: str, angle: int, value: float) -> None:
    others = changed(value)
    steps = [f"{name}({angle}°) = {one}" for one in others]
    steps += [f"\\{name}({of_pi(angle)[-1]}) = {one}" for one in others if angle]
    steps += [f"\\{name} {one} = {value + 0.3:.2f}" for one in arguments(angle)]
    assert wrong(steps, R) == {}


@pytest.mark.parametrize(("name", "angle", "value"), INVERSES)
def test_an_inverse_function_gives_degrees_and_radians(name: str, angle: int, value: float) -> None:
    size, sign = abs(angle), "-" if angle < 0 else ""
    calls = [form.format(name) for form in ("arc{}", "\\arc{}", "\\{}^{{-1}}", "{}⁻¹", "{}^-1")]
    steps = [f"{call}({written}) = {sign}{size}°" for call in calls for written in exact(value)]
    steps += [f"{calls[0]}({exact(value)[0]}) = {sign}{one}" for one in arguments(size)]
    assert wrong(steps, V) == {}


@pytest.mark.parametrize(("name", "angle", "value"), INVERSES)
def test_an_inverse_function_with_another_angle_is_refuted(name: str, angle: int, value: float) -> None:
    written = exact(value)[0]
    others = {other for other in ANGLES if other not in (angle, angle % 360)} - other_branch(name, angle)
    steps = [f"arc{name}({written}) = {other}°" for other in others]
    steps += [f"\\{name}^{{-1}}({written}) = {of_pi(other)[-1]}" for other in others if other]
    assert wrong(steps, R) == {}


def other_branch(name: str, angle: int) -> set[int]:
    """The value by the other usual convention, where there is one: it is not refuted."""
    if name == "sec" and angle > 90:
        return {360 - angle}
    return {180 - angle} if name == "csc" and angle < 0 else set()


@pytest.mark.parametrize(
    ("name", "angle"), [(name, angle) for name in NAMES for angle in ANGLES if number(name, angle) is None]
)
def test_where_a_function_has_no_value_nothing_is_verified(name: str, angle: int) -> None:
    values = ("0", "1", "\\infty", "16331239353195370", "5.5", "\\text{undefined}")
    steps = [f"\\{name} {one} = {value}" for one in arguments(angle) for value in values]
    assert wrong(steps, U) == {}


NONE: tuple[str, ...] = ()
ROWS: dict[str, list[Row]] = {
    "conversion": [
        (NONE, "180° = π", V, "a multiple of pi"),
        (NONE, "180° = π radians", V, "a unit after pi"),
        (NONE, "$\\pi \\text{ radians} = 180^\\circ$", V, "the other way round"),
        (NONE, "$45^\\circ = \\pi/4$", V, "LaTeX"),
        (NONE, "180 degrees = 3.14 radians", V, "rounded"),
        (NONE, "1 radian = 57.3°", V, "rounded in degrees"),
        (NONE, "45° = π/3", R, "60 degrees"),
        (NONE, "180° = 180 radians", R, "the same number in another unit"),
        (NONE, "90° + π/2 = 180°", V, "a sum of both"),
        (NONE, "π = 180", U, "a sign of degrees left out"),
        (NONE, "π/6 * 180/π = 30°", V, "the factor written out"),
        (NONE, "60° * π/180 = π/3", V, "the factor written out"),
    ],
    "without functions": [
        (NONE, "90° - 30° = 60°", V, "a difference"),
        (NONE, "$180^\\circ - 70^\\circ = 110^\\circ$", V, "LaTeX"),
        (NONE, "180° - 70° = 120°", R, "110"),
        (NONE, "360° / 6 = 60°", V, "a share"),
        (NONE, "(8 - 2) * 180 = 1080°", V, "the sign on one side only"),
        (NONE, "30° * 3 = 90", V, "and on the other"),
        (NONE, "360/7 = 51°", U, "printed as a whole number"),
    ],
    "said before": [
        (("\\theta = 30^\\circ",), "\\sin\\theta = 1/2", V, "an earlier step"),
        (("\\theta = 30^\\circ",), "\\sin\\theta = 0.7", R, "an earlier step"),
        (NONE, "$\\theta = 30^\\circ$, so $\\sin\\theta = 1/2$.", V, "the same step"),
        (NONE, "$\\theta = 30^\\circ$, so $\\sin\\theta = 0.7$.", R, "the same step"),
        (NONE, "θ = 30°, so sin θ = 1/2", V, "Unicode"),
        (NONE, "theta = 30 degrees, so sin(theta) = 0.7", R, "in words"),
        (("x = 30^\\circ",), "\\cos 2x = 1/2", V, "a multiple of it"),
        (("\\theta = \\frac{\\pi}{6}",), "\\sin\\theta = 0.7", R, "radians"),
        (("\\theta = 30",), "\\sin\\theta = 1/2", U, "without a unit"),
        (("A = 30°", "B = 60°"), "sin A + cos B = 1", V, "two angles"),
        (("2x = 60°", "x = 30°"), "sin x = 0.7", R, "an angle that followed"),
        (("B = 180° - 90° - 30°",), "sin B = 0.7", R, "a difference"),
        (("f(x) = 2 \\sin x",), "f(30^\\circ) = 1", V, "put into a function"),
        (("Let θ = 30°.",), "sin θ = 0.7", U, "chosen"),
        (("θ ≈ 36.87°",), "sin θ = 3/5", U, "rounded"),
        (("θ = 30°",), "For another angle, sin θ = 0.7.", U, "a new scope"),
        (("s = rθ", "r = 2", "θ = 30°"), "s = 1.05", U, "an arc, for which the angle is in radians"),
        (("x = 30°",), "x = π/6 or x = 5π/6", U, "solutions in radians"),
        (("angle A is 30 degrees",), "sin A = 1/2", V, "in words"),
        (("Angle B measures 60°.",), "cos B = 0.7", R, "in words"),
        (("$\\angle A = 30^\\circ$",), "$\\sin A = 1/2$", V, "a sign of angles"),
        (("m∠A = 30°",), "sin A = 1/3", R, "a sign of angles"),
        (NONE, "angle A is 3 times angle B", U, "no size"),
    ],
    "without a sign": [
        (NONE, "sin 30 = 0.5", U, "degrees meant"),
        (NONE, "sin 30 = 0.7", R, "neither"),
        (NONE, "sin 30 = -0.988", V, "radians"),
        (NONE, "sin(30 radians) = 0.5", R, "clearly radians"),
        (NONE, "sin(pi/6) = 0.7", R, "clearly radians"),
        (NONE, "sin 20 = 0.34", U, "rounded"),
        (NONE, "sin 30 > 0", U, "an inequality in degrees"),
        (NONE, "sin 30 > 2", R, "in neither"),
        (NONE, "arctan 1 = 45", U, "an inverse function"),
        (NONE, "arctan 1 = 50", R, "neither"),
        (NONE, "Simplifying, (1 + 1)(\\sin(90 - x) + x) = 2(\\cos x + x)", U, "an identity in degrees"),
        (NONE, "Simplifying, (1 + 1)(\\sin(90 - x) + x) = 2(\\sin x + x)", R, "an identity in neither"),
    ],
    "temperature": [
        (NONE, "20 °C + 5 °C = 25 °C", V, "a sum"),
        (NONE, "20°C + 5°C = 26°C", R, "a sum"),
        (NONE, "68 degrees Fahrenheit - 8 degrees Fahrenheit = 60 degrees Fahrenheit", V, "in words"),
        (NONE, "20 °C = 68 °F", U, "another scale"),
        (NONE, "25 °C = 298 K", U, "another scale, not as a unit"),
        (NONE, "25 °C = 25 + 273", U, "another scale, not named"),
        (NONE, "-48 + 21 - 3 = -24 degrees Fahrenheit", R, "a sum without units"),
    ],
    "no angles": [
        (NONE, "$f \\circ g = 3$", U, "composition"),
        (NONE, "$(f \\circ g)(x) = f(g(x))$", U, "composition"),
        (NONE, "$2 \\circ 3 = 5$", U, "an operation"),
        (NONE, "2 deg(f) = 6", U, "the degree of a polynomial"),
        (NONE, "°", U, "a sign alone"),
        (NONE, "30°'", U, "a stray sign"),
        (NONE, "30^{\\circ}15' = 30.25^\\circ", U, "minutes are not read"),
        (NONE, "4.18 J/g°C * 2 = 8.36", U, "a unit of a unit"),
        (NONE, "2²⁻ = 4", U, "a stray minus"),
    ],
    "formulas": [
        (NONE, "\\sin^2 30^\\circ + \\cos^2 30^\\circ = 1", V, "Pythagoras"),
        (NONE, "2\\sin 30^\\circ\\cos 30^\\circ = \\sin 60^\\circ", V, "a double angle"),
        (NONE, "2 sin 30° cos 30° = sin 60°", V, "without LaTeX"),
        (NONE, "2 sin 30° cos 30° = sin 30°", R, "without LaTeX"),
        (NONE, "\\cos(180^\\circ - x) = -\\cos x", V, "a letter in it"),
        (NONE, "\\cos 60^\\circ \\cdot 10 = 5", V, "a factor after it"),
        (NONE, "h = 10 \\sin 30^\\circ = 5", V, "a chain"),
        (NONE, "h = 10 \\sin 30^\\circ = 6", R, "a chain"),
        (("h = 10 \\sin 30^\\circ",), "h = 5", V, "a later step"),
        (NONE, "\\sin(30)^\\circ = 1/2", V, "the sign after the bracket"),
        (NONE, "cos60°=1/2", V, "without blanks"),
        (NONE, "sin 30 degrees = .5", V, "in words"),
        (NONE, "sin −30° = −0.5", V, "a minus sign"),
        (NONE, "sin 30∘ = sin 30º", V, "signs that look alike"),
        (NONE, "\\sin 2 \\cdot 30^\\circ = \\sin 60^\\circ", U, "the product may be the argument"),
        (NONE, "\\sin 30^\\circ/2 = \\sin 15^\\circ", U, "the quotient may be the argument"),
        (NONE, "\\sin 2\\pi = 0", V, "a multiple of pi"),
        (NONE, "\\sin 2\\theta = 2\\sin\\theta\\cos\\theta", V, "a multiple of a Greek letter"),
        (NONE, "sin 89.9° = 1", U, "printed as a whole number"),
        (NONE, "sin 60° = 1", R, "too far off for that"),
        (NONE, "1 / cos 90° = 5", U, "a division by zero"),
        (NONE, "arctan(3/4) = 36.87°", V, "rounded"),
        (NONE, "arctan(3/4) ≈ 37°", V, "about"),
        (NONE, "arctan(3/4) = 37°", U, "printed as a whole number"),
        (NONE, "arccot(-1) = -45°", V, "the other convention"),
        (("r = 3", "A = πr²"), "A = 9π", V, "pi beside letters"),
    ],
}  # fmt: skip
CASES = [pytest.param(*row, id=f"{group}: {row[3]}: {row[1]}") for group, rows in ROWS.items() for row in rows]


@pytest.mark.parametrize(("previous", "step", "expected", "why"), CASES)
def test_what_a_text_does_with_angles(previous: tuple[str, ...], step: str, expected: str, why: str) -> None:
    assert verdict(step, *previous) == expected, why


def test_the_reason_says_why_degrees_left_out_decide_nothing() -> None:
    [claim] = check(StepToCheck(step="sin 30 = 0.5")).claims
    assert claim.reason == "sin(30) is about -0.98803, not 0.5; the angle may be in degrees"


def test_a_sign_of_degrees_is_shown_as_it_was_read() -> None:
    [claim] = check(StepToCheck(step="\\sin 30^\\circ = 0.7")).claims
    assert (claim.normalised, claim.reason) == ("sin(30°) = 0.7", "sin(30°) is 0.5, not 0.7")
