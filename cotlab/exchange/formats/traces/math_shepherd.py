"""Math-Shepherd: steps that end with a marker, and the same text with `+` or `-` in its place (dataset card)."""

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.text import Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.marked_steps import FIRST_STEP, MARKED, MARKER, begin, marked, numbered, signs
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "Math-Shepherd"
SIGN = re.compile(r" ([+-])[ ]*(?:\n+|\Z)")


class MathShepherdRecord(Foreign):
    input: Text
    label: Text
    task: Name | None = None


class MathShepherdReader:
    """The problem is what stands before the only `Step 1:`, without the white space between the two.

    A step is the text up to its marker ` ки`, `Step 2:` and inner line breaks included; its value is the `+` or `-`
    that `label` has in the marker's place. Text after the last marker is a step without a label. `task` becomes a tag.
    """

    name = "math-shepherd"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("input"), str) and isinstance(record.get("label"), str)

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(MathShepherdRecord, record)
        problem, start = begin("input", row.input)
        yield Trace(
            problem=Problem(
                text=problem, domain="mathematics", source=SOURCE, tags=() if row.task is None else (row.task,)
            ),
            steps=tuple(_steps(row, start)),
            origin=Origin.MODEL,
        )


def _steps(row: MathShepherdRecord, start: int) -> Iterator[Step]:
    if row.label[:start] != row.input[:start]:
        raise RecordError("label", f'it differs from input before "{FIRST_STEP}"')
    in_input = in_label = start
    for number, marker in enumerate(MARKED.finditer(row.input, start), start=1):
        text = row.input[in_input : marker.start()]
        sign = SIGN.match(row.label, in_label + len(text))
        if not sign or not row.label.startswith(text, in_label):
            raise RecordError("label", f"step {number} is not the one of input, followed by + or -")
        if not text.strip():
            raise RecordError("input", f"step {number} is empty")
        yield Step(text=text, labels=(SourceLabel(source=SOURCE, value=sign[1]),))
        in_input, in_label = marker.end(), sign.end()
    rest = row.input[in_input:]
    if rest != row.label[in_label:]:
        raise RecordError("label", "it differs from input after the last marker")
    if rest.strip():
        yield Step(text=rest)


class MathShepherdWriter:
    """`{"input", "label", "task"}`, a row a path; `task` is the problem's first tag, else its source or domain.

    An alternative is a row of its own, as in TRL's format.
    """

    name = "math-shepherd"
    target = bool
    columns: ClassVar[Columns] = {"input": Column.TEXT, "label": Column.TEXT, "task": Column.TEXT}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if len(path.steps) > path.branch:
            problem, steps = numbered(path)
            yield {
                "input": marked(problem, steps, [MARKER] * len(steps)),
                "label": marked(problem, steps, signs(path, target)),
                "task": next(iter((*path.problem.tags, path.problem.source or path.problem.domain))),
            }
