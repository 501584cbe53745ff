"""Who does the work of checks and drafts: threads here, or the workers of a cluster."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from cotlab.checks.running.chunks import Checked, Stopping, check_chunk
from cotlab.domain.errors import BadInput, Unavailable
from cotlab.services.checks.verdicts import Chunk, Wanted

T = TypeVar("T")
CONNECT = 10
"""Seconds that a cluster has to answer."""
LOOK = 0.2
"""Seconds between two looks of a cluster's worker at a signal."""


class Signal(Protocol):
    """Such as threading.Event: it is set here, and seen where the work is done."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


class Hands(Protocol):
    """An executor, and signals that reach what it runs."""

    def submit(self, work: Callable[..., T], *given: Any) -> "Future[T]": ...

    def signal(self) -> Signal: ...

    def close(self) -> None: ...


class Crew(Protocol):
    """Who checks, and how many chunks they have in their hands at most."""

    @property
    def at_once(self) -> int: ...

    def check(self, chunk: Chunk, asked: Wanted, stopping: Stopping) -> "Future[list[Checked]]": ...

    def close(self) -> None: ...


def _submit(executor: Executor, chunk: Chunk, asked: Wanted, stopping: Stopping | None) -> "Future[list[Checked]]":
    judge = None if asked.answers is None else asked.answers.judge
    return executor.submit(check_chunk, chunk.stretches, chunk.answers, asked.setting, stopping, judge)


class LocalCrew:
    """Threads of this process; checks that they wait for are computed in their children, which end with them."""

    def __init__(self, threads: int = 1, name: str = "cotlab-checks") -> None:
        self.at_once = threads + 1
        self._executor = ThreadPoolExecutor(threads, name)

    def submit(self, work: Callable[..., T], *given: Any) -> "Future[T]":
        return self._executor.submit(work, *given)

    def signal(self) -> Signal:
        return threading.Event()

    def check(self, chunk: Chunk, asked: Wanted, stopping: Stopping) -> "Future[list[Checked]]":
        return _submit(self._executor, chunk, asked, stopping)

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)


class SharedSignal:
    """A signal that crosses a cluster: its copies ask the scheduler, and not more often than they must."""

    def __init__(self, event: Any) -> None:
        self._event, self._set, self._asked = event, False, 0.0

    def is_set(self) -> bool:
        if not self._set and time.monotonic() - self._asked >= LOOK:
            self._set, self._asked = self._event.is_set(), time.monotonic()
        return self._set

    def set(self) -> None:
        self._set = True
        self._event.set()

    def __reduce__(self) -> tuple[Any, ...]:
        return SharedSignal, (self._event,)


class ClusterCrew:
    """The workers of a Dask cluster. Work whose worker is lost is given to another one.

    A client of the cluster closes for good where the scheduler was away for long; then another one is made, for which
    everything here but `close` raises Unavailable where there is no scheduler still.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._known: Any = _client(address)

    @property
    def _client(self) -> Any:
        with self._lock:
            if self._known.status == "closed":
                self._known = _client(self._address)
            return self._known

    @property
    def _executor(self) -> Executor:
        executor: Executor = self._client.get_executor()
        return executor

    @property
    def at_once(self) -> int:
        """Two a core of those there are now: one under way, one that waits."""
        cores: dict[str, int] = self._client.nthreads()
        return 2 * max(1, sum(cores.values()))

    def submit(self, work: Callable[..., T], *given: Any) -> "Future[T]":
        return self._executor.submit(work, *given)

    def signal(self) -> Signal:
        from distributed import Event

        return SharedSignal(Event(client=self._client))  # type: ignore[no-untyped-call]

    def check(self, chunk: Chunk, asked: Wanted, stopping: Stopping) -> "Future[list[Checked]]":
        """`stopping` stays here; a chunk has its own limit of time."""
        return _submit(self._executor, chunk, asked, None)

    def close(self) -> None:
        with suppress(Exception):  # of a cluster that is gone
            self._known.close()


def _client(address: str) -> Any:
    if find_spec("distributed") is None:
        raise BadInput('A cluster needs: pip install "cotlab[cluster]"')
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise Unavailable(f"The cluster at {address} cannot be reached.") from error


def crew(cluster: str | None, threads: int | None = None) -> LocalCrew | ClusterCrew:
    """The cluster that is named, else threads here, as many as cores unless said. Raises BadInput and Unavailable."""
    if cluster is not None:
        return ClusterCrew(cluster)
    return LocalCrew(threads or os.cpu_count() or 1)
