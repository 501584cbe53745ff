"""Derivatives: \\frac{d}{dx} x^3 = 3x^2, "the derivative of sin(x) is cos(x)", f'(x) where f is defined."""

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.sums import states_equation
from cotlab.checks.computing.symbolic import symbol, symbolic
from cotlab.checks.computing.vanishing import vanishes
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, Node, letters, shown


class Derivative:
    """sympy differentiates the function; the difference from the other side must vanish at random points."""

    name = "derivative"
    licence = Licence(real=3, alarms=3)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.right is None:
            return None
        left = _bare(statement.left)
        if not isinstance(left, Apply) or left.operation != "derivative":
            return None
        found = _function_and_letter(left)
        if found is None:
            return None
        body, name = found
        normalised = f"d/d{name} {shown(body, 5)} = {shown(statement.right)}"
        try:
            derivative = symbolic(body).diff(symbol(name))
            if len(left.arguments) == 3:
                derivative = derivative.subs(symbol(name), symbolic(left.arguments[2]))
            holds = vanishes(derivative - symbolic(statement.right))
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
        except (Undefined, Unread) as error:
            return undecided(f"not computed: {error}", normalised)
        if holds is None:
            return undecided("it has no value at the points tried", normalised)
        said = f"the derivative is {derivative}".replace("**", "^")
        if holds:
            return verified(said, normalised, statement.uses)
        return refuted(f"{said}, not {shown(statement.right)}", normalised, statement.uses)


def _bare(tree: Node) -> Node:
    while isinstance(tree, Apply) and tree.operation == "()":
        tree = tree.arguments[0]
    return tree


def _function_and_letter(tree: Apply) -> tuple[Node, str] | None:
    """The function, and the letter it is differentiated by; in words it must be its only one."""
    body = _bare(tree.arguments[0])
    if len(tree.arguments) > 1 and isinstance(tree.arguments[1], Letter):
        return body, tree.arguments[1].name
    if isinstance(body, Letter):
        return None
    names = letters(body)
    return (body, next(iter(names))) if len(names) == 1 else None
