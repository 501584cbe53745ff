"""What a check may cost, tested before anything is evaluated, and the reasons for which a formula gets no value."""

TOO_EXPENSIVE = "too expensive"
MAX_CHARACTERS = 4_000
MAX_NESTING = 80
MAX_BITS = 20_000
MAX_FACTORIAL = 1_000
MAX_EXPONENT = 400
MAX_TERMS = 10_000
MAX_LETTERS = 7
MAX_EQUATIONS = 9
MAX_DEGREE = 6
MAX_PREVIOUS = 40
"""Earlier steps that are read, the latest first."""


class OverBudget(Exception):
    """Too expensive to check, whatever the value is; the text says what was too large."""


class Undefined(Exception):
    """A value that does not exist: a division by zero, the root of a negative number."""


class Unread(Exception):
    """A formula, or a part of one, that the checker does not know how to compute."""


class NoFormula(Exception):
    """The tokens at this place are no expression."""
