"""A reason for the label that somebody has given a step, as text for them to edit. A document is `{"text": reason}`."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Prompt
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.kind import Drafted, Kind, Work, asked, completed, seed_of

SYSTEM = (
    "You help an expert to write down why a step of a solution has the label that they gave it. Write one or two "
    "sentences that name what in the step decides it. Do not say another label, and do not go on with the solution."
)
MOST_CHARACTERS = 2_000
END = re.compile(r"[.!?。！？][\"'”’)\]*_$]*(\s)")
"""Of a sentence after which something stands."""


def prompt(work: Work, ordinal: int) -> Prompt:
    """What the labeller saw, and their label with its meaning; nothing of later steps."""
    steps = "\n".join(f"Step {number}: {step}" for number, step in enumerate(work.steps, 1)) or "(none)"
    said = (
        f"Problem:\n{work.problem}\n\nSteps before:\n{steps}\n\nStep {len(work.steps) + 1}: {work.step}\n\n"
        f"Label: {work.label}\n\nWrite the reason."
    )
    return asked(SYSTEM, said, seed_of(work, ordinal))


def read(ordinal: int, text: str) -> dict[str, Any]:
    said = " ".join(text.split())
    if not said:
        raise ModelFailed(f"Draft {ordinal} is empty.")
    if len(said) > MOST_CHARACTERS:
        said = whole_sentences(said[: MOST_CHARACTERS + 1])
    if not said:
        raise ModelFailed(f"Draft {ordinal} has no sentence of at most {MOST_CHARACTERS:,} characters.")
    return {"text": said}


def whole_sentences(text: str) -> str:
    """A text that goes on, up to the end of its last sentence; empty where none ends."""
    ends = [found.start(1) for found in END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    prompts = [(one, prompt(work, one)) for one in ordinals]
    for drafted in completed(driver, work, prompts, read, cancelled, whole_sentences):
        if drafted.cut_off:
            raise ModelFailed(f"Draft {drafted.ordinal} was cut off before its first sentence ended.")
        yield drafted


KIND = Kind("rationale", "step", draft, asked_by_labellers=True)
