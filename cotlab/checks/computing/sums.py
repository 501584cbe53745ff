"""Judging an equation between two numbers, for the kinds that differ in their operations only."""

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.readings import compare
from cotlab.checks.findings import Finding, refuted, undecided, verified
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Node, operations, shown


def judge_equation(statement: Statement, left: Node | None = None, right: Node | None = None) -> Finding:
    """The verdict on left = right (by default the statement's sides), both without letters."""
    left = statement.left if left is None else left
    right = statement.right if right is None else right
    assert right is not None
    normalised = f"{shown(left)} {statement.relation} {shown(right)}"
    try:
        found = compare(left, right, approximate=statement.relation == "≈", doubts=statement.doubts)
    except OverBudget as error:
        return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
    except Undefined as error:
        return undecided(str(error), normalised)
    except Unread as error:
        return undecided(f"not computed: {error}", normalised)
    if found.equal:
        return verified(f"{shown(left)} is {found.right}", normalised)
    if found.doubt is not None:
        return undecided(f"{shown(left)} is {found.left}, not {found.right}; {found.doubt}", normalised)
    return refuted(f"{shown(left)} is {found.left}, not {found.right}", normalised)


def states_equation(statement: Statement) -> bool:
    """Whether it says that two expressions are equal, exactly or about."""
    return statement.relation in ("=", "≈") and statement.right is not None


def operations_of(statement: Statement) -> frozenset[str]:
    """The operations on both sides."""
    right = frozenset[str]() if statement.right is None else operations(statement.right)
    return operations(statement.left) | right
