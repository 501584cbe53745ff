"""Problems by strategies: what counts as a valid path, and what is asked for where one is missing."""

import pytest

from cotlab.domain.coverage.writing import AskBody
from cotlab.domain.traces.records import SourceLabel
from cotlab.services.coverage import path_matrix, writing_tasks
from tests.services.checks.checked import check
from tests.services.work import writing
from tests.world import World, trace

ANN_AND_BOB = ("ann", "bob")


def settle(world: World, name: str, labels: tuple[str, ...] = ()) -> None:
    """Have two people label the one path of a problem alike; the others are in nobody's way."""
    item = world.value(
        "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :text", text=f"Problem {name}"
    )
    world.write(lambda db: db.run("UPDATE queue SET priority = 0 WHERE item_id = :item", item=item))
    world.candidates = type(world.candidates)()
    for who in ANN_AND_BOB:
        assert world.expert(who).label_all(labels).problem.text == f"Problem {name}"
    world.write(lambda db: db.run("UPDATE queue SET priority = 1 WHERE item_id = :item", item=item))


@pytest.mark.parametrize(
    ("labels", "answer", "state"),
    [
        ((), "12", "valid"), (("correct", "redundant"), r"\boxed{12}", "valid"), ((), "13", "invalid"),
        (("correct", "incorrect"), "12", "invalid"), ((), None, "unsettled"),
    ],
)  # fmt: skip
def test_a_valid_path_is_right_and_settled_as_correct(
    world: World, labels: tuple[str, ...], answer: str | None, state: str
) -> None:
    writing.prepare(world, "first")
    world.add_traces(trace("p", problem=writing.problem("p"), strategy="guess", final_answer=answer))
    assert writing.cells(world, "p")["guess"] == "unsettled"
    check(world)
    expected = "invalid" if answer == "13" else "unsettled"
    assert writing.cells(world, "p") == {"algebra": "empty", "drawing": "empty", "guess": expected}
    settle(world, "p", labels)
    assert writing.cells(world, "p")["guess"] == state


def test_redundant_steps_count_as_the_policy_says(world: World) -> None:
    writing.prepare(world, "p")
    check(world)
    settle(world, "p", ("redundant",))
    assert writing.cells(world, "p")["algebra"] == "valid"
    world.set_policy(overlap=2, valid_labels=("correct",))
    assert writing.cells(world, "p")["algebra"] == "invalid"


def test_what_the_file_says_of_the_answer_goes_before_the_reference(world: World) -> None:
    writing.prepare(world, "first")
    said = (SourceLabel(source="file", value="final_correct: true"),)
    one = trace("p", problem=writing.problem("p"), strategy="guess", final_answer="a dozen", labels=said)
    world.add_traces(one)
    settle(world, "p")
    assert writing.cells(world, "p")["guess"] == "valid"


def test_a_path_of_no_strategy_is_counted_apart_until_somebody_says_one(world: World) -> None:
    writing.prepare(world, "first")
    world.add_traces(trace("p", problem=writing.problem("p"), final_answer="12"))
    (row,) = [one for one in writing.matrix(world).problems if one.problem == "Problem p"]
    assert row.other == 1
    for who in ANN_AND_BOB:
        expert = world.expert(who)
        while expert.label_all(finish=False).problem.text != "Problem p":
            expert.finish(expert.take().id)
        expert.finish(expert.take().id, strategy="drawing")
    check(world)
    assert writing.cells(world, "p")["drawing"] == "valid"


def test_fill_asks_for_what_is_missing_of_empty_strategies_first(world: World) -> None:
    writing.prepare(world, "p")
    wrong = trace("q", problem=writing.problem("q"), strategy="algebra", final_answer="13")
    world.add_traces(wrong)
    check(world)
    body = AskBody(fill=2, domain="mathematics")
    answer = writing_tasks.ask(world.store, world.people["lea"], world.project, body)
    assert (answer.tasks, answer.there) == (9, 0)
    assert writing.cells(world, "p") == {"algebra": "unsettled", "drawing": "asked", "guess": "empty"}
    assert writing.cells(world, "q") == {"algebra": "invalid", "drawing": "asked", "guess": "asked"}
    assert writing_tasks.ask(world.store, world.people["lea"], world.project, body).tasks == 0
    third = writing_tasks.ask(world.store, world.people["lea"], world.project, AskBody(fill=3))
    assert third.tasks == 5 and writing.cells(world, "q")["algebra"] == "asked"


def test_pages_of_problems(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_matrix, "PAGE", 2)
    first = writing.matrix(world)
    assert len(first.problems) == 2 and first.next_cursor == first.problems[1].problem_id
    second = world.store.read(lambda db: path_matrix.matrix(db, world.project, None, first.next_cursor))
    assert len(second.problems) == 1 and second.next_cursor is None
