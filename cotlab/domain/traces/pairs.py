"""Pairs of responses to one prompt: as they come in, as a person sees and judges them, and what is settled of them.

A pair has a canonical order, so that the same content in either order is one pair: the response with the smaller digest
is the first. What is stored and exported speaks of first and second; what a person sees and says, of left and right.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cotlab.domain.answers import Basis, Citation, Purpose, Unsettled
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.guidelines.schema import swapped as swapped
from cotlab.domain.model import Model
from cotlab.domain.projects.policy import Justify as Justify
from cotlab.domain.shown_drafts import ShownDraft, VisibleDraft
from cotlab.domain.text import FilledText, Name, Text, digest, not_blank, storable
from cotlab.domain.traces.records import Microseconds, Problem

LONGEST_RESPONSE = 1_000_000
"""Code points of one response, or of one message of a prompt."""
THE_PAIR = 1
"""The position of what is said of a pair, which is one unit."""

Choice = Literal["much-better", "better", "slightly-better", "tie", "slightly-worse", "worse", "much-worse"]
"""The one response compared with the other: the first with the second, or the left with the right."""
Overall = Literal[Choice, "both-bad", "cannot-judge"]
"""What can be said of a pair as a whole."""
Sign = Literal["first", "tie", "second", "both-bad", "cannot-judge"]
"""What a pair is settled on."""
Order = Literal["first", "second"]
"""Which response of the canonical order."""
Flag = Literal["left", "right", "both"]

assert get_args(Choice) == CHOICES

STRENGTH: dict[str, int] = {choice: 3 - place for place, choice in enumerate(CHOICES)}
"""Choice -> points by which the one response is the better one, 3 to -3."""
OVERALL = "overall"
"""What the choice is called that settles a pair, beside the criteria."""
BOTH_BAD, CANNOT_JUDGE = "both-bad", "cannot-judge"

LongText = Annotated[
    str, StringConstraints(max_length=LONGEST_RESPONSE), AfterValidator(storable), AfterValidator(not_blank)
]


def sign(value: str) -> str:
    """What a choice stands for: `first`, `tie` or `second`; what is no choice stands for itself."""
    points = STRENGTH.get(value)
    if points is None:
        return value
    return "tie" if points == 0 else "first" if points > 0 else "second"


def choices(points: int, ties: bool) -> tuple[Choice, ...]:
    """The choices of a scale of 2, 3, 5 or 7 points, with the tie or without it; 2 points never have one."""
    strengths = {2: (2,), 3: (2,), 5: (3, 2), 7: (3, 2, 1)}[points]
    allowed = {*strengths, *(-one for one in strengths), *([0] if ties and points != 2 else [])}
    return tuple(choice for choice in get_args(Choice) if STRENGTH[choice] in allowed)


class ResponseKind(StrEnum):
    """Where a response came from."""

    HUMAN = "human"
    MODEL = "model"
    EDITED = "edited"
    TRACE = "trace"
    UNKNOWN = "unknown"


class ResponseOrigin(Model):
    """Where a response came from; nobody who compares sees it.

    `generator` and `parameters` (temperature and the like) are of a model, and of an edited response the model whose
    response was edited; `trace_id` is the trace of the same problem that the response is. `reward` is what a reward
    model gave it.
    """

    kind: ResponseKind = ResponseKind.UNKNOWN
    generator: Name | None = None
    parameters: dict[Name, str | int | float | bool] = Field(default_factory=dict)
    trace_id: Name | None = None
    reward: float | None = None


class Response(Model):
    text: LongText
    origin: ResponseOrigin = Field(default_factory=ResponseOrigin)

    def digest(self) -> str:
        return digest([self.text])


class Message(Model):
    """One turn of a chat that is a prompt."""

    role: Literal["system", "user", "assistant", "tool"]
    content: LongText


def text_of(turns: Sequence[Message]) -> str:
    """A chat as one text: each turn under its role; a chat of one user turn is that turn alone."""
    if len(turns) == 1 and turns[0].role == "user":
        return turns[0].content
    return "\n\n".join(f"[{turn.role}]\n{turn.content}" for turn in turns)


MOST_ROUNDS = 10_000


class SourceChoice(Model):
    """A choice that came with a file: the first response of its line compared with the second, kept under its source.

    `overall` and each criterion are a choice, or `both-bad` or `cannot-judge`. An export holds all rows of a pair in
    one; `round` keeps them apart, counted from this row on.
    """

    source: Name
    overall: Overall
    criteria: dict[Name, Choice] = Field(default_factory=dict)
    rationale: Text | None = None
    given_at: Microseconds | None = None
    round: Annotated[int, Field(ge=1, le=MOST_ROUNDS)] = 1

    def swapped(self) -> "SourceChoice":
        """The same of the responses the other way round."""
        return self.model_copy(update={
            "overall": swapped(self.overall), "criteria": {name: swapped(one) for name, one in self.criteria.items()}
        })  # fmt: skip


class Pair(Model):
    """One line of the native format of pairs: a prompt, as text or as a chat, and two responses in any order.

    Where the prompt is a chat, `messages` holds it; a file may leave the problem's text out, which then is `text_of`.
    """

    id: Name | None = None
    problem: Problem
    messages: Annotated[tuple[Message, ...], Field(max_length=1_000)] = ()
    responses: tuple[Response, Response]
    labels: tuple[SourceChoice, ...] = ()

    @model_validator(mode="after")
    def _responses_differ(self) -> "Pair":
        if self.responses[0].digest() == self.responses[1].digest():
            raise ValueError("the two responses are the same text")
        return self

    def canonical(self) -> "Pair":
        """The same pair with its responses, and what was said of them, in the order in which it is kept."""
        one, other = self.responses
        if one.digest() < other.digest():
            return self
        labels = tuple(label.swapped() for label in self.labels)
        return self.model_copy(update={"responses": (other, one), "labels": labels})

    def digest(self) -> str:
        """SHA-256 over prompt and responses, whatever the order of these."""
        first, second = sorted(response.digest() for response in self.responses)
        chat = [part for message in self.messages for part in (message.role, message.content)]
        return digest(["pair", self.problem.digest(), *chat, "", first, second])


class CriterionView(Model):
    """What I compare the responses on; `anchors` says of choices what they mean, `first` being the left one."""

    name: str
    key: str
    meaning: str
    rules: tuple[str, ...]
    anchors: dict[Choice, str]


class MyPreference(Model):
    """What I said of a pair, in terms of left and right as I see it."""

    id: str
    overall: Overall
    criteria: dict[str, Choice]
    safety: Flag | None
    rationale: str | None
    unsure: bool
    received_at: int


class ChoiceFeedback(Model):
    """What is verified of a pair in calibration, on one question (`overall` or a criterion), as I see left and right.

    `choice` is one of the scale, `both-bad` or `cannot-judge`, or `left` or `right` where no strength is verified.
    `right` says whether mine has the same sign.
    """

    question: str
    choice: str
    justification: str
    right: bool


class PairView(Model):
    """A pair as one person sees it. Where the responses came from and what others chose has no field here.

    `feedback` comes where I look again at a pair that I judged in the first part of calibration.
    """

    messages: tuple[Message, ...] = ()
    left: str
    right: str
    criteria: tuple[CriterionView, ...]
    choices: tuple[Choice, ...]
    justify: Justify
    mine: MyPreference | None = None
    feedback: tuple[ChoiceFeedback, ...] = ()
    drafts: tuple[ShownDraft, ...] = ()
    """Opinions of models that I have seen, once I have committed."""


class PreferenceBody(Model):
    """A commit: the left response compared with the right, on each criterion and overall.

    With `both-bad` and `cannot-judge` criteria may be left out; `cannot-judge` needs a rationale. `safety` names the
    responses that are unsafe. `replaces` names my answer that this one corrects.
    """

    overall: Overall
    criteria: dict[Name, Choice] = Field(default_factory=dict)
    safety: Flag | None = None
    rationale: Text | None = None
    unsure: bool = False
    citations: Annotated[tuple[Citation, ...], Field(max_length=20)] = ()
    replaces: Name | None = None
    chosen_at: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    elapsed_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class GivenPreference(Model):
    """One preference of a person or a source as it stands in the data, in canonical order.

    `left` is the response that stood on the left; None for a source. `round` counts the times that this person has had
    the pair, `purpose` `repeat` being the one with sides swapped; of a source it counts the rows of files that held the
    pair. `others_seen` counts the other paths of the problem
    that the person had seen before.
    """

    id: str
    by: Name
    overall: Overall
    criteria: dict[str, Choice] = Field(default_factory=dict)
    left: Order | None = None
    unsafe: tuple[Order, ...] = ()
    rationale: FilledText | None = None
    unsure: bool = False
    citations: tuple[Citation, ...] = ()
    purpose: Purpose = Purpose.PRODUCTION
    round: int = 1
    guideline: str | None = None
    stale: bool = False
    counts: bool = True
    """Whether it is among those that settle the pair."""
    others_seen: int = 0
    given_at: Microseconds | None = None
    elapsed_ms: Microseconds | None = None
    drafts: tuple[VisibleDraft, ...] = ()
    """Drafts that were visible when it was given."""


class SettledPair(Model):
    """What a pair is settled on.

    `margin` is the mean strength of the choices that count, in points of STRENGTH, positive where the first response is
    better; None where nobody chose on the scale. `criteria` are the means of each criterion.
    """

    sign: Sign
    basis: Basis
    choice: str | None = None
    """The choice that more than half of those who settled it made."""
    margin: float | None = None
    criteria: dict[str, float] = Field(default_factory=dict)


class LabelledPair(Model):
    """A pair with all that was said of it: what the exports are made from, and a row of the native one.

    `responses` are in canonical order. `unsettled` says why `settled` is None.
    """

    id: str
    external_id: Name | None = None
    problem: Problem
    messages: tuple[Message, ...] = ()
    responses: tuple[Response, Response]
    settled: SettledPair | None = None
    unsettled: Unsettled | None = None
    preferences: tuple[GivenPreference, ...] = ()

    @property
    def first(self) -> Response:
        return self.responses[0]

    @property
    def second(self) -> Response:
        return self.responses[1]

    @property
    def chosen(self) -> Response | None:
        """The response that is the better one; None for a tie and where nothing is settled."""
        won = None if self.settled is None else {"first": self.first, "second": self.second}.get(self.settled.sign)
        return won

    @property
    def rejected(self) -> Response | None:
        chosen = self.chosen
        return None if chosen is None else self.second if chosen is self.first else self.first


def needs_reason(justify: Justify, overall: str, criteria: Mapping[str, str], scale: Sequence[str]) -> str | None:
    """Why what is said of a pair needs a reason, by the policy's `justify`; None where it needs none."""
    if overall == CANNOT_JUDGE:
        return "say why this cannot be judged"
    if justify is Justify.ALWAYS:
        return "say why"
    if justify is Justify.STRONG and overall in (scale[0], scale[-1]):
        return f"{overall} needs a reason"
    if justify is Justify.CONTRADICTION and contradicts(overall, criteria):
        return "more criteria speak for the other response; say why"
    return None


def contradicts(overall: str, criteria: Mapping[str, str]) -> bool:
    """Whether more criteria speak for the other response than for the one that was chosen."""
    points = [STRENGTH[choice] * STRENGTH.get(overall, 0) for choice in criteria.values()]
    return sum(one < 0 for one in points) > sum(one > 0 for one in points)


def margin(overalls: Sequence[str]) -> float | None:
    """The mean strength of the choices on the scale, towards the first response; None where there are none."""
    points = [STRENGTH[one] for one in overalls if one in STRENGTH]
    return sum(points) / len(points) if points else None
