"""Lists of values in a statement, as many as both engines take."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

MANY = 500
"""Values a statement."""
ITEMS_A_READ = 200

T = TypeVar("T")


def listed(name: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The parameters of a list, as SQL and by name."""
    named = {f"{name}_{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{key}" for key in named), named


def in_lists(name: str, values: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The same for any number of values, each once, in order, MANY at a time."""
    distinct = sorted(set(values))
    for start in range(0, len(distinct), MANY):
        yield listed(name, distinct[start : start + MANY])


def chunks(items: Sequence[T], most: int = ITEMS_A_READ) -> Iterator[Sequence[T]]:
    """Some items at a time."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
