"""MR-GSM8K: solutions to GSM8K with their first error and its reason (dataset of its repository)."""

from collections.abc import Iterable

from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Trace
from cotlab.exchange.formats.first_errors import steps
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated, whole_number

SOURCE = "MR-GSM8K"
WORDS = {"correct": True, "wrong": False, "incorrect": False}


class MrGsm8kRecord(Foreign):
    uuid: Name
    question: FilledText
    ground_truth_answer: Text | int | float
    model_output_steps: tuple[FilledText, ...]
    model_output_answer_correctness: Text | None = None
    model_output_solution_correctness: Text
    model_output_solution_first_error_step: int | Text
    model_output_solution_first_error_reason: Text | None = None
    question_type: Name | None = None


class MrGsm8kReader:
    """The first error step is a number from 1, as a number or as text, or `N/A` where the solution is right.

    Words are those of all sets that tell of the first error: `before first error`, `first error`, `no error`. The kind
    of question becomes a tag, whether the answer is right a label on the whole trace.
    """

    name = "mr-gsm8k"

    def recognises(self, record: Record) -> bool:
        return {"model_output_steps", "model_output_solution_first_error_step"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(MrGsm8kRecord, record)
        first = first_from_1(
            "model_output_solution_first_error_step", row.model_output_solution_first_error_step,
            len(row.model_output_steps), said_right("model_output_solution_correctness",
                                                    row.model_output_solution_correctness),
        )  # fmt: skip
        answer = WORDS.get((row.model_output_answer_correctness or "").strip().lower())
        yield Trace(
            id=row.uuid,
            problem=Problem(
                text=row.question,
                domain="mathematics",
                source=SOURCE,
                tags=(row.question_type,) if row.question_type else (),
                reference_answer=str(row.ground_truth_answer),
            ),
            steps=steps(row.model_output_steps, first, SOURCE, reason(row.model_output_solution_first_error_reason)),
            origin=Origin.MODEL,
            labels=()
            if answer is None
            else (SourceLabel(source=SOURCE, value=f"final_answer_correct: {str(answer).lower()}"),),
        )


def said_right(field: str, word: str) -> bool:
    """Whether a whole solution is said to be right. RecordError for a word that is neither."""
    if word.strip().lower() not in WORDS:
        raise RecordError(field, f"the value should be one of {', '.join(WORDS)}")
    return WORDS[word.strip().lower()]


def first_from_1(field: str, given: int | str, number: int, right: bool) -> int | None:
    """The place (from 0) of an error step that counts from 1, None for a right solution. RecordError if they differ."""
    text = str(given).strip()
    if right:
        if text.upper() in ("N/A", ""):
            return None
        raise RecordError(field, "the solution is said to be right, and a first error is named")
    place = whole_number(text)
    if place is None or not 1 <= place <= number:
        raise RecordError(field, f"it is none of the {number} steps, which count from 1")
    return place - 1


def reason(text: str | None) -> str | None:
    """A reason that says something."""
    return None if text is None or text.strip().upper() in ("", "N/A") else text
