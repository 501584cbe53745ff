"""Which models are worth asking: simulated sources are told apart, and what they are held against is what counts."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.opinions import SOURCES, WORDS, says, simulated
from cotlab.domain.answers import Basis
from cotlab.domain.errors import BadInput
from cotlab.domain.evaluations.draft_quality import (
    DraftQualityReport,
    HeldAgainst,
    QualityPart,
    QualityVerdict,
    SourceQuality,
)
from cotlab.domain.evaluations.evaluations import EvaluationOrder
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.provenance import Prompt
from cotlab.services.evaluations import draft_quality
from cotlab.services.evaluations.draft_quality import ORDER, Known, Said
from cotlab.services.gold import items
from cotlab.storage.drafts import opinions
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted, opined, revealed
from tests.services.drafts.revealed import ALWAYS
from tests.services.evaluations.evaluated import labelled
from tests.services.work import comparing
from tests.world import World, guideline_text

QUICK = ORDER.model_copy(update={"replicates": 300})
CHANCE, BETTER = QualityVerdict.NO_BETTER, QualityVerdict.BETTER
VERDICTS = {
    "position": CHANCE, "position and noise": CHANCE, "length": CHANCE, "random": CHANCE, "good reader": BETTER,
    "overconfident reader": BETTER,
}  # fmt: skip


def source(name: str, seed: int, traces: int = 150) -> SourceQuality:
    truths = simulated(seed, traces)
    return draft_quality.quality_of(name, says(truths, seed, SOURCES[name]), truths, WORDS, QUICK)


@pytest.mark.parametrize("name", VERDICTS)
def test_simulated_sources_are_told_apart(name: str) -> None:
    truths = {seed: simulated(seed, 150) for seed in range(12)}
    found = []
    for seed, known in truths.items():
        contest = draft_quality.contest(says(known, seed, SOURCES[name]), known, WORDS)
        assert contest is not None
        found.append(draft_quality.standing(contest, contest.told, QUICK).verdict)
    assert found.count(VERDICTS[name]) >= 11, found


def test_a_source_that_knows_lengths_alone_is_never_ahead_of_them_however_much_they_tell() -> None:
    for seed in range(6):
        known = simulated(seed, 400, 0.003)
        contest = draft_quality.contest(says(known, seed, SOURCES["length"]), known, WORDS)
        assert contest is not None
        stands = draft_quality.standing(contest, contest.told, QUICK)
        assert stands.ahead[2].value == 0.0 and stands.verdict is CHANCE
        assert stands.ahead[0].interval is not None and stands.ahead[0].interval.low > 0


def test_a_source_that_knows_positions_alone_looks_good_over_all_steps_and_is_shown_as_no_better_than_chance() -> None:
    found = source("position", 1)
    whole = found.parts[0]
    assert whole.scores.auroc.value is not None and whole.scores.auroc.value > 0.6
    assert whole.within.value == 0.5 and found.verdict == "no better than chance"
    by_position = {one.name.value: one for one in whole.baselines}["position"]
    assert by_position.within.value == 0.5 and by_position.ahead.value == 0.0


def test_calibration_tells_the_overconfident_one_and_its_ranking_does_not() -> None:
    sure, plain = (source(name, 2, 400).parts[0] for name in ("overconfident reader", "good reader"))
    assert sure.within.value == pytest.approx(plain.within.value, abs=1e-9)
    assert plain.scores.calibration.error.value is not None and plain.scores.calibration.error.value < 0.05
    low = sure.scores.calibration.error.interval
    assert low is not None and plain.scores.calibration.error.interval is not None
    assert low.low > plain.scores.calibration.error.interval.high and len(sure.scores.calibration.bins) == 10


def test_each_number_is_of_the_steps_that_it_says() -> None:
    found = source("good reader", 3)
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
    for number, known in enumerate(simulated(5, 150)):
        labels = tuple(
            (value, Basis.ADJUDICATED if place == 1 else Basis.UNANIMOUS)
            for place, (value, _) in enumerate(known.truth.labels)
        )
        truths.append(Known(replace(known.truth, labels=labels), number % 3 == 0))
    found = draft_quality.quality_of("x", says(truths, 5, SOURCES["good reader"]), truths, WORDS, QUICK)
    of = {against: part(found, against) for against in HeldAgainst}
    decided, gold_part = of[HeldAgainst.ADJUDICATED], of[HeldAgainst.GOLD]
    assert decided is not None and gold_part is not None and found.parts[0] is of[HeldAgainst.ALL]
    second = [known.truth.labels[1][0] for known in truths if len(known.truth.labels) > 1]
    assert (decided.scores.steps, decided.errors) == (len(second), second.count("incorrect"))
    in_gold = [value for known in truths if known.gold for value, _ in known.truth.labels]
    assert (gold_part.scores.steps, gold_part.errors) == (len(in_gold), in_gold.count("incorrect"))


def test_too_little_data_says_how_much_is_missing() -> None:
    found = source("good reader", 4, 20)
    assert found.verdict is QualityVerdict.TOO_LITTLE and found.missing.problems > 0 and found.missing.errors > 0
    nothing = draft_quality.quality_of("x", Said(), simulated(1, 3), WORDS, QUICK)
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
        lambda db: items.add_gold(db, world.host, world.project, item, GoldOrigin.IMPORTED, version, labels)
    )  # fmt: skip
    (found,) = report(world).sources
    of_gold, of_all = part(found, HeldAgainst.GOLD), part(found, HeldAgainst.ALL)
    assert of_gold is not None and of_all is not None and (of_gold.scores.steps, of_gold.accuracy.hits) == (2, 1)
    assert (of_all.scores.steps, of_all.accuracy.hits) == (20, 19)
    world.publish(guideline_text("1.1", "label-changing\naffects: {labels: [incorrect]}"))
    (found,) = report(world).sources
    stale = part(found, HeldAgainst.GOLD)
    assert stale is not None and (stale.scores.steps, stale.accuracy.hits) == (1, 1), "gold that is stale says nothing"


def test_what_orders_the_queue_is_found_without_opinions_of_what_nobody_labelled(world: World) -> None:
    drafted.add_model(world)
    opined.ask(world)
    opined.give(world, Chooser(knows))
    assert world.store.read(lambda db: draft_quality.passed(db, world.project)) == {}
    expert = world.expert("ann")
    labelled_item = revealed.item_of(world, expert.label_all().id)
    rows = world.store.read(
        lambda db: [row["item_id"] for row in opinions.said(db, world.project, "label_opinion", 10**9, labelled=True)]
    )
    assert set(rows) == {labelled_item}
    assert world.store.read(lambda db: draft_quality.passed(db, world.project)) == {"small": False}


def test_a_label_that_was_given_beside_an_opinion_says_nothing_of_it(world: World) -> None:
    world.set_policy(overlap=1, **ALWAYS)
    drafted.add_model(world)
    opined.ask(world)
    opined.give(world, Chooser(lambda _, label: 3.0 if label == "incorrect" else 0.0))
    ann = world.expert("ann")
    taken = ann.take()
    first = ann.commit(taken.id, 1)
    ann.commit(taken.id, 1, "incorrect", replaces=first.label_id)
    for position in (2, 3):
        ann.commit(taken.id, position)
    ann.finish(taken.id)
    (found,) = report(world).sources
    assert (found.held, found.assisted, found.parts[0].accuracy.value) == (2, 1, 0.0)


def test_opinions_of_pairs_are_held_against_settled_preferences(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1, drafts=[{"task": "pairs"}])
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


def test_weighted_opinions_are_those_of_the_traces_that_weigh_something() -> None:
    truths, order = simulated(2, 150), QUICK
    said = says(truths, 2, SOURCES["good reader"])
    plain = draft_quality.quality_of("one", said, truths, WORDS, order)
    assert all(each.reweighted is None for each in plain.parts)
    light = [replace(known, weight=2.0 * (number % 2)) for number, known in enumerate(truths)]
    again = draft_quality.quality_of("one", said, light, WORDS, order)
    odd = draft_quality.quality_of("one", said, truths[1::2], WORDS, order)
    assert replace_reweighted(again.parts[0]) == replace_reweighted(plain.parts[0]), "what was labelled stays as it is"
    found, wanted = again.parts[0].reweighted, odd.parts[0]
    assert found is not None and found.accuracy.value == pytest.approx(wanted.accuracy.value)
    assert (found.within.value, found.kappa.value, found.error.value) == pytest.approx(
        (wanted.within.value, wanted.kappa.value, wanted.scores.calibration.error.value)
    )
    assert [one.accuracy.value for one in found.baselines] == pytest.approx(
        [one.accuracy.value for one in wanted.baselines]
    )
    assert again.missing == odd.missing and not any(each.reweighted for each in again.parts if each.scores.slice)


def replace_reweighted(one: QualityPart) -> QualityPart:
    return one.model_copy(update={"reweighted": None, "verdict": None, "missing": None})


def test_the_verdict_is_that_of_all_traces() -> None:
    """A source that reads well where points chose, and knows nothing elsewhere, is worth nothing."""
    truths = simulated(3, 200)
    good, blind = (says(truths, 3, SOURCES[name]) for name in ("good reader", "random"))
    half = {known.truth.id for known in truths[:100]}
    mixed = Said({one: (good if one in half else blind).opinions[one] for one in good.opinions})
    assert draft_quality.quality_of("one", mixed, truths, WORDS, QUICK).verdict is BETTER
    light = [replace(known, weight=0.05 if known.truth.id in half else 1.95) for known in truths]
    assert draft_quality.quality_of("one", mixed, light, WORDS, QUICK).verdict is CHANCE
    nothing = [replace(known, weight=0.0) for known in truths]
    assert draft_quality.quality_of("one", good, nothing, WORDS, QUICK).verdict is QualityVerdict.TOO_LITTLE
