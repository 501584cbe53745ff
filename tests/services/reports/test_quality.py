"""Answers and steps judged apart: the table, its slices, what is left out, and the traces behind each number."""

from typing import Any

import pytest

from cotlab.agreement.intervals.wilson import wilson
from cotlab.domain.errors import NotFound
from cotlab.domain.labels.two_level import AnswerCell, Source
from cotlab.domain.projects.gates import Checks
from cotlab.domain.reports.quality import By, CellTraces, TwoLevel
from cotlab.domain.traces.records import Problem, SourceLabel
from cotlab.services.reports import quality
from tests.services.cases.adjudicating import case_on, decide
from tests.services.checks.checked import check
from tests.services.gold.test_gold import bring, gold_trace
from tests.world import World, trace

RIGHT, WRONG = (
    SourceLabel(source="file", value="final_correct: true"),
    SourceLabel(source="file", value="final_correct: false"),
)


def two_level(world: World, by: By | None = None) -> TwoLevel:
    return world.store.read(lambda db: quality.two_level(db, world.project, by))


def listed(world: World, cell: AnswerCell, **page: object) -> CellTraces:
    return world.store.read(lambda db: quality.traces(db, world.project, cell, **page))  # type: ignore[arg-type]


def names(found: CellTraces) -> set[str]:
    return {one.problem for one in found.traces}


def add(
    world: World, name: str, given: tuple[str, ...], people: tuple[str, ...] = ("ann", "bob"),
    domain: str = "mathematics", reference: str | None = None, tags: tuple[str, ...] = (), **fields: Any,
) -> None:  # fmt: skip
    """Add a trace of two steps and let people label it."""
    problem = Problem(text=name, domain=domain, reference_answer=reference, tags=tags)
    world.add_traces(trace(name, 2, problem=problem, **fields))
    for person in people:
        world.expert(person).label_all(given, rationale="so")


@pytest.fixture
def bare(world: World) -> World:
    world.write(lambda db: db.run("DELETE FROM queue"))
    return world


def test_a_file_may_correct_what_it_said_of_an_answer(bare: World) -> None:
    add(bare, "a", ("correct", "correct"), labels=(WRONG,))
    assert names(listed(bare, AnswerCell.WRONG_NO_BAD_STEP)) == {"a"}
    add(bare, "a", (), people=(), labels=(RIGHT,))
    assert names(listed(bare, AnswerCell.WRONG_NO_BAD_STEP)) == set()
    assert names(listed(bare, AnswerCell.RIGHT_NO_BAD_STEP)) == {"a"}


@pytest.fixture
def four(bare: World) -> World:
    """A trace in each cell by what the file says, another right one without a bad step, and two left out."""
    add(bare, "rn", ("correct", "redundant"), labels=(RIGHT,), generator="m1")
    add(bare, "rn2", ("correct", "correct"), labels=(RIGHT,), generator="m2", domain="law")
    add(bare, "rb", ("correct", "incorrect"), labels=(RIGHT,), generator="m1")
    add(bare, "wn", ("correct", "correct"), labels=(WRONG,), tags=("a", "b"))
    add(bare, "wb", ("incorrect", "incomplete"), labels=(WRONG,), tags=("b",))
    add(bare, "unknown", ("correct", "correct"))
    add(bare, "open", ("correct", "correct"), people=("ann",), labels=(WRONG,))
    return bare


def cells(one: object) -> dict[str, int]:
    return {cell.cell.value: cell.traces.count for cell in one.cells}  # type: ignore[attr-defined]


def test_the_table_counts_traces_with_intervals(four: World) -> None:
    whole = two_level(four).whole
    assert cells(whole) == {
        "right_no_bad_step": 2, "right_bad_step": 1, "wrong_no_bad_step": 1, "wrong_bad_step": 1,
    }  # fmt: skip
    assert (whole.bad_among_right.count, whole.bad_among_right.of) == (1, 3)
    assert whole.bad_among_right.interval == wilson(1 / 3, 3)
    assert whole.cells[0].traces.interval == wilson(2 / 5, 5)
    assert whole.by == {Source.ADJUDICATED: 0, Source.CHECKED: 0, Source.FILE: 5}
    others = four.value("SELECT count(*) FROM traces") - 7
    assert (whole.unsettled, whole.undecided, whole.unusable) == (1, 1 + others, 0)


def test_slices(four: World) -> None:
    by_generator = {one.name: one for one in two_level(four, By.GENERATOR).slices}
    assert set(by_generator) == {"m1", "m2", "-"}
    assert (by_generator["m1"].bad_among_right.count, by_generator["m1"].bad_among_right.of) == (1, 2)
    assert by_generator["-"].bad_among_right.share is None, "no trace there has a right answer"
    by_tag = {one.name: cells(one) for one in two_level(four, By.TAG).slices}
    assert (by_tag["a"]["wrong_no_bad_step"], by_tag["b"]["wrong_bad_step"], by_tag["b"]["wrong_no_bad_step"]) == (
        1,
        1,
        1,
    )
    assert {one.name for one in two_level(four, By.DOMAIN).slices} == {"law", "mathematics"}


def test_the_traces_of_a_cell_come_in_pages(four: World) -> None:
    everything = listed(four, AnswerCell.RIGHT_NO_BAD_STEP)
    assert (names(everything), everything.next_after) == ({"rn", "rn2"}, None)
    first = listed(four, AnswerCell.RIGHT_NO_BAD_STEP, most=1)
    assert first.next_after == first.traces[0].item_id
    second = listed(four, AnswerCell.RIGHT_NO_BAD_STEP, most=1, after=first.next_after)
    assert (names(first) | names(second), second.next_after) == ({"rn", "rn2"}, None)
    assert names(listed(four, AnswerCell.RIGHT_NO_BAD_STEP, slice_=(By.GENERATOR, "m2"))) == {"rn2"}
    (one,) = listed(four, AnswerCell.WRONG_BAD_STEP).traces
    assert (one.bad_steps, one.by, one.case_id) == ((1, 2), Source.FILE, None)


SUM = "4"


@pytest.mark.parametrize(
    ("answer", "told", "expected"),
    [("4", WRONG, ("right_no_bad_step", "checked")), ("5", RIGHT, ("wrong_no_bad_step", "checked")),
     ("four apples or so", WRONG, ("wrong_no_bad_step", "file"))],
)  # fmt: skip
def test_the_check_goes_before_the_file(bare: World, answer: str, told: SourceLabel, expected: tuple[str, str]) -> None:
    add(bare, "sum", ("correct", "correct"), reference=SUM, final_answer=answer, labels=(told,))
    check(bare)
    cell, source = expected
    assert [one.by for one in listed(bare, AnswerCell(cell)).traces] == [source]
    bare.set_policy(checks=Checks.OFF)
    said = "right" if told is RIGHT else "wrong"
    assert [one.by for one in listed(bare, AnswerCell(f"{said}_no_bad_step")).traces] == ["file"]


def test_an_adjudicator_goes_before_the_check_and_the_case_is_named(bare: World) -> None:
    add(bare, "sum", ("correct", "correct"), reference=SUM, final_answer="5")
    check(bare)
    bare.catch_up()
    (one,) = listed(bare, AnswerCell.WRONG_NO_BAD_STEP).traces
    assert one.case_id == case_on(bare, 0)
    decide(bare, one.case_id, "answer_right", rules=())
    (same,) = listed(bare, AnswerCell.RIGHT_NO_BAD_STEP).traces
    assert (same.item_id, same.by, same.case_id) == (one.item_id, Source.ADJUDICATED, one.case_id)
    assert not listed(bare, AnswerCell.WRONG_NO_BAD_STEP).traces


def test_gold_and_unusable_problems_are_left_out(bare: World) -> None:
    bring(bare, gold_trace("g", ("correct", "incorrect")).model_copy(update={"labels": (RIGHT,)}))
    before = two_level(bare).whole
    assert before.bad_among_right.of == 0
    add(bare, "bad", ("correct", "correct"), reference=SUM, final_answer="5")
    check(bare)
    bare.catch_up()
    decide(bare, case_on(bare, 0), "bad_problem", rules=())
    after = two_level(bare).whole
    assert (after.unusable, after.undecided) == (1, before.undecided)
    assert sum(cells(after).values()) == 0


def test_a_project_that_is_not_there(bare: World) -> None:
    with pytest.raises(NotFound):
        bare.store.read(lambda db: quality.two_level(db, "0" * 32))
