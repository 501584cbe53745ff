"""What the shipped finance data claim is true: reference answers computed anew, and the equations in the steps.

The equations of the everyday data, which are written in the same way, are held to the same rule.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from cotlab.domain.traces.records import Problem, Trace
from tests.datasets.equations import Equation, equations
from tests.datasets.shipped import LABELS, WRONG, answer_is_right, label, labels, named, read

PROBLEMS = {named(trace).rpartition("-")[0]: trace.problem for trace in read("finance")}
TRACES = (*read("finance"), *read("everyday"))
EQUATIONS = 220
"""At least so many equations are found and checked, so that the reader of equations cannot fall silent."""


def rounded(value: Fraction, places: int) -> str:
    """`value` rounded half up, with thousands separated."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def present_value(payments: list[int], rate: Fraction) -> Fraction:
    """Worth today of one payment at the end of each year."""
    return sum((payment / (1 + rate) ** year for year, payment in enumerate(payments, 1)), Fraction())


def deposit() -> str:
    days = date(2025, 6, 30) - date(2025, 3, 12)
    return f"€{rounded(Fraction(18_000 * 24 * days.days, 1_000 * 360), 2)}"


def earnings_per_share() -> str:
    average = Fraction(sum([3_000_000] * 6 + [3_000_000 + 600_000] * 6), 12)
    return f"€{rounded((5_010 - 390) * 1_000 / average, 2)}"


def bond() -> str:
    return f"€{rounded(present_value([50, 50, 1_050], Fraction(4, 100)), 2)}"


def loan() -> str:
    balance = Fraction(240_000)
    for _ in range(2):
        balance = balance * (1 + Fraction(36, 12_000)) - 1_720
    return f"€{rounded(balance, 0)}"


def dividend() -> str:
    held, allowed = Fraction(25, 100), Fraction(15 if 400 >= 365 else 20, 100)
    assert date(2024, 6, 3) > date(2024, 5, 15)
    last_day = date(2024 + 24 // 12, 12, 31)
    paid, refund = rounded(8_400 * (1 - held), 0), rounded(8_400 * (held - allowed), 0)
    return f"paid {paid} crowns; reclaim {refund} crowns; received by {last_day:%d %B %Y}"


def covenant() -> str:
    """In units of €0.1 million."""
    net_debt = 460 + 200 + 26 - (121 - 35)
    ratio = net_debt / (180 + min(Fraction(27), Fraction(180, 10)))
    return f"{rounded(ratio, 2)}; {'met' if ratio <= 3 else 'not met'}"


def growth_rate() -> str:
    (percent,) = [rate for rate in range(101) if 25_000 * (100 + rate) ** 3 == 33_275 * 100**3]
    return f"{percent}%"


def cash_cycle() -> str:
    stock, customers, suppliers = Fraction(750, 5_475), Fraction(900, 7_300), Fraction(600, 5_475)
    return f"{(stock + customers - suppliers) * 365} days"


def currency() -> str:
    end = 20_000 * Fraction(110, 100) * Fraction(105, 100) / Fraction(1_155, 1_000)
    return f"{(end / 20_000 - 1) * 100}%"


def machine() -> str:
    inflows = [40_000, 40_000, 40_000 + 12_000]
    return f"€{rounded(present_value(inflows, Fraction(8, 100)) - 90_000 - 12_000, 2)}"


def lenders() -> str:
    dues = {"A": 2_000 * (1 + Fraction(15, 1_000)) ** 12, "B": 2_000 * (1 + Fraction(19, 100))}
    cheaper, dearer = sorted(dues, key=lambda lender: dues[lender])
    return f"{cheaper}, by €{rounded(dues[dearer] - dues[cheaper], 2)}"


def organic_growth() -> str:
    """In units of €0.1 million."""
    return f"{rounded(Fraction(920 - 64 + 16 - 800, 800) * 100, 1)}%"


@dataclass(frozen=True, slots=True)
class Case:
    """A problem's answer computed from figures that its text must hold."""

    problem: str
    compute: Callable[[], str]
    figures: tuple[str, ...]


CASES = (
    Case("finance-01", deposit, ("€18,000", "12 March 2025", "30 June 2025", "2.4%", "actual/360")),
    Case("finance-02", earnings_per_share, ("5,010", "390", "3,000,000", "30 June", "600,000")),
    Case("finance-03", bond, ("€1,000", "5%", "three years", "4%")),
    Case("finance-04", loan, ("€240,000", "3.6%", "€1,720", "second payment")),
    Case("finance-05", dividend, ("8,400", "15 May 2024", "400 days", "3 June 2024", "25%", "24 months", "15%", "20%")),
    Case("finance-06", covenant, ("46.0", "20.0", "2.6", "12.1", "3.5", "18.0", "2.7", "10%", "3.00")),
    Case("finance-07", growth_rate, ("€250.00", "2021", "€332.75", "2024")),
    Case("finance-08", cash_cycle, ("7,300", "5,475", "900", "750", "600", "365")),
    Case("finance-09", currency, ("€20,000", "1.10 USD per EUR", "5%", "1.155 USD per EUR")),
    Case("finance-10", machine, ("€90,000", "€12,000", "€40,000", "three years", "8%")),
    Case("finance-11", lenders, ("€2,000", "1.5% a month", "19% a year")),
    Case("finance-12", organic_growth, ("€92.0", "€80.0", "€6.4", "€1.6", "reduced")),
)


def given(problem: Problem) -> str:
    return "\n".join([problem.text, *(passage.text for passage in problem.passages)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.problem)
def test_the_reference_answer_is_right(case: Case) -> None:
    problem = PROBLEMS[case.problem]
    assert [figure for figure in case.figures if figure not in given(problem)] == []
    assert problem.reference_answer == case.compute()


def test_every_problem_is_computed() -> None:
    assert [case.problem for case in CASES] == sorted(PROBLEMS)


@pytest.mark.parametrize("trace", TRACES, ids=named)
def test_an_answer_is_called_right_where_it_is_the_reference(trace: Trace) -> None:
    assert answer_is_right(trace) == (trace.final_answer == trace.problem.reference_answer)


def as_fractions(text: str) -> str:
    """`text` without separators of thousands, and with `2.5%` as `0.025`, digits kept."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return re.sub(r"\d+(?:\.\d+)?(?=%)", lambda found: f"{Decimal(found[0]).scaleb(-2):f}", plain).replace("%", "")


def stated(trace: Trace) -> list[Equation]:
    return [equation for step in trace.steps for equation in equations(as_fractions(step.text))]


@pytest.mark.parametrize("trace", TRACES, ids=named)
def test_equations_hold(trace: Trace) -> None:
    """The errors planted in these two files are of judgement, never of arithmetic."""
    assert [equation for equation in stated(trace) if not equation.holds()] == []


def test_equations_are_found() -> None:
    assert sum(len(stated(trace)) for trace in TRACES) >= EQUATIONS


@pytest.mark.parametrize("stem", ["finance", "everyday"])
def test_each_file_has_its_share_of_everything(stem: str) -> None:
    traces = read(stem)
    steps = [step for trace in traces for step in trace.steps]
    single = [trace for trace in traces if sum(value in WRONG for value in labels(trace)) == 1]
    assert len({trace.problem.digest() for trace in traces}) >= 9
    assert all(3 <= len(trace.steps) <= 8 for trace in traces)
    assert {label(step) for step in steps} == LABELS
    assert any("\n" in step.text for step in steps)
    assert any(not trace.problem.text.isascii() for trace in traces)
    assert sum(answer_is_right(trace) and "incorrect" in labels(trace) for trace in traces) >= 2
    assert sum(not answer_is_right(trace) and "incorrect" in labels(trace) for trace in single) >= 2
