"""An earlier step told again in the place of a step: right, and nothing is new."""

import re
from collections.abc import Sequence

from cotlab.drafting.altering.texts import Altered, StepToAlter, altered

LEADS = ("As found above: ", "To say it again: ", "As it stands above: ")
BACK = 3
"""How many steps back what is told again may stand."""
SHORTEST, LONGEST = 20, 400
"""Characters of it."""
_NUMBERED = re.compile(
    r"(?:\(?\d+[.):]|step\b|first\b|second\b|next\b|finally\b|then\b|now\b|let\b|[-*#•])", re.IGNORECASE
)
"""How a step begins that would not stand elsewhere as it is."""


class Restatement:
    """`So there are 12 eggs.` becomes `As found above: Each box has 6 eggs.`"""

    name = "restatement"
    label = "redundant"
    kinds: frozenset[str] | None = frozenset()

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        earlier = [one.strip() for one in step.previous[-BACK:]]
        return [
            altered(step.text, [(0, len(step.text), lead + one)])
            for one in dict.fromkeys(earlier) if _tellable(one) for lead in LEADS
        ]  # fmt: skip


def _tellable(text: str) -> bool:
    """Whether a step is a statement on a line that can stand elsewhere."""
    fits = SHORTEST <= len(text) <= LONGEST and "\n" not in text and not _NUMBERED.match(text)
    return fits and not text.endswith((":", "?", ",")) and "?" not in text
