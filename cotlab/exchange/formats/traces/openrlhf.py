"""Process rewards as OpenRLHF's `ProcessRewardDataset` reads them (openrlhf 0.9.5), read and written."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.text import Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.marked_steps import MARKER, marked, numbered, parted, signs
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "OpenRLHF"


class OpenRlhfRecord(Foreign):
    input: Text
    label: tuple[Name, ...]


class OpenRlhfReader:
    """`input` as in Math-Shepherd, and the labels of its markers, in order, as texts in the file's own words."""

    name = "openrlhf"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("input"), str) and isinstance(record.get("label"), list)

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(OpenRlhfRecord, record)
        problem, texts, rest = parted("input", row.input)
        if len(texts) != len(row.label):
            raise RecordError("label", f"there are {len(row.label)} labels for {len(texts)} markers")
        steps = [
            Step(text=text, labels=(SourceLabel(source=SOURCE, value=value),))
            for text, value in zip(texts, row.label, strict=True)
        ]
        yield Trace(
            problem=Problem(text=problem, source=SOURCE),
            steps=(*steps, *(Step(text=text) for text in rest)),
            origin=Origin.UNKNOWN,
        )


class OpenRlhfWriter:
    """`{"input": str, "label": list[str]}` with as many markers as labels, which are `+` and `-`.

    The dataset broadcasts one label to all markers, cuts labels that are too many and fails on numbers, all without a
    word; so a path that cannot be written with one marker a label is left out. An alternative is a row of its own.
    """

    name = "openrlhf"
    target = bool
    columns: ClassVar[Columns] = {"input": Column.TEXT, "label": Column.TEXTS}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if len(path.steps) > path.branch:
            problem, steps = numbered(path)
            yield {"input": marked(problem, steps, [MARKER] * len(steps)), "label": signs(path, target)}
