"""A project's policy: one validated document; setting it adds a version of it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.model import Model

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class CaseReason(StrEnum):
    """Why a question goes to an adjudicator; while one holds, the step is not settled."""

    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    BAD_PROBLEM = "bad_problem"


class Policy(Model):
    """How a project's work is handed out, paced and settled."""

    overlap: Annotated[int, Field(ge=1, le=20, description="how many people label each trace")] = 2
    stop_at_first_error: Annotated[bool, Field(description="finish a trace after its first wrong step")] = False
    open_cases_on: Annotated[
        tuple[CaseReason, ...], Field(description="what keeps a step unsettled until it is adjudicated")
    ] = tuple(CaseReason)
    pilot_first: Annotated[
        bool, Field(description="production of a new or label-changing version waits for a pilot")
    ] = False
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
