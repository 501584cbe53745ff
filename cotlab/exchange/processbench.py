"""ProcessBench: the first wrong step of model solutions to mathematics problems (its README and run_eval)."""

from collections.abc import Iterable

from cotlab.domain.text import FilledText, Name
from cotlab.domain.traces import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.records import Foreign, Record, RecordError, validated

SOURCE = "ProcessBench"


class ProcessBenchRecord(Foreign):
    id: Name
    generator: Name
    problem: FilledText
    steps: tuple[FilledText, ...]
    final_answer_correct: bool
    label: int


class ProcessBenchReader:
    """`label` is the first wrong step, counted from 0, or -1 where no step is wrong.

    The file says nothing else, so its own words are kept: `before first error`, then `first error`, then no label
    at all for the steps after it; with -1 every step is `no error`. `final_answer_correct` stays a label on the
    whole trace. The split (gsm8k, math, ...) is the front part of the id and becomes a tag.
    """

    name = "processbench"

    def recognises(self, record: Record) -> bool:
        return {"generator", "problem", "steps", "final_answer_correct", "label"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(ProcessBenchRecord, record)
        if not -1 <= row.label < len(row.steps):
            raise RecordError("label", f"{row.label} is no step; the {len(row.steps)} steps count from 0, none is -1")
        split = row.id.rpartition("-")[0].strip()
        yield Trace(
            id=row.id,
            problem=Problem(text=row.problem, domain="mathematics", source=SOURCE, tags=(split,) if split else ()),
            steps=tuple(Step(text=text, labels=_labels(place, row.label)) for place, text in enumerate(row.steps)),
            origin=Origin.MODEL,
            generator=row.generator,
            labels=(_label(f"final_answer_correct: {str(row.final_answer_correct).lower()}"),),
        )


def _labels(place: int, first_error: int) -> tuple[SourceLabel, ...]:
    if first_error == -1:
        return (_label("no error"),)
    if place > first_error:
        return ()
    return (_label("first error" if place == first_error else "before first error"),)


def _label(value: str) -> SourceLabel:
    return SourceLabel(source=SOURCE, value=value)
