"""What the formats of labelled paths share: values, the first error, the solution as one text, who is accepted."""

import re

from cotlab.domain.datasets.exports import LabelledPath, LeftOut, Target
from cotlab.exchange.formats.problems import problem_text

SEPARATORS = "\r\n"
"""Cut from the ends of texts, because a format or its trainer puts its own line feed there."""


def prompt(path: LabelledPath) -> str:
    """The problem, with one line feed at its end, because trainers put nothing between it and what follows."""
    return problem_text(path.problem).rstrip(SEPARATORS) + "\n"


def texts(path: LabelledPath) -> list[str]:
    """All steps, labelled or not."""
    return [*(step.text for step in path.steps), *path.rest]


def truths(path: LabelledPath, target: Target) -> list[bool]:
    """The target value of each labelled step, true or false."""
    return [target.value(step.labels[0]) is True for step in path.steps]


def first_error(path: LabelledPath, target: Target) -> int | None:
    """The place (from 0) of the first step that the mapping makes false; None where every step is labelled and true.

    Raises LeftOut where steps without a label remain and none before them is false: nobody knows then.
    """
    values = truths(path, target)
    if False in values:
        return values.index(False)
    if path.rest:
        raise LeftOut("steps_without_a_label")
    return None


def answered(path: LabelledPath) -> bool:
    """Whether the final answer is right. Raises LeftOut where nobody judged it, or not all to the same end."""
    if path.answer_right is None:
        raise LeftOut("answer_disputed" if path.answer_disputed else "answer_not_judged")
    return path.answer_right


def accepted(path: LabelledPath, target: Target) -> bool:
    try:
        accept(path, target)
    except LeftOut:
        return False
    return True


def solution(path: LabelledPath) -> str:
    """The steps as lines, then the final answer where the last step does not hold it."""
    return "\n".join(solution_lines(path))


def solution_lines(path: LabelledPath) -> list[str]:
    lines = [text.rstrip(SEPARATORS) for text in texts(path)]
    answer = (path.final_answer or "").strip()
    if answer and not re.search(rf"(?<![\w.,/-]){re.escape(answer)}(?!\w|[.,/]\d)", lines[-1]):
        lines.append(answer)
    return lines


def accept(path: LabelledPath, target: Target) -> None:
    """Raises LeftOut for a path that is not accepted, with the reason.

    Accepted: the final answer is right, as checked or adjudicated; every step is settled on a label that the mapping,
    where there is one, makes true and that is no error, none of them stale or in doubt; no case is open.
    """
    if not answered(path):
        raise LeftOut("answer_wrong")
    if path.open_case:
        raise LeftOut("open_case")
    labels = [step.labels[0] for step in (path.steps if path.settled is None else path.settled)]
    if not labels or len(labels) < len(texts(path)):
        raise LeftOut("steps_without_a_label")
    if any(map(target.is_error, labels)) or (target.values and not all(truths(path, target))):
        raise LeftOut("a_step_is_not_accepted")
    if any(label.stale or label.doubted for label in labels):
        raise LeftOut("stale_or_in_doubt")
