"""A project's policy: one validated document; setting it adds a version of it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.projects.case_reasons import USUAL, CaseReason
from cotlab.domain.projects.draft_policy import DraftRule, Task, rule_for
from cotlab.domain.projects.gates import Checks, DriftTest, Gate, PaceTest
from cotlab.domain.projects.overlap import Overlap, drawn, entry_for
from cotlab.domain.projects.priorities import Quota, Weights
from cotlab.domain.text import Name

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS

CHOOSING = "contradiction", "uncertainty", "sources", "rarity", "novelty"
"""Terms of the order that act whenever they have a weight."""

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class Justify(StrEnum):
    """When a preference must be given with a reason, beside `cannot-judge`, which always is.

    `strong`: the strongest choices of the scale. `contradiction`: more criteria speak for the other response than for
    the one chosen.
    """

    NEVER = "never"
    STRONG = "strong"
    CONTRADICTION = "contradiction"
    ALWAYS = "always"


class Policy(Model):
    """How a project's work is handed out, paced and settled."""

    overlap: Annotated[int, Field(ge=1, le=20, description="how many people label each trace")] = 2
    overlaps: Annotated[
        tuple[Overlap, ...],
        Field(
            description="other numbers of people for a domain, a tag or a tag within a domain; the most exact counts"
        ),
    ] = ()
    second_label_share: Annotated[
        float, Field(ge=0, le=1, description="share of the traces that one person labels which a second one labels too")
    ] = 0.0
    quotas: Annotated[
        tuple[Quota, ...], Field(description="how many traces of a slice are to be settled; they come first until then")
    ] = ()
    priority: Weights = Field(default_factory=Weights, description="what comes first, in points")
    random_share: Annotated[
        float,
        Field(ge=0, le=1, description="share of the traces that are handed out by age alone, so that estimates hold"),
    ] = 0.2
    rare_labels: Annotated[
        tuple[Name, ...], Field(max_length=20, description="labels of which more are wanted, for the term `rarity`")
    ] = ()
    calibrated_tags: Annotated[
        tuple[Name, ...],
        Field(description="tags whose traces take a calibration of their own within their domain, as `language=fr`"),
    ] = ()
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
    pace_alarm: PaceTest | None = Field(
        default_factory=PaceTest,
        description="when the lead is told that labels come faster than steps can be read; none: never",
    )
    position_alarm: Annotated[
        float | None,
        Field(
            gt=0,
            le=0.5,
            description="how probable an alarm of position bias may be of somebody who has none; none: never an alarm",
        ),
    ] = 0.05
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
    paths_per_problem: Annotated[
        int | None,
        Field(ge=1, le=9, description="valid paths of different strategies a problem should have; none: any"),
    ] = None
    valid_labels: Annotated[
        tuple[Name, ...], Field(min_length=1, max_length=20, description="what the steps of a valid path may be")
    ] = ("correct", "redundant")
    writers_see_answer: Annotated[
        bool, Field(description="who writes a path sees the reference answer; their later labels are informed")
    ] = False
    readers_may_label: Annotated[
        bool, Field(description="small teams: who can read answers may label, marked as informed")
    ] = False
    scale_points: Annotated[
        Literal[2, 3, 5, 7], Field(description="how many choices a person has between the two responses of a pair")
    ] = 7
    ties_allowed: Annotated[
        bool, Field(description="whether neither response need be better; a scale of 2 points has no tie")
    ] = True
    justify: Annotated[
        Justify, Field(description="when a preference needs a reason: `strong` ones, or where criteria contradict it")
    ] = Justify.CONTRADICTION
    repeat_share: Annotated[
        float, Field(ge=0, le=1, description="share of pairs that come back to their person with the sides swapped")
    ] = 0.1
    personal_data: Annotated[
        bool, Field(description="texts hold personal data: no model on another host than this one is asked to draft")
    ] = False
    accept_drafts: Annotated[
        bool, Field(description="what models draft enters the pool at once; else when a lead accepts it")
    ] = False
    drafts: Annotated[
        tuple[DraftRule, ...],
        Field(
            max_length=100,
            description="who may ask for drafts (`none`, `lead`, `lead+adjudicator`), who sees them after the commit "
            "(`never`, `on_key`, `always`), the share of people times items that never does, and the model that "
            "drafts rationales for annotators; the most exact entry counts, else `lead`, `never`, 0.2 and none",
        ),
    ] = ()
    safety_tags: Annotated[
        tuple[Name, ...], Field(description="tags of work that nothing is drafted for unless an entry names the tag")
    ] = ("safety",)
    lease_minutes: Annotated[Minutes, Field(description="how long a trace is kept for a person without a commit")] = 60
    remind_after_minutes: Annotated[Minutes, Field(description="continuous work after which a break is proposed")] = 60
    break_after_minutes: Annotated[Minutes, Field(description="continuous work after which a break is required")] = 120
    break_minutes: Annotated[Minutes, Field(description="how long that break is, and what ends a session")] = 10
    step_time_cap_seconds: Annotated[
        int, Field(ge=10, le=3600, description="time on one step counts up to this much")
    ] = 600


class WorkPolicy(Model):
    """What of a policy who labels may know: how work goes on in their hands, and nothing of what is handed out, gold
    and models.
    """

    stop_at_first_error: bool
    show_evidence: bool
    scale_points: int
    ties_allowed: bool
    justify: Justify
    lease_minutes: int
    remind_after_minutes: int
    break_after_minutes: int
    break_minutes: int
    step_time_cap_seconds: int


def own_people(policy: Policy, domain: str, tags: Collection[str], item_id: str) -> int:
    """How many people the policy asks for of this trace beside `overlap`; 0 where it follows that."""
    entry = entry_for(policy.overlaps, domain, tags) if policy.overlaps else None
    people = policy.overlap if entry is None else entry.people
    if people == 1 and drawn(item_id, policy.second_label_share):
        return 2
    return 0 if entry is None else people


def people_for(policy: Policy, domain: str, tags: Collection[str], item_id: str) -> int:
    """How many people are to label a trace (`item_id`), each once."""
    return own_people(policy, domain, tags, item_id) or policy.overlap


def fewest_people(policy: Policy) -> int:
    """The least number of people that any trace asks for."""
    return min([policy.overlap, *(one.people for one in policy.overlaps)])


def draft_rule(policy: Policy, task: Task, domain: str, tags: Collection[str]) -> DraftRule:
    """What the policy says of drafts for an item."""
    return rule_for(policy.drafts, policy.safety_tags, task, domain, tags)


def choosing(policy: Policy) -> list[str]:
    """The terms of the order that decide which traces are handed out at all, beside age and what people said before."""
    acting = {"coverage": bool(policy.quotas), "refuted": policy.checks is not Checks.OFF} | dict.fromkeys(
        CHOOSING, True
    )
    return [f"priority.{name}" for name, acts in acting.items() if acts and getattr(policy.priority, name)]
