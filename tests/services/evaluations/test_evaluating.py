"""A model's predictions held against the settled labels of a project."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.evaluations.evaluations import Evaluation, EvaluationOrder, PredictionLevel, SliceScores
from cotlab.domain.projects.projects import MOST_BROKEN
from cotlab.domain.traces.records import Problem
from cotlab.exchange.readers.predictions import Prediction, read_predictions, text_key
from cotlab.services.evaluations import evaluation
from cotlab.services.evaluations.prediction_matching import matched, read, taken_in
from cotlab.services.evaluations.truths import Truth, Words
from cotlab.storage import Store
from tests.adjudicator import adjudicators
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import open_cases
from tests.services.conftest import grown
from tests.services.evaluations.evaluated import evaluate, labelled, lines
from tests.services.guidelines.guideline_texts import following, small
from tests.support import Clock
from tests.world import World, trace

GOOD = (0.9, 0.2, 0.8)
FINE = (0.9, 0.7, 0.8)
FALSE_ALARM = (0.9, 0.3, 0.8)


def good() -> Mapping[str, tuple[float, ...]]:
    """Scores that tell every step right but for the second one of l1."""
    return {f"m{n}": GOOD for n in range(1, 7)} | {f"l{n}": FINE for n in range(1, 7)} | {"l1": FALSE_ALARM}


def part(made: Evaluation, **where: str) -> SliceScores:
    (found,) = [one for one in made.scores.results if one.slice == where]
    return found


@pytest.fixture
def settled(store: Store, clock: Clock) -> World:
    return grown(store, clock, grow_settled)


def grow_settled(world: World) -> None:
    labelled(world)


def test_scores_are_held_against_the_labels_that_count(settled: World) -> None:
    made = evaluate(settled, lines(good()))
    whole = made.scores.results[0]
    assert (made.scores.level, whole.steps, whole.traces, whole.problems) == (PredictionLevel.ERROR, 36, 12, 12)
    assert (whole.first_error.erroneous.value, whole.first_error.correct.value) == (1.0, 5 / 6)
    assert whole.first_error.f1.value == pytest.approx(2 * (5 / 6) / (1 + 5 / 6))
    assert whole.confusion.labels == ("correct", "incorrect") and whole.confusion.counts == ((29, 1), (0, 6))
    rates = {one.label: (one.recall.value, one.precision.value) for one in whole.labels}
    assert rates == {
        "correct": (29 / 30, None), "incorrect": (1.0, None), "no error": (29 / 30, 1.0), "error": (1.0, 6 / 7),
    }  # fmt: skip
    assert whole.auroc.value == 1.0 and whole.step_f1.value == pytest.approx(12 / 13)
    apart = {0.2: (6, 0), 0.3: (1, 1), 0.7: (5, 5), 0.8: (12, 12), 0.9: (12, 12)}
    error = sum(abs(score * n - right) for score, (n, right) in apart.items()) / 36
    assert whole.calibration.error.value == pytest.approx(error)
    assert sum(one.steps for one in whole.calibration.bins) == 36
    assert whole.origins == {"human": 6, "model": 6}
    assert whole.agreement is not None and whole.agreement.value == 1.0 and whole.agreement.units == 45


def test_each_slice_has_its_own_numbers(settled: World) -> None:
    made = evaluate(settled, lines(good()))
    assert {next(iter(one.slice.items())) for one in made.scores.results[1:]} == {
        ("domain", "law"), ("domain", "mathematics"), ("tag", "even"), ("tag", "(none)"), ("difficulty", "1"),
        ("difficulty", "2"), ("strategy", "algebra"), ("strategy", "(none)"), ("position", "1"), ("position", "2-3"),
        ("settled", "unanimous"),
    }  # fmt: skip
    law = part(made, domain="law")
    assert (law.traces, law.first_error.correct.hits, law.first_error.erroneous.of) == (6, 5, 0)
    assert law.first_error.f1.reason == "traces with and without an error are needed"
    assert part(made, tag="even").traces == 6 and part(made, strategy="algebra").first_error.correct.value == 1.0
    first, later = part(made, position="1"), part(made, position="2-3")
    assert (first.steps, first.traces, first.first_error.erroneous.of) == (12, 12, 0)
    assert (later.steps, later.first_error.erroneous.of, later.first_error.erroneous.value) == (24, 6, 1.0)
    assert later.first_error.correct.reason == "a trace without an error is in no slice of steps"
    assert [one.slice for one in evaluate(settled, lines(good()), by=("settled",)).scores.results] == [
        {}, {"settled": "unanimous"},
    ]  # fmt: skip


def truths(traces: int = 60) -> list[Truth]:
    """Traces of one step, wrong where the number divides by 4 or 5; even ones are hard."""
    return [
        Truth(str(n), (f"t{n}",), "", f"p{n}", "law", ("hard",) if n % 2 == 0 else (), None, None, "model", (9,),
              (("incorrect" if n % 4 == 0 or n % 5 == 0 else "correct", None),))
        for n in range(traces)
    ]  # fmt: skip


def test_a_slice_that_falls_clearly_below_the_whole_is_named_first() -> None:
    """The model is right on all but two thirds of what is hard, with scores that say the contrary there."""
    words = Words({"correct": "correct", "incorrect": "incorrect"}, frozenset({"incorrect"}))
    said = {
        one.names[0]: (0.9 if (one.labels[0][0] == "correct") == (n % 2 == 1 or n % 3 == 0) else 0.1,)
        for n, one in enumerate(truths())
    }
    found = evaluation.of_file(truths(), words, lines(said), EvaluationOrder(by=("domain", "tag"))).scored
    whole, worst, *others = found.results
    assert worst.slice == {"tag": "hard"} and [one.slice for one in others] == [{"domain": "law"}, {"tag": "(none)"}]
    assert worst.below == ("first-error F1", "AUROC", "ECE") and not any(one.below for one in others)
    for name in worst.below[:2]:
        here, everywhere = evaluation.numbers(worst)[name], evaluation.numbers(whole)[name].value
        assert here.interval is not None and everywhere is not None and here.interval.high < everywhere
    error, usual = worst.calibration.error, worst.calibration.usual
    assert error.value is not None and usual is not None and error.value > usual and whole.calibration.usual is None


def test_slices_of_few_problems_are_counted_alone(settled: World) -> None:
    """12 traces of a problem each, half of mathematics; all have a step at position 1."""
    made = evaluate(settled, lines(good()), by=("domain", "position"), fewest=7).scores
    assert {tuple(one.slice.values()) for one in made.results} == {(), ("1",), ("2-3",)}
    assert (made.fewest, made.too_small) == (7, 2)
    every = evaluate(settled, lines(good()), by=("domain", "position"), fewest=6).scores
    assert len(every.results) == 5 and every.too_small == 0
    shared = [one for one in every.results if "domain" not in one.slice]
    assert {one.model_dump_json() for one in shared} == {one.model_dump_json() for one in made.results}
    assert EvaluationOrder().fewest == 10


def test_problems_are_counted_and_not_traces() -> None:
    words = Words({"correct": "correct", "incorrect": "incorrect"}, frozenset({"incorrect"}))
    of_two = [replace(one, problem=f"p{n % 2}") for n, one in enumerate(truths())]
    said = lines({one.names[0]: (0.9,) for one in of_two})
    for fewest, slices in ((1, 3), (2, 1), (3, 0)):
        order = EvaluationOrder(by=("domain", "tag"), fewest=fewest, replicates=0)
        found = evaluation.of_file(of_two, words, said, order).scored
        assert (len(found.results) - 1, found.too_small) == (slices, 3 - slices)


def test_a_row_of_another_project_is_found_by_its_text() -> None:
    """By its name first: the text of the first row is that of another trace, and that of the third of two."""
    words = Words({"correct": "correct", "incorrect": "incorrect"}, frozenset({"incorrect"}))
    names = [f"{n:032x}" for n in range(9)]
    known = [
        replace(one, names=(name,), text=text_key("p", [text]))
        for one, name, text in zip(truths(6), names, "abcddf", strict=False)
    ]
    rows = [(names[0], "b"), (names[6], "c"), (names[7], "d"), (names[8], "a"), (names[8], "f")]
    said = [
        json.dumps({"row_id": f"{name}.settled", "problem": "p", "steps": [text], "scores": [0.5]}).encode()
        for name, text in rows
    ]
    found = matched(known, taken_in(read_predictions(said)), words)
    assert [(truth.id, line.line_number) for truth, line in found.pairs] == [("0", 1), ("2", 2)]
    assert [one.sentence for one in found.broken] == [
        "line 3: id: several traces are this one",
        "line 4: id: this trace stands in line 1 already",
        "line 5: id: this trace stands in line 4 already",
    ]
    assert found.unpredicted == 2, "neither the two that are one text, nor those that have a line"


ERRONEOUS = ("t0", "t1", "t2", "t3", "t7", "t9", "t11")


def test_where_people_agree_little_too_is_said(world: World) -> None:
    """Of what is hard cyn labels otherwise than ann and bob, and the model does as she does."""
    world.set_policy(overlap=3, open_cases_on=("unsure",))
    problems = {f"t{n}": Problem(text=f"Problem t{n}", domain="law", tags=("hard",) * (n % 2)) for n in range(22)}
    world.add_traces(*(trace(name, 1, id=name, problem=problem) for name, problem in problems.items()))
    for name in ("ann", "bob", "cyn"):
        expert = world.expert(name)
        while (taken := expert.claim().assignment) is not None:
            misread = name == "cyn" and any(one.text == taken.problem.text and one.tags for one in problems.values())
            for position in range(1, 4 if taken.problem.domain == "mathematics" else 2):
                wrong = misread or taken.problem.text.removeprefix("Problem ") in ERRONEOUS
                expert.commit(taken.id, position, "incorrect" if wrong else "correct")
            expert.finish(taken.id)
    said = {
        name: 0 if (problem.tags and name != "t5") or name in ("t0", "t2") else -1 for name, problem in problems.items()
    }
    made = evaluate(world, lines(said), by=("tag", "settled"))
    hard, easy = part(made, tag="hard"), part(made, tag="(none)")
    assert hard.agreement is not None and hard.agreement.value is not None and hard.agreement.value < 0.8
    assert hard.low_agreement and hard.below == ("first-error F1",) and hard.both_low
    assert easy.agreement is not None and easy.agreement.value == 1.0 and not easy.low_agreement and not easy.below
    assert made.scores.results[1] == hard or made.scores.results[1].slice == {"settled": "majority"}
    assert part(made, settled="majority").steps == 6 and part(made, settled="unanimous").steps == 16


def test_people_stand_beside_a_slice_of_settled_steps_with_what_nobody_predicted_too(settled: World) -> None:
    """12 traces of 3 steps and 3 others, all unanimous; a model says something of one."""
    beside = [
        part(evaluate(settled, lines(said), by=("settled", "domain")), settled="unanimous").agreement
        for said in (good(), {"m1": GOOD})
    ]
    assert [one.units for one in beside if one is not None] == [45, 45] and beside[0] == beside[1]


def test_a_slice_that_no_person_labelled_has_no_agreement(settled: World) -> None:
    order = EvaluationOrder(replicates=0)
    law = part(evaluate(settled, lines(good())), domain="law")
    nowhere = law.model_copy(update={"slice": {"domain": "medicine"}})
    beside = settled.store.read(lambda db: evaluation.People(db, settled.project, order).beside(nowhere))
    assert beside.agreement is not None and (beside.agreement.units, beside.agreement.value) == (0, None)
    assert beside.gold is not None and beside.gold.of == 0 and not beside.low_agreement


def test_verdicts_are_compared_as_labels_and_kinds_as_theirs(settled: World) -> None:
    said = {f"m{n}": ("correct", "incomplete" if n == 1 else "incorrect", "redundant") for n in range(1, 7)}
    made = evaluate(settled, lines(said))
    whole = made.scores.results[0]
    assert made.scores.level is PredictionLevel.LABEL and made.scores.unpredicted == 9
    assert whole.confusion.labels == ("correct", "incorrect")
    assert whole.confusion.predicted == ("correct", "incomplete", "incorrect", "redundant")
    assert whole.confusion.counts == ((6, 0, 0, 6), (0, 1, 5, 0))
    rates = {one.label: (one.recall.value, one.precision.value) for one in whole.labels}
    assert rates["correct"] == (0.5, 1.0) and rates["incorrect"] == (5 / 6, 1.0)
    assert rates["incomplete"] == (None, 0.0) and rates["redundant"] == (None, 0.0)
    assert rates["error"] == (1.0, 1.0) and rates["no error"] == (1.0, 1.0)
    assert whole.auroc.reason == "errors and other steps with scores are needed" and whole.calibration.bins == ()
    sides = evaluate(settled, lines(said), level="error").scores.results[0]
    assert sides.confusion.predicted == ("no error", "error") and sides.confusion.counts == ((12, 0), (0, 6))


def test_a_first_error_alone_tells_the_steps_up_to_it_and_an_unreadable_one_is_a_miss(settled: World) -> None:
    said: dict[str, object] = {"m1": 1, "m2": 0, "m3": None, "l1": -1, "l2": 2, "l3": None}
    whole = evaluate(settled, lines(said)).scores.results[0]
    assert (whole.first_error.erroneous.hits, whole.first_error.erroneous.of) == (1, 3)
    assert (whole.first_error.correct.hits, whole.first_error.correct.of) == (1, 3)
    assert whole.confusion.counts == ((1 + 3 + 2, 1 + 1), (0, 1))


@pytest.mark.parametrize(
    ("scores", "sides", "first"),
    [
        ((0.9, 0.4, 0.9), (False, True, False), 1),
        ((0.9, 0.5, 0.9), (False, False, False), -1),
        ((0.9, None, 0.1), (False, None, True), None),
        ((0.1, None, 0.9), (True, None, False), 0),
    ],
)
def test_the_first_error_of_scores(
    scores: tuple[float | None, ...], sides: tuple[bool | None, ...], first: int | None
) -> None:
    found = read(Prediction(1, "t", None, scores, None, None, False), 3, Words({}, frozenset()), 0.5)
    assert (found.sides, found.first) == (sides, first)


def test_the_first_broken_lines_are_named_and_all_are_counted(settled: World) -> None:
    file = [*lines({"nobody": GOOD}), *[b"{"] * MOST_BROKEN, *lines({"m1": GOOD, "nobody else": GOOD})]
    made = evaluate(settled, file)
    assert [one.line for one in made.broken] == list(range(1, MOST_BROKEN + 1)) and made.broken[0].field == "id"
    assert made.scores.broken_lines == MOST_BROKEN + 2


def test_every_broken_line_is_named_and_the_others_count(settled: World) -> None:
    settled.add_traces(trace("new", id="new"))
    file = lines({
        "m1": GOOD, "nobody": GOOD, "m2": (0.9, 0.2), "m3": ("correct", "wrong", "correct"), "m4": 3, "new": GOOD,
    })  # fmt: skip
    problem = {"problem": "Problem m5", "steps": [f"m5, step {n}" for n in (1, 2, 3)], "scores": GOOD}
    again = {"problem": "Problem m1", "steps": [f"m1, step {n}" for n in (1, 2, 3)], "scores": GOOD}
    file += [b"{", lines({"m1": FINE})[0], json.dumps(problem).encode(), json.dumps(again).encode(), b"\n"]
    made = evaluate(settled, file)
    assert {(one.line, one.field): one.why for one in made.broken} == {
        (2, "id"): "there is no such trace",
        (3, "scores"): "there are 2 for a trace of 3 steps",
        (4, "verdicts.1"): "there is no label wrong; there are correct, incomplete, incorrect, redundant",
        (5, "first_error"): "3 is no step; the 3 steps count from 0",
        (7, ""): made.broken[4].why,
        (8, "id"): "this trace stands in line 1 already",
        (10, "id"): "this trace stands in line 1 already",
    }
    assert (made.scores.lines, made.scores.broken_lines, made.scores.unlabelled) == (10, 7, 1)
    assert (made.scores.results[0].traces, made.scores.unpredicted) == (2, 10)


def test_rows_of_an_export_with_scores_added_are_predictions(world: World) -> None:
    """The second step of x waits for its case, so that its row ends after the first."""
    labelled(world, 2)
    world.add_traces(trace("x", id="x"))
    for name, second in (("ann", "correct"), ("bob", "incorrect")):
        world.expert(name).label_all(["correct", second, "correct"], rationale="so")
    exported, _ = world.export("trl-stepwise", mapping="correctness")
    rows = [json.loads(line) for line in exported.splitlines()]
    said = [json.dumps({**row, "scores": [0.9 if one else 0.1 for one in row["labels"]]}).encode() for row in rows]
    assert sorted(len(row["labels"]) for row in rows) == [1, *[3] * 7]
    made = evaluate(world, said, by=())
    whole = made.scores.results[0]
    assert not made.broken and (whole.steps, whole.traces, made.scores.unpredicted) == (22, 8, 0)
    assert (whole.first_error.accuracy.value, whole.first_error.accuracy.of) == (1.0, 7)
    assert whole.step_f1.value == 1.0
    long = [json.dumps({**rows[0], "scores": [0.9] * 4}).encode()]
    assert evaluate(world, said[1:] + long, by=()).broken[0].why == "there are 4 for a trace of 3 steps"


@pytest.mark.parametrize("file", [[], [b"\n"], lines({"nobody": GOOD})])
def test_a_file_that_fits_nothing_is_refused(settled: World, file: list[bytes]) -> None:
    with pytest.raises(BadInput):
        evaluate(settled, file)
    with pytest.raises(BadInput, match="there is no slice 'colour'"):
        evaluation.dimensions("colour")


def test_what_is_not_settled_is_not_counted_and_what_was_adjudicated_is_a_slice(world: World) -> None:
    labelled(world, 2, second_adjudicator_share=0)
    world.add_traces(*(trace(name, id=name) for name in ("x", "y")))
    for name, second in (("ann", "correct"), ("bob", "redundant")):
        for _ in range(2):
            world.expert(name).label_all(["correct", second])
    open_cases(world)
    before = evaluate(world, lines({"x": FINE, "y": FINE, "m1": GOOD}), by=("settled",)).scores
    assert [(one.slice, one.steps) for one in before.results] == [({}, 3 + 1 + 1), ({"settled": "unanimous"}, 5)]
    assert before.results[0].first_error.correct.of == 0  # nobody knows yet whether x and y have an error
    (one,) = adjudicators(world, ["one"])
    one.take_case()
    one.settle(label="redundant")
    after = evaluate(world, lines({"x": FINE, "y": FINE, "m1": GOOD}), by=("settled",)).scores
    assert {tuple(one.slice.values()): one.steps for one in after.results} == {
        (): 7, ("unanimous",): 6, ("adjudicated",): 1,
    }  # fmt: skip


def test_an_evaluation_is_kept_with_its_digests_and_without_the_predictions(settled: World) -> None:
    file = lines(good())
    made = evaluate(settled, file, model="a judge")
    assert made.scores.predictions == hashlib.sha256(b"".join(file)).hexdigest()
    kept = settled.store.read(lambda db: evaluation.evaluation(db, settled.project, made.id))
    assert kept.scores == made.scores and (kept.model, kept.made_by) == ("a judge", "lea")
    assert settled.kinds()[-1] == "evaluation.made"
    (entry,) = settled.store.read(lambda db: evaluation.listed(db, settled.project))
    assert (entry.id, entry.steps, entry.f1, entry.reopened) == (
        made.id, 36, made.scores.results[0].first_error.f1, 0,
    )  # fmt: skip
    with pytest.raises(NotFound):
        settled.store.read(lambda db: evaluation.evaluation(db, settled.project, "0" * 32))


def test_the_same_predictions_and_labels_give_the_same_numbers(settled: World) -> None:
    one, other = (evaluate(settled, lines(good())) for _ in range(2))
    assert one.scores == other.scores and one.id != other.id


def test_labels_in_doubt_do_not_count(world: World) -> None:
    """Ann's gold became worse after she had labelled w1; bob's labels stand."""
    doubting.prepare(world, work=2, overlap=1)
    doubting.qualify(world, "ann", "bob")
    doubting.label(world, "ann", "w1")
    doubting.label(world, "bob", "w2")
    said = lines({"w1": doubting.TRUE, "w2": doubting.TRUE})
    assert evaluate(world, said, replicates=0).scores.results[0].steps == 2 * doubting.STEPS
    doubting.fall(world, "ann", "g3", "g4")
    after = evaluate(world, said, replicates=0).scores
    assert (after.results[0].steps, after.unlabelled) == (doubting.STEPS, 1)


def test_nor_do_those_that_a_newer_version_asks_for_anew(world: World) -> None:
    following(world, "law", "ann", "bob")
    world.add_traces(trace("s", id="s", domain="law"))
    for name in ("ann", "bob"):
        while world.expert(name).claim().assignment is not None:
            world.expert(name).label_all()
    said = lines({"s": (0.9, 0.9, 0.9)})
    assert evaluate(world, said, replicates=0).scores.results[0].steps == 3
    world.publish(small("2.0", affects={"labels": ["correct"]}))
    with pytest.raises(BadInput, match="No prediction is of a trace with a settled step"):
        evaluate(world, said, replicates=0)
