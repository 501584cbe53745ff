"""Steps in the lines of an answer."""

import re

LABEL = re.compile(r"^\s*(?:(?:\*\*)?step\s+\d+\s*(?:[.:)]\s*(?:\*\*)?|\*\*:?\s*)|\d+[.)]\s+|[-*•]\s+)", re.IGNORECASE)
"""`Step 3:`, `3.` or `-` in front of a step; a number that the step begins with (`3.5 + 1`) is none."""


def steps_of(text: str) -> list[str]:
    """The lines that are not empty, without what counts them."""
    return [step for line in text.splitlines() if (step := LABEL.sub("", line).strip())]
