"""The real application behind a real socket, in a thread of the tests: a process of its own takes seconds to start."""

import atexit
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uvicorn
from litestar import Litestar

from cotlab.api.app import create_app
from cotlab.api.context import Server
from cotlab.api.refusals import Refusals
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings


@dataclass(frozen=True)
class Served:
    url: str


class NoStore:
    """No request comes while no database is served."""


@contextmanager
def running(database: str, signing_key: Path) -> Iterator[Served]:
    """One database served, over a store of its own. Nobody draws what follows from requests."""
    app, url = _listening()
    with closing(open_database(Settings(database=database, signing_key=signing_key))) as store:
        app.state.server = Server(store, Refusals(store))
        yield Served(url)


@cache
def _listening() -> tuple[Litestar, str]:
    """The one application of this process, and its address."""
    app = create_app(NoStore())  # type: ignore[arg-type]
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join()

    atexit.register(stop)
    return app, f"http://127.0.0.1:{listener.getsockname()[1]}"
