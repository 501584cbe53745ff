"""What earlier steps, and earlier parts of the same step, have established: equations, inequalities, definitions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cotlab.checks.computing.polynomials import PI
from cotlab.checks.reading.angles import TRIGONOMETRY, applied, is_angle
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, letters, operations


@dataclass(frozen=True, slots=True)
class Fact:
    """left relation right, said in a step (its place from 0); `refutes` is false for supposed and rounded ones."""

    left: Node
    relation: str
    right: Node
    step: int
    refutes: bool = True

    @property
    def letters(self) -> frozenset[str]:
        return letters(self.left) | letters(self.right)

    @property
    def operations(self) -> frozenset[str]:
        return operations(self.left) | operations(self.right)

    @property
    def names(self) -> frozenset[str]:
        """The letters, and the name for pi where it stands in it."""
        return self.letters | ({PI} if "pi" in self.operations else set())

    @property
    def is_trigonometric(self) -> bool:
        return not self.operations.isdisjoint(TRIGONOMETRY)

    @property
    def gives_angle(self) -> bool:
        """Whether it gives a letter a size in degrees or radians: firm for functions of it, and no number elsewhere."""
        return self.relation == "=" and isinstance(self.left, Letter) and is_angle(self.right)


@dataclass(frozen=True, slots=True)
class Definition:
    """f(x) = body, said in a step."""

    parameters: tuple[str, ...]
    body: Node
    step: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Never changed: `with_fact` and `with_definition` answer a new one. `step` is the place of the step being read."""

    facts: tuple[Fact, ...] = ()
    definitions: tuple[tuple[str, Definition], ...] = ()
    step: int = 0
    digits: bool = False
    """Whether the letters may stand for digits."""

    def with_fact(self, fact: Fact) -> "Facts":
        return replace(self, facts=(*self.facts, fact))

    def with_definition(self, name: str, definition: Definition) -> "Facts":
        kept = tuple(pair for pair in self.definitions if pair[0] != name)
        return replace(self, definitions=(*kept, (name, definition)))

    def without_facts(self) -> "Facts":
        return replace(self, facts=())

    def definition(self, name: str) -> Definition | None:
        return next((one for known, one in self.definitions if known == name), None)

    def about(self, names: Iterable[str]) -> tuple[Fact, ...]:
        """The facts that are connected with these letters, in order."""
        reached = set(names)
        taken: set[int] = set()
        grew = True
        while grew:
            grew = False
            for place, fact in enumerate(self.facts):
                if place not in taken and reached & fact.letters:
                    taken.add(place)
                    reached |= fact.letters
                    grew = True
        return tuple(self.facts[place] for place in sorted(taken))


def named_functions(tree: Node) -> frozenset[str]:
    """The names of functions that a text must define: f in f(4), f' in f'(x)."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Apply):
            if len(node.operation.lstrip("'").partition("_")[0]) == 1 and node.operation.lstrip("'")[0].isalpha():
                found.add(node.operation)
            waiting.extend(node.arguments)
        elif isinstance(node, Measured):
            waiting.append(node.inner)
    return frozenset(found)


def replaced(tree: Node, values: dict[str, Node]) -> Node:
    """The tree with expressions in place of letters."""
    match tree:
        case Letter(name):
            return Apply("()", (values[name],)) if name in values else tree
        case Measured(inner, unit):
            return Measured(replaced(inner, values), unit)
        case Apply(operation, arguments):
            return applied(operation, tuple(replaced(one, values) for one in arguments))
    return tree
