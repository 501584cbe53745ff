"""The store over either engine: reads from a few connections, writes through the writer."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from cotlab.domain.errors import Unavailable
from cotlab.storage.engine.connection import Connection, Engine, Snapshot
from cotlab.storage.engine.database import Charge, Db, Reading
from cotlab.storage.engine.signing import Signer
from cotlab.storage.engine.writer import Writer

T = TypeVar("T")

POOL_TIMEOUT = 10.0
"""Seconds that a read waits for a connection."""


class Readers:
    """Connections for reading; each is used by one thread at a time, the last used first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()
        self._places = threading.BoundedSemaphore(engine.readers)
        self._closed = False

    def begin(self) -> Connection:
        """A connection with a snapshot open. Raises Unavailable when all are in use for long, or none can be had."""
        if self._closed:
            raise Unavailable("The database is closed.")
        if not self._places.acquire(timeout=POOL_TIMEOUT):
            raise Unavailable("All connections to the database are in use; try again in a moment.")
        try:
            return self._begun()
        except BaseException:
            self._places.release()
            raise

    def _begun(self) -> Connection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._engine.connect_reader()
                connection.begin_read()
                return connection
            try:
                connection.begin_read()
                return connection
            except Exception:
                usable = connection.usable()
                connection.close()
                if usable:
                    raise

    def end(self, connection: Connection) -> None:
        """Close the snapshot and keep the connection, unless it is broken."""
        try:
            connection.execute("ROLLBACK")
        except Exception:
            connection.close()
        else:
            self._idle.append(connection)
            if self._closed:
                self.close()
        finally:
            self._places.release()

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop().close()


class OpenStore:
    """See the protocol Store."""

    def __init__(
        self, engine: Engine, *, signer: Signer, clock: Callable[[], int], new_id: Callable[[], str], batch: int
    ) -> None:
        self.engine = engine
        self._clock = clock
        self._readers = Readers(engine)
        self._writer = Writer(engine, signer=signer, clock=clock, new_id=new_id, batch=batch)

    def read(self, fn: Callable[[Reading], T]) -> T:
        """Run `fn` in one snapshot. Raises Unavailable where the database is gone or locked."""
        try:
            connection = self._readers.begin()
        except Exception as error:
            raise self.engine.explain(error) from error
        snapshot = Snapshot(connection, self._clock())
        try:
            return fn(snapshot)
        except Exception as error:
            explained = self.engine.explain(error)
            if explained is error:
                raise
            raise explained from error
        finally:
            snapshot.end()
            self._readers.end(connection)

    def write(self, scope: str | Sequence[str], fn: Callable[[Db], T]) -> T:
        """Run `fn` in the writer; returns once it is committed. Raises Unavailable when that failed."""
        result: T = self._writer.submit(scope, fn).result()
        return result

    async def read_async(self, fn: Callable[[Reading], T]) -> T:
        """As `read`; on SQLite in the calling thread, since a short read takes microseconds."""
        if self.engine.reads_in_thread:
            return await asyncio.to_thread(self.read, fn)
        return self.read(fn)

    async def write_async(self, scope: str | Sequence[str], fn: Callable[[Db], T]) -> T:
        result: T = await self._writer.submit_async(scope, fn)
        return result

    def charge(self, name: str) -> Charge:
        return self.engine.charge(name)

    def close(self) -> None:
        """Finish the writes that wait, then let go of the database."""
        self._writer.close()
        self._readers.close()
