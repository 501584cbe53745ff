"""How a text adds to the facts: what each of its statements establishes for those that follow."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cotlab.checks.computing.solving import Outcome, decide, has_decimals
from cotlab.checks.reading import words
from cotlab.checks.reading.angles import is_angle
from cotlab.checks.reading.facts import Definition, Fact, Facts, named_functions, replaced
from cotlab.checks.reading.names import NAMED_ANGLE
from cotlab.checks.reading.sentences import words_of
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, letters, operations

NO_FACT = frozenset({"±", "%", "derivative", "int", "lim", "base", "mixed"})
RELATIONS = frozenset({"=", "<", ">", "≤", "≥"})


def said_of_digits(text: str) -> bool:
    return not words.DIGITS.isdisjoint(words_of(text))


def takes_back(text: str) -> bool:
    return not words.RESETS.isdisjoint(words_of(text))


def needs_definition(statement: Statement) -> bool:
    """Whether a function stands in it that a text must define."""
    right = frozenset[str]() if statement.right is None else named_functions(statement.right)
    return bool(named_functions(statement.left) | right)


def defined(statement: Statement, facts: Facts) -> Statement:
    """The statement with the bodies of defined functions in it, and the steps that defined them."""
    if definition_of(statement, facts) is not None:
        return statement
    sides = [statement.left] if statement.right is None else [statement.left, statement.right]
    used: set[int] = set()
    found = [_with_bodies(side, facts, used) for side in sides]
    if not used:
        return statement
    return replace(statement, left=found[0], right=found[1] if len(found) > 1 else None, uses=frozenset(used))


def _with_bodies(tree: Node, facts: Facts, used: set[int]) -> Node:
    match tree:
        case Measured(inner, unit):
            return Measured(_with_bodies(inner, facts, used), unit)
        case Apply(operation, arguments):
            given = tuple(_with_bodies(one, facts, used) for one in arguments)
            name = operation.lstrip("'")
            known = facts.definition(name)
            if known is None or len(known.parameters) != len(given):
                return Apply(operation, given)
            used.add(known.step)
            body = known.body
            if operation != name:
                return _derivative(body, known.parameters[0], given[0], len(operation) - len(name))
            if given == tuple(Letter(one) for one in known.parameters):
                return Apply("()", (body,))
            return Apply("()", (replaced(body, dict(zip(known.parameters, given, strict=True))),))
    return tree


def _derivative(body: Node, name: str, place: Node, times: int) -> Node:
    """f'(x), or f'(a) as the derivative with the place where it is taken."""
    letter = Letter(name)
    for _ in range(times - 1):
        body = Apply("derivative", (body, letter))
    return Apply("derivative", (body, letter) if place == letter else (body, letter, place))


def definition_of(statement: Statement, facts: Facts) -> tuple[str, Definition] | None:
    """f and its body where the statement is f(x) = body and f is not defined yet."""
    left, right = statement.left, statement.right
    if statement.relation != "=" or not isinstance(left, Apply) or right is None or statement.cut:
        return None
    name = left.operation
    if name not in named_functions(left) or name.startswith("'") or facts.definition(name) is not None:
        return None
    parameters = tuple(one.name for one in left.arguments if isinstance(one, Letter))
    if len(parameters) != len(left.arguments) or not letters(right) & set(parameters) or named_functions(right):
        return None
    return name, Definition(parameters, right, facts.step)


def learnt(statement: Statement, facts: Facts, outcome: Outcome | None) -> Facts:
    """The facts after a statement; `outcome` is what they said of it (None: nothing)."""
    found = definition_of(statement, facts)
    if found is not None:
        return facts.with_definition(*found)
    if not states_fact(statement) or (outcome is Outcome.IMPLIED and not _names_angle(statement, facts)):
        return facts
    if outcome is Outcome.CONTRADICTED:
        facts = facts.without_facts()
        if not statement.sentence.has(words.NEW_SCOPE):
            return facts
    return facts.with_fact(fact_of(statement, facts))


def _names_angle(statement: Statement, facts: Facts) -> bool:
    """Whether it is the first to say the size of an angle, by which functions of it can be computed."""
    return fact_of(statement, facts).gives_angle and all(fact.left != statement.left for fact in facts.facts)


def states_fact(statement: Statement) -> bool:
    """Whether it is an equation or inequality with letters that what follows may build on."""
    if statement.relation not in RELATIONS or statement.right is None or not statement.letters:
        return False
    if (
        statement.cut
        or statement.negated
        or statement.sentence.asks
        or statement.joined_by_or
        or "i" in statement.letters
    ):
        return False
    used = operations(statement.left) | operations(statement.right)
    return not (used & NO_FACT or named_functions(statement.left) or named_functions(statement.right))


def fact_of(statement: Statement, facts: Facts) -> Fact:
    assert statement.right is not None
    sides = (statement.left, statement.right)
    sized = isinstance(statement.left, Letter) and is_angle(statement.right)
    firm = not (
        statement.sentence.supposed
        or statement.sentence.negated
        or statement.doubts - ({NAMED_ANGLE} if sized else set())
        or any(has_decimals(one) for one in sides)
        or (isinstance(statement.left, Letter) and _may_be_chosen(statement, statement.right))
    )
    return Fact(statement.left, statement.relation, statement.right, facts.step, firm)


def _may_be_chosen(statement: Statement, right: Node) -> bool:
    """Whether a letter's value is one that was chosen, or has a unit, whose prefix would count."""
    if letters(right):
        return False
    other_unit = isinstance(right, Measured) and right.unit != ("$",) and not is_angle(right)
    return statement.with_unit or other_unit or is_given(statement)


def is_given(statement: Statement) -> bool:
    """Whether let, with, given or when stands shortly before: a premise at once."""
    return not words.GIVEN.isdisjoint(words_of(statement.before)[-4:])


def listed(text: str, statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements of a text, with x = 3 or x = -3 as one that lists both values, and x = ±3 likewise."""
    place = 0
    while place < len(statements):
        one = statements[place]
        group = [one]
        while place + 1 < len(statements) and _continues_list(group[-1], statements[place + 1]):
            place += 1
            group.append(statements[place])
        place += 1
        if len(group) > 1:
            yield _joined(group)
        elif _stands_beside_or(text, statements, place - 1):
            yield replace(one, joined_by_or=True)
        else:
            yield _with_both_signs(one)


def _stands_beside_or(text: str, statements: Sequence[Statement], place: int) -> bool:
    """Whether "or" stands between this statement and one beside it in the same sentence."""
    around = [one for one in statements[max(0, place - 1) : place + 2] if one.sentence == statements[place].sentence]
    between = (text[one.end : two.start] for one, two in pairwise(around))
    return any("or" in words_of(words_between) for words_between in between)


def _continues_list(one: Statement, two: Statement) -> bool:
    return (
        one.relation == two.relation == "=" and isinstance(one.left, Letter) and one.left == two.left
        and one.sentence == two.sentence and two.start - one.end < 40
    )  # fmt: skip


def _joined(group: Sequence[Statement]) -> Statement:
    values = tuple(value for one in group for value in (one.alternatives or (one.right,)) if value is not None)
    doubts = frozenset[str]().union(*(one.doubts for one in group))
    cut = next((one.cut for one in group if one.cut), None)
    return replace(group[0], end=group[-1].end, alternatives=values, joined_by_or=True, doubts=doubts, cut=cut)


def _with_both_signs(one: Statement) -> Statement:
    if one.relation != "=" or one.right is None or not isinstance(one.left, Letter) or "±" not in operations(one.right):
        return one
    values = tuple(_signed(one.right, sign) for sign in ("+", "-"))
    return replace(one, alternatives=values, joined_by_or=True)


def _signed(tree: Node, sign: str) -> Node:
    match tree:
        case Apply("±", (inner,)):
            return Apply("neg", (_signed(inner, sign),)) if sign == "-" else _signed(inner, sign)
        case Apply("±", (left, right)):
            return Apply(sign, (_signed(left, sign), _signed(right, sign)))
        case Apply(operation, arguments):
            return Apply(operation, tuple(_signed(one, sign) for one in arguments))
    return tree


def outcome_of(statement: Statement, facts: Facts) -> Outcome | None:
    """What the facts say of a statement with letters; None where they say nothing."""
    if not states_fact(statement) or facts.digits or statement.right is None:
        return None
    relevant = facts.about(statement.letters)
    if not relevant:
        return None
    return decide(relevant, Fact(statement.left, statement.relation, statement.right, facts.step))
