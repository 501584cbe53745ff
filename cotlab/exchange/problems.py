"""A problem as one text, for formats that have no place for passages."""

from cotlab.domain.traces import Problem


def problem_text(problem: Problem) -> str:
    """The problem's text, then each passage under its name, a blank line between them."""
    return "\n\n".join([problem.text, *(f"{passage.name}:\n{passage.text}" for passage in problem.passages)])
