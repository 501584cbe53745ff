"""Which models are worth asking: simulated sources are told apart, and what they are held against is what counts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cotlab.domain.draft_quality import DraftQualityReport, HeldAgainst, QualityPart, QualityVerdict, SourceQuality
from cotlab.domain.drafting import Prompt
from cotlab.domain.errors import BadInput
from cotlab.domain.evaluations import EvaluationOrder
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.opinions import LabelOpinion, OpinionBy
from cotlab.domain.settled import Basis
from cotlab.services import draft_quality, gold
from cotlab.services.draft_quality import ORDER, Known, Said
from cotlab.services.evaluation_truths import Truth, Words
from tests.drafting.choosing import Chooser
from tests.services import comparing, drafted, opined
from tests.services.evaluated import labelled
from tests.world import World, guideline_text

WORDS = Words({name: name for name in ("correct", "redundant", "incorrect")}, frozenset({"incorrect"}))
QUICK = ORDER.model_copy(update={"replicates": 300})
Guess = Callable[[np.random.Generator, bool, int, int], float]
"""A draw, whether a step is wrong, its place and its length -> the probability that it is wrong."""


def simulated(seed: int, traces: int = 150) -> list[Known]:
    """Traces up to their first error, which is the more likely the later a step is, and a little more for long ones."""
    draw, found = np.random.default_rng(seed), []
    for number in range(traces):
        lengths = draw.integers(20, 120, draw.integers(3, 9)).tolist()
        labels = []
        for place, length in enumerate(lengths):
            wrong = draw.random() < 0.04 + 0.04 * place + 0.0008 * length
            labels.append(("incorrect" if wrong else str(draw.choice(["correct", "redundant"], p=[0.8, 0.2])), None))
            if wrong:
                break
        found.append(Known(Truth(
            f"t{number}", (f"t{number}",), "", f"p{number // 2}", "law", (), None, None, "human", tuple(lengths),
            tuple(labels),
        ), False))  # fmt: skip
    return found


def says(truths: list[Known], seed: int, guess: Guess) -> Said:
    draw, said = np.random.default_rng(1_000 + seed), Said()
    for known in truths:
        said.opinions[known.truth.id] = {
            place + 1: opinion(guess(draw, label == "incorrect", place, known.truth.lengths[place]))
            for place, (label, _) in enumerate(known.truth.labels)
        }
    return said


def opinion(wrong: float) -> LabelOpinion:
    shares = {"correct": 0.8 * (1 - wrong), "redundant": 0.2 * (1 - wrong), "incorrect": wrong}
    return LabelOpinion(by=OpinionBy.LOG_PROBABILITIES, asked=3, mass=1.0, probabilities=shares)


def sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


SEPARATION = 2.0


def evidence(draw: np.random.Generator, wrong: bool) -> float:
    """What a reader sees: times the separation it is a log-likelihood ratio."""
    return float(draw.normal(SEPARATION / 2 if wrong else -SEPARATION / 2))


def calibrated(draw: np.random.Generator, wrong: bool, place: int, length: int) -> float:
    prior = 0.04 + 0.04 * place + 0.0008 * length
    return sigmoid(SEPARATION * evidence(draw, wrong) + np.log(prior / (1 - prior)))


def overconfident(draw: np.random.Generator, wrong: bool, place: int, length: int) -> float:
    p = calibrated(draw, wrong, place, length)
    return sigmoid(4 * np.log(p / (1 - p)))


SOURCES: dict[str, tuple[Guess, QualityVerdict]] = {
    "position": (lambda draw, wrong, place, length: 0.1 + 0.1 * place, QualityVerdict.NO_BETTER),
    "position and noise": (
        lambda draw, wrong, place, length: sigmoid(place - 3 + 0.2 * draw.normal()), QualityVerdict.NO_BETTER,
    ),
    "length": (lambda draw, wrong, place, length: length / 200, QualityVerdict.NO_BETTER),
    "random": (lambda draw, wrong, place, length: draw.random(), QualityVerdict.NO_BETTER),
    "calibrated": (calibrated, QualityVerdict.BETTER),
    "overconfident": (overconfident, QualityVerdict.BETTER),
}  # fmt: skip


def source(name: str, seed: int, traces: int = 150) -> SourceQuality:
    truths = simulated(seed, traces)
    return draft_quality._source(name, says(truths, seed, SOURCES[name][0]), truths, WORDS, QUICK)


@pytest.mark.parametrize("name", SOURCES)
def test_simulated_sources_are_told_apart(name: str) -> None:
    truths = {seed: simulated(seed) for seed in range(12)}
    found = []
    for seed, known in truths.items():
        contest = draft_quality.contest(says(known, seed, SOURCES[name][0]), known, WORDS)
        assert contest is not None
        found.append(draft_quality.standing(contest, contest.told, QUICK).verdict)
    assert found.count(SOURCES[name][1]) >= 11, found


def test_a_source_that_knows_positions_alone_looks_good_over_all_steps_and_is_shown_as_no_better_than_chance() -> None:
    found = source("position", 1)
    whole = found.parts[0]
    assert whole.scores.auroc.value is not None and whole.scores.auroc.value > 0.6
    assert whole.within.value == 0.5 and found.verdict == "no better than chance"
    by_position = {one.name.value: one for one in whole.baselines}["position"]
    assert by_position.within.value == 0.5 and by_position.ahead.value == 0.0


def test_calibration_tells_the_overconfident_one_and_its_ranking_does_not() -> None:
    sure, plain = (source(name, 2, 400).parts[0] for name in ("overconfident", "calibrated"))
    assert sure.within.value == pytest.approx(plain.within.value, abs=1e-9)
    assert plain.scores.calibration.error.value is not None and plain.scores.calibration.error.value < 0.05
    low = sure.scores.calibration.error.interval
    assert low is not None and plain.scores.calibration.error.interval is not None
    assert low.low > plain.scores.calibration.error.interval.high and len(sure.scores.calibration.bins) == 10


def test_each_number_is_of_the_steps_that_it_says() -> None:
    found = source("calibrated", 3)
    whole, *bands = found.parts
    assert [one.scores.slice["position"] for one in bands] == ["1", "2-3", "4-6", "7-10"]
    assert sum(one.scores.steps for one in bands) == whole.scores.steps == found.held == found.opinions
    assert sum(one.errors for one in bands) == whole.errors and all(one.verdict is None for one in bands)
    assert {one.label for one in whole.scores.labels} == {"correct", "redundant", "incorrect", "no error", "error"}
    table = np.array(whole.scores.confusion.counts)
    assert whole.accuracy.of == table.sum() and whole.kappa.value is not None and 0.1 < whole.kappa.value < 0.9
    majority = whole.baselines[0].accuracy.value
    assert majority == pytest.approx(table.sum(axis=1).max() / table.sum())


def test_what_was_decided_and_what_is_gold_stand_apart() -> None:
    truths = []
    for number, known in enumerate(simulated(5)):
        labels = tuple(
            (value, Basis.ADJUDICATED if place == 1 else Basis.UNANIMOUS)
            for place, (value, _) in enumerate(known.truth.labels)
        )
        truths.append(Known(replace(known.truth, labels=labels), number % 3 == 0))
    found = draft_quality._source("x", says(truths, 5, calibrated), truths, WORDS, QUICK)
    of = {against: part(found, against) for against in HeldAgainst}
    decided, gold_part = of[HeldAgainst.ADJUDICATED], of[HeldAgainst.GOLD]
    assert decided is not None and gold_part is not None and found.parts[0] is of[HeldAgainst.ALL]
    second = [known.truth.labels[1][0] for known in truths if len(known.truth.labels) > 1]
    assert (decided.scores.steps, decided.errors) == (len(second), second.count("incorrect"))
    in_gold = [value for known in truths if known.gold for value, _ in known.truth.labels]
    assert (gold_part.scores.steps, gold_part.errors) == (len(in_gold), in_gold.count("incorrect"))


def test_too_little_data_says_how_much_is_missing() -> None:
    found = source("calibrated", 4, 20)
    assert found.verdict is QualityVerdict.TOO_LITTLE and found.missing.problems > 0 and found.missing.errors > 0
    nothing = draft_quality._source("x", Said(), simulated(1, 3), WORDS, QUICK)
    assert (nothing.held, nothing.parts, nothing.missing.errors) == (0, (), 20)


def report(world: World, as_of: int | None = None) -> DraftQualityReport:
    order = EvaluationOrder.model_validate({**ORDER.model_dump(), "replicates": 100})
    return world.store.read(lambda db: draft_quality.report(db, world.project, as_of, order))


def part(one: SourceQuality, against: HeldAgainst) -> QualityPart | None:
    return next((each for each in one.parts if each.against is against and not each.scores.slice), None)


def knows(prompt: Prompt, label: str) -> float:
    """Right about the traces of `labelled`: the second step of mathematics is wrong."""
    said = prompt.messages[1].content
    wrong = not said.startswith("Problem:\nProblem l") and "step 2 have?" in said
    return 3.0 if label == ("incorrect" if wrong else "correct") else 0.0


def test_opinions_are_held_against_what_is_settled_as_of_any_sequence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(world, 6)
    for name in ("small", "blind"):
        drafted.add_model(world, name)
        opined.ask(world, model=name)
        opined.give(world, Chooser(knows if name == "small" else lambda *_: 0.0))
    before, found = report(world), {one.source: one for one in report(world).sources}
    small, blind = found["small"], found["blind"]
    assert (small.opinions, small.held) == (45, 45) and small.mass == pytest.approx(1)
    assert small.verdict is QualityVerdict.TOO_LITTLE and small.missing.model_dump() == {
        "problems": 5, "errors": 11, "others": 14, "pairs": 0,
    }  # fmt: skip
    whole = part(small, HeldAgainst.ALL)
    assert whole is not None and (whole.accuracy.value, whole.kappa.value, whole.within.value) == (1.0, 1.0, 1.0)
    assert part(small, HeldAgainst.GOLD) is None and part(small, HeldAgainst.ADJUDICATED) is None
    for name in ("FEWEST_STEPS", "FEWEST_PROBLEMS"):
        monkeypatch.setattr(draft_quality, name, 5)
    assert world.store.read(lambda db: draft_quality.passed(db, world.project)) == {"small": True, "blind": False}
    assert world.store.read(lambda db: draft_quality.passed(db, world.project, 1)) == {}
    assert blind.parts[0].within.value == 0.5
    monkeypatch.undo()
    world.publish(guideline_text("1.1", "label-changing\naffects: {labels: [incorrect]}"))
    assert {one.source: one.held for one in report(world).sources}["small"] < 45
    assert report(world, before.as_of) == before
    with pytest.raises(BadInput):
        report(world, before.as_of + 10_000)


def test_gold_counts_before_what_is_settled_and_stands_apart(world: World) -> None:
    labelled(world, 2)
    drafted.add_model(world)
    opined.ask(world)
    opined.give(world, Chooser(knows))
    item = drafted.item(world, "l1")
    version = world.value("SELECT guideline_version_id FROM guidelines_in_force")
    labels = {1: ("correct", "so it is"), 2: ("incorrect", "so it is")}
    world.write(
        lambda db: gold.add_gold(db, world.host, world.project, item, GoldOrigin.IMPORTED, version, labels)
    )  # fmt: skip
    (found,) = report(world).sources
    of_gold, of_all = part(found, HeldAgainst.GOLD), part(found, HeldAgainst.ALL)
    assert of_gold is not None and of_all is not None and (of_gold.scores.steps, of_gold.accuracy.hits) == (2, 1)
    assert (of_all.scores.steps, of_all.accuracy.hits) == (20, 19)


def test_opinions_of_pairs_are_held_against_settled_preferences(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1)
    comparing.add(world, *(comparing.pair(f"p{number:02}") for number in range(12)))
    for _ in range(12):
        view, pair = comparing.take(world.expert("ann"))
        comparing.prefer(world.expert("ann"), view.id, comparing.for_text(pair, "one of"))
    for name, likes in {
        "good": lambda _, response: 2.0 * response.startswith("one of"),
        "sided": lambda *_: 0.1,
    }.items():
        drafted.add_model(world, name)
        opined.ask(world, "pair_opinion", name)
        opined.give(world, Chooser(likes, letters=(5.0 if name == "sided" else 0.0, 0.0)))
    good, sided = report(world).sources
    assert (good.source, good.kind, good.held, good.missing.pairs) == ("good", "pair_opinion", 12, 8)
    assert (good.pairs[0].agreement.value, good.pairs[0].decided.value) == (1.0, 1.0)
    assert good.pairs[0].length.value == 1.0 and good.pairs[0].ahead[1].value == 0.0  # "other" is the longer word
    assert sided.flipped is not None and sided.flipped.value == 1.0
    assert sided.pairs[0].agreement.value == 0.5 and sided.pairs[0].decided.value is None
