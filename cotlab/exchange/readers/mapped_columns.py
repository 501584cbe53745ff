"""Tables of any shape, read by a map from the fields of a trace to their columns."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import Trace
from cotlab.exchange.readers.records import TOO_DEEP, Record, RecordError, whole_number
from cotlab.exchange.readers.step_splits import recognise, split

OF_PROBLEM = ("domain", "language", "source", "reference_answer")
OF_TRACE = ("id", "final_answer", "origin", "generator", "strategy")
NEEDED = ("problem", "steps")
FIELDS = (*NEEDED, "labels", "tags", "difficulty", *OF_PROBLEM, *OF_TRACE)


def column_map(text: str) -> dict[str, str]:
    """`problem=question,steps=solution` as field -> column. BadInput for an unknown field and for a missing one."""
    found = dict[str, str]()
    for part in text.split(","):
        name, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column or name not in FIELDS or name in found:
            raise BadInput(f"columns: {part.strip()!r} should be FIELD=COLUMN, each field once; fields are "
                           f"{', '.join(FIELDS)}")  # fmt: skip
        found[name] = column
    if missing := [name for name in NEEDED if name not in found]:
        raise BadInput(f"columns: {' and '.join(missing)} must be named, as in problem=question,steps=solution")
    return found


@dataclass(frozen=True)
class MappedReader:
    """`steps` is a list of texts (in CSV as JSON), or one text that is split: as `how` says, else by its looks.

    `labels` is a list with a value a step, null for none; a value that is no text is kept as JSON writes it (`true`,
    `0`). They are labels of `label_source`. Values are texts, but `difficulty` (a number) and `tags` (a list, or one).
    """

    columns: Mapping[str, str]
    label_source: str
    how: str | None = None
    name: str = field(default="columns", init=False)
    splits: Counter[str] = field(default_factory=Counter, init=False, compare=False)
    """The records read so far whose steps were one text, by how it was split."""

    def recognises(self, record: Record) -> bool:
        return {self.columns[name] for name in NEEDED} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        for name in NEEDED:
            if self.columns[name] not in record:
                raise RecordError(self.columns[name], "the field is missing")
        steps = self._steps(record)
        labels = self._labels(record, len(steps))
        problem: dict[str, Any] = {
            name: value for name in OF_PROBLEM if (value := self._text(record, name)) is not None
        }
        if (tags := self._value(record, "tags")) is not None:
            problem["tags"] = tags if isinstance(tags, list) else [tags]
        if (difficulty := self._value(record, "difficulty")) is not None:
            problem["difficulty"] = difficulty
        trace = {name: value for name in OF_TRACE if (value := self._text(record, name)) is not None}
        yield Trace.model_validate({
            "problem": {"text": record[self.columns["problem"]], **problem},
            "steps": [
                {"text": text, "labels": [] if label is None else [{"source": self.label_source, "value": label}]}
                for text, label in zip(steps, labels, strict=True)
            ],
            **trace,
        })  # fmt: skip

    def _steps(self, record: Record) -> list[Any]:
        given = self._value(record, "steps")
        if isinstance(given, list):
            return given
        if not isinstance(given, str) or not given.strip():
            raise RecordError(self.columns["steps"], "it should be a list of texts, or one text")
        how = self.how or recognise(given)
        self.splits[how] += 1
        return split(given, how)

    def _labels(self, record: Record, steps: int) -> list[str | None]:
        if "labels" not in self.columns:
            return [None] * steps
        given = self._value(record, "labels")
        if given is None:
            return [None] * steps
        if not isinstance(given, list) or len(given) != steps:
            raise RecordError(self.columns["labels"], f"it should be a list with a value for each of the {steps} steps")
        return [one if one is None or isinstance(one, str) else json.dumps(one) for one in given]

    def _text(self, record: Record, name: str) -> str | None:
        given = self._value(record, name)
        return given if given is None or isinstance(given, str) else json.dumps(given, ensure_ascii=False)

    def _value(self, record: Record, name: str) -> Any:
        """The value of a field; None where there is none. A text that is a JSON list (as in CSV) is that list."""
        given = record.get(self.columns[name]) if name in self.columns else None
        if name in ("steps", "labels", "tags") and isinstance(given, str) and given.lstrip().startswith("["):
            try:
                found = json.loads(given)
            except ValueError:
                return given
            except RecursionError as error:
                raise RecordError(self.columns[name], TOO_DEEP) from error
            return found
        if name == "difficulty" and isinstance(given, str):
            number = whole_number(given)
            return given or None if number is None else number
        return None if given == "" and name not in NEEDED else given
