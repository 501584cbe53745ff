"""Whether facts imply a new equation or inequality, or leave no real values for it."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from sympy.polys.groebnertools import groebner

from cotlab.checks.computing.budget import MAX_DEGREE, MAX_EQUATIONS, OverBudget, Undefined, Unread
from cotlab.checks.computing.polynomials import PI, difference, ring_of
from cotlab.checks.computing.readings import compare
from cotlab.checks.computing.univariate import follows
from cotlab.checks.reading.angles import applied, says_angle
from cotlab.checks.reading.facts import Fact
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, Number, letters

MOST_TERMS = 60


class Outcome(Enum):
    IMPLIED = "implied"
    CONTRADICTED = "contradicted"
    NEW = "new"


def decide(facts: Sequence[Fact], claim: Fact) -> Outcome:
    """IMPLIED where the claim holds wherever the facts do; CONTRADICTED where it holds nowhere with them; else NEW."""
    if not facts:
        return Outcome.NEW
    for way in (_by_values, _in_one_letter, _in_several):
        try:
            found = way(facts, claim)
        except (Unread, Undefined, OverBudget):
            continue
        if found is not None:
            return found
    return Outcome.NEW


def _by_values(facts: Sequence[Fact], claim: Fact) -> Outcome | None:
    """Letters of the claim that have one value each are put in, and numbers compared."""
    names = claim.letters
    known = {}
    for fact in facts:
        if fact.relation == "=" and isinstance(fact.left, Letter) and not letters(fact.right):
            known[fact.left.name] = fact.right
    if not names or not names <= known.keys() or claim.relation not in ("=", "≈"):
        return None
    if isinstance(claim.left, Letter) and not letters(claim.right):
        found = compare(known[claim.left.name], claim.right, approximate=claim.relation == "≈")
    else:
        found = compare(_put(claim.left, known), _put(claim.right, known), approximate=claim.relation == "≈")
    if found.equal:
        return Outcome.IMPLIED
    if found.doubt:
        return Outcome.NEW
    return Outcome.CONTRADICTED if _is_of_angles(claim, known) else None


def _is_of_angles(claim: Fact, known: dict[str, Node]) -> bool:
    """Whether it says something of functions of angles, each of which is known exactly."""
    values = [known[name] for name in claim.letters]
    return claim.is_trigonometric and all(says_angle(one) and not has_decimals(one) for one in values)


def _put(tree: Node, known: dict[str, Node]) -> Node:
    match tree:
        case Letter(name):
            return Apply("()", (known[name],))
        case Measured(inner, unit):
            return Measured(_put(inner, known), unit)
        case Apply(operation, arguments):
            return applied(operation, tuple(_put(one, known) for one in arguments))
    return tree


def _in_one_letter(facts: Sequence[Fact], claim: Fact) -> Outcome | None:
    names = {name for fact in (*facts, claim) for name in fact.letters}
    if len(names) != 1:
        return None
    implied, possible = follows([fact for fact in facts if _readable(fact)], claim)
    if implied:
        return Outcome.IMPLIED
    if possible or not _possible_alone(claim):
        return Outcome.NEW
    return Outcome.CONTRADICTED


def _readable(fact: Fact, *further: str) -> bool:
    try:
        return bool(difference(fact.left, fact.right, ring_of((*fact.letters, *further)))) or True
    except (Unread, Undefined, OverBudget):
        return False


def _possible_alone(claim: Fact) -> bool:
    return follows((), claim)[1]


def _in_several(facts: Sequence[Fact], claim: Fact) -> Outcome | None:
    """By a Groebner basis: the equation is a combination of the facts, or has no common root with them."""
    equations = [fact for fact in facts if fact.relation == "=" and _readable(fact, PI)]
    if claim.relation != "=" or not equations or len(equations) > MAX_EQUATIONS:
        return None
    ring = ring_of({name for fact in (*equations, claim) for name in fact.names})
    asked = difference(claim.left, claim.right, ring)
    known = [polynomial for fact in equations if (polynomial := difference(fact.left, fact.right, ring))]
    for polynomial in (asked, *known):
        if (
            len(polynomial) > MOST_TERMS
            or max((sum(powers) for powers in polynomial.itermonoms()), default=0) > MAX_DEGREE
        ):
            raise OverBudget("an equation of too high a degree")
    if not asked or not known:
        return None
    basis = groebner(known, ring)
    if _is_one(basis):
        raise Unread("the facts contradict each other")
    if not asked.rem(basis):
        return Outcome.IMPLIED
    return Outcome.CONTRADICTED if _is_one(groebner([*basis, asked], ring)) else Outcome.NEW


def _is_one(basis: Sequence[Any]) -> bool:
    return any(polynomial.is_ground for polynomial in basis)


def conflicting_steps(facts: Sequence[Fact], claim: Fact, now: int) -> frozenset[int] | None:
    """The steps of a smallest set of facts that leaves no values for the claim; None where there is no conflict.

    Facts of the step itself are tried alone first, and earlier steps are left out one by one.
    """
    strong = [fact for fact in facts if fact.refutes and (claim.is_trigonometric or not fact.gives_angle)]
    if decide(strong, claim) is not Outcome.CONTRADICTED:
        return None
    own = [fact for fact in strong if fact.step == now]
    if decide(own, claim) is Outcome.CONTRADICTED:
        return frozenset({now})
    for step in sorted({fact.step for fact in strong}):
        fewer = [fact for fact in strong if fact.step != step]
        if decide(fewer, claim) is Outcome.CONTRADICTED:
            strong = fewer
    return frozenset(fact.step for fact in strong)


def has_decimals(tree: Node) -> bool:
    match tree:
        case Number(_, decimals):
            return decimals > 0
        case Apply(_, arguments):
            return any(has_decimals(one) for one in arguments)
        case Measured(inner, _):
            return has_decimals(inner)
    return False
