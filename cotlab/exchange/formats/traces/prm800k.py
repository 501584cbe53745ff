"""PRM800K: ratings -1, 0 and 1 of steps and of alternatives to them (its README), read and written."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, LabelledPath, Target
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Text
from cotlab.domain.traces.records import Alternative, Microseconds, Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "PRM800K labeller"
HUMAN = "human"
"""The word for a step that the labeller wrote and did not rate; TRL's own conversion takes it as true."""
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
LABELLERS = uuid.UUID("5c1de9b2-6f0e-4c5b-9a47-7b0c4f3e2d11")
"""The namespace of the pseudonyms: the same labeller has the same UUID in every export."""


class Completion(Foreign):
    text: FilledText
    rating: Literal[-1, 0, 1] | None = None
    flagged: bool | None = None


class RatedStep(Foreign):
    completions: tuple[Completion, ...] | None = None
    human_completion: Completion | FilledText | None = None
    chosen_completion: Annotated[int, Field(ge=0)] | None = None


class Question(Foreign):
    problem: FilledText
    ground_truth_answer: Text | None = None
    pre_generated_steps: tuple[FilledText, ...] | None = None
    pre_generated_answer: Text | None = None


class Labelling(Foreign):
    steps: tuple[RatedStep, ...]
    total_time: Microseconds | None = None
    finish_reason: Literal["found_error", "solution", "bad_problem", "give_up"] | None = None


class Prm800kRecord(Foreign):
    timestamp: datetime | None = None
    question: Question
    label: Labelling


class WrittenCompletion(Model):
    text: str
    rating: int
    flagged: bool


class WrittenStep(Model):
    completions: tuple[WrittenCompletion, ...]
    human_completion: WrittenCompletion | None
    chosen_completion: int


class WrittenQuestion(Model):
    problem: str
    ground_truth_solution: str | None
    ground_truth_answer: str | None
    pre_generated_steps: tuple[str, ...]
    pre_generated_answer: str | None
    pre_generated_verifier_score: float | None


class WrittenLabelling(Model):
    steps: tuple[WrittenStep, ...]
    total_time: int
    finish_reason: str


class Prm800kRow(Model):
    """A row as it is written, for its types."""

    labeler: str
    timestamp: str | None
    generation: int | None
    is_quality_control_question: bool
    is_initial_screening_question: bool
    question: WrittenQuestion
    label: WrittenLabelling


class Prm800kReader:
    """The chosen path is the trace; what was not chosen is an alternative at its step.

    A step's text is its chosen completion, else its human completion (an object with `text`, or a plain text). Where
    neither is there, as at a found error, the labeller stopped: the completion that stands in `pre_generated_steps`
    (else the first one) ends the path. Pre-generated steps that go on from there are steps without labels.
    A rating is kept as its digits, a null rating as no label, but of a human completion that was taken as `human`;
    `flagged` (the labeller did not know) as unsure, and `finish_reason` as a label on the whole trace. `labeler` is not
    kept: all are the source "PRM800K labeller".
    """

    name = "prm800k"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("question"), dict) and isinstance(record.get("label"), dict)

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(Prm800kRecord, record)
        prepared = row.question.pre_generated_steps or ()
        chosen = list(_chosen(row.label.steps, prepared))
        texts = tuple(completion.text for completion in chosen)
        rest = prepared[len(texts) :] if prepared[: len(texts)] == texts else ()
        if not texts and not rest:
            raise RecordError("label.steps", "there is no step in it")
        given_at = None if row.timestamp is None else _microseconds(row.timestamp)
        yield Trace(
            problem=Problem(
                text=row.question.problem,
                domain="mathematics",
                source="PRM800K",
                reference_answer=row.question.ground_truth_answer,
            ),
            steps=(
                *(
                    _step(completion, given_at, _unrated(step))
                    for step, completion in zip(row.label.steps, chosen, strict=False)
                ),
                *(Step(text=text) for text in rest),
            ),
            final_answer=row.question.pre_generated_answer,
            origin=Origin.MODEL,
            labels=tuple(_outcome(row.label, given_at)),
            alternatives=tuple(_alternatives(row.label.steps, chosen, given_at)),
        )


def _chosen(steps: tuple[RatedStep, ...], prepared: tuple[str, ...]) -> Iterator[Completion]:
    for place, step in enumerate(steps):
        completions = step.completions or ()
        if step.chosen_completion is not None:
            if step.chosen_completion >= len(completions):
                raise RecordError(
                    f"label.steps.{place}.chosen_completion",
                    f"{step.chosen_completion} is none of the {len(completions)} completions, which count from 0",
                )
            yield completions[step.chosen_completion]
        elif step.human_completion is not None:
            yield _human(step.human_completion)
        else:
            wanted = prepared[place : place + 1]
            yield from sorted(completions, key=lambda completion: (completion.text,) != wanted)[:1]
            return


def _alternatives(
    steps: tuple[RatedStep, ...], chosen: list[Completion], given_at: int | None
) -> Iterator[Alternative]:
    for position, (step, taken) in enumerate(zip(steps, chosen, strict=False), start=1):
        offered = [(completion, Origin.MODEL) for completion in step.completions or ()]
        if step.human_completion is not None:
            offered.append((_human(step.human_completion), Origin.HUMAN))
        for completion, origin in offered:
            if completion is not taken and completion != taken:
                yield Alternative(position=position, steps=(_step(completion, given_at),), origin=origin)


def _human(completion: Completion | str) -> Completion:
    return Completion(text=completion) if isinstance(completion, str) else completion


def _unrated(step: RatedStep) -> str | None:
    """What the step that was taken is called where it has no rating."""
    return HUMAN if step.chosen_completion is None and step.human_completion is not None else None


def _step(completion: Completion, given_at: int | None, unrated: str | None = None) -> Step:
    word = unrated if completion.rating is None else str(completion.rating)
    if word is None:
        return Step(text=completion.text)
    label = SourceLabel(source=SOURCE, value=word, unsure=completion.flagged is True, given_at=given_at)
    return Step(text=completion.text, labels=(label,))


def _outcome(label: Labelling, given_at: int | None) -> Iterator[SourceLabel]:
    if label.finish_reason is not None:
        yield SourceLabel(source=SOURCE, value=label.finish_reason, given_at=given_at, elapsed_ms=label.total_time)


def _microseconds(moment: datetime) -> int:
    """Microseconds UTC; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if aware < EPOCH:
        raise RecordError("timestamp", "it is before 1970")
    return (aware - EPOCH) // MICROSECOND


class Prm800kWriter:
    """One row a path, every labelled step chosen, alternatives beside it as completions that were not chosen.

    The mapping gives the ratings, `flagged` is the labeller's unsure mark, `labeler` a UUID made from the pseudonym.
    A completion holds one step, so of an alternative of several steps the first is written; one without a label is
    left out. `finish_reason` is how labelling ended: what was said (`bad_problem`, `give_up`), else `found_error` where
    a label of the path is an error, else `solution`, or `give_up` where steps without a label remain. `total_time` is
    the sum of the labels' times in milliseconds, `timestamp` the latest label's, null where none is known.
    """

    name = "prm800k"
    target = int
    columns = None

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if path.alternative or not path.steps:
            return
        yield {
            "labeler": str(uuid.uuid5(LABELLERS, path.labeller or "settled")),
            "timestamp": _timestamp(path),
            "generation": None,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": {
                "problem": problem_text(path.problem),
                "ground_truth_solution": None,
                "ground_truth_answer": path.problem.reference_answer,
                "pre_generated_steps": [*(step.text for step in path.steps), *path.rest],
                "pre_generated_answer": path.final_answer,
                "pre_generated_verifier_score": None,
            },
            "label": {
                "steps": [_rated(path, position, target) for position in range(1, len(path.steps) + 1)],
                "total_time": sum(label.elapsed_ms or 0 for label in _labels(path)),
                "finish_reason": _finish_reason(path, target),
            },
        }


def _rated(path: LabelledPath, position: int, target: Target) -> dict[str, object]:
    others = (other.steps[0] for other in path.alternatives if other.position == position)
    offered = (path.steps[position - 1], *(step for step in others if step.labels))
    return {
        "completions": [_completion(step, target) for step in offered],
        "human_completion": None,
        "chosen_completion": 0,
    }


def _completion(step: ExportedStep, target: Target) -> dict[str, object]:
    label = step.labels[0]
    return {"text": step.text, "rating": target.value(label), "flagged": label.unsure}


def _labels(path: LabelledPath) -> list[ExportedLabel]:
    return [step.labels[0] for step in path.steps]


def _timestamp(path: LabelledPath) -> str | None:
    times = [label.given_at for label in _labels(path) if label.given_at is not None]
    if not times:
        return None
    return (EPOCH + max(times) * MICROSECOND).isoformat(timespec="microseconds")


def _finish_reason(path: LabelledPath, target: Target) -> str:
    if path.ending in ("bad_problem", "give_up"):
        return path.ending
    if any(map(target.is_error, _labels(path))):
        return "found_error"
    return "give_up" if path.rest else "solution"
