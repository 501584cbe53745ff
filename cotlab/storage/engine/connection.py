"""What the store needs of an engine, and what a function is handed while a transaction is open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from cotlab.storage.engine.chain import Chains
from cotlab.storage.engine.database import Appended, Charge, Row
from cotlab.storage.engine.dialect import insert_by_name


class Connection(Protocol):
    """One connection; parameters are `:name` in the SQL and a mapping beside it."""

    def usable(self) -> bool:
        """False once the database went away under it; a new connection may do then."""
        ...

    def begin_read(self) -> None: ...

    def begin_write(self, scopes: Iterable[str]) -> None:
        """Open a write transaction in which the writers of each scope take turns."""
        ...

    def execute(self, sql: str) -> None: ...

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]: ...

    def row(self, sql: str, parameters: Mapping[str, Any]) -> Row | None: ...

    def run(self, sql: str, parameters: Mapping[str, Any]) -> int: ...

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...

    def close(self) -> None: ...


class Engine(Protocol):
    """One of the two databases."""

    name: str
    readers: int
    reads_in_thread: bool

    def connect_reader(self) -> Connection: ...

    def connect_writer(self) -> Connection: ...

    def charge(self, name: str) -> Charge: ...

    def explain(self, error: BaseException) -> BaseException:
        """Unavailable where the database is gone, locked or full; any other error as it is."""
        ...


class _Ended:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("the transaction has ended; rows are read before its function returns")


_ENDED: Any = _Ended()


class Snapshot:
    """The Reading of one `read`."""

    __slots__ = ("_connection", "now")

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self.now = now

    def rows(self, sql: str, **parameters: Any) -> Sequence[Row]:
        return self._connection.rows(sql, parameters)

    def row(self, sql: str, **parameters: Any) -> Row | None:
        return self._connection.row(sql, parameters)

    def end(self) -> None:
        self._connection = _ENDED


class Work(Snapshot):
    """The Db of one job of a write."""

    __slots__ = ("_chains", "_new_id", "_scope")

    def __init__(
        self, connection: Connection, now: int, scope: Sequence[str], chains: Chains, new_id: Callable[[], str]
    ) -> None:
        super().__init__(connection, now)
        self._scope = scope
        self._chains = chains
        self._new_id = new_id

    def new_id(self) -> str:
        return self._new_id()

    def run(self, sql: str, **parameters: Any) -> int:
        return self._connection.run(sql, parameters)

    def add(self, table: str, **columns: Any) -> None:
        self._connection.run(insert_by_name(table, tuple(columns)), columns)

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self._connection.add_many(table, columns, rows)

    def event(self, chain: str, kind: str, actor: str, data: Mapping[str, Any]) -> Appended:
        if chain not in self._scope:
            raise ValueError(f"the chain {chain!r} is not in the scope of this write")
        return self._chains.append(self._connection, chain, kind, actor, data, self.now)
