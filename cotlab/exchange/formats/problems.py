"""A problem as one text, for formats and prompts that have no place for passages."""

from collections.abc import Sequence

from cotlab.domain.traces.records import Passage, Problem


def problem_text(problem: Problem) -> str:
    """The problem's text, then each passage under its name, a blank line between them."""
    return with_passages(problem.text, problem.passages)


def with_passages(text: str, passages: Sequence[Passage]) -> str:
    """A text, then each passage under its name, a blank line between them."""
    return "\n\n".join([text, *(f"{passage.name}:\n{passage.text}" for passage in passages)])
