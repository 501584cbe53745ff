"""A project's policy: one validated document; setting it adds a version of it."""

from typing import Annotated

from pydantic import Field

from cotlab.domain.calibration import DriftTest, Gate
from cotlab.domain.evidence import Checks
from cotlab.domain.model import Model
from cotlab.domain.reasons import USUAL, CaseReason

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class Policy(Model):
    """How a project's work is handed out, paced and settled."""

    overlap: Annotated[int, Field(ge=1, le=20, description="how many people label each trace")] = 2
    stop_at_first_error: Annotated[bool, Field(description="finish a trace after its first wrong step")] = False
    open_cases_on: Annotated[
        tuple[CaseReason, ...], Field(description="what keeps a step unsettled until it is adjudicated")
    ] = USUAL
    second_adjudicator_share: Annotated[
        float, Field(ge=0, le=1, description="share of cases that two adjudicators decide, to measure how they agree")
    ] = 0.1
    agreement_after: Annotated[
        int, Field(ge=1, description="labels of a domain under a version after which its agreement is first taken")
    ] = 300
    agreement_each: Annotated[int, Field(ge=1, description="further labels after which it is taken again")] = 1000
    agreement_bar: Annotated[
        float, Field(ge=0, le=1, description="alpha of a domain below which the lead is told where people disagree")
    ] = 0.8
    pause_below_bar: Annotated[
        bool, Field(description="a domain below the bar is handed out no more until the lead decides")
    ] = False
    gate: Annotated[
        Gate | None, Field(description="what a person must show in calibration before production; none: nothing")
    ] = None
    team_bar: Annotated[
        float | None,
        Field(ge=0, le=1, description="alpha of a domain's calibration among annotators that opens its production"),
    ] = None
    gold_every: Annotated[
        int, Field(ge=0, le=1000, description="one trace in so many is gold, on average; 0 for none")
    ] = 12
    drift: DriftTest = Field(default_factory=DriftTest, description="how gold in production is watched")
    pilot_first: Annotated[
        bool, Field(description="production of a new or label-changing version waits for a pilot")
    ] = False
    checks: Annotated[
        Checks, Field(description="whether the sums in steps are checked, and whether all kinds of claims may refute")
    ] = Checks.DEFAULT
    show_evidence: Annotated[
        bool, Field(description="who has committed a step sees what its check found, and never before")
    ] = True
    label_alternatives: Annotated[bool, Field(description="others label the alternatives that experts write")] = True
    readers_may_label: Annotated[
        bool, Field(description="small teams: who can read answers may label, marked as informed")
    ] = False
    lease_minutes: Annotated[Minutes, Field(description="how long a trace is kept for a person without a commit")] = 60
    remind_after_minutes: Annotated[Minutes, Field(description="continuous work after which a break is proposed")] = 60
    break_after_minutes: Annotated[Minutes, Field(description="continuous work after which a break is required")] = 120
    break_minutes: Annotated[Minutes, Field(description="how long that break is, and what ends a session")] = 10
    step_time_cap_seconds: Annotated[
        int, Field(ge=10, le=3600, description="time on one step counts up to this much")
    ] = 600
