"""The check of answers as the child of `cotlab.checks.running.runner` takes it. Importing this loads nothing heavy."""

from cotlab.domain.checks import Claim, StepToCheck, StepVerdict
from cotlab.domain.projects.gates import Setting

VERSION = "answers 1.1"
"""Of the check of answers. Where another version may say something else of any answer, it has another number."""

LONGEST = 400
"""Characters of an answer that a claim repeats."""


def judge(asked: StepToCheck, setting: Setting) -> StepVerdict:
    """The verdict on an answer, which stands as the step, with the reference before it; it is one claim of its kind."""
    from cotlab.checks.answers.checking import check_answer

    found = check_answer(asked.step, asked.previous[-1] if asked.previous else "")
    if found.kind is None:
        return StepVerdict(verdict=found.verdict, reason=found.reason)
    claim = Claim(
        start=0, end=len(asked.step), kind=found.kind, normalised=asked.step[:LONGEST],
        verdict=found.verdict, reason=found.reason,
    )  # fmt: skip
    return StepVerdict(verdict=found.verdict, claims=(claim,), reason=found.reason)
