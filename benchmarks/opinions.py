"""Which sources of opinions the draft-quality report calls better than chance: simulated ones, and some on public data.

Simulated are traces up to their first error, which is the more likely the later and the longer a step is, and sources
that know positions, lengths, nothing, or a little or much of the step. The public data lie where COTLAB_TEST_DATA says.
On mr_gsm8k_judged the sources are models' verdicts without probabilities, each counted as one vote; a step after the
first error that a judge names has no opinion of it. On the others the source is the step checker, whose three verdicts
stand for three probabilities, beside one that knows the position alone.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.evidence import NO_DATA, Row, data, rows, steps_of
from benchmarks.tables import Cell, table
from cotlab.checks.running.runner import Checker
from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.checks import Verdict
from cotlab.domain.drafts.opinions import LabelOpinion, OpinionBy
from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.evaluations.draft_quality import QualityVerdict, SourceQuality
from cotlab.domain.provenance import Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Surroundings
from cotlab.drafting.kinds import Judging, Work, label_opinion
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.drafts.opinion_prompts import rules_of
from cotlab.services.evaluations.draft_quality import ORDER, Known, Said, contest, quality_of, standing
from cotlab.services.evaluations.truths import Truth, Words

LABELS = ("correct", "redundant", "incorrect", "incomplete")
WORDS = Words({name: name for name in LABELS}, frozenset({"incorrect", "incomplete"}))
GUIDELINE = Path(__file__).parents[1] / "guidelines" / "step-correctness" / "1.0.md"
JUDGED, CHECKED = "mr_gsm8k_judged", ("bigbench_mistake", "stepverify", "mr_ben")
MEANT = {Verdict.REFUTED: 0.95, Verdict.UNDECIDED: 0.2, Verdict.VERIFIED: 0.05}
"""Verdict -> the probability of an error that it stands for."""
SIZES = (50, 150, 500)
SEEDS = 200
Guess = Callable[[np.random.Generator, bool, int, int], float]
"""A draw, whether a step is wrong, its place and its length -> the probability that it is wrong."""


def simulated(seed: int, traces: int, of_length: float = 0.0008) -> list[Known]:
    """Traces of 3 to 8 steps, two a problem."""
    draw, found = np.random.default_rng(seed), []
    for number in range(traces):
        lengths = draw.integers(20, 120, draw.integers(3, 9)).tolist()
        labels: list[str] = []
        for place, length in enumerate(lengths):
            wrong = draw.random() < _prior(place, length, of_length)
            labels.append("incorrect" if wrong else str(draw.choice(["correct", "redundant"], p=[0.8, 0.2])))
            if wrong:
                break
        found.append(_known(f"t{number}", f"p{number // 2}", lengths, labels))
    return found


def _known(name: str, problem: str, lengths: Sequence[int], labels: Sequence[str]) -> Known:
    kept = tuple((label, None) for label in labels)
    return Known(Truth(name, (name,), "", problem, "law", (), None, None, "human", tuple(lengths), kept), False)


def _prior(place: int, length: int, of_length: float) -> float:
    return min(0.95, 0.04 + 0.04 * place + of_length * length)


def says(truths: Sequence[Known], seed: int, guess: Guess) -> Said:
    """A source's opinion of each labelled step."""
    draw, said = np.random.default_rng(1_000_000 + seed), Said()
    for known in truths:
        said.opinions[known.truth.id] = {
            place + 1: opinion(guess(draw, label == "incorrect", place, known.truth.lengths[place]))
            for place, (label, _) in enumerate(known.truth.labels)
        }
    return said


def opinion(wrong: float) -> LabelOpinion:
    shares = {"correct": 0.8 * (1 - wrong), "redundant": 0.2 * (1 - wrong), "incorrect": wrong}
    return LabelOpinion(by=OpinionBy.LOG_PROBABILITIES, asked=3, mass=1.0, probabilities=shares)


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def reader(separation: float, sharpness: float = 1.0) -> Guess:
    """One who sees a normal with variance 1 about plus or minus half the separation, and weighs it rightly where the
    sharpness is 1; above that it is overconfident.
    """

    def guess(draw: np.random.Generator, wrong: bool, place: int, length: int) -> float:
        prior = _prior(place, length, 0.0008)
        seen = draw.normal(separation / 2 if wrong else -separation / 2)
        return _sigmoid(sharpness * (separation * seen + np.log(prior / (1 - prior))))

    return guess


SOURCES: dict[str, Guess] = {
    "position": lambda draw, wrong, place, length: (1 + place) / (8 + place),
    "position and noise": lambda draw, wrong, place, length: _sigmoid(place - 3 + 0.2 * draw.normal()),
    "length": lambda draw, wrong, place, length: length / (200 + length),
    "random": lambda draw, wrong, place, length: draw.random(),
    "weak reader": reader(1.0),
    "good reader": reader(2.0),
    "overconfident reader": reader(2.0, 4.0),
}


def told_apart(sizes: Sequence[int], seeds: int) -> str:
    """How often each simulated source is called better than chance, as Markdown."""
    shown: list[tuple[Cell, ...]] = []
    for name, guess in SOURCES.items():
        for size in sizes:
            verdicts = Counter(_verdict(seed, size, guess) for seed in range(seeds))
            shares = (verdicts[one] / seeds for one in QualityVerdict)
            shown.append((name, size, *(f"{share:.1%}" for share in shares)))
    return table(("source", "traces", *(one.value for one in QualityVerdict)), shown)


def _verdict(seed: int, size: int, guess: Guess) -> QualityVerdict:
    truths = simulated(seed, size)
    found = contest(says(truths, seed, guess), truths, WORDS)
    assert found is not None
    return standing(found, found.told, ORDER.model_copy(update={"seed": seed})).verdict


def judged(folder: Path) -> Iterator[SourceQuality]:
    """Each judge on what it judged, and two that read nothing on all of it."""
    every = rows(folder / "data" / f"{JUDGED}.jsonl")
    truths = [_known(row["id"], row["problem"], [len(one) for one in row["steps"]], _labels(row)) for row in every]
    for judge in sorted({name for row in every for name in row["judges"]}):
        said = Said({row["id"]: dict(_verdicts(row, judge)) for row in every if judge in row["judges"]})
        yield quality_of(judge, said, truths, WORDS, ORDER)
    for name in ("position", "random"):
        yield quality_of(f"({name})", says(truths, 1, SOURCES[name]), truths, WORDS, ORDER)


def _labels(row: Row) -> list[str]:
    """Up to the first error; what follows has none."""
    return [label for label in row["gold_labels"] if label is not None]


def _verdicts(row: Row, judge: str) -> Iterator[tuple[int, LabelOpinion]]:
    digits = "".join(sign for sign in str(row["judges"][judge]["error_step"]) if sign.isdigit())
    first = int(digits) if digits else None
    for position in range(1, min(first or len(row["steps"]), len(row["steps"])) + 1):
        wrong = float(position == first)
        yield position, LabelOpinion(
            by=OpinionBy.VOTES, asked=1, probabilities={"correct": 1.0 - wrong, "incorrect": wrong}
        )  # fmt: skip


def checked(folder: Path, traces: int | None = None) -> Iterator[tuple[str, SourceQuality]]:
    """The step checker, and the position, on each set."""
    with Checker() as checker:
        for name in CHECKED:
            found = rows(folder / "data" / f"{name}.jsonl")[:traces]
            every = [row for row in found if row["gold_labels"] is not None]
            truths = [
                _known(row["id"], row["problem"], [len(one) for one in row["steps"]], _leading(row)) for row in every
            ]
            said = Said({row["id"]: dict(_found(row, checker)) for row in every})
            yield name, quality_of("checks", said, truths, WORDS, ORDER)
            yield name, quality_of("(position)", says(truths, 1, SOURCES["position"]), truths, WORDS, ORDER)


def _leading(row: Row) -> list[str]:
    found = []
    for label in row["gold_labels"]:
        if label not in WORDS.parents:
            break
        found.append(label)
    return found


def _found(row: Row, checker: Checker) -> Iterator[tuple[int, LabelOpinion]]:
    asked = [step for _, step in steps_of(row)][: len(_leading(row))]
    for position, said in enumerate(checker.check(asked), 1):
        yield position, opinion(MEANT[said.verdict])


def as_table(found: Iterable[tuple[str, SourceQuality]]) -> str:
    """What the report says of sources on sets, as Markdown."""
    shown: list[tuple[Cell, ...]] = []
    for name, one in found:
        if not one.parts:
            continue
        whole = one.parts[0]
        best = max(whole.baselines, key=lambda baseline: baseline.within.value or 0.0)
        shown.append((
            name, one.source, one.held, whole.errors, _with_ends(whole.accuracy), _value(whole.baselines[0].accuracy),
            _value(whole.kappa), _value(whole.scores.calibration.error), _value(whole.scores.auroc),
            _with_ends(whole.within), f"{best.name} {_value(best.within)}", _with_ends(best.ahead), one.verdict.value,
        ))  # fmt: skip
    head = (
        "set", "source", "steps", "errors", "accuracy", "majority class", "kappa", "ECE", "AUROC", "within positions",
        "best baseline", "ahead", "verdict",
    )  # fmt: skip
    return table(head, shown)


def _value(one: Estimate) -> str:
    return "-" if one.value is None else f"{one.value:.2f}"


def _with_ends(one: Estimate) -> str:
    ends = one.interval
    return _value(one) + ("" if ends is None else f" [{ends.low:.2f}, {ends.high:.2f}]")


def measured(folder: Path | None, quick: bool = False) -> str:
    """Both tables."""
    simulations = told_apart(SIZES[:1], 3) if quick else told_apart(SIZES, SEEDS)
    if folder is None:
        return f"{simulations}\n\n{NO_DATA}"
    judges = ((JUDGED, one) for one in judged(folder))
    return f"{simulations}\n\n{as_table([*judges, *checked(folder, 40 if quick else None)])}"


def by_model(folder: Path, model: NewModel, name: str, traces: int) -> Iterator[tuple[str, SourceQuality]]:
    """A model's opinions of the labelled steps of the first traces of a set, by the shipped guideline, asked for as a
    worker does; beside the position.
    """
    every = [row for row in rows(folder / "data" / f"{name}.jsonl") if row["gold_labels"] is not None][:traces]
    truths = [_known(row["id"], row["problem"], [len(one) for one in row["steps"]], _leading(row)) for row in every]
    driver, version = open_driver(model, Surroundings()), parse_guideline(GUIDELINE.read_bytes(), GUIDELINE.name)
    told = Judging(
        guideline=version.head.title, rules=rules_of(version, "mathematics"),
        labels=tuple((label.name, label.meaning) for label in version.head.labels.top),
    )  # fmt: skip
    said, began = Said(), time.process_time()
    for row in every:
        number = len(_leading(row))
        work = Work(row["problem"], tuple(row["steps"][:number]), None, 1, Sampling(), judging=told)
        found = label_opinion.draft(driver, work, range(1, number + 1), lambda: False)
        said.opinions[row["id"]] = {
            one.ordinal: LabelOpinion.model_validate(one.document) for one in found
        }  # fmt: skip
    seconds, steps = time.process_time() - began, sum(len(one) for one in said.opinions.values())
    print(f"{steps} steps, {seconds / max(1, steps):.2f} CPU-s a step", file=sys.stderr)
    yield name, quality_of(model.name, said, truths, WORDS, ORDER)
    yield name, quality_of("(position)", says(truths, 1, SOURCES["position"]), truths, WORDS, ORDER)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opinions", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few simulations")
    parser.add_argument("--model", help="instead, the opinions of the model at this place")
    parser.add_argument("--driver", default="openai", help="its driver")
    parser.add_argument("--set", default=JUDGED, help="of which set")
    parser.add_argument("--traces", type=int, default=60)
    given, folder = parser.parse_args(), data()
    if given.model is None or folder is None:
        print(measured(folder, given.quick))
        return
    model = NewModel(name="model", driver=given.driver, place=given.model)
    print(as_table(by_model(folder, model, given.set, given.traces)))


if __name__ == "__main__":
    main()
