"""Finite sums and products: \\sum_{k=1}^{10} k = 55."""

from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, Node, letters, parts


class Series:
    """Term by term, up to 10,000 of them."""

    name = "series"
    licence = Licence(real=1, alarms=1)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.right is None:
            return None
        if not operations_of(statement) & {"sum", "prod"} or free(statement.left) or free(statement.right):
            return None
        return judge_equation(statement)


def free(tree: Node) -> frozenset[str]:
    """The letters that no sum or product counts."""
    counted = {
        node.arguments[1].name
        for node in parts(tree)
        if isinstance(node, Apply) and node.operation in ("sum", "prod") and isinstance(node.arguments[1], Letter)
    }
    return letters(tree) - counted
