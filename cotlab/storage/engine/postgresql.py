"""The distributed engine: PostgreSQL through psycopg 3, writers of a scope in turn by advisory locks."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cotlab.domain.errors import Unavailable, WrongDatabase
from cotlab.storage.engine.database import Row
from cotlab.storage.engine.dialect import to_postgresql

if TYPE_CHECKING:
    import psycopg

MARKER = "cotlab_migrations"
"""The table that marks a database as one of cotlab, and names the migrations applied to it."""

LOCK_TIMEOUT = "10s"
APPLICATION = "cotlab"

_SENTENCES = {
    "53100": "The disk of the database server is full.",
    "53300": "The database server takes no more connections just now.",
    "55P03": "The database is locked by another program; try again in a moment.",
    "40P01": "The database is locked by another program; try again in a moment.",
    "25006": "The database server takes no writes just now.",
    "3D000": "The database server has no database of that name.",
    "28P01": "The database server refused the user or password.",
    "28000": "The database server refused the user or password.",
}


def require_psycopg() -> None:
    """Raise WrongDatabase where psycopg is not installed; it is imported late, where it is used."""
    if find_spec("psycopg") is None:
        raise WrongDatabase('A PostgreSQL database needs: pip install "cotlab[postgresql]"')


def explain(error: BaseException) -> BaseException:
    """Unavailable for a server that is gone, locked, full or without places; any other error as it is."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return error
    sentence = _SENTENCES.get(error.sqlstate or "")
    if sentence or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return Unavailable(sentence or "The database server cannot be reached.")
    return error


def connect(url: str) -> "psycopg.Connection[tuple[Any, ...]]":
    """A plain connection in autocommit. Raises Unavailable, or WrongDatabase for an URL that cannot be read."""
    require_psycopg()
    import psycopg

    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10, application_name=APPLICATION)
    except psycopg.ProgrammingError:
        raise WrongDatabase("The address of the database cannot be read: postgresql://user@host/name.") from None
    except psycopg.Error as error:
        raise explain(error) from error


def lock_key(name: str) -> int:
    """The advisory lock of a scope: 64 bits of its sha256, signed as PostgreSQL wants them."""
    return int.from_bytes(sha256(f"cotlab {name}".encode()).digest()[:8], "big", signed=True)


class PostgresqlConnection:
    """A connection whose numbers come out as on SQLite: `sum` of integers an int, `avg` a float, truth 0 or 1."""

    def __init__(self, url: str) -> None:
        from psycopg.rows import dict_row

        from cotlab.storage.engine.postgresql_types import register

        self._connection = connect(url)
        register(self._connection)
        self._cursor = self._connection.cursor(row_factory=dict_row)
        self.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        self.execute("SET client_encoding = 'UTF8'")

    def usable(self) -> bool:
        return not self._connection.closed

    def begin_read(self) -> None:
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_write(self, scopes: Iterable[str]) -> None:
        """Locks are taken in one order by everybody, before the first savepoint, and end with the transaction."""
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        for key in sorted(map(lock_key, scopes)):
            self._cursor.execute("SELECT pg_advisory_xact_lock(%(key)s::bigint)", {"key": key})

    def execute(self, sql: str) -> None:
        self._cursor.execute(sql)

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        self._cursor.execute(to_postgresql(sql), parameters)
        return self._cursor.fetchall() if self._cursor.description is not None else []

    def row(self, sql: str, parameters: Mapping[str, Any]) -> Row | None:
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def run(self, sql: str, parameters: Mapping[str, Any]) -> int:
        self._cursor.execute(to_postgresql(sql), parameters)
        return self._cursor.rowcount

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with self._cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self._connection.close()


class AdvisoryCharge:
    """A charge that is an advisory lock of a session; it ends with the connection."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._key = url, lock_key(f"charge {name}")
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def held(self) -> bool:
        """See Charge. Raises Unavailable."""
        import psycopg

        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")  # a session that is lost has lost its lock
                return True
            self._connection = connect(self._url)
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s::bigint)", (self._key,)).fetchone()
        except psycopg.Error as error:
            self.close()
            raise explain(error) from error
        if row is None or not row[0]:
            self.close()
        return self._connection is not None

    def close(self) -> None:
        """The lock is given back before the connection ends, which the server notices only some time later."""
        import psycopg

        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error), connection:
                connection.execute("SELECT pg_advisory_unlock_all()")


class PostgresqlEngine:
    """See the protocol Engine."""

    name = "postgresql"
    readers = 8
    reads_in_thread = True

    def __init__(self, url: str) -> None:
        require_psycopg()
        self.url = url

    def connect_reader(self) -> PostgresqlConnection:
        return PostgresqlConnection(self.url)

    def connect_writer(self) -> PostgresqlConnection:
        return PostgresqlConnection(self.url)

    def charge(self, name: str) -> AdvisoryCharge:
        return AdvisoryCharge(self.url, name)

    def explain(self, error: BaseException) -> BaseException:
        return explain(error)

    def applied(self) -> list[str]:
        """The names of the migrations applied. Raises WrongDatabase where it is no cotlab database."""
        connection = connect(self.url)
        try:
            return applied_to(connection)
        finally:
            connection.close()


def applied_to(connection: "psycopg.Connection[tuple[Any, ...]]") -> list[str]:
    """As PostgresqlEngine.applied, over an open connection."""
    found = connection.execute("SELECT to_regclass(%s)", (MARKER,)).fetchone()
    if found is None or found[0] is None:
        raise WrongDatabase("The PostgreSQL database is no cotlab database; cotlab init makes one.")
    return [name for (name,) in connection.execute(f"SELECT name FROM {MARKER} ORDER BY name")]
