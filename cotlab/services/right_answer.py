"""Whether the final answer of a trace is right: the one place where that is decided."""

import re
from collections.abc import Iterable
from fractions import Fraction

from cotlab.services.gold_suggest import WRONG_ANSWER

RIGHT_ANSWER = ("final_correct: true", "final_answer_correct: true")
"""What the files say of a trace whose final answer is right."""
WRAPPED = re.compile(r"^(?:\$+(.*?)\$+|\\\((.*)\\\)|\\\[(.*)\\\]|\\boxed\{(.*)\}|\\text\{(.*)\})$", re.DOTALL)
NUMBER = re.compile(r"[+-]?\d{1,60}(\.\d{1,60}|/0*[1-9]\d{0,60})?", re.ASCII)
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def is_right(said_by_files: Iterable[str], final_answer: str | None, reference: str | None) -> bool | None:
    """Whether an answer is right, by what its file says of it, else by the reference; None where neither tells."""
    said = set(said_by_files)
    if said.intersection(RIGHT_ANSWER) or said.intersection(WRONG_ANSWER):
        return not said.intersection(WRONG_ANSWER)
    if reference is None or final_answer is None:
        return None
    return normal(final_answer) == normal(reference)


def normal(answer: str) -> str:
    """An answer without what does not matter: TeX marks, blanks, case, a full stop, how a number is written."""
    text = answer.strip().rstrip(".").strip()
    while match := WRAPPED.match(text):
        text = next(part for part in match.groups() if part is not None).strip()
    text = THOUSANDS.sub("", "".join(text.split()).casefold())
    return str(Fraction(text)) if NUMBER.fullmatch(text) else text
