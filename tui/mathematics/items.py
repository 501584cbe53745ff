"""The flat items that a formula becomes before it is laid out on a line."""

from dataclasses import dataclass
from enum import Enum, auto


class Unsure(Exception):
    """The formula cannot be written as text with certainty, so its source stays."""


class Kind(Enum):
    NUMBER = auto()
    LETTER = auto()
    TEXT = auto()
    FUNCTION = auto()
    BIG = auto()
    FRACTION = auto()
    ROOT = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    SUM = auto()
    TIMES = auto()
    OVER = auto()
    RELATION = auto()
    MARK = auto()
    POSTFIX = auto()
    BLANK = auto()
    ROW = auto()
    CELL = auto()
    INFIX = auto()
    SUPER = auto()
    SUB = auto()


FACTORS = frozenset({Kind.NUMBER, Kind.LETTER, Kind.TEXT, Kind.FUNCTION, Kind.BIG, Kind.FRACTION, Kind.ROOT, Kind.OPEN})
ENDS = (FACTORS - {Kind.OPEN, Kind.FUNCTION, Kind.BIG}) | {Kind.CLOSE, Kind.POSTFIX}
OPERATORS = frozenset({Kind.SUM, Kind.TIMES, Kind.OVER, Kind.RELATION})


@dataclass(frozen=True, slots=True)
class Item:
    """One sign or finished part of a formula.

    `text` is how it reads alone, `closed` how it reads safely beside something that could be taken as part of it
    (`1/2` and `(1/2)`); None where the two are the same. `soft` marks a blank that only ended a command's name.
    A `numeric` fraction has only numbers; `mixed` is the sign with which it may follow a whole number, such as ⅓. An
    `indexed` root starts with a raised sign. What is `apart` starts with a word and needs a blank after a factor.
    """

    text: str
    kind: Kind
    closed: str | None = None
    soft: bool = False
    numeric: bool = False
    mixed: str | None = None
    indexed: bool = False
    apart: bool = False

    @property
    def safe(self) -> str:
        return self.text if self.closed is None else self.closed


@dataclass(frozen=True, slots=True)
class Group:
    """What stood between braces."""

    items: tuple[Item, ...]


BLANK = Item(" ", Kind.BLANK)
SOFT = Item(" ", Kind.BLANK, soft=True)
