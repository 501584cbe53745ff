"""Steps in the lines of an answer."""

import re

LABEL = re.compile(r"^\s*(?:(?:\*\*)?step\s+\d+\s*(?:[.:)]\s*(?:\*\*)?|\*\*:?\s*)|\d+[.)]\s+|[-*•]\s+)", re.IGNORECASE)
"""`Step 3:`, `3.` or `-` in front of a step; a number that the step begins with (`3.5 + 1`) is none."""


def whole_lines(text: str) -> str:
    """The lines of an answer that was cut off but for the last one; empty where no step is in them."""
    lines = text[: text.rfind("\n") + 1]
    return lines if steps_of(lines) else ""


def steps_of(text: str) -> list[str]:
    """The lines that are not empty, without what counts them."""
    return [step for line in text.splitlines() if (step := LABEL.sub("", line).strip())]
