"""Stepwise supervision as TRL's PRMTrainer reads it (trl 1.13.0, `PRMTrainer.tokenize_row`), read and written."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.text import FilledText
from cotlab.domain.traces.pairs import LongText
from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.path_rows import SEPARATORS, prompt
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "TRL stepwise"


class StepwiseRow(Foreign):
    prompt: LongText
    completions: tuple[FilledText, ...]
    labels: tuple[bool, ...]


class TrlStepwiseReader:
    """A label is `true` or `false` of source "TRL stepwise"; line feeds at the end of the prompt are cut."""

    name = "trl-stepwise"

    def recognises(self, record: Record) -> bool:
        return {"prompt", "completions", "labels"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(StepwiseRow, record)
        if len(row.labels) != len(row.completions):
            raise RecordError("labels", f"there are {len(row.labels)} labels for {len(row.completions)} completions")
        yield Trace(
            problem=Problem(text=row.prompt.rstrip(SEPARATORS)),
            steps=tuple(
                Step(text=text, labels=(SourceLabel(source=SOURCE, value=str(value).lower()),))
                for text, value in zip(row.completions, row.labels, strict=True)
            ),
        )


class TrlStepwiseWriter:
    """`{"prompt": str, "completions": list[str], "labels": list[bool]}`, one row a path.

    The prompt ends with one line feed, because the trainer puts nothing between it and the first step. Line feeds at
    the end of a step are cut, inner ones stay. Steps without a label end the row. An alternative is a row of its own:
    the steps before it, then its own; where none of its own has a label there is no row, as its parent holds the rest.
    """

    name = "trl-stepwise"
    target = bool
    columns: ClassVar[Columns] = {"prompt": Column.TEXT, "completions": Column.TEXTS, "labels": Column.BOOLEANS}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if len(path.steps) > path.branch:
            yield {
                "prompt": prompt(path),
                "completions": [step.text.rstrip(SEPARATORS) for step in path.steps],
                "labels": [target.value(step.labels[0]) for step in path.steps],
            }
