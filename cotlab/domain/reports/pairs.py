"""What is known of how people compare: position, swapped repeats, length; and a ranking of generators."""

from enum import StrEnum

from cotlab.domain.agreement.coefficients import Estimate, Interval
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
    """Choices on swapped repeats against the first ones, towards the same response or a tie both times.

    `same_side` counts the repeats on which a person chose the same side twice, and so the other response, `tie_changed`
    those with a tie once alone; on the rest the pair was set aside once alone, as bad or as not to be judged.
    """

    same: PairShare
    same_side: int
    tie_changed: int


class CriterionWork(Model):
    """Choices on one criterion. `as_overall` is how often it names the same response as the overall choice, where both
    name one."""

    criterion: str
    choices: int
    first_position: PairShare
    ties: PairShare
    as_overall: PairShare


class Comparing(Model):
    """How one person compares, or all where there is none; of first choices, swapped repeats being `consistency` alone.

    `position` is the test behind the alarm over all choices of one person. `strengths` counts choices of the left
    response against the right. `contradictions` are overall choices of a response where more criteria name the other.
    """

    person: str | None = None
    choices: int
    first_position: PairShare
    position: PositionTest | None = None
    consistency: Consistency
    longer: PairShare
    ties: PairShare
    both_bad: PairShare
    cannot_judge: PairShare
    strengths: dict[str, int]
    contradictions: PairShare
    criteria: tuple[CriterionWork, ...] = ()


class ComparingReport(Model):
    """How people compare the responses of pairs, up to the sequence `as_of` of the project's chain."""

    as_of: int
    domain: str | None = None
    everybody: Comparing
    people: tuple[Comparing, ...]


class RankedGenerator(Model):
    """`strength` is the log-odds against the average of the generators that are ranked."""

    generator: str
    strength: float
    interval: Interval | None = None
    wins: int
    ties: int
    losses: int


class RankedBy(StrEnum):
    """What generators are ranked by: each choice that counts, or what pairs are settled on."""

    CHOICES = "choices"
    SETTLED = "settled"


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


class RankingReport(Model):
    """A ranking of generators up to the sequence `as_of`.

    `left_out` counts what tells nothing, by the reason. The clusters of `ranking` are problems.
    """

    by: RankedBy
    as_of: int
    domain: str | None = None
    ranking: Ranking
    left_out: dict[str, int]
