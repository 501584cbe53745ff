"""Whole paths of a problem, a step a line.

A document is `{"steps": [step, ...], "final_answer": answer or null, "strategy": strategy}`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Prompt
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.kind import Drafted, Kind, Work, asked, completed, seed_of
from cotlab.drafting.kinds.lines import steps_of

STRATEGIES = {
    "forward": "Work forward from what is given to what is asked.",
    "backward": "Work backward: begin with what is asked, and say what must be known for it, until it is given.",
    "estimate-then-check": "First estimate the answer, then work it out and check it against the estimate.",
    "cases": "Part the problem into cases that together cover it, and solve each.",
    "table": "Put what is given and what follows into a table, a row a step.",
}
SYSTEM = (
    "You solve problems. Write each step of the solution in a line of its own, one inferential move a line, without "
    "numbers in front. End with a line `Answer: ` and the final answer."
)
ANSWER = re.compile(r"^\W*(?:final\s+)?answer\W*:\s*(?:\*\*\s*)?(.+)$", re.IGNORECASE)
MOST_STEPS = 200


def strategy_of(work: Work, ordinal: int) -> str:
    """The strategy that was asked for, else each in turn."""
    return work.strategy or [*STRATEGIES][(ordinal - 1) % len(STRATEGIES)]


def prompt(work: Work, ordinal: int) -> Prompt:
    how = STRATEGIES[strategy_of(work, ordinal)]
    return asked(f"{SYSTEM} {how}", f"Problem:\n{work.problem}", seed_of(work, ordinal))


def read(work: Work, ordinal: int, text: str) -> dict[str, Any]:
    steps = steps_of(text)
    answer = ANSWER.match(steps[-1]) if steps else None
    if answer is not None:
        steps = steps[:-1]
    if not steps:
        raise ModelFailed(f"Draft {ordinal} has no step.")
    if len(steps) > MOST_STEPS:
        raise ModelFailed(f"Draft {ordinal} has more than {MOST_STEPS} steps.")
    found = None if answer is None else answer.group(1).removesuffix("**").rstrip() or None
    return {"steps": steps, "final_answer": found, "strategy": strategy_of(work, ordinal)}


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    prompts = [(one, prompt(work, one)) for one in ordinals]
    return completed(driver, work, prompts, partial(read, work), cancelled)


KIND = Kind("path", "problem", draft, tuple(STRATEGIES), enters_pool=True)
