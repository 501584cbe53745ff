"""Other next steps, given the problem and the accepted steps before. A document is `{"text": step}`."""

from collections.abc import Iterator, Sequence
from typing import Any

from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Prompt
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.kind import Drafted, Kind, Work, asked, completed, seed_of
from cotlab.drafting.kinds.lines import steps_of, whole_lines

SYSTEM = (
    "You solve problems one step at a time. Write only the next step of the solution, in one line: one inferential "
    "move, without a number in front and without going on to the step after it."
)


def prompt(work: Work, ordinal: int) -> Prompt:
    """The original step at this place is not in it, so that it is not repeated."""
    steps = "\n".join(f"Step {number}: {step}" for number, step in enumerate(work.steps, 1)) or "(none yet)"
    said = f"Problem:\n{work.problem}\n\nSteps so far:\n{steps}\n\nWrite step {len(work.steps) + 1}."
    return asked(SYSTEM, said, seed_of(work, ordinal))


def read(ordinal: int, text: str) -> dict[str, Any]:
    steps = steps_of(text)
    if not steps:
        raise ModelFailed(f"Draft {ordinal} is empty.")
    return {"text": steps[0]}


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    return completed(driver, work, [(one, prompt(work, one)) for one in ordinals], read, cancelled, whole_lines)


KIND = Kind("alternatives", "step", draft, enters_pool=True)
