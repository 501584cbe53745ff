"""Calibration and drift: what policy asks of a person, and what was found."""

from typing import Annotated

from pydantic import Field

from cotlab.domain.agreement.coefficients import Agreement, Contingency
from cotlab.domain.model import Model
from cotlab.domain.projects.gates import Share


class LabelScore(Model):
    """One label against gold: in how many gold steps it is right (`gold`), how often it was given, and both at once.

    Recall is `right / gold`, precision `right / given`; none of nothing.
    """

    label: str
    gold: int
    given: int
    right: int
    recall: Share | None
    precision: Share | None


class Condition(Model):
    """One thing the gate asks, whether it holds, and in a sentence why."""

    name: str
    met: bool
    sentence: str


class GateResult(Model):
    """Whether a person passes, and everything that says why; the rows of `table` are gold.

    Of pairs, each of which is a step here, the gate is held against the sign of the overall choice. `beside` are the
    same coefficient on each criterion and Krippendorff's alpha, ordinal, on the scale, which no condition asks for.
    """

    passed: bool
    agreement: Agreement
    steps: int
    right: int
    labels: tuple[LabelScore, ...]
    table: Contingency
    conditions: tuple[Condition, ...]
    beside: tuple[Agreement, ...] = ()


class Baseline(Model):
    """What calibration showed: right answers of so many counted steps in so many traces."""

    right: Annotated[int, Field(ge=0)]
    steps: Annotated[int, Field(ge=1)]
    traces: Annotated[int, Field(ge=1)]


class DriftAlarm(Model):
    """A person's gold says that they fell below their baseline; places count the gold steps of the stream from 0 on.

    `found` is the step at whose end the alarm was raised. The fall most likely began after step `last_good`, which is
    -1 where it began with the stream.
    """

    found: int
    last_good: int
    right_since: int
    steps_since: int


class DriftResult(Model):
    """What the gold of production says of one person in one domain.

    `floor` is the lowest accuracy that calibration leaves possible, less the policy's slack. `evidence` is what counts
    against the person at the end of the stream, or at the alarm; an alarm is raised when it reaches `alarm_at`.
    """

    baseline: Baseline
    floor: float
    steps: int
    right: int
    evidence: float
    alarm_at: float
    alarm: DriftAlarm | None
