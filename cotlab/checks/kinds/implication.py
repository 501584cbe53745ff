"""Equations that follow from earlier ones, or contradict them."""

from cotlab.checks.computing.solving import Outcome, conflicting_steps
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading import words
from cotlab.checks.reading.facts import Fact, Facts
from cotlab.checks.reading.premises import is_given, outcome_of
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Letter, letters, shown


class Implication:
    """A combination of the earlier equations (Groebner basis), or true at all their real solutions (one letter)."""

    name = "implication"
    licence = Licence(real=44, alarms=44)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        return judge_by_facts(statement, facts) if statement.relation == "=" else None


def judge_by_facts(statement: Statement, facts: Facts) -> Finding | None:
    """Verified where the facts imply it, refuted where no real values satisfy it with them; None where it is new."""
    outcome = outcome_of(statement, facts)
    if outcome is None or statement.right is None:
        return None
    normalised = f"{shown(statement.left)} {statement.relation} {shown(statement.right)}"
    if outcome is Outcome.IMPLIED:
        return verified("it follows from what was said before", normalised)
    if outcome is Outcome.NEW or is_given(statement):
        return None
    claim = Fact(statement.left, statement.relation, statement.right, facts.step)
    steps = conflicting_steps(facts.about(statement.letters), claim, facts.step)
    if steps is None:
        return undecided("it contradicts what was only supposed or rounded", normalised)
    if statement.sentence.has(words.NEW_SCOPE) or _assigns_again(claim, facts):
        return undecided("the letters may stand for something new", normalised)
    return refuted(f"{normalised} contradicts what was said before", normalised, steps)


def _assigns_again(claim: Fact, facts: Facts) -> bool:
    """Whether a letter that has a number is given another: it may be used again for something else."""
    if not isinstance(claim.left, Letter) or letters(claim.right):
        return False
    return any(fact.left == claim.left and fact.relation == "=" and not letters(fact.right) for fact in facts.facts)
