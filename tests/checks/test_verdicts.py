"""What each kind says, and what holds a refutation back: (earlier steps, step, verdict, what the row is for)."""

import pytest

from cotlab.checks.running.checking import check
from cotlab.domain.checks import StepToCheck
from cotlab.domain.projects.gates import Setting

V, R, U = "verified", "refuted", "undecided"
Row = tuple[tuple[str, ...], str, str, str]
NONE: tuple[str, ...] = ()

KINDS: dict[str, list[Row]] = {
    "arithmetic": [
        (NONE, "14 * 3 = 42", V, "a product"),
        (NONE, "14 * 3 = 48", R, "a wrong one"),
        (NONE, "1,250 + 750 = 2,000 and 2 500 * 2 = 5 000", V, "thousands with commas and blanks"),
        (NONE, "2^3^2 = 512", V, "a tower is read from the right"),
        (NONE, "9 times 7 is 63, and 63 divided by 9 equals 7", V, "words"),
        (NONE, "She made 21 * 4 = $<<21*4=84>>84 that day.", V, "an annotation inside"),
        (NONE, "2/3 = 0.667 and 2/3 ≈ 1", V, "rounded, and about"),
        (NONE, "3.33 * 3 = 10", U, "a value with decimals printed as a whole number"),
        (NONE, "There are 12 apples + 4 pears = 16 fruits.", V, "nouns after numbers"),
        (NONE, "6.58 x 10^-22 g / 2 = 3.2 x 10^-22 g", U, "cut off, not rounded"),
        (NONE, "Half of 90 is 45, twice 5 is 10, two thirds of 12 is 8.", V, "shares in words"),
        (NONE, "8 ÷ 2(4) = 1", U, "two readings of a product after a division"),
        (NONE, "25 / 1/3 = 75", U, "two readings of a division after a division"),
        (NONE, "(-3)^2 = 9 and -3^2 = 9", U, "two readings of a minus before a power"),
        (NONE, "3 boxes of 12 = 36", U, "a word by which the side goes on"),
        (NONE, "12 + 3 = 15 more than 5", U, "the number goes on after it"),
        (NONE, "11 # 0 = 11", U, "a sign that is not read"),
        (NONE, "- 5 + 3 = 8", V, "a list, and no minus"),
        (NONE, "He has 3+4 = 7!", V, "an exclamation"),
    ],
    "percent": [
        (NONE, "25% * 80 = 20", V, "1/100"),
        (NONE, "1/4 * 100 = 25%", V, "a label"),
        (NONE, "25% of 80 is 24", R, "neither"),
        (NONE, "200 - 10% = 180", U, "a share of the number before it"),
        (NONE, "1/3 = 33.3%", V, "rounded"),
    ],
    "remainder": [
        (NONE, "100 ÷ 60 = 1 remainder 40", V, "in words"),
        (NONE, "100 ÷ 60 = 1 with a remainder of 30", R, "wrong"),
        (NONE, "100 ÷ 30 = 2 remainder 40", U, "a remainder that is too large"),
        (NONE, "$7^{222} \\equiv 9 \\pmod{10}$", V, "a power taken modulo"),
        (NONE, "38 mod 7 = 4", R, "38 = 5 * 7 + 3"),
    ],
    "base": [
        (NONE, "$101_2 + 11_2 = 1000_2$", V, "binary"),
        (NONE, "$101_2 + 11_2 = 1001_2$", R, "binary, wrong"),
        (NONE, "$12_2 = 4$", U, "no digit of that base"),
    ],
    "constant": [
        (NONE, "$\\sqrt{12} = 2\\sqrt{3}$", V, "surds"),
        (NONE, "\\sqrt{144} = 14", R, "a rational root"),
        (NONE, "sin(0) = 0 and cos(0) = 1", V, "functions"),
        (NONE, "$\\sqrt{-4} = 2$", U, "no real value"),
        (NONE, "log(100) = 2, ln(1) = 0", V, "logarithms"),
    ],
    "units": [
        (NONE, "2 hours + 30 minutes = 150 minutes", V, "a sum of two units"),
        (NONE, "3 yards = 10 feet", R, "9 feet"),
        (NONE, "90 km/hour * 20 minutes = 30 km", V, "units that cancel"),
        (NONE, "1 ton = 2000 pounds", U, "tons of several kinds"),
        (NONE, "1 kg = 2.2 pounds", V, "rounded"),
        (NONE, "1/4 = $20", U, "a share"),
        (NONE, "4 * 25 = $1", U, "a factor between units"),
    ],
    "gcd-lcm": [
        (NONE, "The LCM of 3, 4, and 5 is 60.", V, "three numbers"),
        (NONE, "\\gcd(12, 18) = 3", R, "6"),
        (NONE, "GCF of 6432 and 132 is 2^2 * 3^1", V, "an expression after it"),
    ],
    "divisibility": [
        (NONE, "91 is not prime and 2 divides 10", V, "two properties"),
        (NONE, "57 is prime", R, "3 * 19"),
        (NONE, "12 is a multiple of 5.", R, "a multiple"),
        (NONE, "2^{89} - 1 is prime.", U, "too long to factor"),
    ],
    "series": [
        (NONE, "\\prod_{k=1}^{5} k = 120", V, "a product"),
        (NONE, "\\sum_{i=0}^{3} 2^i = 16", R, "15"),
        (NONE, "\\sum_{k=1}^{n} k = 10", U, "no end"),
    ],
    "inequality": [
        (NONE, "3/4 > 2/3 and 5 ≠ 6", V, "numbers"),
        (NONE, "3 ≥ 4", R, "numbers"),
        (("x < 2",), "x > 5", R, "no number is both"),
        (NONE, "x > 5", U, "new"),
    ],
    "identity": [
        (NONE, "(a+b)(a-b) = a^2 - b^2", V, "expansion"),
        (NONE, "Simplifying, 2(x + 3) = 2x + 3.", R, "after a cue"),
        (NONE, "2(x + 3) = 2x + 3", U, "without one"),
        (NONE, "Squaring both sides gives (x - 4)^2 = 11 - 2x, which I can expand.", U, "the cue comes after it"),
        (NONE, "ab^2 = a * b * b", V, "the power is that of the last letter"),
    ],
    "implication": [
        (("2x + 1 = 7",), "x = 3", V, "linear"),
        (("2x + 1 = 7",), "x = 4", R, "linear"),
        (("x + y = 5", "x - y = 1"), "x = 3", V, "two equations"),
        (("x = 4",), "For the second rectangle, x = 9.", U, "a new scope"),
        (("D = 16",), "D = -4", U, "a letter that is used again"),
        (("Suppose x = 2.",), "3x = 7", U, "supposed"),
        (("C = 10 µF",), "C = 1/100000", U, "a unit with a prefix"),
        (("x = 3 or x = 5",), "x = 5", U, "or joins no premises"),
        (("x = 3", "Wait, that is a mistake."), "2x = 8", U, "a step that takes back what was said"),
        (("2x = 6", "x = 4"), "x = 4", U, "one error, one alarm: the facts are dropped"),
        (("the digits are a = 8 and b = 5",), "ab = 85", U, "letters that are digits"),
    ],
    "solutions": [
        (("x^2 = 16",), "x = 4 or x = -4", V, "all roots"),
        (("x^2 = 16",), "x = \\pm 4", V, "both signs"),
        (("x^2 = 16",), "x = 2 or x = 3", R, "no root"),
        (("x^2 = 16",), "x = 4 or x = 5", U, "some are roots"),
    ],
    "substitution": [
        (("f(x) = 2x + 1",), "f(3) = 7", V, "a value"),
        (("f(x) = 2x + 1",), "f(3) = 8", R, "a value"),
        (("f(x) = x^2",), "f(a + 1) = a^2 + 2a + 1", V, "a letter put in"),
        (NONE, "f(3) = 8", U, "not defined"),
    ],
    "derivative": [
        (NONE, "\\frac{d}{dx} x^5 = 5x^4", V, "in LaTeX"),
        (NONE, "The derivative of x^5 is 4x^5.", R, "in words"),
        (("g(t) = \\sin(t)",), "g'(t) = \\cos(t)", V, "of a defined function"),
    ],
    "integral": [
        (NONE, "\\int 2x dx = x^2 + C", V, "back"),
        (NONE, "\\int 2x dx = 2x^2 + C", R, "back"),
        (NONE, "\\int_0^1 x^2 dx = \\frac{1}{3}", V, "with ends"),
        (NONE, "\\int_0^1 x^2 dx = 1", R, "with ends"),
    ],
    "limit": [
        (NONE, "\\lim_{x \\to 2} x^2 = 4", V, "a value"),
        (NONE, "\\lim_{x \\to 2} x^2 = 5", R, "a value"),
        (NONE, "\\lim_{x \\to 0} \\frac{1}{x} = 0", U, "none"),
    ],
    "held back": [
        (NONE, "It is not true that 2 + 2 = 5.", U, "a negation"),
        (NONE, "It is not true that 2 + 2 = 4.", U, "a negation of what holds"),
        (NONE, "2^401 = 1", U, "over budget, whatever the value is"),
        (NONE, "1001! = 1", U, "over budget, whatever the value is"),
        (NONE, "If 2 + 2 = 5, then we stop.", U, "a hypothesis"),
        (NONE, "Is 2 + 2 = 5?", U, "a question"),
        (NONE, "Plugging in 1, we get 1 = 3 + 4.", U, "a value is tried out"),
        (NONE, "Week 3 = 12 + 5", U, "a label"),
        (NONE, "on day 1 * 2 = 20 pages", U, "a label before a product"),
        (NONE, "The difference between 3^4 and 3^2 is 3^4 - 3^2 = 72.", U, "the word before it belongs to the side"),
        (NONE, "7.\\overline{7} = 7", U, "digits that go on"),
        (NONE, "The ratio is 3:4 = 0.75", U, "a ratio"),
        (NONE, "Step 4: 7995 - 3075 = 4920", V, "a heading"),
        (NONE, "Step 4: 7995 - 3075 = 4910", R, "a heading"),
    ],
}  # fmt: skip
ROWS = [pytest.param(*row, id=f"{kind}: {row[3]}: {row[1]}") for kind, rows in KINDS.items() for row in rows]


@pytest.mark.parametrize(("previous", "step", "verdict", "why"), ROWS)
def test_the_verdict_with_all_kinds(previous: tuple[str, ...], step: str, verdict: str, why: str) -> None:
    found = check(StepToCheck(previous=previous, step=step), Setting.ALL_KINDS)
    assert found.verdict == verdict, (why, found.claims)


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "held back"])
def test_decided_rows_are_of_their_kind(kind: str) -> None:
    for previous, step, verdict, _ in KINDS[kind]:
        if verdict != U:
            claims = check(StepToCheck(previous=previous, step=step), Setting.ALL_KINDS).claims
            assert kind in {one.kind for one in claims}, step


def test_a_reason_says_what_was_computed() -> None:
    [claim] = check(StepToCheck(step="So 14 * 3 = 48.")).claims
    assert (claim.reason, claim.normalised, claim.start, claim.end) == ("14 * 3 is 42, not 48", "14 * 3 = 48", 3, 14)


def test_verified_is_said_of_the_sums_alone() -> None:
    assert check(StepToCheck(step="14 * 3 = 42")).reason == "the sums hold"


@pytest.mark.parametrize(
    ("previous", "step", "by_default", "place"),
    [
        (("3x + 6 = 15",), "So 3x = 10.", U, 0),
        (("Hello.", "x = 5", "y = 2x + 1"), "y = 12", U, 2),
        (NONE, "3x + 6 = 15 so 3x = 10", R, None),
        (("f(x) = 2x",), "f(3) = 8", U, 0),
    ],
)
def test_a_conflict_with_an_earlier_step_decides_with_all_kinds_alone(
    previous: tuple[str, ...], step: str, by_default: str, place: int | None
) -> None:
    asked = StepToCheck(previous=previous, step=step)
    found, with_all = check(asked, Setting.DEFAULT), check(asked, Setting.ALL_KINDS)
    assert (found.verdict, with_all.verdict) == (by_default, R)
    assert with_all.claims[-1].conflicts_with == found.claims[-1].conflicts_with == place
    if place is not None:
        assert found.reason.startswith(f"conflicts with step {place + 1}: ")


def test_only_earlier_steps_are_used() -> None:
    alone = check(StepToCheck(step="x = 4"), Setting.ALL_KINDS)
    assert (alone.verdict, alone.claims) == (U, ())
