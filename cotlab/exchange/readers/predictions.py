"""A model's predictions, from JSON lines: for each trace its scores or verdicts by step, or the first error alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from cotlab.domain.datasets.row_ids import ROW_ID, parsed
from cotlab.domain.text import Name, digest
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, Broken, parse
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

Score = Annotated[float, Field(ge=0, le=1)]
NO_FIRST_ERROR = -1


class PredictionRecord(Foreign):
    id: Name | None = None
    problem: str | None = None
    steps: tuple[str, ...] | None = None
    scores: tuple[Score | None, ...] | None = None
    verdicts: tuple[Name | None, ...] | None = None
    first_error: Annotated[int, Field(ge=NO_FIRST_ERROR)] | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one trace.

    `trace` is an id, or `text` the digest of problem and steps. An exported row may have both, since its id may be that
    of another project. `scores` are probabilities that a step is no error,
    `verdicts` labels, both by step, None where there is none. `first_error` is a place from 0, -1 for no error;
    `says_first` tells that the line has the field, which may hold nothing where a judge's answer could not be read.
    `of_row` tells that the line is an exported row, which may end before its trace does.
    """

    line_number: int
    trace: str | None
    text: str | None
    scores: tuple[float | None, ...] | None
    verdicts: tuple[str | None, ...] | None
    first_error: int | None
    says_first: bool
    of_row: bool = False

    def up_to(self, steps: int) -> "Prediction":
        """The same of a trace of so many steps, of which those beyond the lists were not judged."""
        scores = None if self.scores is None else (*self.scores, *(None,) * (steps - len(self.scores)))
        verdicts = None if self.verdicts is None else (*self.verdicts, *(None,) * (steps - len(self.verdicts)))
        return replace(self, scores=scores, verdicts=verdicts)


def text_key(problem: str, steps: Iterable[str]) -> str:
    """The digest by which a trace is found by what it says."""
    return digest([problem, *steps])


def read_predictions(lines: Iterable[bytes]) -> Iterator[Prediction | Broken]:
    """Each line that is not blank, in order; fields beside those that are read are left alone."""
    for number, line in enumerate(lines, start=1):
        raw = (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")
        if not raw.strip():
            continue
        try:
            yield _prediction(number, parse(raw))
        except RecordError as error:
            yield Broken(number, error.field, error.why, raw)


def item_of(record: Record) -> str | None:
    """The id of the trace that an exported row is of, by its name; None where it has none."""
    name = record.get(ROW_ID)
    row = parsed(name) if isinstance(name, str) else None
    return None if row is None or row.position is not None else row.item_id


def _prediction(number: int, record: Record) -> Prediction:
    exported = item_of(record) if record.get("id") is None else None
    read = record
    if exported is not None or record.get("id") is not None:  # then these may stand in any form, as in an export
        read = {name: value for name, value in record.items() if name not in ("problem", "steps")}
    row = validated(PredictionRecord, read)
    text = None if row.id is not None else _text(record)
    trace = row.id or exported
    if trace is None and text is None:
        raise RecordError("id", "the line names no trace: it takes an id, a row_id, or problem and steps")
    says_first = "first_error" in record
    if row.scores is None and row.verdicts is None and not says_first:
        raise RecordError("scores", "there is no prediction: a line takes scores, verdicts or first_error")
    of_row = item_of(record) is not None
    return Prediction(number, trace, text, row.scores, row.verdicts, row.first_error, says_first, of_row)


def _text(record: Record) -> str | None:
    """The digest of problem and steps, where both are plain texts."""
    problem, steps = record.get("problem"), record.get("steps")
    if isinstance(problem, str) and isinstance(steps, list) and all(isinstance(one, str) for one in steps):
        return text_key(problem, steps)
    return None
