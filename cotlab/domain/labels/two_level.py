"""The final answer and the steps of a trace, judged apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cotlab.domain.checks import Verdict


class AnswerCell(StrEnum):
    """Whether a trace's answer is right, and whether some step of it is called wrong."""

    RIGHT_NO_BAD_STEP = "right_no_bad_step"
    RIGHT_BAD_STEP = "right_bad_step"
    WRONG_NO_BAD_STEP = "wrong_no_bad_step"
    WRONG_BAD_STEP = "wrong_bad_step"


CELLS: Mapping[tuple[bool, bool], AnswerCell] = {
    (True, False): AnswerCell.RIGHT_NO_BAD_STEP, (True, True): AnswerCell.RIGHT_BAD_STEP,
    (False, False): AnswerCell.WRONG_NO_BAD_STEP, (False, True): AnswerCell.WRONG_BAD_STEP,
}  # fmt: skip
"""Whether the answer is right, and whether there is a bad step -> cell."""


SAID_RIGHT = frozenset({"final_correct: true", "final_answer_correct: true"})
SAID_WRONG = frozenset({"final_correct: false", "final_answer_correct: false"})
"""What files say of a trace's final answer."""


class Source(StrEnum):
    """Who says whether an answer is right: an adjudicator, the check of answers, or the file that the trace is from."""

    ADJUDICATED = "adjudicated"
    CHECKED = "checked"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a final answer is right, and who says so."""

    right: bool
    source: Source


def answer_of(adjudicated: bool | None, verdict: Verdict | None, said: bool | None) -> Answer | None:
    """The adjudicator's word before the check's, and that before the file's; None where nobody says."""
    if adjudicated is not None:
        return Answer(adjudicated, Source.ADJUDICATED)
    if verdict in (Verdict.VERIFIED, Verdict.REFUTED):
        return Answer(verdict is Verdict.VERIFIED, Source.CHECKED)
    return None if said is None else Answer(said, Source.FILE)


def last_words(said: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The last word of each source on the answer, of what was said of a trace in order: it corrects earlier ones."""
    return frozenset({source: word for source, word in said if word in SAID_RIGHT | SAID_WRONG}.values())


def said_of_answer(words: Iterable[str]) -> bool | None:
    """Whether an answer is right by what a file says of the whole trace; None where it says nothing of it, or both."""
    said = frozenset(words)
    right, wrong = bool(said & SAID_RIGHT), bool(said & SAID_WRONG)
    return None if right == wrong else right


def disputes_answer(words: Iterable[str]) -> bool:
    """Whether a file says both that an answer is right and that it is wrong."""
    said = frozenset(words)
    return bool(said & SAID_RIGHT) and bool(said & SAID_WRONG)
