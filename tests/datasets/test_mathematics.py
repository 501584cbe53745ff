"""What the shipped mathematics and physics data claim is true, and what they call wrong is wrong."""

import re
from collections.abc import Callable

import pytest
import sympy

from cotlab.domain.traces.records import Trace
from tests.datasets import answers, equations
from tests.datasets.shipped import answer_is_right, label, named, read

TRACES = (*read("mathematics"), *read("physics"))
ANSWERS: dict[str, tuple[Callable[[], answers.Answer], str]] = {
    **{f"mathematics-{number:02}": (compute, "") for number, compute in enumerate(answers.MATHEMATICS, 1)},
    **{f"physics-{number:02}": computed for number, computed in enumerate(answers.PHYSICS, 1)},
}

FALSE_EQUATIONS = {
    ("mathematics-01-b", 1): ["3 * 24=74"],
    ("mathematics-01-b", 2): ["2 * 18=34"],
    ("mathematics-01-c", 3): ["72 + 36=98"],
    ("mathematics-17-b", 4): ["1 - 3 + 1/3=5/3"],
    ("mathematics-18-d", 2): ["7 + 19 * 4=79"],
    ("physics-08-d", 2): ["900 * 24=2160"],
}
"""Every false equation of numbers in the data, by trace and position."""

a, b, c, n, x, y = sympy.symbols("a b c n x y", real=True)
exp, half = sympy.exp, sympy.Rational(1, 2)

CLAIMS = [
    # trace, position, the words of the step, both sides of the claim, whether it is true
    ("mathematics-02-b", 1, "goes up by 5 %", sympy.Rational(125 * 80, 10_000), sympy.Rational(105, 100), False),
    ("mathematics-03-a", 1, "6x - 15", 3 * (2 * x - 5), 6 * x - 15, True),
    ("mathematics-03-b", 1, "6x − 5", 3 * (2 * x - 5), 6 * x - 5, False),
    ("mathematics-04-a", 1, "x(2x - 7)", 2 * x**2 - 7 * x, x * (2 * x - 7), True),
    ("mathematics-05-a", 1, "x^2 + 2x + 1", (x + 1) ** 2, x**2 + 2 * x + 1, True),
    ("mathematics-05-a", 3, "(x - 2)(x + 3)", x**2 + x - 6, (x - 2) * (x + 3), True),
    ("mathematics-05-b", 4, "x = −3", sympy.sqrt(-3 + 7), -3 + 1, False),
    ("mathematics-06-a", 3, "4a + 700", 9 * a + 5 * (140 - a), 4 * a + 700, True),
    ("mathematics-06-c", 2, "1260 − 4c", 5 * c + 9 * (140 - c), 1260 - 4 * c, True),
    ("mathematics-09-b", 2, "4¹⁰⁰ ≡ −1", sympy.Mod(4**100, 5), sympy.Mod(-1, 5), False),
    ("mathematics-10-a", 1, "(n^3 - n) + 6n", n**3 + 5 * n, (n**3 - n) + 6 * n, True),
    ("mathematics-10-a", 2, "(n-1)\\,n\\,(n+1)", n**3 - n, (n - 1) * n * (n + 1), True),
    (
        "mathematics-10-b", 2, "(k³ + 5k) + 3k² + 3k + 6",
        (n + 1) ** 3 + 5 * (n + 1), (n**3 + 5 * n) + 3 * n**2 + 3 * n + 6, True,
    ),
    ("mathematics-16-a", 1, "(1 - 2x)\\,e^{-2x}", sympy.diff(x * exp(-2 * x), x), (1 - 2 * x) * exp(-2 * x), True),
    ("mathematics-16-b", 2, "(1 − 2x)·e^(−2x)", sympy.diff(x * exp(-2 * x), x), (1 - 2 * x) * exp(-2 * x), True),
    (
        "mathematics-16-c", 1, "e^{-2x} - x\\,e^{-2x}",
        sympy.diff(x * exp(-2 * x), x), exp(-2 * x) - x * exp(-2 * x), False,
    ),
    ("mathematics-16-c", 2, "(1 - x)\\,e^{-2x}", exp(-2 * x) - x * exp(-2 * x), (1 - x) * exp(-2 * x), True),
    ("mathematics-17-a", 1, "(x - 3)(x + 1)", x**2 - 2 * x - 3, (x - 3) * (x + 1), True),
    (
        "mathematics-17-a", 4, "x^2 + 3x - \\frac{x^3}{3}",
        sympy.diff(x**2 + 3 * x - x**3 / 3, x), 2 * x + 3 - x**2, True,
    ),
    ("mathematics-17-b", 2, "x² + 3x − x³/3", sympy.diff(x**2 + 3 * x - x**3 / 3, x), 2 * x + 3 - x**2, True),
    ("mathematics-19-c", 1, "(14 + s) / 2", (5 * 14 + x) / 6, (14 + x) / 2, False),
    ("mathematics-22-a", 3, "(x - 8)(x + 2)", x**2 - 6 * x - 16, (x - 8) * (x + 2), True),
    ("mathematics-22-b", 3, "never has a negative value", sympy.log(half, 2), sympy.Abs(sympy.log(half, 2)), False),
    ("mathematics-23-b", 1, "24\\pi", sympy.pi * 3**2 * 8 / 3, 24 * sympy.pi, True),
    (
        "mathematics-23-b", 2, "12\\pi",
        sympy.integrate(sympy.pi * (3 * x / 8) ** 2, (x, 0, 4)), 12 * sympy.pi, False,
    ),
    ("mathematics-23-c", 3, "3π", sympy.integrate(sympy.pi * (3 * x / 8) ** 2, (x, 0, 4)), 3 * sympy.pi, True),
    ("mathematics-24-a", 2, "3n^2 + 2", (n - 1) ** 2 + n**2 + (n + 1) ** 2, 3 * n**2 + 2, True),
    ("mathematics-24-b", 2, "3n² + 6n + 5", n**2 + (n + 1) ** 2 + (n + 2) ** 2, 3 * n**2 + 6 * n + 5, True),
    ("mathematics-24-c", 2, "0, 1 and 2", sympy.Mod(2**2, 3), sympy.Integer(2), False),
    ("mathematics-27-a", 2, "(x - 6)(y - 6) = 36", x * y - 6 * x - 6 * y, (x - 6) * (y - 6) - 36, True),
    ("mathematics-27-c", 2, "6x / (x − 6)", 1 / x + (x - 6) / (6 * x), sympy.Rational(1, 6), True),
    ("physics-01-b", 2, "at which it travels", half * 12 * 10, sympy.Integer(12 * 10), False),
    ("physics-02-c", 1, "multiplies by 3.6", sympy.Rational(1000, 3600), sympy.Rational(36, 10), False),
    ("physics-04-b", 3, "6 / (6 + 3)", sympy.Rational(3, 6 + 3), sympy.Rational(6, 6 + 3), False),
    ("physics-06-b", 2, "1/b = 1/f + 1/g", 1 / a - 1 / b, 1 / a + 1 / b, False),
    ("physics-08-c", 2, "900 · 365", sympy.Integer(900 * 24 * 365), sympy.Integer(900 * 365), False),
    ("physics-09-c", 2, "0.16 / 2", sympy.sqrt(sympy.Rational(16, 100)), sympy.Rational(16, 200), False),
    ("physics-10-b", 1, "15 kW", sympy.Rational(1500, 1000), sympy.Integer(15), False),
    ("physics-10-b", 2, "1/15", sympy.Rational(40, 60), sympy.Rational(1, 15), False),
    ("physics-12-d", 7, "½ · 2 · 3", half * 2 * 3**2, half * 2 * 3, False),
    ("physics-13-b", 2, "47 / 7", sympy.Rational(47 + 273, 7 + 273), sympy.Rational(47, 7), False),
]  # fmt: skip


def problem_of(trace: Trace) -> str:
    return named(trace).rpartition("-")[0]


def parsed(answer: str | None) -> tuple[frozenset[sympy.Expr | str], str]:
    """The values and the unit of a written answer: `0 and 7/2`, `2/3 A`, `no`."""
    found = re.fullmatch(r"(?P<values>[-\d/.]+(?: and [-\d/.]+)*|yes|no)(?: (?P<unit>\S+))?", answer or "")
    assert found, f"an answer of another form: {answer}"
    values = found["values"].split(" and ")
    return frozenset(v if v in {"yes", "no"} else sympy.Rational(v) for v in values), found["unit"] or ""


def computed(problem: str) -> tuple[frozenset[sympy.Expr | str], str]:
    compute, unit = ANSWERS[problem]
    answer = compute()
    if isinstance(answer, str):
        return frozenset({answer}), unit
    return frozenset(sympy.nsimplify(value) for value in (answer if isinstance(answer, list) else [answer])), unit


@pytest.mark.parametrize("problem", ANSWERS)
def test_the_reference_answer_is_the_computed_one(problem: str) -> None:
    references = {trace.problem.reference_answer for trace in TRACES if problem_of(trace) == problem}
    assert [parsed(reference) for reference in references] == [computed(problem)]


def test_every_problem_is_computed() -> None:
    assert {problem_of(trace) for trace in TRACES} == set(ANSWERS)


@pytest.mark.parametrize("trace", TRACES, ids=named)
def test_the_label_of_the_answer_is_right(trace: Trace) -> None:
    same = parsed(trace.final_answer) == parsed(trace.problem.reference_answer)
    assert same == answer_is_right(trace)


def test_false_equations_stand_where_they_were_planted() -> None:
    found = {
        (named(trace), position): [
            f"{e.left}{e.sign}{e.right}" for e in equations.equations(step.text) if not e.holds()
        ]
        for trace in TRACES
        for position, step in enumerate(trace.steps, 1)
    }
    assert {place: false for place, false in found.items() if false} == FALSE_EQUATIONS


def test_a_step_with_a_false_equation_is_labelled_incorrect() -> None:
    steps = {(named(trace), position): step for trace in TRACES for position, step in enumerate(trace.steps, 1)}
    assert {label(steps[place]) for place in FALSE_EQUATIONS} == {"incorrect"}


def test_most_computations_are_checked() -> None:
    texts = [step.text for trace in TRACES for step in trace.steps]
    assert sum(len(list(equations.equations(text))) for text in texts) >= 240


@pytest.mark.parametrize(("trace", "position", "words", "left", "right", "true"), CLAIMS)
def test_a_claim_agrees_with_its_label(
    trace: str, position: int, words: str, left: sympy.Expr, right: sympy.Expr, true: bool
) -> None:
    (found,) = (one for one in TRACES if one.id == trace)
    step = found.steps[position - 1]
    assert words in step.text
    assert (sympy.simplify(left - right) == 0) is true
    assert (label(step) != "incorrect") is true


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so 3 · 24 = 74 pupils", [("3 * 24=74", False)]),
        ("2 · 3 = 6 and 6 − 7 = −1.", [("2 * 3=6", True), ("6 - 7=-1", True)]),
        ("$\\frac{1}{2} \\cdot 6^{2} = 18$", [("((1)/(2)) * 6^(2)=18", True)]),
        ("12 V / 6 Ω = 2 A", [("12 / 6=2", True)]),
        ("½ · 2 kg · (3 m/s)² = 9 J", [("(1/2) * 2 * (3)^2=9", True)]),
        ("3(2 + 1) = 10 = 5 · 2", [("3(2 + 1)=10", False), ("10=5 * 2", True)]),
        ("√(9 + 16) = 5 and 4! = 24", [("√(9 + 16)=5", True), ("4!=24", True)]),
        ("$\\binom{5}{2} = 11$", [("10*1=11", False)]),
        ("20 / 3 ≈ 6.67, not ≈ 7", [("20 / 3≈6.67", True)]),
        ("20 / 3 ≈ 6.66", [("20 / 3≈6.66", False)]),
        ("x + 3 = 4 + 1", []),
        ("2x + 1 = 7 and f(3) = 2 · 3", []),
        ("10 + 5 = 5x and 1 + 1 = 2π", []),
        ("20 % of 50 = 10", []),
        ("a = 3, b = 4", []),
    ],
)
def test_equations_are_found_only_where_they_are_whole(text: str, expected: list[tuple[str, bool]]) -> None:
    assert [(f"{e.left}{e.sign}{e.right}", e.holds()) for e in equations.equations(text)] == expected
