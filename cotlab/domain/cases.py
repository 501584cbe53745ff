"""Cases: questions for an adjudicator, what they see of them and when, and what becomes known of the decision."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.answers import Citation, StepSize
from cotlab.domain.checks import ShownEvidence, StepVerdict
from cotlab.domain.guidelines.questions import AnswerBody
from cotlab.domain.model import Model
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.pairs import Choice, Flag, PairView
from cotlab.domain.traces.records import ProblemView
from cotlab.domain.work.views import MyLabel, SessionView, StepView

PEERS = (
    "Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine", "Rowan", "Spruce",
    "Willow", "Yew",
)  # fmt: skip
YOU = "you"
MOST_SEATS = 9


class Usability(StrEnum):
    """What is decided of a whole trace: whether its problem can be used, and if so whether its answer is right.

    `usable` says nothing of the answer.
    """

    USABLE = "usable"
    BAD_PROBLEM = "bad_problem"
    ANSWER_RIGHT = "answer_right"
    ANSWER_WRONG = "answer_wrong"


class CaseState(StrEnum):
    """`settled_otherwise`: nobody decided it, and by now its reasons hold no longer, as where labels were corrected."""

    OPEN = "open"
    DECIDED = "decided"
    SETTLED_OTHERWISE = "settled_otherwise"


def outcome(opinions: Sequence[str], seats: int) -> str | None:
    """The value that decides a case, from one opinion a person; None while more opinions are needed.

    All seats are asked, and more than half of the opinions decide; without that one more person is asked.
    """
    if not opinions or len(opinions) < seats:
        return None
    value, agreeing = Counter(opinions).most_common(1)[0]
    return value if 2 * agreeing > len(opinions) else None


def wanted(given: int, seats: int) -> int:
    """How many more people are asked of an open case on which so many gave an opinion."""
    return max(seats - given, 1)


def peer_names(people: Sequence[str], item_id: str) -> dict[str, str]:
    """Person's id -> the tree that stands for them on this item; `people` in the order in which they came to it.

    Where the row of trees starts depends on the item, so that no name means "the first one" or one person everywhere.
    """
    start = int(item_id[:8], 16)
    names = {}
    for number, person in enumerate(dict.fromkeys(people)):
        turn, place = divmod(number, len(PEERS))
        names[person] = PEERS[(start + place) % len(PEERS)] + (f" {turn + 1}" if turn else "")
    return names


class ClaimCaseBody(Model):
    """Which case I want; the next one without a name. One that I decided comes back, to correct my decision."""

    case_id: Name | None = None


class ChoiceBody(Model):
    """My own label before I see those of others; it is not taken back. Of a whole trace a `Usability`."""

    label: Name
    rationale: Text | None = None
    unsure: bool = False
    citations: Annotated[tuple[Citation, ...], Field(max_length=20)] = ()
    chosen_at: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    elapsed_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class DecisionBody(Model):
    """What holds, by which rule, or what the guideline lacks to decide it (`gap`), with the reason for everybody."""

    label: Name
    rationale: FilledText
    citations: Annotated[tuple[Citation, ...], Field(max_length=20)] = ()
    gap: FilledText | None = None
    chosen_at: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    elapsed_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class PassBody(Model):
    """Hand a case on: to one named expert, or to a panel of so many, named or whoever adjudicates."""

    reason: FilledText
    experts: Annotated[tuple[Name, ...], Field(max_length=MOST_SEATS)] = ()
    panel: Annotated[int, Field(ge=3, le=MOST_SEATS)] | None = None

    @model_validator(mode="after")
    def _to_whom(self) -> "PassBody":
        if self.panel is None and len(self.experts) != 1:
            raise ValueError("experts: a case goes to one named expert, or to a panel")
        if self.panel is not None and (self.panel % 2 == 0 or (self.experts and len(self.experts) < self.panel)):
            raise ValueError("panel: a panel has an odd number of seats, and as many experts where they are named")
        return self


class PeerLabel(Model):
    """Somebody's latest label on the step; `name` is a tree, or `you`, and to the lead the person's name.

    Of a pair `label`, `criteria` and `unsafe` speak of the responses as they stand here; with `swapped` the person saw
    them the other way round, so that their words do.
    """

    name: str
    label: str
    rationale: str | None
    unsure: bool
    citations: tuple[Citation, ...] = ()
    step_size: StepSize = StepSize.FITS
    guideline_version: str
    stale: bool = False
    swapped: bool = False
    criteria: dict[str, Choice] = Field(default_factory=dict)
    unsafe: Flag | None = None


class PeerRemark(Model):
    """What somebody said beside a label: asked the lead, or called the problem unusable."""

    name: str
    text: str
    answer: AnswerBody | None = None


class Opinion(Model):
    """One adjudicator's decision; `name` is empty but for the lead. `dissent`: others decided otherwise.

    `swapped` as in PeerLabel.
    """

    name: str = ""
    label: str
    rationale: str
    citations: tuple[Citation, ...] = ()
    gap: str | None = None
    guideline_version: str
    decided_at: int
    stale: bool = False
    dissent: bool = False
    swapped: bool = False


class CaseEvidence(Model):
    """What an adjudicator sees after their own choice. `earlier` are decisions of earlier cases on the step.

    `passed_on` are the reasons for which the case was handed on. `checked` is what a check says of the step, or of the
    final answer of a whole trace; the reference is not told.
    """

    reasons: tuple[CaseReason, ...]
    checked: ShownEvidence | None = None
    labels: tuple[PeerLabel, ...]
    questions: tuple[PeerRemark, ...] = ()
    bad_problem: tuple[PeerRemark, ...] = ()
    earlier: tuple[Opinion, ...] = ()
    passed_on: tuple[str, ...] = ()


class CaseView(Model):
    """The case that I have: the step as annotators saw it; what others said (`evidence`) only after my own choice.

    `pair` stands in place of a step where the case is on one, with sides that were drawn; every label is then of the
    left response against the right, `first` being the left one. `asks` is `label` for a step, and `outcome` where it is
    asked whether the problem can be used; `step` is None then, and `final_answer` is the trace's own where that is in
    question too. `decision` is mine, where I correct it. `id` is the assignment's.
    """

    id: str
    case_id: str
    project_id: str
    project: str
    guideline: str
    guideline_version: str
    asks: Literal["label", "outcome"] = "label"
    opened_at: int
    expires_at: int
    problem: ProblemView
    before: tuple[StepView, ...]
    step: StepView | None
    pair: PairView | None = None
    final_answer: str | None = None
    choice: MyLabel | None = None
    evidence: CaseEvidence | None = None
    decision: Opinion | None = None
    session: SessionView


class ClaimedCase(Model):
    """The answer to a claim: a case, or why there is none."""

    case: CaseView | None = None
    receipt: str | None = None
    nothing: Literal["nothing_open", "break", "new_guideline"] | None = None
    until: int | None = None
    guideline_version_id: str | None = None


class Chosen(Model):
    """The answer to a choice: what others said."""

    label_id: str
    receipt: str
    evidence: CaseEvidence
    session: SessionView


class Decided(Model):
    """The answer to a decision. `decided` is False while other adjudicators are asked too."""

    label_id: str
    receipt: str
    decided: bool
    session: SessionView


class CaseEntry(Model):
    """A case in the adjudicators' list. Of its step nothing is told: it is read in its place, once it is claimed.

    `reasons` leave out that a check found something, until it is decided by me. `mine`: open in my hands, or decided by
    me. `for_me`: it was handed on to me by name. `taken`: no place is free now.
    """

    case_id: str
    state: CaseState
    task: Literal["steps", "pairs"] = "steps"
    reasons: tuple[CaseReason, ...]
    domain: str
    problem: str
    opened_at: int
    number: int
    mine: bool = False
    for_me: bool = False
    taken: bool = False
    decided_at: int | None = None


class ProjectCase(CaseEntry):
    """A case as its lead sees it in the list. `split`: those who were asked differ, and one more is asked."""

    split: bool = False


class CaseList(Model):
    """A page of cases, the oldest first, and how many there are over all pages.

    Those that have settled otherwise are listed only where their state is asked for.
    """

    cases: tuple[CaseEntry, ...]
    total: int
    next_cursor: str | None = None


class DecidedEntry(Model):
    """A decided case on a step that I labelled or a pair that I judged.

    The decision itself is told when I open it, which is recorded. `responses` are the beginnings of those on my left
    and on my right.
    """

    case_id: str
    problem: str
    position: int
    step: str | None
    responses: tuple[str, str] | None = None
    mine: str | None
    decided_at: int
    seen: bool


class DecidedCase(Model):
    """A decided case on a step that I labelled: all labels under stable pseudonyms, the decision, and dissent.

    Of a pair that I judged the `responses` stand as I saw them, and all of it speaks of left and right there, `first`
    being the left one.
    """

    case_id: str
    problem: ProblemView
    position: int
    step: str | None
    responses: tuple[str, str] | None = None
    reasons: tuple[CaseReason, ...]
    labels: tuple[PeerLabel, ...]
    opinions: tuple[Opinion, ...]


class CaseFile(Model):
    """All of one case, with names, for the lead. `responses` are the first and the second one of a pair."""

    case_id: str
    state: CaseState
    reasons: tuple[CaseReason, ...]
    opened_at: int
    number: int
    seats: int
    item_id: str
    domain: str
    problem: str
    position: int
    step: str | None
    responses: tuple[str, str] | None = None
    labels: tuple[PeerLabel, ...]
    checked: StepVerdict | None = None
    questions: tuple[PeerRemark, ...] = ()
    bad_problem: tuple[PeerRemark, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    choices: tuple[PeerLabel, ...] = ()
    """What adjudicators chose before they saw the labels."""
    passed_on: tuple[str, ...] = ()
    earlier: tuple[Opinion, ...] = ()


class Adjudicator(Model):
    """How one adjudicator decides. Shares are of their decisions on steps; None where there is none.

    `overturned`: another label than the majority of the annotators gave (a tie is no majority). `with_first`: the
    label that came first; both of steps that had a label by then. `changed`: another label than they chose before they
    saw those of others.
    """

    name: str
    decisions: int
    seconds: float | None
    """Median time from the step to the decision, in seconds."""
    overturned: float | None
    with_first: float | None
    changed: float | None


class Pattern(Model):
    """An error that a person repeats: their label where a case decided otherwise, and the rules that decided."""

    person: str
    label: str
    decided: str
    times: int
    rules: dict[str, int] = Field(default_factory=dict)


class Gap(Model):
    """What a guideline lacks, as an adjudicator says: where, between which labels, and in words."""

    case_id: str
    guideline_version: str
    domain: str
    labels: tuple[str, ...]
    text: str
    at: int


class CaseReport(Model):
    """How adjudication stands, for the lead. `agreement` is Cohen's kappa over the cases that two or more decided."""

    by_state: dict[str, int]
    by_reason: dict[str, int]
    by_domain: dict[str, int]
    oldest_open: int | None
    adjudicators: tuple[Adjudicator, ...]
    agreement: Estimate
    double: int
    """Cases that two or more people decided."""
    patterns: tuple[Pattern, ...]
    gaps: tuple[Gap, ...]
