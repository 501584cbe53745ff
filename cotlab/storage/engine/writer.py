"""The one thread of a process that writes: many jobs, each a savepoint, in one transaction, one COMMIT.

A batch is one waiting job and all that wait behind it, up to a limit; there is no timer. Callers are released after the
COMMIT, those with an error too: an error may have been worked out from a neighbour's row that was not committed yet.
"""

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cotlab.domain.errors import Unavailable
from cotlab.storage.engine.chain import Chains
from cotlab.storage.engine.connection import Connection, Engine, Work
from cotlab.storage.engine.database import Db
from cotlab.storage.engine.signing import Signer


@dataclass(frozen=True, slots=True)
class Job:
    """A function that waits for its turn, the scopes it writes in, and where its outcome goes: to a thread that waits,
    or to an event loop.
    """

    scope: tuple[str, ...]
    fn: Callable[[Db], Any]
    future: "Future[Any] | asyncio.Future[Any]"

    def begins(self) -> bool:
        """False where nobody waits for it any more."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job returned, or the error that it ended with."""

    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs jobs in the order in which they were submitted."""

    def __init__(
        self, engine: Engine, *, signer: Signer, clock: Callable[[], int], new_id: Callable[[], str], batch: int
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._clock = clock
        self._new_id = new_id
        self._batch = batch
        self._connection: Connection | None = None
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="cotlab-writer", daemon=True)
        self._thread.start()

    def submit(self, scope: str | Sequence[str], fn: Callable[[Db], Any]) -> "Future[Any]":
        """Hand a job in. Raises RuntimeError within a job, which would wait for itself, and Unavailable once closed."""
        future: Future[Any] = Future()
        self._put(scope, fn, future)
        return future

    def submit_async(self, scope: str | Sequence[str], fn: Callable[[Db], Any]) -> "asyncio.Future[Any]":
        """As `submit`, from an event loop; all that one commit ends wakes the loop once."""
        future = asyncio.get_running_loop().create_future()
        self._put(scope, fn, future)
        return future

    def _put(
        self, scope: str | Sequence[str], fn: Callable[[Db], Any], future: "Future[Any] | asyncio.Future[Any]"
    ) -> None:
        if threading.get_ident() == self._thread.ident:
            raise RuntimeError("a write within a write would wait for itself")
        scopes = (scope,) if isinstance(scope, str) else tuple(scope)
        if not scopes:
            raise ValueError("a write names the scope that it writes in")
        job = Job(scopes, fn, future)
        with self._closing:
            if self._closed:
                raise Unavailable("The database is closed.")
            self._waiting.put(job)

    def close(self) -> None:
        """Run what waits, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        going = True
        while going:
            jobs, going = self._take()
            self._run_batch([job for job in jobs if job.begins()])
        self._drop_connection()

    def _take(self) -> tuple[list[Job], bool]:
        """Wait for a job, and take those behind it; False once there will be none."""
        jobs: list[Job] = []
        waiting = self._waiting.get()
        while waiting is not None:
            jobs.append(waiting)
            if len(jobs) == self._batch:
                return jobs, True
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _run_batch(self, jobs: Sequence[Job]) -> None:
        if not jobs:
            return
        try:
            outcomes = self._commit(jobs)
        except BaseException as error:  # the thread outlives whatever a job or the database does
            self._drop_connection()
            outcomes = [Outcome(error=self._unavailable(error)) for _ in jobs]
        _release(jobs, outcomes)

    def _commit(self, jobs: Sequence[Job]) -> list[Outcome]:
        connection = self._begin({scope for job in jobs for scope in job.scope})
        chains = Chains()
        outcomes = [self._run_job(connection, chains, job) for job in jobs]
        chains.sign(connection, self._signer, self._clock())
        connection.execute("COMMIT")
        return outcomes

    def _begin(self, scopes: set[str]) -> Connection:
        if self._connection is not None:
            try:
                self._connection.begin_write(scopes)
                return self._connection
            except Exception:
                if self._connection.usable():
                    raise
                self._drop_connection()
        self._connection = self._engine.connect_writer()
        self._connection.begin_write(scopes)
        return self._connection

    def _run_job(self, connection: Connection, chains: Chains, job: Job) -> Outcome:
        connection.execute("SAVEPOINT job")
        mark = chains.mark()
        db = Work(connection, self._clock(), job.scope, chains, self._new_id)
        try:
            result = job.fn(db)
            connection.execute("RELEASE SAVEPOINT job")
        except BaseException as error:
            chains.restore(mark)
            explained = self._engine.explain(error)
            self._take_back(connection, explained)
            return Outcome(error=explained)
        finally:
            db.end()
        return Outcome(result)

    def _take_back(self, connection: Connection, error: BaseException) -> None:
        try:
            connection.execute("ROLLBACK TO SAVEPOINT job")
            connection.execute("RELEASE SAVEPOINT job")
        except Exception:  # a full disk or a lost server has ended the whole transaction; say why it did
            raise error from None

    def _unavailable(self, error: BaseException) -> BaseException:
        """An error a caller, so that each may be raised in a thread of its own."""
        explained = self._engine.explain(error)
        if not isinstance(explained, Unavailable):
            return _caused(Unavailable(), error)
        return _caused(type(explained)(explained.sentence, **explained.details), error)

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _release(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Tell all who wait how their jobs ended."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = defaultdict(list)
    for job, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(job.future, Future):
            _end(job.future, outcome)
        else:
            loops[job.future.get_loop()].append((job.future, outcome))
    for loop, ended in loops.items():
        with suppress(RuntimeError):  # the loop was closed, and with it all that waited in it
            loop.call_soon_threadsafe(_end_all, ended)


def _end_all(ended: "Sequence[tuple[asyncio.Future[Any], Outcome]]") -> None:
    for future, outcome in ended:
        if not future.cancelled():
            _end(future, outcome)


def _end(future: "Future[Any] | asyncio.Future[Any]", outcome: Outcome) -> None:
    if outcome.error is None:
        future.set_result(outcome.result)
    else:
        future.set_exception(outcome.error)


def _caused(error: Unavailable, cause: BaseException) -> Unavailable:
    error.__cause__ = cause
    return error
