"""The loop beside the requests that draws what follows from them; several servers may each run one."""

import threading

import structlog

from cotlab.services.registry import catch_up
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Store

log = structlog.get_logger("cotlab.consequences")
PATIENCE = 5.0
"""Seconds that stopping waits for what is under way; what it leaves behind is done after the next start."""
LONGEST_PAUSE = 60.0
"""Seconds; while something fails, looks become rarer."""


class Loop:
    """A thread that looks every so many seconds which projects have news."""

    def __init__(self, store: Store, every: float) -> None:
        self._store, self._every = store, every
        self._seen: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cotlab-consequences", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        pause = self._every
        while not self._stopping.wait(pause):
            pause = self._every if self._look() else min(2 * pause, LONGEST_PAUSE)

    def _look(self) -> bool:
        """Catch up where something is new. Returns whether that went well; what did not is tried again."""
        try:
            heads = self._store.read(watermarks.heads)
        except Exception as error:
            return self._failed(error)
        return all([self._caught_up(project_id, newest) for project_id, newest in heads.items()])

    def _caught_up(self, project_id: str, newest: int) -> bool:
        if self._stopping.is_set() or self._seen.get(project_id) == newest:
            return True
        try:
            catch_up(self._store, project_id)
        except Exception as error:
            return self._failed(error, project=project_id)
        self._seen[project_id] = newest
        return True

    def _failed(self, error: Exception, **where: str) -> bool:
        if not self._stopping.is_set():
            log.error("consequences_failed", error=type(error).__name__, exc_info=error, **where)
        return False
