"""What an export is made of, whatever the task: items (traces or pairs), each with the rows that it becomes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from cotlab.domain.datasets.exports import Target
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.row_ids import ROW_ID, RowId
from cotlab.domain.datasets.splits import Facet, FacetValue
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import Value
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.traces.records import Origin
from cotlab.exchange.formats.columns import Columns
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.labels.selection import Counts
from cotlab.storage.engine.database import Reading

NOT_SELECTED = "not_selected"
OUTCOME = "outcome-reward"
"""The format that a paired export adds."""


class LabelFact(NamedTuple):
    """What a manifest counts of a label that goes out; `value` is None where only the rest of it is counted."""

    value: str | None
    kind: str | None = None
    guideline: str | None = None
    target: Value | None = None
    stale: bool = False
    doubted: bool = False


@dataclass(frozen=True)
class Made:
    """A row, the same as a line, and what is counted of it; a trainer puts the texts of `pieces` behind `prompt`.

    The first `steps` pieces are labelled. The first `of_parent` of these, with a label each, stand in the row of the
    trace that this one branches off from, too, and are counted there. `record` and `line` are without the row's
    name, so that the same content is the same under any name.
    """

    id: RowId
    record: Mapping[str, Any]
    line: bytes
    prompt: str
    pieces: Sequence[str]
    steps: int = 0
    labels: Sequence[LabelFact] = ()
    of_parent: int = 0

    @property
    def own(self) -> Sequence[LabelFact]:
        """The labels that are counted with this row."""
        return self.labels[self.of_parent :]

    @cached_property
    def named(self) -> tuple[Mapping[str, Any], bytes]:
        """The row and its line as they go out: with the name as the last field."""
        name = str(self.id)
        return {**self.record, ROW_ID: name}, self.line[:-2] + b"," + dump_line({ROW_ID: name})[1:]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item beside its labels. A pair has the generators and origins of both responses."""

    problem_id: str
    text: str
    domain: str
    tags: tuple[str, ...] = ()
    source: str | None = None
    generators: tuple[str, ...] = ()
    strategy: str | None = None
    origins: tuple[str, ...] = ()

    def values(self, facet: Facet) -> tuple[str, ...]:
        match facet:
            case Facet.DOMAIN:
                return (self.domain,)
            case Facet.TAG:
                return self.tags
            case Facet.SOURCE:
                return () if self.source is None else (self.source,)
            case Facet.GENERATOR:
                return self.generators
            case Facet.STRATEGY:
                return () if self.strategy is None else (self.strategy,)
            case Facet.ORIGIN:
                return self.origins

    def has(self, wanted: FacetValue) -> bool:
        return wanted.value in self.values(wanted.facet)

    def selected(self, where: Sequence[FacetValue]) -> bool:
        """Whether of each facet that is named, one of the values is here."""
        facets = {one.facet for one in where}
        return all(any(self.has(one) for one in where if one.facet is facet) for facet in facets)

    def is_of(self, origin: str) -> bool:
        """Whether all of it is of that origin."""
        return all(one == origin for one in self.origins)

    @property
    def generated(self) -> bool:
        """Whether all of it was written by a model, or partly so."""
        return bool(self.origins) and all(one in (Origin.MODEL, Origin.SEMI_SYNTHETIC) for one in self.origins)


@dataclass(slots=True)
class Item:
    """A trace, a pair, or a problem with all its traces: its rows, outcomes where asked for, and what was dropped."""

    id: str
    facts: Facts
    counts: Counts = field(default_factory=Counts)
    rows: list[Made] = field(default_factory=list)
    outcome: list[Made] = field(default_factory=list)
    outcome_dropped: str | None = None
    traces: tuple[str, ...] = ()
    """The ids of the traces that it is of, where it is a problem."""
    comparisons: Counter[str] = field(default_factory=Counter)
    held: set[tuple[str, int]] = field(default_factory=set)
    """The steps, as trace and position, whose labels the rows hold; of a pair its one position."""
    no_margin: bool = False
    """Whether it is a pair on which nobody chose on the scale."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the traces or pairs whose labels are behind it."""
        return self.traces or (self.id,)

    @property
    def labels(self) -> Iterator[str]:
        return (label.value for made in self.rows for label in made.labels if label.value is not None)


class Source(Protocol):
    """The items of one task, in the order of their ids, in the format that was ordered.

    `columns` are None where the format is no table. `senses` are those of the labels at the sequence that is read, and
    `version` is the id of the guideline version whose labels alone go out; None: of all.
    """

    format: str
    target: Target
    senses: Senses
    version: str | None

    @property
    def task(self) -> str: ...

    @property
    def columns(self) -> Columns | None: ...

    @property
    def shape(self) -> PairShape | None: ...

    def begin(self, going_out: Iterable["Item"]) -> None:
        """Look at what the shape of the rows hangs on; once, before they go out. Pages may have been read before."""
        ...

    def page(self, db: Reading, after: str) -> tuple[str | None, list[Item]]:
        """The next items after an id, with the id of the last one read (None: there are no more)."""
        ...

    def one(self, db: Reading, item_id: str) -> Item | None:
        """The item with rows of a trace or pair, or of a problem whose steps are compared; None where there was none at
        the sequence that is read.
        """
        ...


def version_of(db: Reading, guideline: str | None, senses: Senses) -> str | None:
    """The id of the version in a project's history that is named in full, or by its number where that is one alone.

    Raises BadInput for one that is not there, and for a number that two guidelines have.
    """
    if guideline is None:
        return None
    titles = {head.title: version_id for version_id, head in senses.heads.items()}
    fitting = [title for title in titles if guideline in (title, title.rpartition(" ")[2])]
    if len(fitting) != 1:
        there = ", ".join(titles) or "none"
        what = "which of them" if fitting else f"{guideline} was never in force in this project"
        raise BadInput(f"guideline: {what}; there is {there}")
    return titles[fitting[0]]
