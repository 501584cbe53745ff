"""What models propose: models that a server knows, requests for drafts, and drafts with where they came from."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from cotlab.domain.model import Model
from cotlab.domain.provenance import Provenance, Sampling
from cotlab.domain.text import FilledText, Name, Text

MOST_DRAFTS = 1_000
"""Drafts of one request."""
MOST_ANSWERS = 20
"""Answers for each order of the options of an opinion."""


class AskedKind(Model):
    """A kind of drafts that leads ask for: what a request names, what it may ask for, and whether drafts can become
    traces that people label.
    """

    name: Name
    target: Literal["step", "problem", "trace", "pair"]
    strategies: tuple[Name, ...] = ()
    enters_pool: bool = False


ASKED_KINDS = (
    AskedKind(name="alternatives", target="step", enters_pool=True),
    AskedKind(
        name="path", target="problem", enters_pool=True,
        strategies=("forward", "backward", "estimate-then-check", "cases", "table"),
    ),
    AskedKind(name="label_opinion", target="trace"),
    AskedKind(name="pair_opinion", target="pair"),
    AskedKind(
        name="altered_step", target="step", enters_pool=True,
        strategies=("wrong-operation", "unit-slip", "dropped-condition", "circular", "unsupported", "restatement"),
    ),
)  # fmt: skip
"""What who asks may choose from without a model's library; cotlab.drafting.kinds has what each of them does."""


UNSAID = "unsaid"
"""The finish reason of an answer that an endpoint ended without one."""


class ModelOptions(Model):
    """How a model is reached. Of a key only the name of its environment variable or file is kept, never the key."""

    model: Name | None = None
    key_env: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    key_file: Name | None = None
    timeout: Annotated[float, Field(gt=0, le=3600, description="seconds that one answer may take")] = 300.0


class NewModel(Model):
    """A model to be known by `name`; `place` is an endpoint's address or a folder, as its driver takes it."""

    name: Name
    driver: Name
    place: Name | None = None
    options: ModelOptions = Field(default_factory=ModelOptions)


class KnownModel(NewModel):
    """A model that a server knows; `sha256` maps its files to their hashes."""

    id: str
    sha256: dict[str, str] = Field(default_factory=dict)
    added_at: int
    added_by: str


class ModelEntry(Model):
    """A model as leads see it: nothing of where it is or how it is reached."""

    name: Name
    driver: Name


class ModelCheck(Model):
    """What a model can do: whether it gives log-probabilities, its speed and memory, and three steps it drafted."""

    name: Name
    log_probabilities: bool
    tokens_per_second: float | None
    seconds: float
    peak_memory_mb: float
    steps: tuple[str, ...]
    provenance: Provenance


class DraftEnding(StrEnum):
    """How a request for drafts ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DraftState(StrEnum):
    """How far a request is; `drafting` while a worker has it."""

    WAITING = "waiting"
    DRAFTING = "drafting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DraftBody(Model):
    """A request for drafts: of a step of a trace (`item_id`, `position`), of a trace or a pair (`item_id`), or of a
    problem, as the kind asks for it.

    Without a seed one is drawn, and stands in the request, so that the same may be asked for again and gives others. Of
    opinions there is one of each step, whatever `number` says; `answers` is how many are asked for each order of the
    options where the model gives no log-probabilities.
    """

    kind: Name
    model: Name
    item_id: Name | None = None
    problem_id: Name | None = None
    position: Annotated[int, Field(ge=1)] | None = None
    number: Annotated[int, Field(ge=1, le=MOST_DRAFTS, description="how many drafts are wanted")] = 3
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    sampling: Sampling = Field(default_factory=Sampling)
    strategy: Name | None = None
    answers: Annotated[int, Field(ge=1, le=MOST_ANSWERS)] = 3


class CancelBody(Model):
    """Why drafts are no longer wanted; it stands in the audit trail."""

    reason: FilledText = "no longer wanted"


class DropReason(StrEnum):
    """Why a draft is dropped: there is one with this text, or a path with these numbers; an altered step says what it
    said before; the model was cut off before its end; or the checks speak against it, as
    services.drafts.altered_step_checks.Outcome tells.
    """

    SAME_TEXT = "same_text"
    SAME_NUMBERS = "same_numbers"
    SAYS_THE_SAME = "says_the_same"
    CUT_OFF = "cut_off"
    PARENT_REFUTED = "parent_refuted"
    NOT_REFUTED = "not_refuted"
    REFUTED_THOUGH_RIGHT = "refuted_though_right"


class DraftDrop(Model):
    """That a draft was dropped. `beside` is the id of the trace or draft that it is a duplicate of, `shared` the share
    of the numbers of both that are in both.
    """

    why: DropReason
    beside: str | None = None
    shared: float | None = None


class Deciding(StrEnum):
    """What became of a draft: it entered the pool, or was turned down."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class DraftEdit(Model):
    """A draft as it is to enter the pool: of an alternative and an altered step the one step."""

    steps: Annotated[tuple[FilledText, ...], Field(min_length=1, max_length=200)]
    final_answer: Text | None = None


class DraftDecision(Model):
    """What was decided of a draft: `item_id` is the trace that it became, `edited` what was written in its place."""

    decision: Deciding
    item_id: str | None = None
    edited: DraftEdit | None = None
    reason: str | None = None
    decided_by: str
    decided_at: int


class AcceptBody(Model):
    """Let drafts of a request into the pool: those of `drafts` (ordinals), else all that are not decided or dropped.

    `strategy` is the guideline's that paths are of, and may be left out where the draft's own is one. `edited` is what
    enters in the place of what was drafted, by ordinal.
    """

    drafts: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=MOST_DRAFTS)] = ()
    strategy: Name | None = None
    edited: Annotated[dict[int, DraftEdit], Field(max_length=MOST_DRAFTS)] = Field(default_factory=dict)


class DeclineBody(Model):
    """Turn drafts of a request down: those of `drafts` (ordinals), else all that are not decided or dropped."""

    drafts: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=MOST_DRAFTS)] = ()
    reason: FilledText


class Decided(Model):
    """What came of it, by ordinal: `items` are the traces that drafts became, `dropped` those that turned out to be
    duplicates of what is there by now, `declined` those that were turned down, and `left` says why others cannot enter
    as they are.
    """

    request_id: str
    items: dict[int, str] = Field(default_factory=dict)
    dropped: dict[int, DraftDrop] = Field(default_factory=dict)
    declined: tuple[int, ...] = ()
    left: dict[int, str] = Field(default_factory=dict)
    receipt: str | None = None


class DraftStatus(Model):
    """A request for drafts and how far it is; `sentence` says why it failed or was cancelled.

    Of the `made` ones `dropped` counts by reason those that are duplicates or that the checks speak against.
    """

    id: str
    kind: Name
    model: str
    state: DraftState
    made: int
    wanted: int
    item_id: str | None
    problem_id: str | None
    position: int | None
    seed: int
    sampling: Sampling
    strategy: str | None
    answers: int | None = None
    requested_by: str
    requested_at: int
    ended_at: int | None = None
    sentence: str | None = None
    dropped: dict[str, int] = Field(default_factory=dict)
    accepted: int = 0
    declined: int = 0
    receipt: str | None = None

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def enters(self) -> bool:
        """Whether its drafts can become traces that people label."""
        return any(kind.name == self.kind and kind.enters_pool for kind in ASKED_KINDS)

    @property
    def open(self) -> int:
        """Drafts about which nothing is decided, and that were not dropped."""
        return self.made - self.accepted - self.declined - sum(self.dropped.values())


class DraftTotals(Model):
    """All requests for a kind of drafts by a model: how many are in each state, and how many drafts were made."""

    model: str
    kind: Name
    requests: dict[DraftState, int]
    made: int

    @property
    def open(self) -> int:
        """Requests that have not ended."""
        return self.requests.get(DraftState.WAITING, 0) + self.requests.get(DraftState.DRAFTING, 0)


class Draft(Model):
    """What a model proposed; `document` is of the form that its kind says."""

    id: str
    ordinal: int
    kind: Name
    item_id: str | None
    problem_id: str | None
    position: int | None
    document: dict[str, Any]
    provenance: Provenance
    made_at: int
    dropped: DraftDrop | None = None
    decision: DraftDecision | None = None


class DraftReport(Model):
    """A request with what was drafted for it."""

    request: DraftStatus
    drafts: tuple[Draft, ...]
