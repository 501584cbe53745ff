"""What a function of storage or services is handed: a Db inside one open transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Row = Mapping[str, Any]
T = TypeVar("T")

SERVER = "server"
"""The scope and the chain of what belongs to no project."""


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that was appended to a chain: its sequence there (from 1) and its hash (the receipt)."""

    sequence: int
    hash: str


class Reading(Protocol):
    """One snapshot. `now` is microseconds UTC, read once."""

    now: int

    def rows(self, sql: str, **parameters: Any) -> Sequence[Row]: ...

    def row(self, sql: str, **parameters: Any) -> Row | None: ...


class Db(Reading, Protocol):
    """One job of a write transaction: all of it is kept, or nothing."""

    def new_id(self) -> str:
        """A random id (version 4), which says nothing about when or with what it was made."""
        ...

    def run(self, sql: str, **parameters: Any) -> int:
        """Run one statement; return how many rows it touched."""
        ...

    def add(self, table: str, **columns: Any) -> None:
        """Insert one row."""
        ...

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows, each with its values in the order of `columns`."""
        ...

    def event(self, chain: str, kind: str, actor: str, data: Mapping[str, Any]) -> Appended:
        """Append an event to a chain that is in the scope of this write."""
        ...


class Charge(Protocol):
    """What one process alone has at a time, of all that use a database; it ends with the process."""

    def held(self) -> bool:
        """Whether it is this one's now; where nobody has it, it becomes so."""
        ...

    def close(self) -> None: ...


class Store(Protocol):
    """A database. `read` is one snapshot; the writers of one scope take turns."""

    def read(self, fn: Callable[[Reading], T]) -> T: ...

    def write(self, scope: str | Sequence[str], fn: Callable[[Db], T]) -> T: ...

    async def read_async(self, fn: Callable[[Reading], T]) -> T: ...

    async def write_async(self, scope: str | Sequence[str], fn: Callable[[Db], T]) -> T: ...

    def charge(self, name: str) -> Charge:
        """A charge of this name, which is not held before it is asked for."""
        ...

    def close(self) -> None: ...
