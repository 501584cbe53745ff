"""Reads the expressions of a text from left to right, and the relations between neighbours."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cotlab.checks.reading import words
from cotlab.checks.reading.angles import is_angle
from cotlab.checks.reading.boundaries import LABEL, Relation, cut_left, cut_open, cut_right, is_bullet
from cotlab.checks.reading.cursor import phrase
from cotlab.checks.reading.grammar import Side, read_side
from cotlab.checks.reading.sentences import Sentence, directly_negated, sentences
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tokens import Sort, Token, tokens
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, literal

ANNOTATION = re.compile(r"<<([^<>\n]{1,400})>>")


SIGNS = ("+", "-", "±", "|")
"""Operators with which an expression may begin."""
NO_START = frozenset({Sort.STOP, Sort.RELATION, Sort.CLOSE, Sort.MATHS, Sort.UNREAD, Sort.END})


class Finder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.maths = _in_maths(self.tokens)
        self.aligned = any(token.text == "&" for token in self.tokens)
        self.sentences = sentences(text)
        self.told = 0
        """Where the last statement ended."""

    def statements(self) -> Iterator[Statement]:
        left: Side | None = None
        place, chained = 0, False
        while place < len(self.tokens) - 1:
            if left is None:
                left = self.side(place)
                if left is None:
                    place += 1
                    continue
                place, chained = left.stop, False
            relation = self.relation(place, left)
            if relation is None:
                left = None
                continue
            place += relation.length
            right = None
            if relation.sign in words.UNARY:
                yield from self.property_of(left, relation, place)
            else:
                right = self.side(self.skip_bounds(place))
            if right is not None:
                yield from self.statement(left, relation, right, chained)
                place = right.stop
            left, chained = right, True

    def side(self, place: int) -> Side | None:
        token = self.tokens[place]
        if token.sort in NO_START or is_bullet(self.tokens, place):
            return None
        if token.sort is Sort.OPERATOR and token.text not in SIGNS:
            return None
        return read_side(self.tokens, place, self.maths)

    def skip_bounds(self, place: int) -> int:
        """The place after bounds of maths, & and \\boxed."""
        while self.tokens[place].sort is Sort.MATHS or self.tokens[place].text in ("&", "boxed"):
            place += 1
        return place

    # Relations

    def relation(self, place: int, left: Side) -> Relation | None:
        start = place
        while self.is_between(place):
            place += 1
        token, skipped = self.tokens[place], place - start
        if token.sort is Sort.RELATION:
            about = self.says_about(place + 1)
            sign = "≈" if about and token.text == "=" else token.text
            return Relation(sign, skipped + 1 + about)
        if token.sort is not Sort.WORD:
            return None
        for table in (words.PROPERTIES, words.RELATIONS):
            if (found := phrase(self.tokens, place, table)) is not None:
                return Relation(found[0], skipped + found[1])
        return self.weak_relation(place, skipped, left)

    def is_between(self, place: int) -> bool:
        """Whether a token may stand between a side and its relation: a bound of maths, the end of a line."""
        token = self.tokens[place]
        ends_line = token.text == "\n" and self.tokens[place + 1].sort is Sort.RELATION
        return token.sort is Sort.MATHS or token.text in ("&", "\\\\") or ends_line

    def says_about(self, place: int) -> bool:
        token = self.tokens[place]
        return token.text.lower() in words.APPROXIMATELY and token.sort in (Sort.WORD, Sort.UNREAD)

    def weak_relation(self, place: int, skipped: int, left: Side) -> Relation | None:
        if (named := self.size_of_angle(place, left)) is not None:
            return Relation(named[0], skipped + named[1], weak=True)
        found = phrase(self.tokens, place, words.WEAK_RELATIONS)
        if found is None or not _computes(left.tree):
            return None
        sign, length = found
        about = self.says_about(place + length)
        return Relation("≈" if about else sign, skipped + length + about, weak=True)

    def size_of_angle(self, place: int, left: Side) -> tuple[str, int] | None:
        """The relation in "angle A is 30 degrees"; None where no letter of an angle, or no size, stands there."""
        before = self.tokens[left.start - 1 if self.tokens[left.start].text != "angle" else left.start].text.lower()
        found = phrase(self.tokens, place, words.ANGLE)
        if found is None or before != "angle" or not isinstance(left.tree, Letter):
            return None
        size = self.side(self.skip_bounds(place + found[1]))
        return found if size is not None and is_angle(size.tree) else None

    # Statements

    def statement(self, left: Side, relation: Relation, right: Side, chained: bool) -> Iterator[Statement]:
        before = None if chained else cut_left(self.tokens, left, relation) or cut_open(self.tokens, left, right)
        cut = before or cut_right(self.tokens, right) or self.cut_by_break(left, right)
        if cut == LABEL:
            return
        modulus, remainder, after = self.trailing(right)
        tree = right.tree
        if relation.sign == "≡" and modulus is None and isinstance(tree, Apply) and tree.operation == "mod":
            tree, modulus = tree.arguments
        made = self.made(left, relation.sign, tree, after, cut, left.doubts | right.doubts)
        made = replace(made, modulus=modulus, remainder=remainder, with_unit=self.is_unit(right.stop))
        if isinstance(left.tree, Letter) and (more := self.listed_after(right)):
            made = replace(made, alternatives=(tree, *more), joined_by_or=True)
        yield made

    def cut_by_break(self, left: Side, right: Side) -> str | None:
        """A \\ beside a side, where no formula is aligned by &: parts of one number, or a matrix."""
        beside = {self.tokens[left.start - 1].text if left.start else "", self.tokens[right.stop].text}
        return "a break inside a formula" if "\\\\" in beside and not self.aligned else None

    def property_of(self, left: Side, relation: Relation, after: int) -> Iterator[Statement]:
        cut = cut_left(self.tokens, left, relation)
        if cut != LABEL:
            yield self.made(left, relation.sign, None, after, cut, left.doubts)

    def made(
        self, left: Side, relation: str, right: Node | None, after: int, cut: str | None, doubts: frozenset[str]
    ) -> Statement:
        start, end = self.tokens[left.start].start, self.tokens[after - 1].end
        sentence = self.sentence_at(start)
        before = self.text[sentence.start : start].lower()
        negated = directly_negated(self.text[max(sentence.start, min(self.told, start)) : start])
        self.told = end
        text = self.text[start:end]
        return Statement(left.tree, relation, right, start, end, sentence, text, before, doubts, cut, negated)

    def sentence_at(self, place: int) -> Sentence:
        return next((one for one in self.sentences if one.start <= place < one.end), self.sentences[-1])

    def is_unit(self, place: int) -> bool:
        token = self.tokens[place]
        return token.sort is Sort.WORD and token.text.lower() not in words.STOPS | words.LINKS

    def listed_after(self, right: Side) -> list[Node]:
        """Further values after the right side: x = 2, 3 or -5."""
        found: list[Node] = []
        place = right.stop
        while True:
            start = place
            while self.tokens[place].text in (",", "or", "and") or self.tokens[place].sort is Sort.MATHS:
                place += 1
            side = self.side(place) if place > start else None
            if side is None or literal(side.tree) is None or self.relation(side.stop, side) is not None:
                return found
            found.append(side.tree)
            place = side.stop

    def trailing(self, right: Side) -> tuple[Node | None, Node | None, int]:
        """A modulus (mod 5) or a remainder after the right side, and the place after it."""
        place = right.stop
        while self.tokens[place].sort is Sort.MATHS or self.tokens[place].text == ",":
            place += 1
        token, following = self.tokens[place], self.tokens[min(place + 1, len(self.tokens) - 1)]
        if token.sort is Sort.FUNCTION and token.text in ("pmod", "mod", "bmod"):
            found = read_side(self.tokens, place + 1, self.maths)
            return (found.tree, None, found.stop) if found else (None, None, right.stop)
        if token.text == "(" and following.text == "mod":
            found = read_side(self.tokens, place + 2, self.maths)
            return (found.tree, None, found.stop + 1) if found else (None, None, right.stop)
        found = self.remainder(place)
        return (None, found.tree, found.stop) if found else (None, None, right.stop)

    def remainder(self, place: int) -> Side | None:
        """The number after "with a remainder of" or R."""
        for step, token in enumerate(self.tokens[place : place + 6]):
            if token.sort is not Sort.WORD:
                return None
            if token.text.lower() in ("remainder", "r"):
                after = place + step + 1
                while self.tokens[after].text in ("of", "is") or self.tokens[after].sort is Sort.MATHS:
                    after += 1
                return read_side(self.tokens, after, self.maths)
        return None


def _in_maths(cut: Sequence[Token]) -> frozenset[int]:
    """Places of tokens between bounds of maths."""
    inside, places = False, set()
    for place, token in enumerate(cut):
        if token.sort is Sort.MATHS:
            doubled = place and cut[place - 1].sort is Sort.MATHS and cut[place - 1].end == token.start
            inside = inside if doubled else not inside
        elif inside:
            places.add(place)
    return frozenset(places)


def _computes(tree: Node) -> bool:
    """Whether a tree holds a real operator: not a number alone, a fraction, or a percentage."""
    match tree:
        case Apply("/", (over, under)):
            return _computes(over) or _computes(under) or isinstance(over, Measured) or isinstance(under, Measured)
        case Apply("()" | "neg" | "%" | "mixed" | "scale" | "base" | "scientific", (inner, *_)):
            return _computes(inner)
        case Measured(inner, _):
            return _computes(inner)
        case Apply():
            return True
    return False


def statements(text: str) -> list[Statement]:
    """Every statement of a text in order, those in <<...>> too; a part of a side is never taken for the side."""
    if "<<" not in text:
        return list(_found(text))
    found = list(_found(ANNOTATION.sub(lambda match: " " * len(match[0]), text)))
    for match in ANNOTATION.finditer(text):
        by = match.start(1)
        found.extend(replace(one, start=one.start + by, end=one.end + by) for one in _found(match[1]))
    return sorted(found, key=lambda one: one.start)


def _found(text: str) -> Iterator[Statement]:
    if text.strip():
        yield from Finder(text).statements()
