"""The server's process."""

import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator

import structlog
import uvicorn

from cotlab import __version__
from cotlab.api.app import create_app
from cotlab.api.checks import Checking
from cotlab.domain.errors import Unavailable
from cotlab.logs import set_up_logs
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings

log = structlog.get_logger("cotlab.serve")
BACKLOG = 2048
CONSEQUENCES_EVERY = 1.0
"""Seconds."""


def serve(settings: Settings) -> None:
    """Serve until a signal comes; then finish what is under way. Raises Unavailable where the port is taken."""
    set_up_logs(settings.log_level)
    if settings.one_core:
        _keep_to_one_core()
    store = open_database(settings)
    with contextlib.closing(store), _listening(settings.host, settings.port) as listener:
        checking = Checking(store, settings) if settings.checks else None
        config = uvicorn.Config(
            create_app(store, CONSEQUENCES_EVERY, checking, settings.cluster),
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            http="httptools", lifespan="on", access_log=False, server_header=False, log_config=None,
            timeout_graceful_shutdown=10,
        )  # fmt: skip
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        log.info("serving", version=__version__, url=f"http://{shown}:{port}", database=_shown(settings.database))
        gc.freeze()  # what is loaded by now stays, so that no collection walks it again
        print(f"cotlab {__version__} serves http://{shown}:{port}", flush=True)
        signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again once it is done
        uvicorn.Server(config).run(sockets=[listener])


def _leave(*_: object) -> None:
    """Leave by the way that closes the store, so that its log is folded back into the database's file."""
    log.info("stopped")
    sys.exit(0)


def _keep_to_one_core() -> None:
    """Run on one core, another one a process: handing the interpreter's lock from core to core costs more than it wins.

    Other systems than Linux have no such call, and a container may refuse it; then nothing changes.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)  # before the address is said, so that nobody who reads it is turned away
    except OSError as error:
        raise Unavailable(f"{host}:{port} cannot be listened on: {error.strerror}.") from error
    with listener:
        yield listener


def _shown(database: str) -> str:
    """A database's name without a password."""
    scheme, separator, rest = database.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else database
