"""What drafts do to labels: changes after the reveal, and labels that may have a draft in sight against a random arm.

The arm is drawn of people and items, so that the two differ in nothing but what was in sight. Differences of means have
bootstrap intervals over problems: whole problems are drawn anew with all their labels, in both arms together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from cotlab.agreement.intervals.bootstrap import FEWEST_CLUSTERS, REPLICATES
from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.intervals.ratios import Ratios, ratios
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Estimate, Interval
from cotlab.domain.evaluations.anchoring import BY_GOLD, AnchoringArm, Arm, ArmsCompared, DraftWas, Measure

UNKNOWN = -1
WITHIN = 0.1
"""The correlation of two changes in a problem, where none is seen."""
NOT_THERE = "an arm has no label"
NO_LABEL = Estimate(reason="no label", interval_reason="no label")


@dataclass(frozen=True, slots=True, eq=False)
class Anchored:
    """Labels, all arrays of shape [labels]: codes of what was said first, when a draft came in sight (first, where
    none did), and last, of the draft, of what is right by gold, and of what else people decided is right (UNKNOWN:
    nothing says so). `unit` is the step, `problem` what is drawn anew. `blind` is the random arm, `seen` says that a
    draft was in sight; `seconds` to the first commit, and `seconds_after` a reveal to the last answer, are NaN where
    unknown.
    """

    first: Codes
    before: Codes
    last: Codes
    draft: Codes
    right: Codes
    decided: Codes
    unit: Codes
    problem: Codes
    blind: Mask
    seen: Mask
    seconds: Floats
    seconds_after: Floats

    def was(self, draft: DraftWas) -> Mask:
        """The labels whose draft was so."""
        if draft is DraftWas.ANY:
            return np.ones_like(self.blind)
        truth = self.right if draft in BY_GOLD else self.decided
        right = draft in (DraftWas.RIGHT, DraftWas.DECIDED_RIGHT)
        kept: Mask = (truth != UNKNOWN) & ((self.draft == truth) == right)
        return kept

    def arm(self, arm: Arm) -> Mask:
        if arm is Arm.BLIND:
            return self.blind
        kept: Mask = ~self.blind & (self.seen == (arm is Arm.SEEN))
        return kept


def arms(read: Anchored, within: float) -> Iterator[AnchoringArm]:
    """What became of the labels of each arm; `within` is the correlation of two changes in a problem."""
    agreed, changed = read.before == read.draft, read.before != read.last
    towards = changed & (read.last == read.draft)
    for arm in Arm:
        for draft in DraftWas:
            kept = read.arm(arm) & read.was(draft)
            differed, same = kept & ~agreed, kept & agreed
            yield AnchoringArm(
                arm=arm, draft=draft, labels=int(np.count_nonzero(kept)),
                earlier=int(np.count_nonzero(kept & (read.first != read.before))),
                changed=rate(changed[kept], read.problem[kept], within),
                towards=rate(towards[differed], read.problem[differed], within),
                away=rate(changed[same], read.problem[same], within),
                seconds=_median(read.seconds[kept]), seconds_after=_median(read.seconds_after[kept]),
            )  # fmt: skip


def _median(seconds: Floats) -> float | None:
    known = seconds[~np.isnan(seconds)]
    return float(np.median(known)) if len(known) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """What a measure is the mean of: arrays of shape [values], one a label or one a pair of them."""

    measure: Measure
    draft: DraftWas
    value: Floats
    problem: Codes
    blind: Mask


def compared(read: Anchored, replicates: int = REPLICATES, seed: int = 1) -> list[ArmsCompared]:
    """Each measure in both arms, and how far they lie apart."""
    values, problems = list(_values(read)), int(read.problem.max(initial=-1)) + 1
    sums, of = (np.zeros((problems, 2 * len(values))) for _ in range(2))
    for place, one in enumerate(values):
        for column, arm in ((2 * place, ~one.blind), (2 * place + 1, one.blind)):
            sums[:, column] = np.bincount(one.problem[arm], weights=one.value[arm], minlength=problems)
            of[:, column] = np.bincount(one.problem[arm], minlength=problems)
    found, counts = ratios(sums, of, replicates, seed), of.sum(axis=0).astype(int).tolist()
    return [_compared(one, found, place, counts) for place, one in enumerate(values)]


def _compared(one: _Values, found: Ratios, place: int, counts: Sequence[int]) -> ArmsCompared:
    seen, blind = 2 * place, 2 * place + 1
    there = counts[seen] > 0 and counts[blind] > 0
    difference = found.difference(seen, blind) if there else Estimate(reason=NOT_THERE, interval_reason=NOT_THERE)
    if there and difference.interval is None and one.measure is Measure.MOVED:
        difference = _where_an_arm_is_still(one, found.estimate(seen), found.estimate(blind)) or difference
    with_drafts, without = (found.estimate(arm) if counts[arm] else NO_LABEL for arm in (seen, blind))
    return ArmsCompared(
        measure=one.measure, draft=one.draft, with_drafts=with_drafts, blind=without, labels=counts[seen],
        blind_labels=counts[blind], difference=difference,
    )  # fmt: skip


def _where_an_arm_is_still(one: _Values, seen: Estimate, blind: Estimate) -> Estimate | None:
    """The difference where nobody moved in an arm, which its resamples take for certain; None where both are so.

    Instead that arm has the share of labels that may have moved, unseen, by `rate`; then the intervals of both are
    squared and added (R. G. Newcombe, 1998, Statistics in Medicine 17, 873-890).
    """
    assert seen.value is not None and blind.value is not None
    ends = []
    for arm, kept in ((seen, ~one.blind), (blind, one.blind)):
        if arm.interval is not None:
            ends.append((arm.interval.low, arm.interval.high))
        elif len(np.unique(one.problem[kept])) >= FEWEST_CLUSTERS and not one.value[kept].any():
            most = rate(one.value[kept] != 0, one.problem[kept], WITHIN).interval
            ends.append((-most.high, most.high) if most is not None else (0.0, 0.0))
    if len(ends) < 2 or (seen.interval is None and blind.interval is None):
        return None
    (low, high), (blind_low, blind_high) = ends
    apart = seen.value - blind.value
    return Estimate(value=apart, interval=Interval(
        low=apart - hypot(seen.value - low, blind_high - blind.value),
        high=apart + hypot(high - seen.value, blind.value - blind_low),
    ))  # fmt: skip


def _values(read: Anchored) -> Iterator[_Values]:
    before, after = (given == read.draft for given in (read.first, read.last))
    known = read.right != UNKNOWN
    of_labels: Sequence[tuple[Measure, Floats, Mask, Sequence[DraftWas]]] = (
        (Measure.MOVED, after.astype(np.float64) - before, known | True, BY_GOLD),
        (Measure.WITH_DRAFT_AT_FIRST, before.astype(np.float64), known | True, BY_GOLD),
        (Measure.WITH_DRAFT, after.astype(np.float64), known | True, BY_GOLD),
        (Measure.RIGHT_AT_FIRST, (read.first == read.right).astype(np.float64), known, (DraftWas.ANY,)),
        (Measure.RIGHT, (read.last == read.right).astype(np.float64), known, BY_GOLD),
        (Measure.SECONDS, read.seconds, ~np.isnan(read.seconds), (DraftWas.ANY,)),
    )
    for measure, value, there, parts in of_labels:
        for draft in parts:
            kept = there & read.was(draft)
            yield _Values(measure, draft, value[kept], read.problem[kept], read.blind[kept])
    one, other = _pairs(read)
    yield _Values(
        Measure.WITH_EACH_OTHER, DraftWas.ANY, (read.last[one] == read.last[other]).astype(np.float64),
        read.problem[one], read.blind[one],
    )  # fmt: skip


def _pairs(read: Anchored) -> tuple[Codes, Codes]:
    """The places of two labels of a step that are of one arm."""
    together = read.unit * 2 + read.blind
    order = np.argsort(together, kind="stable")
    bounds = np.flatnonzero(np.diff(together[order])) + 1
    ones, others = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for group in np.split(order, bounds):
        first, second = np.triu_indices(len(group), 1)
        ones.append(group[first])
        others.append(group[second])
    return np.concatenate(ones), np.concatenate(others)


def said(read: Anchored, found: Sequence[ArmsCompared], of: Sequence[AnchoringArm]) -> str:
    """One sentence of what the data allow to be said of anchoring, also where that is nothing."""
    by = {(one.measure, one.draft): one for one in found}
    moved = by.get((Measure.MOVED, DraftWas.ANY))
    if moved is None or not moved.labels:
        return "Nothing can be said of anchoring: no label could have a draft in sight."
    if not moved.blind_labels:
        return "Nothing can be said of anchoring: the random arm that sees no draft has no label to compare with."
    if moved.difference.interval is None:
        return _still(read, moved, of)
    low, high = moved.difference.interval.low, moved.difference.interval.high
    if low > 0:
        rest = " and ".join(
            filter(None, (_wrong(by[Measure.MOVED, DraftWas.WRONG]), _right(by[Measure.RIGHT, DraftWas.ANY])))
        )
        return (
            f"People move towards the drafts that they see: agreement with the draft rises by {_points(moved)} more"
            f" than in the random arm, so that labels changed after the reveal measure the model too; {rest}."
        )
    if high < 0:
        return (
            f"People move away from the drafts that they see: agreement with the draft rises by {_points(moved)} more"
            " than in the random arm."
        )
    return (
        "Anchoring cannot be told from none by these data: agreement with the draft rises by"
        f" {_points(moved)} more than in the random arm, so that a shift of more than {100 * high:.1f} points is ruled"
        " out and a smaller one is not."
    )


def _still(read: Anchored, moved: ArmsCompared, of: Sequence[AnchoringArm]) -> str:
    reason = moved.difference.interval_reason
    problems = len(np.unique(read.problem[read.blind]))
    if problems < FEWEST_CLUSTERS or np.any(read.first != read.last):
        return f"Nothing can be said of anchoring yet: {reason}."
    seen = next(one for one in of if (one.arm, one.draft) == (Arm.SEEN, DraftWas.ANY))
    most = "" if seen.changed.interval is None else f", which rules out more than {seen.changed.interval.high:.1%}"
    return f"Nobody changed a label, with a draft in sight or without: none of {seen.labels:,} labels{most}."


def _points(one: ArmsCompared) -> str:
    value, found = one.difference.value, one.difference.interval
    assert value is not None and found is not None
    return f"{100 * value:.1f} points [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _wrong(one: ArmsCompared) -> str:
    if one.difference.interval is None:
        return "of drafts that are wrong nothing can be said"
    if one.difference.interval.low > 0:
        return f"they also follow drafts that are wrong, by {_points(one)}"
    return f"of drafts that are wrong that is not shown ({_points(one)})"


def _right(one: ArmsCompared) -> str:
    if one.difference.interval is None:
        return "whether labels are more often right is not known"
    low, high = one.difference.interval.low, one.difference.interval.high
    more = "more" if low > 0 else "less" if high < 0 else "neither more nor less"
    return f"labels are {more} often right, by {_points(one)}" if low > 0 or high < 0 else (
        f"that labels are more or less often right is not shown ({_points(one)})"
    )  # fmt: skip
