"""Each way to alter a step: what it makes of which text, and that it leaves alone what it cannot read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotlab.drafting import altering
from cotlab.drafting.altering import BY_NAME, WAYS, StepToAlter, drawn, lot, offered
from cotlab.drafting.altering.equations import equations

EARLIER = ("Each of the boxes holds 6 eggs.",)

MADE = [
    ("off-by-one", "3*4 = 12", ["3*4 = 13", "3*4 = 11"]),
    ("off-by-one", "He has 48/2=<<48/2=24>>24 eggs, 24 in all.",
     ["He has 48/2=<<48/2=25>>25 eggs, 25 in all.", "He has 48/2=<<48/2=23>>23 eggs, 23 in all."]),
    ("off-by-one", "999+1 = 1000 and 999,999+1 = 1,000,000",
     ["999+1 = 1001 and 999,999+1 = 1,000,000", "999+1 = 999 and 999,999+1 = 1,000,000",
      "999+1 = 1000 and 999,999+1 = 1,000,001", "999+1 = 1000 and 999,999+1 = 999,999"]),
    ("off-by-one", "80,000*.5=$<<80000*.5=40000.0>>40,000",
     ["80,000*.5=$<<80000*.5=40001.0>>40,001", "80,000*.5=$<<80000*.5=39999.0>>39,999"]),
    ("off-by-one", "1 - 2 = -1", ["1 - 2 = 0", "1 - 2 = -2"]),
    ("off-by-one", r"So $12 \div 4 = 3$.", [r"So $12 \div 4 = 4$.", r"So $12 \div 4 = 2$."]),
    ("off-by-one", "So $x = 12$.", ["So $x = 13$.", "So $x = 11$."]),
    ("off-by-one", "Thus (2 + 3) * 4 = 20", ["Thus (2 + 3) * 4 = 21", "Thus (2 + 3) * 4 = 19"]),
    ("sign", "2 - 5 = -3, so it is -3.", ["2 - 5 = 3, so it is 3."]),
    ("sign", "3 × 4 = 12", ["3 × 4 = -12"]),
    ("sign", "5 − 2 = 3", ["5 − 2 = −3"]),
    ("sign", "It costs 3*4 = $12", ["It costs 3*4 = -$12"]),
    ("sign", "So $3*4 = 12$.", ["So $3*4 = -12$."]),
    ("sign", "3 - 3 = 0", []),
    ("sign", "[3 + 4 = 7]", ["[3 + 4 = -7]"]),
    ("sign", "5!3 + 4 = 7", []),
    ("wrong-operation", "6/2 = 3", ["6*2 = 3"]),
    ("wrong-operation", r"$6 \times 2 = 12$", [r"$6 \div 2 = 12$", r"$6 + 2 = 12$"]),
    ("wrong-operation", "48/2=<<48/2=24>>24", ["48*2=<<48*2=24>>24"]),
    ("wrong-operation", "2 * 2 = 4", ["2 / 2 = 4"]),
    ("wrong-operation", "5 + 0 = 5", []),
    ("wrong-operation", "-3 + 5 = 2", ["-3 - 5 = 2"]),
    ("wrong-operation", "0 * 5 = 0 * 0 = 0", ["0 + 5 = 0 * 0 = 0"]),
    ("unit-slip", "It takes 12 minutes.", ["It takes 12 hours."]),
    ("unit-slip", "1 hour and 1,500 km", ["1 minute and 1,500 km", "1 hour and 1,500 m"]),
    ("unit-slip", "a 5-mile walk, 0 miles, 5 miles-long", ["a 5-yard walk, 0 miles, 5 miles-long"]),
    ("unit-slip", "in 50km he", ["in 50m he"]),
    ("dropped-condition", "If x > 0, then we may divide by x.", ["We may divide by x."]),
    ("dropped-condition", "We may divide by x if x > 0.", ["We may divide by x."]),
    ("dropped-condition", "We may divide by x (if x > 0).",
     ["We may divide by x."]),
    ("dropped-condition", "x = ±3", ["x = 3"]),
    ("dropped-condition", r"x = \pm 3", ["x = 3"]),
    ("circular", "Since 12 is a multiple of 4, 12 is even.", ["Since 12 is even, 12 is even."]),
    ("circular", "The sum is even because both parts are odd.", ["The sum is even because the sum is even."]),
    ("restatement", "So there are 12 eggs.",
     [f"{lead}: {EARLIER[0]}" for lead in ("As found above", "To say it again", "As it stands above")]),
]  # fmt: skip


@pytest.mark.parametrize(("way", "text", "expected"), MADE)
def test_what_a_way_makes_of_a_step(way: str, text: str, expected: list[str]) -> None:
    found = BY_NAME[way].alterations(StepToAlter(text, EARLIER))
    assert [one.text for one in found] == expected
    assert all(one.original == text for one in found)


UNREADABLE = [
    "10^2 + 1 = 101", "2x + 3 = 7", "f(3) = 9", "5% of 20 = 1", "20 * 5% = 1", "1,5 + 1,5 = 3", "1.5.2 + 1 = 2",
    "10/3 = 3.33", "3 + 4 = 8", "3 + 4 != 7", "3 + 4 <= 7", "1 000 + 1 = 1 001", r"1\,000 + 1 = 1\,001",
    r"\frac{6}{2} = 3", r"\sqrt{4} + 1 = 3", "a - 3 + 5 = 2", "6 apples * 2 = 12", "6 / 2 * = 3", 
    "Suppose x = 12.", "3y = 12", "y_1 = 12", "2 + x = 12", "x = 12y", "(" * 5_000 + "1" + ")" * 5_000 + " = 1",
    "1" * 40 + " + 1 = " + "1" * 39 + "2", "6/0 = 3", "48/2 = <<48/2=24>>25", "48/2 = <<48/3=16>>16 and 5 = <<",
    "12:30 + 1 = 13", "x = 12 or x = 13", "",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize("way", ["sign", "off-by-one", "wrong-operation"])
def test_what_cannot_be_read_is_left_alone(way: str, text: str) -> None:
    assert BY_NAME[way].alterations(StepToAlter(text)) == []


NO_CLAUSE = [
    ("dropped-condition", "We check if 7 is prime."),
    ("dropped-condition", "What if x > 0?"),
    ("dropped-condition", "If (a, b > 0, then b > 1."),
    ("dropped-condition", "We add 5 ± 2."),
    ("circular", "Since we add them, we get 12."),
    ("circular", "Since Monday he has run."),
    ("circular", "Since a (which is b, c is d) holds."),
    ("restatement", ""),
]


@pytest.mark.parametrize(("way", "text"), NO_CLAUSE)
def test_a_clause_that_cannot_be_told_apart_is_left_alone(way: str, text: str) -> None:
    assert BY_NAME[way].alterations(StepToAlter(text, ("Step 1: He has 12 of the eggs.", "Is it so? He has 12."))) == []


def test_every_way_is_registered_by_its_name_and_intends_a_label_of_the_shipped_guideline() -> None:
    assert len(BY_NAME) == len(WAYS) == 7
    assert {way.label for way in WAYS} == {"incorrect", "incomplete", "redundant"}
    assert altering.VERSION


def test_what_is_taken_is_drawn_by_the_seed() -> None:
    found = BY_NAME["off-by-one"].alterations(StepToAlter("3*4 = 12, 4*5 = 20, 5*6 = 30, 6*7 = 42"))
    orders = {tuple(one.text for one in drawn(found, seed, "a")) for seed in range(20)}
    assert len(orders) > 5 and all(len(order) == 8 for order in orders)
    assert drawn(found, 3, "a") == drawn(found, 3, "a") != drawn(found, 3, "b")
    assert lot(1, "a") != lot(2, "a")


NUMBER = st.one_of(st.integers(0, 10**7).map(str), st.integers(1_000, 10**9).map("{:,}".format))
PIECES = st.one_of(
    NUMBER, st.sampled_from([" ", "+", "-", "*", "/", "×"]),
    st.sampled_from(["=", "<<", ">>", "$", "(", ")", "{", r"\times", r"\pm", "±"]),
    st.sampled_from([" if ", " since ", ", ", ". ", "because ", " is ", "x", "km", " hours", "≠", "−", "%", "^"]),
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_alteration_can_be_taken_back_by_its_changes(text: str) -> None:
    for way in WAYS:
        for one in way.alterations(StepToAlter(text, EARLIER)):
            assert one.original == text
            assert [text[start:stop] for start, stop in one.before()] == [change.was for change in one.changes]


@settings(max_examples=200)
@given(st.integers(-9_999, 9_999), st.sampled_from("+-*"), st.integers(1, 9_999), st.booleans())
def test_an_altered_sum_is_false(one: int, sign: str, other: int, grouped: bool) -> None:
    value = {"+": one + other, "-": one - other, "*": one * other}[sign]
    left, right, result = (f"{number:,}" if grouped else str(number) for number in (one, other, value))
    for name in ("sign", "off-by-one", "wrong-operation"):
        for made in BY_NAME[name].alterations(StepToAlter(f"{left} {sign} {right} = {result}")):
            side, _, said = made.text.replace(",", "").partition("=")
            assert eval(side) != eval(said), made.text


def test_of_many_equations_the_first_are_altered() -> None:
    found = BY_NAME["sign"].alterations(StepToAlter("1 = 1. " * 150))
    assert [one.changes[0].start for one in found] == [4 + 7 * place for place in range(100)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("=<<1=1>>1 " * 3, [1, 1, 1]),
        ("((((1 + 1 = 2", [2]),
        ("1 + 1 = 2))))", [2]),
        ("<<3=3 1 + 1 = 2", []),
        ("<<3=3>> 1 + 1 = 2", [2]),
        ("let x = 3. Then y = 4.", []),
        ("2=<<" + "1+" * 60 + "1=61>>61", []),
    ],
)
def test_equations_are_told_by_what_stands_around_them(text: str, values: list[int]) -> None:
    assert [one.value for one in equations(text)] == values


def test_a_step_of_enormous_length_is_left_alone() -> None:
    way, step = BY_NAME["sign"], "3*4 = 12 " + "x" * 20_000
    assert offered([way], [step, step[:20_000]], 1, "trace", 4) == {
        "sign": [(2, way.alterations(StepToAlter(step[:20_000]))[0])]
    }
