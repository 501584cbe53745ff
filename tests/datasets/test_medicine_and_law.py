"""What the shipped medicine and law data claim in numbers and dates, computed anew."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

import pytest

from cotlab.domain.traces.records import Trace
from tests.datasets.equations import Equation, equations
from tests.datasets.shipped import LABELS, answer_is_right, label, labels, named, read

TRACES = (*read("law"), *read("medicine"))
DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAY_AND_DATE = re.compile(rf"({'|'.join(WEEKDAYS)}), (\d+) ({'|'.join(MONTHS)}) (\d{{4}})")

FALSE_EQUATIONS = {("medicine-05-c", 2): ["140 / 18≈8.7"], ("medicine-10-c", 2): ["70 * 72=5140"]}
"""Every false equation of numbers in the data, by trace and position."""

NO_EQUATION = re.compile(r"F = \d\.\d+")
"""Where a step names the value of a letter."""


def written(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def days(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + index * DAY for index in range((last - first).days + 1)]


def working(day: date) -> bool:
    return day.weekday() < 5


def money(amount: Fraction | int) -> str:
    assert Fraction(amount).denominator == 1
    return f"{int(amount):,}"


def supply_agreement() -> str:
    received, last = date(2025, 12, 30), date(2026, 3, 1) - DAY
    between = len(days(received + DAY, last - DAY))
    return "yes" if between >= 60 else f"no; the second term ends on {written(date(2027, 3, 1) - DAY)}"


def indemnity() -> str:
    covered = 90_000 - Fraction(40, 100) * 90_000 + 15_000
    return f"{money(min(max(covered - 5_000, Fraction(0)), Fraction(80_000)))} euros"


def stolen_bicycle() -> str:
    late = datetime(2025, 3, 16, 23, 15) - datetime(2025, 3, 14, 22, 30) > timedelta(hours=48)
    return f"{money(Fraction(900 + 60, 2 if late else 1))} euros"


def withdrawal() -> str:
    holidays = {date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)}
    last = days(date(2025, 12, 12), date(2026, 1, 31))[14 - 1]
    while not working(last) or last in holidays:
        last += DAY
    return written(last)


def appeal() -> str:
    return written(max(day for day in days(date(2028, 2, 1), date(2028, 3, 31)) if day.month == 2))


def deposit() -> str:
    in_time = date(2025, 5, 24) in days(date(2025, 4, 30), date(2025, 4, 30) + 21 * DAY)
    return f"{money(1_800 - 350 - (240 if in_time else 0))} euros"


def dog_fee() -> str:
    """Months kept by each dog that is no guide dog; the household's income is 18,000 crowns."""
    charged = sum(months > 6 for months in (12, 12, 12 - 6))
    fee = Fraction(60 * min(charged, 1) + 90 * max(charged - 1, 0))
    return f"{money(fee if 18_000 > 18_000 else fee / 2)} crowns"


def storm() -> str:
    after_warning = [day for day in days(date(2025, 9, 19), date(2025, 9, 30)) if working(day)]
    in_time = date(2025, 9, 23) <= after_warning[2]
    storms = days(date(2025, 9, 16), date(2025, 9, 18)) if in_time else []
    delay = [day for day in days(date(2025, 9, 13), date(2025, 9, 28)) if working(day) and day not in storms]
    return f"{money(300 * len(delay))} euros"


def discharge_doses() -> str:
    return f"ramipril {1 * 10} mg and bisoprolol {2 * 1.25:g} mg"


def blood_results() -> str:
    """Read from the table of the problem itself."""
    table = trace_of("medicine-03").problem.passages[0].text.splitlines()[1:]
    found = []
    for name, result, span in (row.split(" | ") for row in table):
        value = float(result.split()[0])
        low, high = (float(limit) for limit in span.split()[0].split("–"))
        if not low <= value <= high:
            found.append(f"{name.lower()} {'low' if value < low else 'high'}")
    return ", ".join(found)


def suspension() -> str:
    return f"{float(Fraction(15 * 14 * 5, 120)):g} mL"


def readings_in_target() -> str:
    return str(sum(4 <= Fraction(reading, 18) <= 7 for reading in (118, 140, 95, 126)))


def predictive_value() -> str:
    return f"{float(100 * Fraction(90, 90 + 60)):g} %"


def needed_to_treat() -> str:
    return str(ceil(1 / (Fraction(48, 400) - Fraction(36, 400))))


def rash() -> str:
    first = {"amoxicillin": date(2025, 5, 4), "ibuprofen": date(2025, 5, 10), "cetirizine": date(2025, 5, 13)}
    return " or ".join(name for name, day in first.items() if 5 <= (date(2025, 5, 12) - day).days <= 14)


def kidney_dose() -> str:
    clearance = Fraction((140 - 70) * 72) * Fraction(123, 100) / 123
    return f"{money(2 * 500 if clearance > 50 else 2 * 250 if clearance >= 30 else 250)} mg"


ANSWERS: list[tuple[str, Callable[[], str], str]] = [
    # problem, its answer computed, the facts taken from its text and passages
    ("law-01", supply_agreement, "received it on 30 December 2025|1 March 2025|twelve months|at least 60 days"),
    ("law-03", indemnity, "90,000|15,000|40 %|exceeds 5,000|more than 80,000"),
    ("law-04", stolen_bicycle, "900|60 euros|14 March 2025 at 22:30|16 March 2025 at 23:15|48 hours|half"),
    ("law-06", withdrawal, "11 December 2025|14 days|day after|25 December, 26 December and 1 January"),
    ("law-07", appeal, "31 January 2028|one month|last day of that month"),
    ("law-08", deposit, "1,800|350|240|30 April 2025|24 May 2025|21 days"),
    (
        "law-09",
        dog_fee,
        "exactly 18,000|two dogs and a guide dog|1 July to 31 December|more than six|60 crowns|90 crowns",
    ),
    ("law-10", storm, "12 September 2025|29 September 2025|16, 17 and 18|23 September|300 euros|three working days"),
    ("medicine-02", discharge_doses, "raised to 10 mg once|1.25 mg twice|Amlodipine stopped|Metformin paused"),
    ("medicine-03", blood_results, "limits themselves belong to the range"),
    ("medicine-04", suspension, "14 kg|15 mg per kilogram|120 mg of paracetamol in 5 mL"),
    ("medicine-05", readings_in_target, "4.0 to 7.0|included|18 mg/dL|118|140|95|126"),
    ("medicine-06", predictive_value, "90 test positive, 10|60 test positive, 840"),
    ("medicine-07", needed_to_treat, "36 of 400 treated|48 of 400 control|rounded up"),
    ("medicine-09", rash, "first dose 4 May|first dose 10 May|first dose 13 May|12 May|5 to 14 days"),
    ("medicine-10", kidney_dose, "70 years|72 kg|123 µmol|140 −|1.23 for men|Above 50 mL/min: 500 mg twice"),
]

DATES_IN_STEPS = [
    # trace, position, what the step says, the day computed
    ("law-01-a", 1, "28 February 2026", date(2026, 3, 1) - DAY),
    ("law-01-b", 3, "29 December 2025", date(2026, 2, 28) - 61 * DAY),
    ("law-06-a", 2, "25 December 2025", date(2025, 12, 11) + 14 * DAY),
    ("law-06-b", 2, "24 December 2025", date(2025, 12, 11) + 13 * DAY),
    ("law-07-b", 2, "1 March 2028", date(2028, 1, 31) + 30 * DAY),
    ("law-08-a", 2, "21 May 2025", date(2025, 4, 30) + 21 * DAY),
    ("medicine-09-a", 1, "7 May", date(2025, 5, 12) - 5 * DAY),
    ("medicine-09-a", 1, "28 April", date(2025, 5, 12) - 14 * DAY),
]


def trace_of(name: str) -> Trace:
    """The first trace whose id begins with `name`."""
    return next(trace for trace in TRACES if named(trace).startswith(name))


def found(text: str) -> list[Equation]:
    """The equations of `text`, whose numbers may have commas between thousands."""
    return list(equations(re.sub(r"(?<=\d),(?=\d{3})", "", text)))


@pytest.mark.parametrize(("name", "compute", "facts"), ANSWERS, ids=[name for name, *_ in ANSWERS])
def test_the_reference_answer_is_what_comes_out(name: str, compute: Callable[[], str], facts: str) -> None:
    problem = trace_of(name).problem
    given = "\n".join((problem.text, *(passage.text for passage in problem.passages)))
    assert [fact for fact in facts.split("|") if fact not in given] == []
    assert problem.reference_answer == compute()


def test_the_label_of_a_trace_says_whether_its_answer_is_the_reference() -> None:
    for trace in TRACES:
        assert answer_is_right(trace) == (trace.final_answer == trace.problem.reference_answer), trace.id


def test_the_equations_that_fail_are_the_known_ones() -> None:
    false: dict[tuple[str, int], list[str]] = {}
    for trace in TRACES:
        for position, step in enumerate(trace.steps, 1):
            wrong = [f"{each.left}{each.sign}{each.right}" for each in found(step.text) if not each.holds()]
            if wrong:
                false[named(trace), position] = wrong
                assert label(step) == "incorrect", (trace.id, position)
    assert false == FALSE_EQUATIONS


def test_no_equation_is_overlooked() -> None:
    for trace in TRACES:
        for step in trace.steps:
            text = NO_EQUATION.sub("", step.text)
            assert len(found(step.text)) == len(re.findall("[=≈]", text)), step.text


@pytest.mark.parametrize(("name", "position", "words", "day"), DATES_IN_STEPS)
def test_a_date_in_a_step_is_the_one_that_comes_out(name: str, position: int, words: str, day: date) -> None:
    assert words in trace_of(name).steps[position - 1].text
    assert written(day).startswith(words)


def test_days_fall_on_the_weekdays_that_are_said() -> None:
    dates = 0
    for trace in TRACES:
        for text in (trace.problem.text, *(step.text for step in trace.steps)):
            for weekday, day, month, year in WEEKDAY_AND_DATE.findall(text):
                dates += 1
                assert WEEKDAYS[date(int(year), MONTHS.index(month) + 1, int(day)).weekday()] == weekday, text
    assert dates >= 10


def test_other_weekdays_that_steps_rely_on() -> None:
    weekend = [date(2025, 12, 27), date(2025, 12, 28), date(2025, 9, 20), date(2025, 9, 21)]
    assert [WEEKDAYS[day.weekday()] for day in weekend] == ["Saturday", "Sunday"] * 2
    assert [WEEKDAYS[date(2025, 9, day).weekday()] for day in (15, 16, 18, 19, 22, 23, 26)] == [
        "Monday", "Tuesday", "Thursday", "Friday", "Monday", "Tuesday", "Friday",
    ]  # fmt: skip


@pytest.mark.parametrize("stem", ["law", "medicine"])
def test_each_file_has_its_share_of_everything(stem: str) -> None:
    traces = read(stem)
    assert len({trace.problem.digest() for trace in traces}) >= 9
    assert len(traces) >= 14
    assert {value for trace in traces for value in labels(trace)} == LABELS
    assert sum(answer_is_right(trace) and "incorrect" in labels(trace) for trace in traces) >= 2
    assert sum(not answer_is_right(trace) and labels(trace).count("incorrect") == 1 for trace in traces) >= 2
    assert all(trace.problem.passages and 3 <= len(trace.steps) <= 8 for trace in traces)
    assert any("\n" in step.text for trace in traces for step in trace.steps)
    assert any(not step.text.isascii() for trace in traces for step in trace.steps)
