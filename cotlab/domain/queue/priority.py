"""What comes first in the queue: a sum of terms, each with a weight of the policy, in points.

One point is worth one day of age at the weight 1, so that two traces can be compared by words: this one is ten days
younger, but people disagree on it. A share of the traces, drawn at random, has no points but for its age, so that what
is estimated from these holds for all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from cotlab.domain.model import Model
from cotlab.domain.projects.priorities import Weights

AGE = "age"
DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds."""


class Known(Model):
    """What terms look at besides age and quotas; kept beside the trace in the queue, so that no claim works it out."""

    disagreement: float = 0.0
    """The share of the steps with two labels or more on which people differ."""
    refuted: int = 0
    """In how many steps a check refutes something."""
    contradiction: int = 0
    """1 where the final answer is refuted and no step is, or verified though a step is refuted."""
    uncertainty: float = 0.0
    """These three are of domain.drafts.uncertainty; 0 where no model was asked that may order the queue."""
    sources: float = 0.0
    rarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of one trace when its points are counted; `open_quotas` are those of its slices, `novelty` is that
    of its strategy. One of the random share has points of its age alone.
    """

    days: float
    open_quotas: int
    known: Known
    novelty: float = 0.0
    at_random: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the order: `amount` times the weight of the same name are its points."""

    name: str
    words: str
    amount: Callable[[Waiting], float]


TERMS: tuple[Term, ...] = (
    Term("age", "days in the queue", lambda one: one.days),
    Term("coverage", "a quota of its slice is open", lambda one: float(one.open_quotas > 0)),
    Term("disagreement", "share of its steps on which people differ", lambda one: one.known.disagreement),
    Term("refuted", "steps in which a check refutes something, up to 3", lambda one: float(min(one.known.refuted, 3))),
    Term("contradiction", "checks of answer and steps contradict", lambda one: float(one.known.contradiction)),
    Term("uncertainty", "how unsure models are of its steps", lambda one: one.known.uncertainty),
    Term("sources", "how far models differ on its steps", lambda one: one.known.sources),
    Term("rarity", "how probable models think a rare label", lambda one: one.known.rarity),
    Term("novelty", "how seldom its strategy was settled in its domain", lambda one: one.novelty),
)
OF_OPINIONS = ("uncertainty", "sources", "rarity")
"""The terms that follow from opinions of models."""


class Points(Model):
    """One term of a trace: `points` are `amount` times `weight`."""

    term: str
    words: str
    amount: float
    weight: float
    points: float


def scored(weights: Weights, waiting: Waiting) -> Iterator[Points]:
    """Each term of a trace with its points; of one of the random share all but age weigh nothing."""
    for term in TERMS:
        counts = term.name == AGE or not waiting.at_random
        amount, weight = term.amount(waiting), float(getattr(weights, term.name)) if counts else 0.0
        yield Points(term=term.name, words=term.words, amount=amount, weight=weight, points=amount * weight)


def still_points(weights: Weights, waiting: Waiting) -> float:
    """The points of a trace but for age, which grows for all alike; of one of the random share those that it would have
    if it were none.
    """
    return sum(term.amount(waiting) * float(getattr(weights, term.name)) for term in TERMS if term.name != AGE)


def order_key(weights: Weights, since: int, points: float) -> int:
    """What the queue is read by, the smallest first: when a trace came in (microseconds UTC) less its points.

    Age grows for all alike, so that the order by points stays the same while time goes by and nothing is written.
    """
    return round(weights.age * since - points * DAY)


class BroughtBy(StrEnum):
    """What put a trace in front when it was first handed out; of one of the random share, what would have by then, had
    it been none: `draw` where its points would not have, `age` where it had none.
    """

    POINTS = "points"
    DRAW = "draw"
    AGE = "age"


def what_brings(
    points: float, key: int, at_random: bool, first_chosen: int | None, reached: bool = False
) -> BroughtBy:  # fmt: skip
    """What puts a trace in front that is handed out now: its points but for age, and its key in the order.

    `first_chosen` is the smallest key of those that wait and are not of the random share; None where none waits. One of
    the random share was `reached` where points would have brought it earlier, when it had others.
    """
    if reached or (points > 0 and (not at_random or first_chosen is None or key - points * DAY <= first_chosen)):
        return BroughtBy.POINTS
    return BroughtBy.DRAW if points > 0 else BroughtBy.AGE


def contradicting(refuted: int, answer: bool | None) -> bool:
    """Whether checks contradict each other: the final answer is wrong (`answer` False) and no step is refuted, so that
    the error is still to be found, or right (True) in spite of a step that is; None where none has a verdict on it.
    """
    return answer is not None and answer == bool(refuted)


def novelty(settled: int) -> float:
    """1 for a strategy of which nothing is settled, and half of it with each doubling of `settled` + 1.

    In halves, so that the queue's rows change seldom.
    """
    return 0.5 ** ((settled + 1).bit_length() - 1)


def of_random_share(item_id: str, share: float) -> bool:
    """Whether a trace is of the random share. Its random id alone decides: the draw stands whatever becomes known of
    the trace, and a greater share holds a smaller one.
    """
    return _draw(b"random share", item_id) < share


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """A trace at its place in the order; `points` but for its age, which of the random share put it nowhere."""

    priority: int
    item_id: str
    points: float = field(default=0.0, compare=False)


def interleaved(chosen: Sequence[Placed], at_random: Sequence[Placed], share: float, person: str) -> list[str]:
    """The ids of both in the order in which a person is handed them; each comes in its own order.

    Of two that are first, the one of the random share comes where its age puts it in front; where points put the other
    one in front, it still comes with the probability `share`. The two ids and the person's decide, so that the draw
    stands until one of the two is gone.
    """
    found, left, right = list[str](), 0, 0
    while left < len(chosen) and right < len(at_random):
        first, other = chosen[left], at_random[right]
        drawn = first.points > 0 and _draw(b"next", f"{first.item_id} {other.item_id} {person}") < share
        if other < first or drawn:
            found.append(other.item_id)
            right += 1
        else:
            found.append(first.item_id)
            left += 1
    return found + [one.item_id for one in (*chosen[left:], *at_random[right:])]


def _draw(key: bytes, text: str) -> float:
    """A number from 0 to 1 that follows from the text."""
    return int.from_bytes(blake2b(text.encode(), key=key, digest_size=6).digest()) / 2**48
