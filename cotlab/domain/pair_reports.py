"""What is known of how people compare: position, swapped repeats, length; and a ranking of generators."""

from cotlab.domain.agreement import Estimate, Interval
from cotlab.domain.model import Model


class PairShare(Estimate):
    """A share: `hits` of `of` choices on so many pairs, or the reason why there is none.

    `chance` is the probability of a share as far from one half, either way, were it one half; None without a test.
    """

    hits: int
    of: int
    pairs: int
    chance: float | None = None


class PositionAlarm(Model):
    """A position bias was found at the choice at place `found`, counted from 0, when `left` of those up to it (it
    among them) were the left response."""

    found: int
    left: int


class PositionTest(Model):
    """How much one person's choices speak against an even chance of left and right.

    `evidence` is the e-value at the alarm, else now; an alarm is raised where it reaches `alarm_at`.
    """

    choices: int
    left: int
    evidence: float
    alarm_at: float
    alarm: PositionAlarm | None = None

    def at_alarm(self) -> "PositionTest":
        """The same without the choices after the alarm, if there is one."""
        if self.alarm is None:
            return self
        return self.model_copy(update={"choices": self.alarm.found + 1, "left": self.alarm.left})


class Consistency(Model):
    """Choices on swapped repeats against the first ones; `same_side` counts the repeats on which a person chose the
    same side twice, and so the other response."""

    same: PairShare
    same_side: int


class RankedGenerator(Model):
    """`strength` is the log-odds against the average of the generators that are ranked."""

    generator: str
    strength: float
    interval: Interval | None = None
    wins: int
    ties: int
    losses: int


class Ranking(Model):
    """Generators, the strongest first, or the reason in words why they have no order; and so for intervals.

    `position` is the log-odds that the left response has in its favour; None where position was left out.
    """

    generators: tuple[RankedGenerator, ...] = ()
    reason: str | None = None
    interval_reason: str | None = None
    position: float | None = None
    position_interval: Interval | None = None
    comparisons: int = 0
    clusters: int = 0
