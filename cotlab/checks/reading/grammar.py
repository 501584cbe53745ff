"""The whitelist grammar: tokens of an expression -> its tree, by precedence climbing.

sum = term {(+ | - | ±) term};  term = factor {(* | / | of | mod | nothing) factor};  factor = {-} power;
power = postfix [^ factor];  postfix = primary {! | % | unit | scale}
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.checks.computing.budget import NoFormula
from cotlab.checks.reading import angles, words
from cotlab.checks.reading.calculus import CALCULUS
from cotlab.checks.reading.latex import LETTERS
from cotlab.checks.reading.names import Names
from cotlab.checks.reading.quantities import bare, fraction_of_unit, is_quantity
from cotlab.checks.reading.tokens import Sort, Token
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, Number, apply, operations, whole

CLOSING = {"(": ")", "[": "]", "{": "}"}
STACKED = "a division after a division"
IMPLIED = "a product without a sign after a division"
STRAY_PLUS = "a plus sign without a number before it"
POWER_OF_MINUS = "a power of a number with a minus sign"
MINUS_ONE = (whole(-1), apply("neg", whole(1)))
BARE_ARGUMENT = "what follows a function without brackets may belong to its argument"
OPEN_FACTORIAL = "an exclamation mark at the end"


@dataclass(frozen=True, slots=True)
class Side:
    """An expression in a text: its tree, which tokens it takes (`stop` exclusive), and why it may be read otherwise."""

    tree: Node
    start: int
    stop: int
    doubts: frozenset[str]


def read_side(tokens: Sequence[Token], start: int, maths: frozenset[int]) -> Side | None:
    """The longest expression that begins at a token; None where none does. OverBudget where it nests too deep."""
    parser = Parser(tokens, start, maths)
    try:
        tree = parser.sum()
    except NoFormula:
        return None
    return Side(tree, start, parser.place, frozenset(parser.doubts))


class Parser(Names):
    def sum(self) -> Node:
        left = self.term()
        while self.is_sign("+", "-", "±") or self.words(words.OPERATORS) is not None:
            sign, length = (self.token.text, 1) if self.token.sort is Sort.OPERATOR else self._operator_word()
            if sign not in ("+", "-", "±"):
                break
            back = self.place
            self.place += length
            try:
                right = self.term()
            except NoFormula:
                self.place = back
                break
            left = apply(sign, left, right)
        return left

    def _operator_word(self) -> tuple[str, int]:
        found = self.words(words.OPERATORS)
        assert found is not None
        return found

    def term(self) -> Node:
        left = self.factor()
        divided = False
        while (found := self._product_sign(left)) is not None:
            sign, length = found
            back = self.place
            self.place += length
            try:
                right = self.factor() if sign else self.power()
            except NoFormula:
                self.place = back
                break
            if sign in ("", "*") and angles.is_angle(right) and _ends_with_function(left):
                self.doubts.add(BARE_ARGUMENT)
            if divided and sign in ("", "/"):
                self.doubts.add(IMPLIED if not sign else STACKED)
            divided = (divided and not sign) or sign == "/"
            left = fraction_of_unit(left, right) if sign == "/" else apply(sign or "*", left, right)
        return left

    def _product_sign(self, left: Node) -> tuple[str, int] | None:
        """The operator here, "" for a product without a sign, with its number of tokens; None where the term ends."""
        token = self.token
        if token.sort is Sort.OPERATOR and token.text in ("*", "/"):
            return token.text, 1
        if token.sort is Sort.WORD:
            if (found := self.words(words.OPERATORS)) is not None:
                return found if found[0] in "*/" else None
            if token.text in ("x", "X") and self.is_cross():
                return "*", 1
            if token.text == "of" and is_share(left):
                return "of", 2 if self.ahead().text in ("the", "his", "her", "this") else 1
            if token.text == "mod":
                return "mod", 1
        if token.sort is Sort.FUNCTION and token.text in ("bmod", "mod"):
            return "mod", 1
        return ("", 0) if self._multiplies(left) else None

    def _multiplies(self, left: Node) -> bool:
        """Whether the next token begins a factor without a sign before it."""
        token, before = self.token, self.tokens[self.place - 1]
        if token.sort is Sort.OPEN:
            return token.text != "{" and not (token.blank and isinstance(left, Measured)) and not self._is_aside()
        if token.sort is Sort.FUNCTION:
            return token.text not in ("to", "pmod", "mod", "bmod", "boxed")
        if token.sort is Sort.WORD:
            if words.SYNONYMS.get(token.text.lower(), token.text.lower()) in angles.TRIGONOMETRY:
                return token.text.lower() != "sec" or not isinstance(left, Number)
            if before.sort is Sort.WORD and len(before.text) > 1:
                return False
            return (not token.blank or self.place in self.maths) and self.names_letters()
        if token.sort is Sort.NUMBER and before.sort is Sort.CLOSE:
            return not token.blank and before.text != "}"
        return False

    def _is_aside(self) -> bool:
        """Whether a bracket holds words, as "5 (the cost)"."""
        after = self.ahead()
        return after.sort is Sort.WORD and len(after.text) > 1 and after.text.lower() not in words.FUNCTIONS

    def factor(self) -> Node:
        if self.is_sign("-", "+"):
            self.deeper()
            sign = self.token.text
            self.place += 1
            inner = self.factor()
            self.depth -= 1
            if sign == "-" and isinstance(inner, Apply) and inner.operation == "^":
                self.doubts.add(POWER_OF_MINUS)
            if sign == "+":
                self.doubts.add(STRAY_PLUS)
            return apply("neg", inner) if sign == "-" else inner
        if self.is_sign("±"):
            self.place += 1
            return apply("±", self.factor())
        return self.power()

    def power(self) -> Node:
        base = self.postfix()
        if (length := self.degree_sign(base)) is not None:
            self.place += length
            return self.in_degrees(base)
        if self.token.sort is Sort.OPERATOR and self.token.text.startswith("^"):
            text = self.token.text
            back = self.place
            self.place += 1
            if len(text) > 1:
                return raised(base, whole(int(text[1:])))
            self.deeper()
            self.scripts += 1
            try:
                exponent = self.script()
            except NoFormula:
                self.place = back
                return base
            finally:
                self.depth -= 1
                self.scripts -= 1
            return self.with_unit(apply("^", base, exponent)) if is_quantity(base) else raised(base, exponent)
        return base

    def script(self) -> Node:
        """What stands in a script: a group in braces, else one factor."""
        return self.group() if self.token.text == "{" else self.factor()

    def bound(self) -> Node:
        """An end of a range, or a base: a group in braces, else one number, letter or constant, with its sign."""
        if self.token.text == "{":
            return self.group()
        if self.is_sign("-"):
            self.place += 1
            return apply("neg", self.primary())
        return self.primary()

    def group(self) -> Node:
        if self.token.text != "{":
            raise NoFormula
        return self.brackets()

    def postfix(self) -> Node:
        inner = self.primary()
        while True:
            token = self.token
            if token.sort is Sort.OPERATOR and token.text == "!" and not token.blank:
                if self.ahead().sort in (Sort.END, Sort.STOP, Sort.WORD, Sort.MATHS):
                    self.doubts.add(OPEN_FACTORIAL)
                inner, self.place = apply("!", inner), self.place + 1
            elif (token.sort is Sort.OPERATOR and token.text == "%") or token.text.lower() in ("percent", "pct"):
                inner, self.place = apply("%", inner), self.place + 1
            elif token.sort is Sort.MONEY and not token.blank and self.ahead().sort is not Sort.NUMBER:
                inner, self.place = Measured(inner, ("$",)), self.place + 1
            elif token.sort is Sort.WORD and is_quantity(inner) and not self.scripts:
                after = self.quantity(inner)
                if after is inner:
                    return inner
                inner = after
            elif self.is_angle_word(inner):
                inner, self.place = Measured(inner, (token.text.lower(),)), self.place + 1
            else:
                return inner

    def primary(self) -> Node:
        token = self.token
        match token.sort:
            case Sort.NUMBER:
                return self.number()
            case Sort.OPEN:
                return self.brackets()
            case Sort.MONEY:
                return self.money()
            case Sort.FUNCTION if token.text == "angle":
                return self.named_angle()
            case Sort.FUNCTION:
                return self.function(token.text)
            case Sort.WORD:
                return self.word()
            case Sort.OPERATOR if token.text == "|":
                return self.absolute()
        raise NoFormula

    def brackets(self) -> Node:
        self.deeper()
        opened = self.token.text
        self.place += 1
        inner = self.sum()
        if self.token.text != CLOSING[opened]:
            raise NoFormula
        self.place += 1
        self.depth -= 1
        return inner if opened == "{" else apply("()", inner)

    def absolute(self) -> Node:
        self.deeper()
        self.place += 1
        inner = self.sum()
        if not self.is_sign("|"):
            raise NoFormula
        self.place += 1
        self.depth -= 1
        return apply("abs", inner)

    def function(self, name: str) -> Node:
        if name in LETTERS:
            self.place += 1
            return Letter(self.subscripted(name))
        self.deeper()
        self.place += 1
        tree = self._function(name)
        self.depth -= 1
        return tree

    def _function(self, name: str) -> Node:
        match name:
            case "pi" | "infinity":
                return apply(name)
            case "frac" | "binom":
                if name == "frac" and (derivative := CALCULUS["frac"](self)) is not None:
                    return derivative
                over = self._argument()
                under = self._argument()
                return apply("/", apply("()", over), apply("()", under)) if name == "frac" else apply(name, over, under)
            case "sqrt":
                return self._root()
            case "sum" | "prod" | "int" | "lim":
                tree = CALCULUS[name](self)
                assert tree is not None
                return tree
            case "boxed" | "to" | "pmod" | "bmod" | "mod":
                raise NoFormula
        return self.applied(name)

    def _argument(self) -> Node:
        """A group in braces, or one digit or letter."""
        if self.token.text == "{":
            return self.group()
        if self.token.sort is Sort.NUMBER and len(self.token.text) == 1:
            return self.number()
        raise NoFormula

    def _root(self) -> Node:
        degree = None
        if self.token.text == "[":
            degree = self.brackets()
        inner = self.group() if self.token.text == "{" else self.postfix()
        return apply("sqrt", inner) if degree is None else apply("root", inner, degree)

    def applied(self, name: str) -> Node:
        """sin^2 x, log_2 8, gcd(48, 36): a function with its power or base, and its arguments."""
        power = base = None
        while self.token.sort is Sort.OPERATOR and self.token.text[0] in "^_" and not self.token.blank:
            text = self.token.text
            self.place += 1
            script = whole(int(text[1:])) if len(text) > 1 else self.bound()
            power, base = (script, base) if text[0] == "^" else (power, script)
        if power in MINUS_ONE:
            name, power = self._inverse(name), None
        given = self.arguments() if self.token.text in ("(", "[", "{") else (self._bare_argument(),)
        tree = angles.applied(name, (*given, *(() if base is None else (base,))))
        return tree if power is None else apply("^", tree, power)

    def _bare_argument(self) -> Node:
        """sin 2x, sin 2π/3: factors without a sign between them, and what a multiple of pi is divided by."""
        left = self.factor() if self.is_sign("-") and not self.ahead().blank else self.power()
        while self._continues_argument(left):
            left = apply("*", left, self.power())
        if not self.is_sign("/") or self.ahead().sort is not Sort.NUMBER:
            return left
        if "pi" not in operations(left) or self.token.blank:
            self.doubts.add(BARE_ARGUMENT)
        if "pi" not in operations(left):
            return left
        self.place += 1
        return apply("/", left, self.power())

    def _continues_argument(self, left: Node) -> bool:
        token = self.token
        if token.sort is Sort.FUNCTION:
            return isinstance(left, Number) and (token.text in LETTERS or token.text == "pi")
        return token.sort is Sort.WORD and not token.blank and self.names_letters()

    def _inverse(self, name: str) -> str:
        """The name of sin^{-1}."""
        if name not in angles.TRIGONOMETRY:
            raise NoFormula
        return f"arc{name}"

    def arguments(self) -> tuple[Node, ...]:
        closing = CLOSING[self.token.text]
        self.deeper()
        self.place += 1
        found = [self.sum()]
        while self.token.text == ",":
            self.place += 1
            found.append(self.sum())
        if self.token.text != closing:
            raise NoFormula
        self.place += 1
        self.depth -= 1
        return tuple(found)


def _ends_with_function(tree: Node) -> bool:
    """Whether the last factor is a trigonometric function."""
    while isinstance(tree, Apply) and tree.operation == "*":
        tree = tree.arguments[1]
    return isinstance(tree, Apply) and tree.operation in angles.TRIGONOMETRY


def raised(base: Node, exponent: Node) -> Node:
    """base^exponent, where of letters written as a product the last one is raised: ab^2."""
    match base:
        case Apply("*", (rest, Letter() as last)):
            return apply("*", rest, apply("^", last, exponent))
    return apply("^", base, exponent)


def is_share(tree: Node) -> bool:
    """Whether "of" after it multiplies: a percentage or a fraction."""
    match tree:
        case Number(value, 0):
            return value.denominator > 1
        case Apply("%", _):
            return True
        case Apply("/", (over, under)):
            return isinstance(bare(over), Number) and isinstance(bare(under), Number)
    return False
