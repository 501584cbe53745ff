"""Position bias: whether somebody chooses a side, and not a response.

The server draws the sides by a fair coin of its own, so a person who looks at responses alone chooses the left one with
a probability of 1/2 each time, whatever came before and however unlike the pairs are. Swapped repeats are no part of
the stream, since their sides follow from the first time; nor are ties, and pairs of which both are bad.

The test is a mixture of likelihood ratios (H. Robbins, 1970, Statistical methods related to the law of the iterated
logarithm, Annals of Mathematical Statistics 41(5), 1397-1409): with l left ones among n choices the evidence is

    E_n = sum over q of w_q ( q^l (1 - q)^(n - l) + (1 - q)^l q^(n - l) ) / 2 * 2^n,

a bet on shares q and 1 - q alike. Without a bias E_n is a martingale that starts at 1, so that by Ville's inequality
(J. Ville, 1939, Étude critique de la notion de collectif; Ramdas, Grünwald, Vovk & Shafer, 2023, Game-theoretic
statistics and safe anytime-valid inference, Statistical Science 38(4), 576-601) it ever reaches A with a probability of
1 / A at most: one may look after each choice, for ever.
"""

import numpy as np

from cotlab.agreement.ratings import Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.reports.pairs import PositionAlarm, PositionTest

SHARES = {0.54: 0.1, 0.59: 0.8, 0.7: 0.1}
"""The shares that are bet on, and how much: most on one near 60 %, which is worth finding within 300 choices."""
ALARM_AT = 20.0
"""A false alarm in a whole career has a probability of 1 / ALARM_AT at most."""
LARGEST = 700.0
"""The largest logarithm whose exponential is told."""


def log_evidence(left: Mask) -> Floats:
    """The logarithm of E_n after each choice; shape [..., choices] as `left`, whether the left was chosen."""
    lefts = np.cumsum(left, axis=-1, dtype=np.float64)
    return log_of_counts(lefts, np.arange(1, left.shape[-1] + 1) - lefts)


def log_of_counts(lefts: Floats, rights: Floats) -> Floats:
    """The logarithm of the evidence that so many left and right choices are, in whatever order they came."""
    found = np.full(lefts.shape, -np.inf)
    for share, weight in SHARES.items():
        for one, other in ((lefts, rights), (rights, lefts)):
            bet = np.log(weight / 2.0) + one * np.log(2.0 * share) + other * np.log(2.0 * (1.0 - share))
            found = np.logaddexp(found, bet)
    return found


def watch(left: Mask, alarm_at: float = ALARM_AT, *, lefts: int = 0, rights: int = 0) -> PositionTest:
    """What the decided choices of one person say, up to the first alarm.

    `left` tells whether each was the left response; shape [choices] in the order of time, from the first one on (or
    from where the last alarm was settled), after so many `lefts` and `rights` at which there was no alarm.
    """
    many = lefts + np.cumsum(left, dtype=np.float64)
    logs = log_of_counts(many, rights + np.arange(1, len(left) + 1) + lefts - many)
    alarms = np.flatnonzero(logs >= np.log(alarm_at))
    alarm = None
    if len(alarms):
        alarm = PositionAlarm(found=lefts + rights + int(alarms[0]), left=int(many[alarms[0]]))
    now = log_of_counts(np.array([lefts * 1.0]), np.array([rights * 1.0]))[0]
    last = logs[alarms[0] if len(alarms) else -1] if len(logs) else now
    return PositionTest(
        choices=lefts + rights + len(left), left=lefts + int(np.count_nonzero(left)), alarm_at=alarm_at, alarm=alarm,
        evidence=float(np.exp(min(last, LARGEST))),
    )  # fmt: skip
