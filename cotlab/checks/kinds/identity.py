"""Identities: (x + 1)^2 = x^2 + 2x + 1."""

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import identical
from cotlab.checks.computing.readings import SIGN_LEFT_OUT
from cotlab.checks.computing.solving import Outcome
from cotlab.checks.computing.sums import operations_of
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading import angles, words
from cotlab.checks.reading.facts import Facts, named_functions
from cotlab.checks.reading.premises import outcome_of
from cotlab.checks.reading.sentences import words_of
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, Node, letters, literal, shown

NOT_HERE = frozenset({"±", "derivative", "int", "lim", "sum", "prod", "%", "base"})


class Identity:
    """Equal wherever both sides are defined: as rational functions, else in 60 digits at random points.

    An equation that is none is a false identity after a cue (expanding, factoring, simplifying) only, where the facts
    do not imply it; else it is a premise.
    """

    name = "identity"
    licence = Licence(real=3, alarms=3)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        right = statement.right
        if statement.relation != "=" or right is None or not statement.letters or statement.joined_by_or:
            return None
        if operations_of(statement) & NOT_HERE or named_functions(statement.left) or named_functions(right):
            return None
        if isinstance(statement.left, Letter) and not letters(right):
            return None
        normalised = f"{shown(statement.left)} = {shown(right)}"
        try:
            found = _holds(statement.left, right)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
        except (Undefined, Unread):
            return None
        if found:
            return verified("both sides are equal for all values", normalised, statement.uses)
        if found is None or not _is_rewriting(statement) or outcome_of(statement, facts) is Outcome.IMPLIED:
            return None
        if any(_holds(*pair) is not False for pair in angles.pairs_without_sign(statement.left, right)):
            return undecided(f"{shown(statement.left)} is not {shown(right)}; {SIGN_LEFT_OUT}", normalised)
        return refuted(f"{shown(statement.left)} is not {shown(right)} for all values", normalised, statement.uses)


def _holds(left: Node, right: Node) -> bool | None:
    """Whether they are identical, with degrees as numbers of either kind."""
    found = [identical(*pair) for pair in angles.pairs(left, right)]
    return True if True in found else found[0]


def _is_rewriting(statement: Statement) -> bool:
    """Whether it says that one expression is written as another: a cue, the same letters, and two expressions."""
    left, right = statement.left, statement.right
    assert right is not None
    if words.CUES.isdisjoint(words_of(statement.before)) or "i" in statement.letters or letters(left) != letters(right):
        return False
    if isinstance(left, Letter) or isinstance(right, Letter) or literal(left) or literal(right):
        return False
    return _has_structure(left) or _has_structure(right)


def _has_structure(tree: object) -> bool:
    """A product, a quotient or a power of a sum: what expanding, factoring and simplifying work on."""
    if not isinstance(tree, Apply):
        return False
    if tree.operation in ("*", "/", "^") and any(_is_sum(one) for one in tree.arguments):
        return True
    return any(_has_structure(one) for one in tree.arguments)


def _is_sum(tree: object) -> bool:
    while isinstance(tree, Apply) and tree.operation == "()":
        tree = tree.arguments[0]
    return isinstance(tree, Apply) and tree.operation in ("+", "-") and bool(letters(tree))
