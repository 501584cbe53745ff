"""Candidates for gold: settled, diverse, the best first; and gold that may be wrong."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cotlab.checks.running.checking import check as check_step
from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.checks import StepToCheck
from cotlab.domain.gold import GoldSuggestion, SuspectKind
from cotlab.domain.projects.gates import Checks
from cotlab.domain.traces.records import Problem, SourceLabel
from cotlab.services.gold import suggestions
from cotlab.services.gold.gold_import import GoldOrder, import_gold
from cotlab.services.gold.items import listed as gold_listed
from cotlab.storage import Db
from cotlab.storage.projects import projects
from cotlab.storage.work import assignments
from tests.services.calibration.calibrating import decide as calibrating_decide
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.checks.checked import check
from tests.services.gold.test_gold import bring, correct, gold_trace, item_of, promote, retire
from tests.world import World, trace


def suggest(world: World, **query: object) -> GoldSuggestion:
    return world.store.read(lambda db: suggestions.suggest(db, world.project, **query))  # type: ignore[arg-type]


def label(
    world: World, name: str, *labels: str, domain: str = "mathematics", people: tuple[str, ...] = ("ann", "bob")
) -> None:
    """Add a trace and let people label it alike."""
    world.add_traces(trace(name, len(labels), domain=domain))
    for person in people:
        world.expert(person).label_all(labels, rationale="so")


def answer(world: World, person: str, name: str, *labels: str, purpose: Purpose = Purpose.GOLD, number: int = 1) -> str:
    """Give a gold item to a person, who labels its first steps; the assignment's id."""
    item, me = item_of(world, name), world.people[person]

    def give(db: Db) -> str:
        version, assignment = projects.in_force(db, world.project) or "", db.new_id()
        data = {"assignment": assignment, "item": item, "guideline_version": version, "informed": False,
                "purpose": purpose.value, "round": number}  # fmt: skip
        sequence = db.event(world.project, "assignment.claimed", me, data).sequence
        assignments.add(db, assignment, world.project, item, me, purpose, number, version, False, sequence)
        assignments.lease(db, assignment, world.project, item, me, db.now + 60_000_000, 1)
        return assignment

    assignment = world.write(give)
    for position, value in enumerate(labels, 1):
        world.expert(person).commit(assignment, position, value, rationale="so")
    return assignment


@pytest.fixture
def bare(world: World) -> World:
    """A world with nothing to label but what a test adds."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    return world


def problems(found: GoldSuggestion) -> list[str]:
    return [one.problem.removeprefix("Problem ") for one in found.candidates]


def test_what_is_settled_throughout_is_a_candidate(bare: World) -> None:
    label(bare, "one", "correct", "redundant")
    bare.add_traces(trace("split", 2))
    for person, second in (("ann", "correct"), ("bob", "redundant")):
        bare.expert(person).label_all(("correct", second), rationale="so")
    label(bare, "half", "correct", people=("ann",))
    assert len(bare.rows("SELECT DISTINCT item_id FROM answers WHERE question = 'label'")) == 3
    (one,) = suggest(bare).candidates
    assert (one.problem, one.labels, one.unanimous) == ("Problem one", {"correct": 1, "redundant": 1}, True)
    assert one.why == "people agree on all of its 2 steps"
    promote(bare, "one")
    assert suggest(bare).candidates == ()
    retire(bare, "one")
    assert suggest(bare).candidates == (), "it was gold once"


def test_candidates_bring_every_label_and_domain_and_unanimous_ones_come_first(bare: World) -> None:
    for number in range(6):
        label(bare, f"plain {number}", "correct", "correct")
    label(bare, "also", "correct", "redundant")
    label(bare, "law", "correct", "correct", domain="law")
    bare.add_traces(trace("decided", 2))
    bare.set_policy(overlap=2, second_adjudicator_share=0)
    for person, labels in (("ann", ("correct", "incomplete")), ("bob", ("correct", "incorrect"))):
        bare.expert(person).label_all(labels, rationale="so")
    open_cases(bare)
    decide(bare, case_on(bare, 2), "incorrect")
    found = suggest(bare, most=4)
    assert set(problems(found)[:2]) == {"also", "law"} and problems(found)[2] == "decided"
    assert problems(found)[3].startswith("plain")
    assert found.labels_missing == ("incomplete",)
    assert found.candidates[2].why == "an adjudicator decided 1 of its 2 steps, people agree on the others"
    assert len(suggest(bare).candidates) == 9 and problems(suggest(bare, domain="law")) == ["law"]
    assert suggest(bare, domain="law").labels_missing == ("redundant", "incorrect", "incomplete")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("correct", "correct"), None),
        (("correct", "correct", "redundant"), "2 of 3 people said correct where gold says redundant"),
        (("correct", "incorrect", "redundant"), None),
        (("correct", "incorrect", "incorrect"), "2 of 3 people said incorrect where gold says redundant"),
        (("correct", "correct", "redundant", "redundant"), "2 of 4 people said correct where gold says redundant"),
        (("redundant",) * 4, None),
    ],
)
def test_gold_that_many_miss_alike_is_a_suspect(bare: World, answers: tuple[str, ...], expected: str | None) -> None:
    bring(bare, gold_trace("g", ("correct", "redundant")))
    for person, second in zip(("ann", "bob", "cyn", "dan"), answers, strict=False):
        answer(bare, person, "g", "correct", second)
    found = suggest(bare).suspects
    assert [one.sentence for one in found] == ([] if expected is None else [expected])
    (item,) = bare.store.read(lambda db: gold_listed(db, bare.project)).items
    assert (item.exposure, item.missed) == (len(answers), sum(one != "redundant" for one in answers))
    if expected is not None:
        assert (found[0].position, found[0].kind) == (2, SuspectKind.MISSED_ALIKE)
        assert not suggest(bare, domain="law").suspects
        correct(bare, "g", 2, Counter(answers).most_common(1)[0][0])
        assert len(suggest(bare).suspects) == (answers.count("redundant") == 2), "scores are of the label of today"


def test_the_first_answer_of_each_person_counts_in_calibration_too(bare: World) -> None:
    bring(bare, gold_trace("g", ("correct", "redundant")))
    for person in ("ann", "bob"):
        mine = answer(bare, person, "g", "correct", "correct", purpose=Purpose.CALIBRATION)
        rows = bare.rows("SELECT id FROM answers WHERE assignment_id = :a AND position = 2", a=mine)
        bare.expert(person).commit(mine, 2, "redundant", replaces=rows[0]["id"])
        answer(bare, person, "g", "correct", "redundant", purpose=Purpose.CALIBRATION, number=2)
    answer(bare, "cyn", "g", "correct", "redundant")
    assert [one.sentence for one in suggest(bare).suspects] == ["2 of 3 people said correct where gold says redundant"]


@pytest.mark.parametrize(
    ("told", "labels", "suspect"),
    [
        ("final_correct: false", ("correct", "redundant"), True),
        ("final_answer_correct: false", ("correct", "redundant"), True),
        ("final_correct: true", ("correct", "redundant"), False),
        ("final_correct: false", ("correct", "incorrect"), False),
        ("final_correct: false", ("correct", "wrong-fact"), False),
        ("kind: false", ("correct", "correct"), False),
    ],
)
def test_a_wrong_answer_without_an_error_is_a_suspect(
    bare: World, told: str, labels: tuple[str, ...], suspect: bool
) -> None:
    one = gold_trace("g", labels).model_copy(update={"labels": (SourceLabel(source="experts", value=told),)})
    bring(bare, one)
    found = suggest(bare).suspects
    assert [one.kind for one in found] == [SuspectKind.WRONG_ANSWER_WITHOUT_ERROR] * suspect
    if suspect:
        correct(bare, "g", 2, "incorrect")
        assert not suggest(bare).suspects


def published_arithmetic() -> list[bytes]:
    """The arithmetic traces of a public set that are labelled throughout, as lines of gold."""
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA names no folder with data/")
    lines = []
    for line in (Path(folder) / "data" / "bigbench_mistake.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        if row["task"] == "multistep_arithmetic" and None not in row["gold_labels"]:
            lines.append(json.dumps(row | {"justifications": ["the set says so"] * len(row["steps"])}).encode())
    return lines


@pytest.mark.data
def test_published_gold_without_a_mistake_and_with_a_wrong_answer_is_found(bare: World) -> None:
    """The set labels 56 arithmetic traces throughout: 10 of the 38 without a mistake end in a wrong answer."""
    lines = published_arithmetic()
    report = import_gold(bare.store, bare.host, bare.project, lines, GoldOrder())
    bare.set_policy(checks=Checks.OFF)
    rows = [json.loads(line) for line in lines]
    wrong = {row["id"] for row in rows if not row["final_correct"] and "incorrect" not in row["gold_labels"]}
    found = {one.external_id for one in suggest(bare).suspects}
    assert found == wrong
    assert (report.items, len(found)) == (56, 10)


def test_gold_that_several_qualified_people_call_unusable_is_a_suspect(bare: World) -> None:
    bring(bare, gold_trace("unclear", ("correct", "correct")), gold_trace("clear", ("correct", "correct")))

    def calls(person: str, name: str, ending: str = "bad_problem") -> None:
        bare.expert(person).end(answer(bare, person, name), ending)

    calls("ann", "unclear")
    calls("bob", "clear")
    calls("cyn", "clear", "give_up")
    assert suggest(bare).suspects == ()
    calls("bob", "unclear")
    (found,) = suggest(bare).suspects
    assert (found.problem.removeprefix("Problem "), found.position) == ("unclear", None)
    assert found.kind is SuspectKind.CALLED_UNUSABLE and found.sentence.startswith("2 people")
    calibrating_decide(bare, DecisionKind.SUSPEND, "bob")
    assert suggest(bare).suspects == ()


@pytest.mark.data
def test_published_gold_without_a_mistake_and_with_false_equalities_is_found(bare: World) -> None:
    """Some of these 38 hold sums that are false as they are written, and each of those ends in a wrong answer."""
    lines = published_arithmetic()
    import_gold(bare.store, bare.host, bare.project, lines, GoldOrder())
    check(bare)
    rows = {row["id"]: row for row in map(json.loads, lines)}
    unmarked = {name for name, row in rows.items() if "incorrect" not in row["gold_labels"]}
    false = {(name, place) for name in unmarked for place in false_equalities(rows[name])}
    found = suggest(bare).suspects
    refuted = {
        (one.external_id, one.position) for one in found
        if one.kind is SuspectKind.REFUTED_BESIDE_RIGHT and one.external_id in unmarked
    }  # fmt: skip
    assert refuted == false and len(false) == 10
    without = {one.external_id for one in found if one.kind is SuspectKind.WRONG_ANSWER_WITHOUT_ERROR}
    assert {name for name, _ in false} <= without and len(without) == 10
    assert {one.sentence for one in found if one.external_id in without and one.position is None} == {
        "a check found that the final answer is wrong, and no step is marked as an error"
    }


def false_equalities(row: dict[str, Any]) -> list[int]:
    """The steps (from 1) in which a check of its own text alone refutes something."""
    steps = (StepToCheck(previous=tuple(row["steps"][:place]), step=text) for place, text in enumerate(row["steps"]))
    return [place for place, one in enumerate(map(check_step, steps), 1) if one.verdict == "refuted"]


def test_a_refuted_step_that_gold_calls_right_is_a_suspect(bare: World) -> None:
    for name, second in (("right", "correct"), ("wrong", "incorrect")):
        made = gold_trace(name, ("correct", second))
        texts = zip(made.steps, ("1 + 1 = 2", "2 + 2 = 5"), strict=True)
        steps = tuple(step.model_copy(update={"text": text}) for step, text in texts)
        bring(bare, made.model_copy(update={"steps": steps}))
    assert suggest(bare).suspects == ()
    check(bare)
    (one,) = suggest(bare).suspects
    assert (one.position, one.kind) == (2, SuspectKind.REFUTED_BESIDE_RIGHT)
    assert one.sentence == "gold says correct, and a check found: 2 + 2 is 4, not 5"


@pytest.mark.parametrize(("answer", "suspect"), [("5", True), ("4", False), ("some", True)])
def test_the_check_of_an_answer_goes_before_what_the_file_says(bare: World, answer: str, suspect: bool) -> None:
    """The file says that the answer is wrong; where the check says that it is right, it is."""
    problem = Problem(text="What is 2 + 2?", domain="mathematics", reference_answer="4")
    told = (SourceLabel(source="experts", value="final_correct: false"),)
    made = gold_trace("g", ("correct", "correct"))
    bring(bare, made.model_copy(update={"labels": told, "problem": problem, "final_answer": answer}))
    check(bare)
    said = {"5": "a check found", "some": "the file says"}.get(answer)
    assert [one.sentence for one in suggest(bare).suspects] == [
        f"{said} that the final answer is wrong, and no step is marked as an error"
    ] * suspect


def test_a_file_that_corrected_its_word_on_an_answer_is_no_reason_to_doubt_gold(bare: World) -> None:
    made = gold_trace("g", ("correct", "correct"))
    said = [SourceLabel(source="experts", value=f"final_correct: {word}") for word in ("false", "true")]
    bring(bare, made.model_copy(update={"labels": (said[0],)}))
    assert len(suggest(bare).suspects) == 1
    bare.add_traces(made.model_copy(update={"labels": (said[1],)}))
    assert suggest(bare).suspects == ()
