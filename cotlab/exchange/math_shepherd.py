"""Math-Shepherd: steps that end with a marker, and the same text with `+` or `-` in its place (dataset card)."""

import re
from collections.abc import Iterable, Iterator

from cotlab.domain.text import Name, Text
from cotlab.domain.traces import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.records import Foreign, Record, RecordError, validated

SOURCE = "Math-Shepherd"
FIRST_STEP = "Step 1:"
MARKER = re.compile(r" ки[ ]*(?:\n+|\Z)")
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
        if row.input.count(FIRST_STEP) != 1:
            raise RecordError("input", f'"{FIRST_STEP}" stands in it {row.input.count(FIRST_STEP)} times, not once')
        start = row.input.index(FIRST_STEP)
        problem = row.input[:start].rstrip()
        if not problem:
            raise RecordError("input", f'there is no problem before "{FIRST_STEP}"')
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
    for number, marker in enumerate(MARKER.finditer(row.input, start), start=1):
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
