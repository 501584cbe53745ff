"""Shares of choices on pairs: the left response, the longer one, and the same one on a swapped repeat.

Several people's choices on one pair depend on each other, so intervals are those of `rates` with a pair as the cluster;
where each pair has one choice that is Wilson's.
"""

import numpy as np

from cotlab.agreement.intervals.rates import count, interval
from cotlab.agreement.ratings import Codes, Mask
from cotlab.domain.reports.pairs import Consistency, PairShare

NOTHING = "no choice"


def share(hits: Mask, pair: Codes) -> PairShare:
    """The share of `hits` with its interval; both of shape [choices], `pair` being the code of each choice's pair."""
    found = count(hits, pair, 0.0)
    if not found.of:
        return PairShare(reason=NOTHING, interval_reason=NOTHING, hits=0, of=0, pairs=0)
    return PairShare(value=found.share, interval=interval(found), hits=found.hits, of=found.of, pairs=found.traces)


def first_position(left: Mask, pair: Codes) -> PairShare:
    """How often the left response was chosen, where one was; with the test of an even chance.

    The test is the exact binomial one of all choices (the sides are drawn by themselves, so that choices on one pair
    are independent where there is no bias). It holds for one look; to look again and again is for `position_bias`.
    """
    found = share(left, pair)
    return found.model_copy(update={"chance": sign_test(found.hits, found.of)}) if found.of else found


def longer_won(longer: Mask, pair: Codes) -> PairShare:
    """How often the longer response was chosen, of choices between two of different length, `longer` telling of each.

    There is no test with it: a longer response may well be the better one.
    """
    return share(longer, pair)


def consistency(first: Codes, again: Codes, pair: Codes) -> Consistency:
    """How often a swapped repeat was given the same choice, all of shape [repeats].

    `first` and `again` are the signs of the choices towards the first response of the pair's own order: 1, -1, and 0
    for a tie; other numbers for what is no choice. Since the sides were swapped, who turned from one response to the
    other chose the same side.
    """
    return Consistency(
        same=share(first == again, pair),
        same_side=int(np.count_nonzero((first == -again) & (np.abs(first) == 1))),
        tie_changed=int(np.count_nonzero((first == 0) != (again == 0))),
    )


def sign_test(hits: int, of: int) -> float:
    """The exact probability of a count as far from half of `of` > 0, either way, where each case is even."""
    logs = np.append(0.0, np.cumsum(np.log(np.arange(1, of + 1))))
    tail = np.arange(max(hits, of - hits), of + 1)
    chances = np.exp(logs[of] - logs[tail] - logs[of - tail] - of * np.log(2.0))
    return float(min(1.0, 2.0 * chances.sum()))
