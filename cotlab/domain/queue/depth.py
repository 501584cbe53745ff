"""What a lead sees of the queue: how much of each slice is open, how far quotas are filled, and why a trace waits."""

from cotlab.domain.model import Model
from cotlab.domain.queue.priority import Points


class SliceDepth(Model):
    """The traces of a field, or its pairs, each counted once: `leased` are in hand now; of the others `open` are begun
    by nobody, `begun` want more people, and of `done` all places are taken.

    `settled` are those of all of them of which each step is settled.
    """

    field: str
    open: int
    begun: int
    leased: int
    done: int
    settled: int
    pairs: bool = False


class QuotaDepth(Model):
    """A quota: traces of the slice that are wanted, settled (`filled`), still missing (`open`), and in the queue with a
    place that is free (`waiting`).
    """

    slice: str
    wanted: int
    filled: int
    open: int
    waiting: int


class QueueDepth(Model):
    """The queue of a project by fields, and its quotas in the order of the policy.

    `following` tells that rows still follow what was said or set since; this takes seconds.
    """

    slices: tuple[SliceDepth, ...]
    quotas: tuple[QuotaDepth, ...]
    following: bool = False


class MayTake(Model):
    """Whether a trace or a pair would be handed out to a person, and else why not; empty where it would."""

    person: str
    why_not: str = ""


class Explanation(Model):
    """Where a trace or a pair stands in the queue, and why.

    `people` are wanted, `because` of what, `taken` is how many places are taken. `reasons` say why nobody is handed it
    out; where there are none it waits for those of `who` without a reason. `since` is when it came in (microseconds
    UTC), `points` the sum of the terms. Outside the queue there are no terms. Of one that is `at_random`, of the random
    share, age alone counts. `unread` says why terms that follow from opinions of models are 0 for all traces.
    """

    trace_id: str
    external_id: str | None
    domain: str
    tags: tuple[str, ...]
    field: str
    people: int
    because: str
    taken: int
    since: int | None = None
    points: float = 0.0
    at_random: bool = False
    terms: tuple[Points, ...] = ()
    unread: str | None = None
    reasons: tuple[str, ...] = ()
    who: tuple[MayTake, ...] = ()
