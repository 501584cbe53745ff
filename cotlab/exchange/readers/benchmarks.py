"""The problems in a file that a dataset must not hold: of any format that is read, or of rows with a field for them."""

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from cotlab.domain.datasets.splits import MOST_PROBLEMS, Benchmark
from cotlab.domain.errors import BadInput
from cotlab.exchange.formats import READERS
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, items, parse
from cotlab.exchange.readers.records import Record, RecordError
from cotlab.exchange.readers.sources import open_source

FIELDS = ("problem", "question", "prompt")
"""Where the text of a problem may stand; in the first of them that is there."""


def read_benchmark(path: Path) -> Benchmark:
    """The distinct problems of a file. BadInput where it cannot be read, or a line has no problem."""
    try:
        with path.open("rb") as stream:
            problems = tuple(dict.fromkeys(_problems(path, open_source(path, stream, lambda size: None).lines)))
            stream.seek(0)
            sha256 = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"against: {path} cannot be read: {error.strerror}") from error
    if not problems:
        raise BadInput(f"against: {path} holds no problem")
    if len(problems) > MOST_PROBLEMS:
        raise BadInput(f"against: {path} holds more than {MOST_PROBLEMS:,} problems")
    return Benchmark(name=path.name, sha256=sha256, problems=problems)


def _problems(path: Path, lines: Iterator[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        raw = (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")
        if not raw.strip():
            continue
        try:
            yield from _of_record(parse(raw))
        except RecordError as error:
            place = f"{error.field}: " if error.field else ""
            raise BadInput(f"against: {path}, line {number}: {place}{error.why}") from error


def _of_record(record: Record) -> Iterator[str]:
    """Raises RecordError where there is no problem."""
    for name in FIELDS:
        value = record.get(name)
        if isinstance(value, dict):
            value = value.get("text") or value.get("problem")
        if isinstance(value, str) and value.strip():
            yield value
            return
    for reader in READERS:
        if reader.recognises(record):
            yield from (one.problem.text for one in items(reader, record))
            return
    raise RecordError(None, f"there is no problem in it: none of the formats that are read, and no {', '.join(FIELDS)}")
