"""The gate of calibration: a person's first labels against gold."""

from collections.abc import Iterator, Sequence

import numpy as np

from cotlab.agreement.coefficients import coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Codes, from_matrix
from cotlab.agreement.tables import contingencies
from cotlab.domain.agreement.coefficients import Agreement, Contingency
from cotlab.domain.calibration.results import Condition, GateResult, LabelScore
from cotlab.domain.projects.gates import Gate, GateOn

ROUNDING = 1e-9
"""A kappa of exactly 0.8 may be computed as a little less."""


def judge(
    gold: Codes, given: Codes, trace: Codes, labels: Sequence[str], gate: Gate, *, person: str = "given",
    unit: str = "step",
) -> GateResult:  # fmt: skip
    """Whether these labels pass the gate, with every condition in words, which call a step a `unit`.

    `gold` and `given` are codes of `labels`, -1 where there is none, and `trace` is the code of each step's trace; all
    of shape [steps]. Only steps with both labels count. The interval resamples traces. BadInput for a coefficient
    that there is not.
    """
    ratings = from_matrix(np.stack([gold, given], axis=1), trace, people=("gold", person), labels=labels)
    agreement = measure(ratings, [coefficient(gate.coefficient)])[0]
    counts = contingencies(ratings).tables[0].total().astype(np.int64) if agreement.units else _nothing(labels)
    scores = tuple(_score(label, counts, place) for place, label in enumerate(labels))
    steps, right = int(counts.sum()), int(np.trace(counts))
    conditions = (_agrees(agreement, gate), _long_enough(steps, gate, unit), *_found(scores, gate, unit))
    return GateResult(
        passed=all(one.met for one in conditions), agreement=agreement, steps=steps, right=right, labels=scores,
        table=Contingency(title=f"gold ~ {person}", labels=tuple(labels), counts=tuple(map(tuple, counts.tolist()))),
        conditions=conditions,
    )  # fmt: skip


def _nothing(labels: Sequence[str]) -> Codes:
    return np.zeros((len(labels), len(labels)), dtype=np.int64)


def _score(label: str, counts: Codes, place: int) -> LabelScore:
    gold, given, right = (int(count) for count in (counts[place].sum(), counts[:, place].sum(), counts[place, place]))
    return LabelScore(
        label=label, gold=gold, given=given, right=right,
        recall=right / gold if gold else None, precision=right / given if given else None,
    )  # fmt: skip


def _agrees(agreement: Agreement, gate: Gate) -> Condition:
    name, asked = agreement.coefficient, f"{gate.threshold:g} is asked"
    if agreement.value is None:
        return Condition(name=name, met=False, sentence=f"{name} is undefined: {agreement.reason}.")
    value = f"{name} is {agreement.value:.3f}"
    if gate.on is GateOn.VALUE:
        met = agreement.value >= gate.threshold - ROUNDING
        return Condition(name=name, met=met, sentence=f"{value}; {asked}.")
    if agreement.interval is None:
        sentence = f"{value} and has no interval: {agreement.interval_reason}; a lower end of {asked}."
        return Condition(name=name, met=False, sentence=sentence)
    low = agreement.interval.low
    sentence = f"{value}, and the lower end of its interval {low:.3f}; {asked} of the lower end."
    return Condition(name=name, met=low >= gate.threshold - ROUNDING, sentence=sentence)


def _long_enough(steps: int, gate: Gate, unit: str) -> Condition:
    counted = f"{steps:,} counted {unit}{'' if steps == 1 else 's'}"
    return Condition(name="steps", met=steps >= gate.steps, sentence=f"{counted}; {gate.steps:,} are asked.")


def _found(scores: Sequence[LabelScore], gate: Gate, unit: str) -> Iterator[Condition]:
    for one in scores:
        recall = f"recall of {one.label}"
        if one.recall is None or one.gold < gate.recall_steps:
            steps = f"{one.gold} gold {unit}{'' if one.gold == 1 else 's'}"
            sentence = f"The {recall} is not asked: {steps}, fewer than {gate.recall_steps}."
            yield Condition(name=recall, met=True, sentence=sentence)
        else:
            sentence = f"The {recall} is {one.recall:.2f} ({one.right} of {one.gold}); {gate.recall:g} is asked."
            yield Condition(name=recall, met=one.recall >= gate.recall - ROUNDING, sentence=sentence)
