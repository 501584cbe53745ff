"""Batches: traces given to people by name, with a date until which they are wanted."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.projects.slices import Slice
from cotlab.domain.text import FilledText, Name

MOST = 10_000
"""Traces a batch."""


class BatchBody(Model):
    """Give traces to people: those named in `items` (ids of the server, or of the file that they came with), or the
    first `count` of the queue that `where` fits; without `count` all of these. `due` is in microseconds UTC.
    """

    people: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    due: Annotated[int, Field(ge=0, lt=2**53)]
    items: Annotated[tuple[Name, ...], Field(max_length=MOST)] = ()
    where: Slice | None = None
    count: Annotated[int, Field(ge=1, le=MOST)] | None = None
    note: FilledText | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if bool(self.items) == (self.where is not None or self.count is not None):
            raise ValueError("items: a batch is either of the traces that are named, or of a slice, a count or both")
        return self


class WithdrawBody(Model):
    """End a batch, for a reason that stands in the audit trail."""

    reason: FilledText


class PersonalShare(Model):
    """One person in a batch: traces done, in hand, and those of which a place waits that they could take."""

    person: str
    done: int
    in_hand: int
    waiting: int
    away: bool = False


class Batch(Model):
    """A batch as it stands: of its `traces` so many are `pairs`; `waiting` ones have a free place, `given_back` went
    back to everybody since nobody of the batch could take them any more. `late`: the date is over and something waits
    or is in hand.
    """

    id: str
    made_at: int
    made_by: str
    due: int
    note: str | None
    traces: int
    pairs: int = 0
    done: int
    in_hand: int
    waiting: int
    given_back: int
    late: bool
    shares: tuple[PersonalShare, ...]
    ended_at: int | None = None
    reason: str | None = None
    """Why it was withdrawn."""
    receipt: str = ""

    @property
    def what(self) -> str:
        """What it is of, in words: `12 traces`, `1 pair`, `12 traces and 1 pair`."""
        counts = ((self.traces - self.pairs, "trace"), (self.pairs, "pair"))
        return " and ".join(f"{count:,} {one}{'s' * (count != 1)}" for count, one in counts if count)


class BatchTrace(Model):
    """One trace of a batch, by its id and the one of its file; `done_by` are people of the batch, `waits` says that a
    place of it waits for them.
    """

    item_id: str
    external_id: str | None
    domain: str
    problem: str
    done_by: tuple[str, ...]
    in_hand_of: tuple[str, ...]
    waits: bool


class BatchFile(Model):
    """A batch with its traces."""

    batch: Batch
    traces: tuple[BatchTrace, ...]
