"""Generated sums: true ones are never refuted, false ones are; and no text makes the checker fail or lose time."""

import string
import time
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cotlab.checks.running.checking import check
from cotlab.domain.checks import StepToCheck, Verdict
from cotlab.domain.projects.gates import Setting

LONGEST = 1.5
"""CPU seconds for one generated text, far above what any needs."""
Sum = tuple[str, Fraction]
"""An expression as it is written, and its value, worked out beside it."""
SENTENCES = ("{}", "So {}.", "We get {} in all.", "First, {}; then we go on.", "${}$", "x = 5 and {}", "<<{}>>")
SIGNS = {"+": ("+", " + "), "-": ("-", " - ", " − "), "*": ("*", " * ", " × ", "\\times ", " x "), "/": ("/", " ÷ ")}
MARKS = ["=", "<", ">", "≈", "+", "-", "*", "/", "^", "(", ")", "{", "}", "$", "\\frac", "\\sqrt", "\\sum_",
         "\\int", "%", "!", "_", "|", "&", "\\\\", "<<", ">>", " is ", " of ", " and ", " not ", " x ", "x", "f(",
         "'", "\\text{", ".", ",", ":", "\n", "1", "2.5", "10^", "half", "minutes", "\u202e", "\x00", "٣", "²", "½",
         "\\left(", "\\pmod", "prime"]  # fmt: skip


@st.composite
def numbers(draw: st.DrawFn) -> Sum:
    whole = draw(st.integers(0, 99_999))
    if draw(st.booleans()):
        return (f"{whole:,}" if draw(st.booleans()) else str(whole)), Fraction(whole)
    cents = draw(st.integers(1, 99))
    return f"{whole}.{cents:02d}", whole + Fraction(cents, 100)


@st.composite
def combined(draw: st.DrawFn, inner: st.SearchStrategy[Sum]) -> Sum:
    (left, one), (right, two) = draw(inner), draw(inner)
    sign = draw(st.sampled_from(["+", "-", "*", "/"]))
    assume(sign != "/" or two != 0)
    written = draw(st.sampled_from(SIGNS[sign]))
    text = f"({left}){written}({right})"
    value = {"+": one + two, "-": one - two, "*": one * two, "/": one / two if two else Fraction(0)}[sign]
    return text, value


SUMS = st.recursive(numbers(), combined, max_leaves=6).filter(lambda one: "(" in one[0])


def written(value: Fraction) -> str:
    """Exactly: a whole number or a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator}/{value.denominator}"


@given(SUMS, st.sampled_from(SENTENCES))
@settings(max_examples=300)
def test_a_true_sum_is_verified(one: Sum, sentence: str) -> None:
    text, value = one
    step = sentence.format(f"{text} = {written(value)}")
    found = check(StepToCheck(step=step), Setting.ALL_KINDS)
    assert found.verdict is Verdict.VERIFIED, (step, found)


@given(SUMS, st.integers(0, 4))
@settings(max_examples=200)
def test_a_rounded_sum_is_not_refuted(one: Sum, decimals: int) -> None:
    text, value = one
    scaled = round(value * 10**decimals)
    shown = f"{'-' if scaled < 0 else ''}{abs(scaled) // 10**decimals}"
    if decimals:
        shown += f".{abs(scaled) % 10**decimals:0{decimals}d}"
    found = check(StepToCheck(step=f"{text} = {shown}"), Setting.ALL_KINDS)
    assert found.verdict is not Verdict.REFUTED, (text, shown, found)


@given(SUMS, st.integers(-1_000, 1_000).filter(bool), st.sampled_from(SENTENCES))
@settings(max_examples=300)
def test_a_false_sum_is_refuted(one: Sum, off: int, sentence: str) -> None:
    text, value = one
    step = sentence.format(f"{text} = {written(value + off)}")
    found = check(StepToCheck(step=step), Setting.ALL_KINDS)
    assert found.verdict is Verdict.REFUTED, (step, found)


@given(st.lists(st.sampled_from(MARKS) | st.text(string.printable, max_size=6), max_size=40).map("".join))
@settings(max_examples=400)
def test_no_text_fails_or_takes_long(text: str) -> None:
    began = time.process_time()
    found = check(StepToCheck(previous=(text[:20],), step=text), Setting.ALL_KINDS)
    assert time.process_time() - began < LONGEST
    for claim in found.claims:
        assert 0 <= claim.start <= claim.end <= len(text)


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_no_unicode_fails(text: str) -> None:
    assert check(StepToCheck(step=text), Setting.ALL_KINDS).reason
