"""Whole solutions with whether the final answer is right, for models that judge outcomes."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.traces.pairs import LongText
from cotlab.domain.traces.records import SourceLabel, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.path_rows import answered, prompt, solution
from cotlab.exchange.formats.traces.sft import read_solution
from cotlab.exchange.readers.records import Foreign, Record, validated

SOURCE = "outcome"


class OutcomeRow(Foreign):
    prompt: LongText
    completion: LongText
    label: bool


class OutcomeRewardReader:
    """Each line of the completion is a step; the label is one on the whole trace, as `final_answer_correct: true`.

    Never recognised by itself, because rows of KTO look the same and mean something else by their label.
    """

    name = "outcome-reward"

    def recognises(self, record: Record) -> bool:
        return False

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(OutcomeRow, record)
        trace = read_solution(row.prompt, row.completion, "completion")
        word = f"final_answer_correct: {str(row.label).lower()}"
        yield trace.model_copy(update={"labels": (SourceLabel(source=SOURCE, value=word),)})


class OutcomeRewardWriter:
    """`{"prompt": str, "completion": str, "label": bool}`, the label being whether the final answer is right.

    It says nothing of the steps: a right answer by a wrong step is true here. Paths whose final answer neither an
    adjudicator nor a check judged are left out.
    """

    name = "outcome-reward"
    target = None
    columns: ClassVar[Columns] = {"prompt": Column.TEXT, "completion": Column.TEXT, "label": Column.BOOLEAN}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if not path.alternative:
            yield {"prompt": prompt(path), "completion": solution(path), "label": answered(path)}
