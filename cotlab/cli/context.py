"""What commands share: the settings, the store on this host, or a client of a server."""

import asyncio
import getpass
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from cotlab.client import Client, load_credentials
from cotlab.domain.errors import BadInput, NotFound
from cotlab.settings import Settings
from cotlab.storage import SERVER, Store

P = ParamSpec("P")
T = TypeVar("T")

database_option = click.option(
    "--database", help="A file, or postgresql://…; else COTLAB_DATABASE, else cotlab.db here."
)
server_option = click.option("--server", help="The server's address; else COTLAB_SERVER, else where you are signed in.")


def settings(**flags: Any) -> Settings:
    """The environment's settings, with the flags that were given on top."""
    return Settings(**{name: value for name, value in flags.items() if value is not None})


@contextmanager
def opened(found: Settings) -> Iterator[Store]:
    """The store of this host."""
    from cotlab.services.people.setup import open_database

    store = open_database(found)
    try:
        yield store
    finally:
        store.close()


def host(store: Store) -> str:
    """The actor's id of the operating-system user who runs this command."""
    from cotlab.services.people.accounts import host_actor

    login = getpass.getuser()
    return store.write(SERVER, lambda db: host_actor(db, login))


def client(found: Settings) -> Client:
    """A client of the server that is named, or of the one that you are signed in to. Raises BadInput for none."""
    kept = load_credentials(found.credentials) if found.token is None else None
    server = found.server or (kept.server if kept else None)
    token = found.token or (kept.token if kept and kept.server == (found.server or kept.server).rstrip("/") else None)
    if server is None or token is None:
        raise BadInput("Name the server (--server or COTLAB_SERVER) and sign in: COTLAB_TOKEN, or cotlab-tui login.")
    return Client(server, token, allow_plain_http=found.allow_plain_http)


async def project_id(connection: Client, name: str) -> str:
    """The id of the project of that name, among mine."""
    for project in await connection.projects():
        if project.name.casefold() == name.casefold():
            return project.id
    raise NotFound(f"There is no project named {name} among yours.")


def run(command: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Let click call an async command."""

    @wraps(command)
    def call(*arguments: P.args, **options: P.kwargs) -> T:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        return asyncio.run(command(*arguments, **options))

    return call
