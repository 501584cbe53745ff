"""Numbers in the grammar: mixed, scientific, in a base, with a scale word, a unit or a sign of money."""

from cotlab.checks.computing.budget import NoFormula
from cotlab.checks.reading import angles, words
from cotlab.checks.reading.cursor import Cursor
from cotlab.checks.reading.tokens import Sort
from cotlab.checks.reading.tree import Apply, Measured, Node, Number, apply, whole
from cotlab.checks.reading.unit_words import TEMPERATURES, UNITS, per, unit_after

DEGREE_SIGNS = (("°",), *((*begin, sign, *end) for begin, end in ((("^",), ()), (("^", "{"), ("}",))) for sign in "°∘"))
DEGREE_STARTS = frozenset("°∘^")
OPERAND = frozenset({Sort.NUMBER, Sort.WORD, Sort.FUNCTION, Sort.OPEN})
ANGLE_WORDS = frozenset({"degrees", "radians", "rad"})


class Quantities(Cursor):
    def number(self) -> Node:
        token = self.token
        assert token.number is not None
        self.place += 1
        if self.token.text == "..." and not self.token.blank and token.number.decimals:
            self.place += 1
            return Number(token.number.value, token.number.decimals, token.number.digits, endless=True)
        if self.is_sign("_") or (self.token.sort is Sort.OPERATOR and self.token.text[0] == "_"):
            return self._in_base(token.number)
        if self._is_scientific():
            return self._scientific(token.number)
        return self._mixed(token.number)

    def _in_base(self, digits: Number) -> Node:
        text = self.token.text
        self.place += 1
        base = self.bound() if text == "_" else whole(int(text[1:]))
        return apply("base", digits, base)

    def _is_scientific(self) -> bool:
        """Whether "* 10^" or "x 10^" follows."""
        sign, ten, power = self.token, self.ahead(), self.ahead(2)
        times = (sign.sort is Sort.OPERATOR and sign.text == "*") or (sign.text in ("x", "X") and self.is_cross())
        return times and ten.text == "10" and ten.sort is Sort.NUMBER and power.text[:1] == "^"

    def _scientific(self, mantissa: Number) -> Node:
        back = self.place
        self.place += 2
        text = self.token.text
        self.place += 1
        self.scripts += 1
        try:
            exponent = whole(int(text[1:])) if len(text) > 1 else self.script()
        except NoFormula:
            self.place = back
            return mantissa
        finally:
            self.scripts -= 1
        return apply("scientific", mantissa, exponent)

    def _mixed(self, left: Number) -> Node:
        """3 1/2 or 3½ or 3\\frac{1}{2}: a whole number and a proper fraction."""
        if left.decimals:
            return left
        one, sign, two = self.token, self.ahead(), self.ahead(2)
        if one.text == "frac" and not left.decimals:
            part = self.function("frac")
            if isinstance(part, Apply) and _proper(*part.arguments):
                return apply("mixed", left, part)
            return apply("*", left, part)
        if one.sort is not Sort.NUMBER or one.number is None:
            return left
        if one.number.value.denominator > 1 and not one.number.decimals:
            self.place += 1
            return apply("mixed", left, one.number)
        if (
            sign.text == "/" and two.number is not None and one.blank and not sign.blank and not two.blank
            and _proper(one.number, two.number)
        ):  # fmt: skip
            self.place += 3
            return apply("mixed", left, apply("/", one.number, two.number))
        return left

    def is_cross(self) -> bool:
        """Whether the letter x is a times sign: blanks on both sides, and a number or a bracket after it."""
        after = self.ahead()
        if not (self.token.blank and after.blank):
            return False
        return after.sort in (Sort.NUMBER, Sort.MONEY) or (after.sort is Sort.OPEN and after.text != "{")

    def money(self) -> Node:
        """$5, $-5, $12/hour, $1.5 million."""
        self.place += 1
        if self.token.sort not in (Sort.NUMBER, Sort.OPEN) and not self.is_sign("-"):
            raise NoFormula
        amount = apply("neg", self._after_minus()) if self.is_sign("-") else self._amount()
        start, self.place = self.place, per(self.tokens, self.place)
        unit = tuple("/" if one.text == "per" else one.text for one in self.tokens[start : self.place])
        return Measured(amount, ("$", *unit))

    def _amount(self) -> Node:
        """The number after a sign of money, with its scale word."""
        inner = self.primary()
        scale = words.SCALES.get(self.token.text.lower())
        if scale is None or not is_quantity(inner):
            return inner
        self.place += 1
        return apply("scale", inner, whole(scale))

    def _after_minus(self) -> Node:
        self.place += 1
        if self.token.sort is not Sort.NUMBER:
            raise NoFormula
        return self.primary()

    def quantity(self, inner: Node) -> Node:
        """The number with the scale word or unit after it, if there is one."""
        scale = words.SCALES.get(self.token.text.lower())
        if scale is not None:
            self.place += 1
            return apply("scale", inner, whole(scale))
        found = unit_after(self.tokens, self.place)
        if found is None:
            return inner
        unit, self.place = found
        return self._compound(Measured(inner, unit))

    def _compound(self, left: Measured) -> Node:
        """5 feet 3 inches: amounts in two known units, one after the other."""
        if self.token.sort is not Sort.NUMBER or left.unit[0].lower() not in UNITS:
            return left
        found = unit_after(self.tokens, self.place + 1)
        if self.token.number is None or found is None or found[0][0].lower() not in UNITS or found[0] == left.unit:
            return left
        right = Measured(self.token.number, found[0])
        self.place = found[1]
        return apply("()", apply("+", left, right))

    def degree_sign(self, base: Node) -> int | None:
        """The number of tokens of a sign of degrees here: °, ^\\circ, ^{\\circ}; None where it is none."""
        if self.token.text not in DEGREE_STARTS or isinstance(base, Measured):
            return None
        said = tuple(token.text for token in self.tokens[self.place : self.place + 4])
        if said[:1] == ("∘",):
            return 1 if isinstance(base, Number) and self.ahead().sort not in OPERAND else None
        return next((len(sign) for sign in DEGREE_SIGNS if said[: len(sign)] == sign), None)

    def in_degrees(self, base: Node) -> Node:
        """The number with the sign of degrees that was just read: an angle, or a temperature."""
        scale = TEMPERATURES.get(self.token.text)
        if scale is not None:
            self.place += 1
            return Measured(base, (scale,))
        if isinstance(base, Apply) and base.operation in angles.TRIGONOMETRY:
            return angles.applied(base.operation, tuple(Measured(one, ("degrees",)) for one in base.arguments))
        return Measured(base, ("degrees",))

    def is_angle_word(self, base: Node) -> bool:
        """Whether "degrees" or "radians" follows something else than a number: x degrees, π/6 radians."""
        return (
            self.token.sort is Sort.WORD and self.token.text.lower() in ANGLE_WORDS and not isinstance(base, Measured)
        )

    def with_unit(self, tree: Node) -> Node:
        if self.token.sort is not Sort.WORD or self.scripts:
            return tree
        return self.quantity(tree)


def is_quantity(tree: Node) -> bool:
    return isinstance(tree, Number) or (isinstance(tree, Apply) and tree.operation in ("mixed", "scale", "scientific"))


def _proper(over: Node, under: Node) -> bool:
    over, under = bare(over), bare(under)
    return (
        isinstance(over, Number) and isinstance(under, Number) and not over.decimals and not under.decimals
        and 0 < over.value < under.value
    )  # fmt: skip


def bare(tree: Node) -> Node:
    while isinstance(tree, Apply) and tree.operation == "()":
        tree = tree.arguments[0]
    return tree


def fraction_of_unit(left: Node, right: Node) -> Node:
    """left / right, where "1/2 cups" is half a cup and not 1 / (2 cups)."""
    if (
        isinstance(left, Number)
        and isinstance(right, Measured)
        and isinstance(right.inner, Number)
        and "$" not in right.unit
    ):
        return Measured(apply("/", left, right.inner), right.unit)
    return apply("/", left, right)
