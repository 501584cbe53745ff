"""Checks beside the requests: a thread that coordinates, while children compute."""

import threading
from contextlib import closing

import structlog

from cotlab.services.checks.coordinator import watch
from cotlab.services.checks.executors import crew
from cotlab.settings import Settings
from cotlab.storage.engine.database import Store

log = structlog.get_logger("cotlab.checks")
EVERY = 2.0
"""Seconds between two looks at what has come in."""
PATIENCE = 8.0
"""Seconds that stopping waits for what is under way; what it leaves behind is checked after the next start."""


class Checking:
    """Watches the database while the server runs; of several servers one is in charge."""

    def __init__(self, store: Store, settings: Settings, every: float = EVERY) -> None:
        self._store, self._settings, self._every = store, settings, every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cotlab-checking", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            with closing(crew(self._settings.cluster, self._settings.check_threads or 1)) as hands:
                watch(self._store, hands, self._stopping, self._every)
        except Exception as error:
            log.error("checking_ended", error=type(error).__name__, exc_info=error)
