"""What a policy asks of people: the gate of calibration, the drift test, the pace test; and which checks it takes."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.model import Model


class Setting(StrEnum):
    """What may refute: by default no contradiction with an earlier step, and no kind below its bar; else all kinds."""

    DEFAULT = "default"
    ALL_KINDS = "all-kinds"


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


class PaceTest(Model):
    """When labels come faster than their steps can be read."""

    words_a_minute: Annotated[
        int, Field(ge=100, le=10_000, description="words of a step a minute that nobody reads")
    ] = 900
    labels: Annotated[
        int, Field(ge=5, le=1_000, description="labels in a row that are faster, after which the lead is told")
    ] = 20


class Checks(StrEnum):
    """Whether a project's steps are checked, and in which setting."""

    OFF = "off"
    DEFAULT = "default"
    ALL_KINDS = "all-kinds"

    @property
    def setting(self) -> Setting | None:
        return None if self is Checks.OFF else Setting(self.value)
