"""Calibration and drift: what policy asks of a person, and what was found."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.agreement.coefficients import Agreement, Contingency
from cotlab.domain.model import Model

Share = Annotated[float, Field(ge=0, le=1)]


class GateOn(StrEnum):
    """What has to reach the threshold: the coefficient, or the lower end of its 95 % interval."""

    VALUE = "value"
    LOWER = "lower"


class Gate(Model):
    """What a person must show against gold before production of a domain.

    The defaults let somebody of true kappa 0.70 through in under 2 % and of 0.90 in over 90 %, with both attempts and
    with mistakes of a trace that are correlated by up to 0.2 (docs/calibration.md).
    """

    coefficient: Annotated[str, Field(description="coefficient of agreement with gold")] = "cohen-kappa"
    threshold: Annotated[float, Field(ge=0, le=1, description="what it must reach")] = 0.85
    on: Annotated[GateOn, Field(description="whether its value or the lower end of its interval must")] = GateOn.VALUE
    steps: Annotated[int, Field(ge=1, description="counted steps, at least")] = 240
    recall: Annotated[float, Field(ge=0, le=1, description="share of the gold steps of each label to be found")] = 0.7
    recall_steps: Annotated[int, Field(ge=1, description="gold steps of a label below which that is not asked")] = 10
    attempts: Annotated[int, Field(ge=1, le=10, description="how often a person may try")] = 2
    days: Annotated[int, Field(ge=1, description="how long a passed gate lasts")] = 180
    anew_after_label_change: Annotated[
        bool, Field(description="a label-changing guideline version asks for the gate anew")
    ] = True


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


class DriftTest(Model):
    """How the gold of production is watched for somebody who has become worse than in calibration.

    The defaults raise a false alarm for less than 5 % of steady people over 2,000 gold steps, as long as two mistakes
    of a trace are correlated by 0.1 or less (docs/calibration.md).
    """

    alarm_at: Annotated[
        float, Field(gt=1, description="evidence for a fall that raises an alarm; more is later and less often false")
    ] = 450.0
    slack: Annotated[float, Field(ge=0, lt=1, description="fall in accuracy that nobody is to be told about")] = 0.0
    within: Annotated[
        float, Field(ge=0, le=1, description="correlation of two mistakes in a trace, for how sure calibration is")
    ] = 0.1


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
