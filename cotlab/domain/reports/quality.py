"""What a lead sees of a dataset's quality: answers and steps judged apart, in all and by slice."""

from enum import StrEnum

from cotlab.domain.labels.two_level import AnswerCell, Source
from cotlab.domain.model import Model

Interval = tuple[float, float]


class By(StrEnum):
    """What traces are sliced by. A trace with several tags counts under each."""

    DOMAIN = "domain"
    SOURCE = "source"
    STRATEGY = "strategy"
    GENERATOR = "generator"
    TAG = "tag"


class Share(Model):
    """So many of so many, with the score interval of 95 %; None of nothing."""

    count: int
    of: int
    share: float | None = None
    interval: Interval | None = None


class CellShare(Model):
    """The traces of one cell, among all that are judged."""

    cell: AnswerCell
    traces: Share


class TwoLevelSlice(Model):
    """The traces of a slice. `name` is None for all together, and "-" where a trace says nothing.

    `bad_among_right`: those with a bad step, among those with a right answer. `by` counts who says whether the answer
    is right. Left out and counted: `undecided`, of whose answer nobody says whether it is right; `unsettled`, whose
    steps are still open; `unusable`, whose problem cannot be used.
    """

    name: str | None
    cells: tuple[CellShare, ...]
    bad_among_right: Share
    by: dict[Source, int]
    undecided: int
    unsettled: int
    unusable: int


class TwoLevel(Model):
    """All traces of a project but gold and alternatives, and the slices of one kind, by name."""

    whole: TwoLevelSlice
    slices: tuple[TwoLevelSlice, ...] = ()


class CellTrace(Model):
    """A trace of a cell: where its bad steps are, and the newest case on the trace or on one of these."""

    item_id: str
    external_id: str | None
    domain: str
    problem: str
    final_answer: str | None
    by: Source
    bad_steps: tuple[int, ...]
    case_id: str | None = None


class CellTraces(Model):
    """A page of the traces of a cell, in the order of their ids; `next_after` is None on the last one."""

    traces: tuple[CellTrace, ...]
    next_after: str | None = None
