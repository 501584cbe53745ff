"""A coordinator of checks: it asks what is missing, hands chunks out, and writes what comes back.

It keeps nothing that it could lose: killed anywhere, it costs the chunks under way, and a later one goes on.
"""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import closing
from functools import partial

import structlog

from cotlab.checks.running.chunks import Checked
from cotlab.domain.errors import ProjectClosed
from cotlab.services.checks.executors import Crew
from cotlab.services.checks.verdicts import Wanted, keep, missing, wanted
from cotlab.storage.checks import checks
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Store
from cotlab.storage.projects import projects

log = structlog.get_logger("cotlab.checks")
CHARGE = "checks"
LONGEST_PAUSE = 60.0
"""Seconds; while something fails, looks become rarer."""
Told = Callable[[int], None]


def check_project(
    store: Store, crew: Crew, project_id: str, asked: Wanted, stopping: threading.Event, told: Told = lambda _: None
) -> int:
    """Check all that is missing in a project, until nothing is or `stopping` is set. Returns how many verdicts are new.

    `told` is called with the number of new verdicts after each write. Raises the error of a chunk where a whole pass
    brought nothing but errors.
    """
    kept = 0
    while not stopping.is_set():
        new, error = _pass(store, crew, project_id, asked, stopping, told)
        kept += new
        if new == 0:
            if error is not None:
                raise error
            return kept
    return kept


def _pass(
    store: Store, crew: Crew, project_id: str, asked: Wanted, stopping: threading.Event, told: Told
) -> tuple[int, BaseException | None]:
    """Hand out all that is missing once, a bounded number of chunks at a time. Returns what is new, and an error."""
    kept, error = 0, None
    under_way: set[Future[list[Checked]]] = set()

    def take(most: int) -> None:
        nonlocal kept, error
        while len(under_way) > most:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                under_way.discard(future)
                try:
                    found = future.result()
                except (Exception, CancelledError) as failed:
                    error = failed
                    log.error("chunk_failed", project=project_id, error=type(failed).__name__, exc_info=failed)
                else:
                    new = store.write(project_id, partial(keep, project_id=project_id, asked=asked, found=found))
                    kept += new
                    told(new)

    for chunk in missing(store, project_id, asked):
        if stopping.is_set():
            break
        under_way.add(crew.check(chunk, asked, stopping))
        take(crew.at_once - 1)
    take(0)
    return kept, error


def watch(store: Store, crew: Crew, stopping: threading.Event, every: float) -> None:
    """Check whatever comes into any project, a look every so many seconds, until `stopping` is set.

    Of several that watch one database, one is in charge.
    """
    looks, pause = Looks(store, crew, stopping), every
    with closing(store.charge(CHARGE)) as charge:
        while not stopping.is_set():
            pause = every if looks.look(charge.held) else min(2 * pause, LONGEST_PAUSE)
            stopping.wait(pause)


class Looks:
    """Which projects have news is told by the heads of their chains, then by the policy and by how many traces they
    have, so that a look costs little.
    """

    def __init__(self, store: Store, crew: Crew, stopping: threading.Event) -> None:
        self._store, self._crew, self._stopping = store, crew, stopping
        self._done: dict[str, tuple[Wanted, int]] = {}
        self._seen: dict[str, int] = {}

    def look(self, held: Callable[[], bool]) -> bool:
        """Check what is missing, if this one is in charge. Returns whether all went well."""
        try:
            if not held():
                return True
            heads = self._store.read(watermarks.heads)
        except Exception as error:
            return self._failed(error)
        return all([self._looked(project_id, newest) for project_id, newest in heads.items()])

    def _looked(self, project_id: str, newest: int) -> bool:
        if self._seen.get(project_id) == newest:
            return True
        well = self._project(project_id)
        if well and not self._stopping.is_set():
            self._seen[project_id] = newest
        return well

    def _project(self, project_id: str) -> bool:
        try:
            asked, traces = self._store.read(
                lambda db: (wanted(projects.policy(db, project_id)), checks.traces(db, project_id))
            )
            if asked is None or self._stopping.is_set() or self._done.get(project_id) == (asked, traces):
                return True
            check_project(self._store, self._crew, project_id, asked, self._stopping)
        except ProjectClosed:
            return True
        except Exception as error:
            return self._failed(error, project=project_id)
        if not self._stopping.is_set():
            self._done[project_id] = (asked, traces)
        return True

    def _failed(self, error: Exception, **where: str) -> bool:
        if not self._stopping.is_set():
            log.error("checks_failed", error=type(error).__name__, exc_info=error, **where)
        return False
