"""Letters and functions in the grammar, in signs and in words."""

from fractions import Fraction

from cotlab.checks.computing.budget import NoFormula
from cotlab.checks.reading import angles, words
from cotlab.checks.reading.quantities import Quantities
from cotlab.checks.reading.tokens import Sort
from cotlab.checks.reading.tree import Letter, Node, Number, apply, whole

APPLIED = frozenset("fghFGH")
"""Letters that before a bracket name a function; other letters there are factors, with a doubt."""
LETTER_BEFORE_BRACKET = "a letter before a bracket"
WITHOUT_BRACKETS = frozenset({"ln", *angles.TRIGONOMETRY, *angles.INVERSE})
"""Functions whose argument needs no brackets."""
NAMED_ANGLE = "an angle may have its letter from something else"
ONE_LETTER_WORDS = frozenset({"a", "A", "I"})


class Names(Quantities):
    def word(self) -> Node:
        low = self.token.text.lower()
        if (found := self.words(words.PHRASES)) is not None:
            return self._phrase(*found)
        if (share := self._share_in_words()) is not None:
            return share
        name = words.SYNONYMS.get(low, low)
        if name in words.FUNCTIONS and (self.ahead().text in ("(", "^", "_") or name in WITHOUT_BRACKETS):
            self.deeper()
            self.place += 1
            tree = self.applied(name)
            self.depth -= 1
            return tree
        if low == "pi":
            self.place += 1
            return apply("pi")
        if self.token.text == "m" and self.ahead().text == "angle" and self.ahead().sort is Sort.FUNCTION:
            self.place += 1
            return self.named_angle()
        if low in words.GREEK and self._stands_in_formula():
            self.place += 1
            return Letter(low)
        if not self.names_letters():
            raise NoFormula
        return self._letters()

    def named_angle(self) -> Node:
        """∠A: the angle is called like its corner, and perhaps like something else."""
        self.place += 1
        if self.token.sort is not Sort.WORD or len(self.token.text) > 1:
            raise NoFormula
        self.doubts.add(NAMED_ANGLE)
        self.place += 1
        return Letter(self.tokens[self.place - 1].text)

    def _phrase(self, name: str, length: int) -> Node:
        """The LCM of 4 and 6; the sum of 18 and 27; the derivative of x^4."""
        self.deeper()
        self.place += length
        found = [self.sum()]
        while self.token.text in (",", "and") and name not in ("sqrt", "derivative"):
            self.place += 2 if self.token.text == "," and self.ahead().text == "and" else 1
            found.append(self.sum())
        self.depth -= 1
        if name in "+*":
            if len(found) < 2:
                raise NoFormula
            tree = found[0]
            for one in found[1:]:
                tree = apply(name, tree, one)
            return apply("()", tree)
        return apply(name, *found)

    def _share_in_words(self) -> Node | None:
        """Half of 90, a third of 30, two thirds of 12, twice 5."""
        low = self.token.text.lower()
        if low in words.MULTIPLES and self.ahead().sort in (Sort.NUMBER, Sort.MONEY):
            self.place += 1
            return apply("*", whole(words.MULTIPLES[low]), self.power())
        count = words.COUNTS.get(low)
        part = self.ahead().text.lower() if count else low
        length = 2 if count else 1
        if part not in words.FRACTIONS or self.ahead(length).text != "of":
            return None
        self.place += length
        return Number(Fraction(count or 1, words.FRACTIONS[part]), 0, 1)

    def names_letters(self) -> bool:
        """Whether the word here is a letter, or several written as a product."""
        token, text = self.token, self.token.text
        if len(text) == 1 or (text[1:].isdigit() and text[0].islower()):
            return text not in ONE_LETTER_WORDS or self.place in self.maths or self._stands_in_formula()
        if not text.isalpha() or not text.islower() or text in words.FUNCTIONS:
            return False
        before = self.tokens[self.place - 1] if self.place else token
        if before.sort is Sort.NUMBER and not token.blank:
            return len(text) <= 3
        if self.place in self.maths:
            return len(text) <= 3
        return len(text) == 2 and text not in words.STOPS and text not in words.LINKS and self._stands_in_formula()

    def _stands_in_formula(self) -> bool:
        before = self.tokens[self.place - 1] if self.place else self.token
        after = self.ahead()
        formula = (Sort.RELATION, Sort.CLOSE)
        if before.text.lower() == "angle":
            return True
        if after.sort in formula or (after.sort is Sort.OPERATOR and after.text[0] in "+-*/^_"):
            return after.text != "-" or after.blank or len(self.ahead(2).text) < 2
        return before.sort is Sort.OPERATOR or (before.sort is Sort.NUMBER and not self.token.blank)

    def _letters(self) -> Node:
        text = self.token.text
        self.place += 1
        if text[1:].isdigit():
            return Letter(f"{text[0]}_{text[1:]}")
        tree: Node = Letter(text[0]) if len(text) > 1 else self._letter(text)
        for one in text[1:-1]:
            tree = apply("*", tree, Letter(one))
        return apply("*", tree, self._letter(text[-1])) if len(text) > 1 else tree

    def _letter(self, name: str) -> Node:
        name = self.subscripted(name)
        primes = 0
        while self.is_sign("'"):
            primes, self.place = primes + 1, self.place + 1
        if self.token.text != "(" or self.token.blank:
            if primes:
                raise NoFormula
            return Letter(name)
        if primes or name[0] in APPLIED:
            return apply("'" * primes + name, *self.arguments())
        self.doubts.add(LETTER_BEFORE_BRACKET)
        return Letter(name)

    def subscripted(self, name: str) -> str:
        if self.token.sort is Sort.OPERATOR and self.token.text[0] == "_" and not self.token.blank:
            text = self.token.text[1:]
            self.place += 1
            if not text:
                text = self._subscript()
            return f"{name}_{text}"
        return name

    def _subscript(self) -> str:
        """The subscript as it is written, in braces or one token."""
        if self.token.text != "{":
            if self.token.sort not in (Sort.WORD, Sort.NUMBER):
                raise NoFormula
            self.place += 1
            return self.tokens[self.place - 1].text
        end = self.place
        while self.tokens[end].text != "}":
            end += 1
            if end >= len(self.tokens) or end > self.place + 12:
                raise NoFormula
        text = "".join(token.text for token in self.tokens[self.place + 1 : end])
        self.place = end + 1
        return text
