"""Reports by which a lead knows whether labels are good; nobody else is sent one."""

from enum import StrEnum

from pydantic import Field

from cotlab.domain.agreement.coefficients import Agreement, Contingency, Interval
from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.calibration.pace import PaceRun
from cotlab.domain.model import Model
from cotlab.domain.reports.pairs import PositionTest
from cotlab.domain.text import FilledText


class Against(StrEnum):
    """What labels are held against."""

    GOLD = "gold"
    SETTLED = "settled"


class RateChange(Model):
    """By how much a share rose, and the probability of as large a difference either way were there none."""

    value: float
    interval: Interval
    chance: float


class Accuracy(Model):
    """Labels in one slice against what is right; the rows of `table` are what is right.

    `left_out` counts labels on steps of which nothing says, without this person, what is right. `reweighted` is
    the accuracy for all traces of the queue, where points chose some of them; never of gold, which they do not choose.
    """

    slice: dict[str, str] = Field(default_factory=dict)
    accuracy: Rate
    labels: tuple[LabelRates, ...]
    table: Contingency
    left_out: int = 0
    reweighted: Rate | None = None


class AccuracyReport(Model):
    """Accuracy of all labels of steps, then in each slice. `stale` ones, and those held against stale ones, are left
    out."""

    against: Against
    by: tuple[str, ...]
    stale: int
    results: tuple[Accuracy, ...]


class WorkedSession(Model):
    """One session of a person: times in microseconds UTC, and minutes of work in it, each step up to the policy's cap.

    `labels` are of steps and overall choices of pairs. `break_minutes` is the time since the session before; none for
    the first.
    """

    person: str
    started_at: int
    ended_at: int
    minutes: float
    labels: int
    break_minutes: float | None = None


class RateIn(Model):
    """Accuracy on gold of one person, or of all where there is none, within one part of a range."""

    person: str | None = None
    part: str
    accuracy: Rate


class SessionsReport(Model):
    """Sessions in this project, by person and time; and accuracy on gold steps by how far into one, and after how
    much."""

    sessions: tuple[WorkedSession, ...]
    by_minutes: tuple[RateIn, ...]
    by_labels_in_hour: tuple[RateIn, ...]


class LengthPace(Model):
    """The seconds that labels take on steps of `words`: quartiles."""

    words: str
    labels: int
    quartiles: tuple[float, float, float]


class PersonPace(Model):
    """How fast somebody labels. `faster` counts labels that came before the step can have been read.

    `seconds_a_word` are quartiles over labels; `fastest` are the fastest runs that do not overlap.
    """

    person: str
    labels: int
    faster: int
    seconds_a_word: tuple[float, float, float]
    by_length: tuple[LengthPace, ...]
    fastest: tuple[PaceRun, ...]


class PaceReport(Model):
    """Pace of each person, and accuracy on gold in each quarter of a person's own labels by seconds a word."""

    words_a_minute: int
    run: int
    people: tuple[PersonPace, ...]
    by_quarter: tuple[RateIn, ...]


class Confusion(Model):
    """How often gold `gold` is labelled `given`, in the first windows and in the newest ones."""

    gold: str
    given: str
    before: Rate
    after: Rate
    change: RateChange | None


class DriftWindow(Model):
    """The gold of all people in one stretch of time (microseconds UTC, `until` excluded).

    `change` is against the first windows, `change_same_people` the same of those who gave labels in both. `fell` says
    that the fall is larger than chance allows over all windows. `agreement` is alpha among people on what they labelled
    in that time.
    """

    since: int
    until: int
    people: int
    accuracy: Rate
    change: RateChange | None = None
    change_same_people: RateChange | None = None
    fell: bool = False
    agreement: Agreement


class GroupDrift(Model):
    """Whether all slide together in labelling steps: against gold, which does not slide with them. `first` windows are
    what is compared with; `confusions` are the pairs of labels that rose, the surest first.
    """

    domain: str | None
    first: int
    windows: tuple[DriftWindow, ...]
    confusions: tuple[Confusion, ...]


class AlarmKind(StrEnum):
    DRIFT = "drift"
    PACE = "pace"
    POSITION = "position"


class AlarmDecision(StrEnum):
    """What a lead makes of an alarm of pace or of position; it changes no label by itself."""

    EXPLAINED = "explained"
    CONFIRMED = "confirmed"


class AlarmDecisionBody(Model):
    """A lead's decision on an alarm of pace or of position with its reason, which stands in the audit trail."""

    decision: AlarmDecision
    reason: FilledText


class Alarm(Model):
    """An alarm about a person, `since` when (microseconds UTC); `decided_at` once a lead has acted upon it.

    `decision` is `explained` or `confirmed` for pace and position, and the kind of what was decided about the person,
    or `recheck`, for drift.
    """

    id: str
    kind: AlarmKind
    person: str
    domain: str | None
    raised_at: int
    since: int
    sentence: str
    run: PaceRun | None = None
    position: PositionTest | None = None
    decision: str | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    reason: str | None = None
