"""What sources chose in a file of pairs, as ratings: each row of the file is a unit, and each source an annotator."""

from collections.abc import Iterable
from typing import BinaryIO

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.traces.pairs import Pair, SourceChoice, sign
from cotlab.exchange.formats import READERS
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, Broken, byte_lines, parse, read_traces
from cotlab.exchange.readers.ratings import NEEDED, CodedColumn, RatingsTable
from cotlab.exchange.readers.records import RecordError

PAIR = "pair"
COLUMNS = ("domain", "tag")
"""What pairs can be sliced by."""


def is_pairs(stream: BinaryIO) -> bool:
    """Whether a file, which is read from its beginning again afterwards, holds pairs and no table of ratings."""
    first = next((line for line in byte_lines(stream) if line.removeprefix(BYTE_ORDER_MARK).strip()), b"")
    stream.seek(0)
    try:
        record = parse(first.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n"))
        reader = next((one for one in READERS if one.recognises(record)), None)
        found = () if reader is None or record.keys() >= set(NEEDED) else tuple(reader.traces(record))
    except (RecordError, ValueError):
        return False
    return any(isinstance(one, Pair) for one in found)


def read_pair_ratings(stream: BinaryIO, file: str, *, scale: bool, slices: Iterable[str] = ()) -> RatingsTable:
    """The choices in a file of pairs as ratings, by their signs, or on the `scale` (what is no choice of it left out).

    A choice is of the first response of its row against the second. Rows with the same content are of one cluster.
    BadInput for a line that is broken, another slice than COLUMNS, and a file without choices.
    """
    wanted = tuple(dict.fromkeys(slices))
    for name in wanted:
        if name not in COLUMNS:
            raise BadInput(f"{file}, column {name}: pairs have no such column; they have {', '.join(COLUMNS)}.")
    unit, annotator, label, cluster = map(CodedColumn, (*NEEDED, PAIR))
    table = RatingsTable(unit, annotator, label, cluster, {name: CodedColumn(name) for name in wanted})
    for line in read_traces(byte_lines(stream)):
        if isinstance(line, Broken):
            raise BadInput(f"{file} line {line.line_number}{f', {line.field}' if line.field else ''}: {line.why}.")
        for place, pair in enumerate(line.pairs, 1):
            _add(table, line.line_number, f"{line.line_number}.{place}", pair, scale)
    if not table.lines:
        raise BadInput(f"{file}: no choice came with these pairs.")
    return table


def _add(table: RatingsTable, line: int, unit: str, pair: Pair, scale: bool) -> None:
    given: dict[str, SourceChoice] = {label.source: label for label in pair.labels}
    content, about = pair.digest(), {"domain": (pair.problem.domain,), "tag": tuple(dict.fromkeys(pair.problem.tags))}
    for source, label in given.items():
        if scale and label.overall not in CHOICES:
            continue
        value = label.overall if scale else sign(label.overall)
        for column, cell in ((table.unit, unit), (table.annotator, source), (table.label, value)):
            column.add((cell,))
        if table.cluster is not None:
            table.cluster.add((content,))
        for name, column in table.slices.items():
            column.add(about[name])
        table.lines.append(line)
