"""The flat record in which public trace sets are often passed on: problem, steps, gold labels, first error."""

from collections.abc import Iterable, Iterator

from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

MATHEMATICS = frozenset(
    {"gsm8k", "gsm8k_model_solutions", "mr_gsm8k_judged", "stepverify", "prmbench", "math", "multistep_arithmetic"}
)
"""Sources, subjects and tasks that are mathematics as a whole."""
WRITTEN_BY_MODELS = frozenset({"bigbench_mistake", "mr_gsm8k_judged"})
"""Sources whose traces come from a model that the record does not name."""


class PublicRecord(Foreign):
    id: Name
    source: Name
    problem: FilledText
    options: str | None = None
    steps: tuple[Text, ...]
    gold_labels: tuple[Name | None, ...] | None
    first_error: int | None
    final_answer: Text | None = None
    gold_answer: Text | None = None
    final_correct: bool | None = None
    trace_correct: bool | None = None
    subject: Name | None = None
    task: Name | None = None
    question_type: Name | None = None
    model: Name | None = None
    kind: Name | None = None
    error_class: Name | None = None
    category: Name | None = None
    reason: Text | None = None
    reasons: tuple[Text, ...] = ()
    error_steps_1based: tuple[int, ...] = ()
    label_origin: str = ""


class PublicTracesReader:
    """Labels stay in the file's words under `SOURCE gold`; a null is a step that nobody labelled.

    Answer options are put below the problem's text. Subject, task and question type become tags; what tells of the
    error (its class, category and whether trace and answer are right) becomes labels on the whole trace, because a tag
    may be seen. The reason is kept as rationale of the first wrong step, or of the first error step that is named
    (counted from 1), or else of the whole trace. A step that is blank and has no label is left out, as nobody can
    judge it; a blank step with a label is an error.
    """

    name = "public-traces"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("problem"), str) and {"source", "steps", "gold_labels"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(PublicRecord, record)
        source = f"{row.source} gold"
        place = _reasoned_place(row)
        yield Trace(
            id=row.id,
            problem=Problem(
                text=row.problem if row.options is None else f"{row.problem}\n\n{row.options}",
                domain=_domain(row),
                source=row.source,
                tags=tuple(dict.fromkeys(tag for tag in (row.subject, row.task, row.question_type) if tag)),
                reference_answer=row.gold_answer,
            ),
            steps=tuple(_steps(row, source, place)),
            final_answer=row.final_answer,
            origin=_origin(row),
            generator=row.model,
            labels=tuple(_on_the_whole(row, source, None if place is not None else _reason(row))),
        )


def _steps(row: PublicRecord, source: str, reasoned: int | None) -> Iterator[Step]:
    labels = row.gold_labels if row.gold_labels is not None else (None,) * len(row.steps)
    if len(labels) != len(row.steps):
        raise RecordError("gold_labels", f"there are {len(labels)} labels for {len(row.steps)} steps")
    for place, (text, value) in enumerate(zip(row.steps, labels, strict=True)):
        if value is not None:
            if not text.strip():
                raise RecordError(f"steps.{place}", "the text is empty")
            rationale = _reason(row) if place == reasoned else None
            yield Step(text=text, labels=(SourceLabel(source=source, value=value, rationale=rationale),))
        elif text.strip():
            yield Step(text=text)


def _reasoned_place(row: PublicRecord) -> int | None:
    """The place (from 0) of the labelled step that the reason speaks of; None where there is none."""
    first = -1 if row.first_error is None else row.first_error
    places = [first, *(number - 1 for number in row.error_steps_1based)]
    labels = row.gold_labels or ()
    return next((place for place in places if 0 <= place < len(labels) and labels[place] is not None), None)


def _reason(row: PublicRecord) -> str | None:
    return "\n\n".join(text for text in (row.reason, *row.reasons) if text) or None


def _on_the_whole(row: PublicRecord, source: str, rationale: str | None) -> Iterator[SourceLabel]:
    for field in ("trace_correct", "final_correct", "kind", "error_class", "category"):
        value = getattr(row, field)
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else value
            yield SourceLabel(source=source, value=f"{field}: {text}", rationale=rationale)
            rationale = None


def _domain(row: PublicRecord) -> str:
    if MATHEMATICS & {row.source, row.subject, row.task}:
        return "mathematics"
    return row.subject or "general"


def _origin(row: PublicRecord) -> Origin:
    if "semi-synthetic" in row.label_origin:
        return Origin.SEMI_SYNTHETIC
    if row.model is not None or row.source in WRITTEN_BY_MODELS:
        return Origin.MODEL
    return Origin.HUMAN if row.label_origin.startswith("human reference solution") else Origin.UNKNOWN
