"""Lists of solutions: x = 2 or x = 3, x = ±3."""

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import close
from cotlab.checks.computing.polynomials import ring_of
from cotlab.checks.computing.univariate import condition, sample_points
from cotlab.checks.computing.values import value
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading import words
from cotlab.checks.reading.facts import Fact, Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Letter, letters, shown


class Solutions:
    """The real roots of the earlier equations in that letter are exactly those listed, or none of them is."""

    name = "solutions"
    licence = Licence(real=0, alarms=0)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not statement.joined_by_or or not isinstance(statement.left, Letter):
            return None
        if any(letters(one) for one in statement.alternatives):
            return None
        known = [fact for fact in facts.about((statement.left.name,)) if fact.letters == {statement.left.name}]
        if not known:
            return None
        listed = " or ".join(f"{statement.left.name} = {shown(one)}" for one in statement.alternatives)
        try:
            return self._judge(statement, known, listed)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", listed)
        except (Undefined, Unread):
            return None

    def _judge(self, statement: Statement, known: list[Fact], listed: str) -> Finding | None:
        ring = ring_of(statement.letters)
        conditions = [condition(fact, ring) for fact in known]
        points = [point for point in sample_points(conditions) if all(one.holds(point) for one in conditions)]
        if not points or not any(fact.relation == "=" for fact in known):
            return None
        values = [value(one) for one in statement.alternatives]
        right = [one for one in values if any(close(one, point) for point in points)]
        if len(right) == len(values) and all(any(close(one, point) for one in values) for point in points):
            return verified("these are all real solutions", listed)
        firm = all(fact.refutes and not fact.gives_angle for fact in known)
        if not right and firm and not statement.doubts and not statement.sentence.has(words.NEW_SCOPE):
            return refuted("none of them is a solution", listed, frozenset(fact.step for fact in known))
        return undecided("some of them are solutions, not all, or not only these", listed)
