"""Inequalities, of numbers and in one letter."""

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import close
from cotlab.checks.computing.irrational import real
from cotlab.checks.computing.readings import SIGN_LEFT_OUT, compare, measured
from cotlab.checks.computing.sums import operations_of
from cotlab.checks.computing.univariate import HOLDS, follows
from cotlab.checks.computing.values import Value, said, value
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.kinds.implication import judge_by_facts
from cotlab.checks.reading.angles import pairs_without_sign
from cotlab.checks.reading.facts import Fact, Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Node, shown

SIGNS = frozenset({"<", ">", "≤", "≥", "≠"})


class Inequality:
    """Numbers are compared; in one letter it is true everywhere, follows from earlier ones, or contradicts them."""

    name = "inequality"
    licence = Licence(real=3, alarms=3)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if statement.relation not in SIGNS or statement.right is None:
            return None
        normalised = f"{shown(statement.left)} {statement.relation} {shown(statement.right)}"
        try:
            return self._judge(statement, facts, normalised)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
        except Undefined as error:
            return undecided(str(error), normalised)
        except Unread:
            return None

    def _judge(self, statement: Statement, facts: Facts, normalised: str) -> Finding | None:
        assert statement.right is not None
        if statement.letters:
            if (
                len(statement.letters) == 1
                and follows((), Fact(statement.left, statement.relation, statement.right, facts.step))[0]
            ):
                return verified("it holds for all real values", normalised)
            return judge_by_facts(statement, facts)
        if "%" in operations_of(statement) or measured(statement.left) != measured(statement.right):
            return undecided("units or percent signs on one side only", normalised)
        if statement.relation == "≠":
            equal = compare(statement.left, statement.right, doubts=statement.doubts).equal
            return refuted("both sides are equal", normalised) if equal else verified("the sides differ", normalised)
        left, right = value(statement.left), value(statement.right)
        sign = _order(left, right)
        reason = f"{shown(statement.left)} is {said(left)}, and {shown(statement.right)} is {said(right)}"
        if HOLDS[statement.relation](sign):
            return verified(reason, normalised)
        if sign == 0:
            return undecided(f"{reason}; the sign may be meant to allow that they are equal", normalised)
        if _holds_in_degrees(statement.left, statement.relation, statement.right):
            return undecided(f"{reason}; {SIGN_LEFT_OUT}", normalised)
        return refuted(reason, normalised)


def _order(left: Value, right: Value) -> int:
    """The sign of left - right."""
    return 0 if close(left, right) else 1 if real(left) > real(right) else -1


def _holds_in_degrees(left: Node, relation: str, right: Node) -> bool:
    pairs = pairs_without_sign(left, right)
    return any(HOLDS[relation](_order(value(one), value(two))) for one, two in pairs)
