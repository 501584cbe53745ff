"""File formats of traces and of pairs, one a module; a new one is that, one line below, and one in docs/formats.md."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import LabelledPair, Pair
from cotlab.domain.traces.records import Trace
from cotlab.exchange.formats.columns import Columns, with_row_id
from cotlab.exchange.formats.pairs.native_pairs import NativePairReader, NativePairWriter
from cotlab.exchange.formats.pairs.public_pairs import PublicPairsReader
from cotlab.exchange.formats.pairs.trl_dpo import TrlDpoWriter
from cotlab.exchange.formats.pairs.trl_kto import TrlKtoWriter
from cotlab.exchange.formats.pairs.trl_preference import TrlPreferenceReader
from cotlab.exchange.formats.pairs.trl_reward import TrlRewardWriter
from cotlab.exchange.formats.traces.bigbench_mistake import BigBenchMistakeReader, BigBenchMistakeWriter
from cotlab.exchange.formats.traces.gsm8k import Gsm8kReader
from cotlab.exchange.formats.traces.math_shepherd import MathShepherdReader, MathShepherdWriter
from cotlab.exchange.formats.traces.mr_ben import MrBenReader
from cotlab.exchange.formats.traces.mr_gsm8k import MrGsm8kReader
from cotlab.exchange.formats.traces.native import NativeReader, NativeWriter
from cotlab.exchange.formats.traces.openrlhf import OpenRlhfReader, OpenRlhfWriter
from cotlab.exchange.formats.traces.outcome_reward import OutcomeRewardReader, OutcomeRewardWriter
from cotlab.exchange.formats.traces.prm800k import Prm800kReader, Prm800kWriter
from cotlab.exchange.formats.traces.prmbench import PrmBenchReader, PrmBenchWriter
from cotlab.exchange.formats.traces.processbench import ProcessBenchReader, ProcessBenchWriter
from cotlab.exchange.formats.traces.public_traces import PublicTracesReader
from cotlab.exchange.formats.traces.rlhflow import RlhflowReader, RlhflowWriter
from cotlab.exchange.formats.traces.sft import SftMessagesReader, SftMessagesWriter, SftReader, SftWriter
from cotlab.exchange.formats.traces.stepverify import StepVerifyReader
from cotlab.exchange.formats.traces.trl_stepwise import TrlStepwiseReader, TrlStepwiseWriter
from cotlab.exchange.readers.records import Record


class Reader(Protocol):
    """A format that is read: whether a record looks like one of it, and the traces or pairs in a record.

    `traces` raises RecordError, which names the field, where the record does not fit.
    """

    @property
    def name(self) -> str: ...

    def recognises(self, record: Record) -> bool: ...

    def traces(self, record: Record) -> Iterable[Trace] | Iterable[Pair]: ...


class Writer(Protocol):
    """A format that is written: the type of value that a mapping must give (None: no mapping), and a path's rows.

    Rows are JSON objects with the same keys in every row, those of `columns` where the format is a table (else None).
    `rows` raises LeftOut for a path that the format has no row for.
    """

    @property
    def name(self) -> str: ...

    @property
    def target(self) -> type[bool] | type[int] | None: ...

    @property
    def columns(self) -> Columns | None: ...

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]: ...


class PairWriter(Protocol):
    """A format of settled pairs that is written: its columns (None: no table), and a pair's rows (see `PairShape`).

    Rows are JSON objects with the same keys in every row, none of them null.
    """

    @property
    def name(self) -> str: ...

    def columns(self, shape: PairShape) -> Columns | None: ...

    def rows(self, pair: LabelledPair, shape: PairShape) -> Iterable[dict[str, object]]: ...


F = TypeVar("F", Reader, Writer, PairWriter)

PAIR_READERS: tuple[Reader, ...] = (
    NativePairReader(),
    TrlPreferenceReader(),
    PublicPairsReader(),
)
READERS: tuple[Reader, ...] = (
    NativeReader(),
    ProcessBenchReader(),
    Prm800kReader(),
    TrlStepwiseReader(),
    OpenRlhfReader(),
    MathShepherdReader(),
    RlhflowReader(),
    BigBenchMistakeReader(),
    PrmBenchReader(),
    Gsm8kReader(),
    MrGsm8kReader(),
    MrBenReader(),
    StepVerifyReader(),
    PublicTracesReader(),
    *PAIR_READERS,
    SftReader(),
    SftMessagesReader(),
    OutcomeRewardReader(),
)
ACCEPTED: tuple[Writer, ...] = (SftWriter(), SftMessagesWriter())
"""The formats of accepted traces, which take settled labels alone."""
WRITERS: tuple[Writer, ...] = (
    NativeWriter(),
    Prm800kWriter(),
    TrlStepwiseWriter(),
    OpenRlhfWriter(),
    MathShepherdWriter(),
    RlhflowWriter(),
    ProcessBenchWriter(),
    BigBenchMistakeWriter(),
    PrmBenchWriter(),
    *ACCEPTED,
    OutcomeRewardWriter(),
)
PAIR_WRITERS: tuple[PairWriter, ...] = (
    NativePairWriter(),
    TrlDpoWriter(),
    TrlRewardWriter(),
    TrlKtoWriter(),
)


def reader(name: str) -> Reader:
    """The reader of that name; BadInput lists the formats that are read."""
    return _named(READERS, name)


def writer(name: str) -> Writer:
    """The writer of that name; BadInput lists the formats that are written."""
    return _named(WRITERS, name)


def pair_writer(name: str) -> PairWriter:
    """The writer of pairs of that name; BadInput lists the formats of pairs that are written."""
    return _named(PAIR_WRITERS, name)


def columns_of(name: str, shape: PairShape) -> Columns | None:
    """The columns of the format that is written under a name; None where it is no table."""
    if any(one.name == name for one in PAIR_WRITERS):
        return pair_writer(name).columns(shape)
    return writer(name).columns


def exported_columns(name: str, shape: PairShape) -> Columns | None:
    """The columns of an export in a format, with that of the rows' names; None where it is no table."""
    return with_row_id(columns_of(name, shape))


def _named(formats: tuple[F, ...], name: str) -> F:
    for one in formats:
        if one.name == name:
            return one
    raise BadInput(f"There is no format {name!r} here; the formats are {', '.join(one.name for one in formats)}.")
