"""Projects on their way from one database to another."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from cotlab.domain.projects.archives import MovedIn
from cotlab.exchange.archive import Archive, Building
from cotlab.services.audit import verification
from cotlab.services.people import accounts
from cotlab.services.projects.archive_in import take_in
from cotlab.services.projects.archive_out import write_out
from cotlab.storage import SERVER, Signer, Store, open_store
from cotlab.storage.projects.archive_tables import OTHERWISE, STAYS, TABLES
from tests.support import Clock, Ids

ELSEWHERE = Signer(bytes(range(1, 33)))
"""The key of another server."""


@contextmanager
def another(database: str, clock: Clock, first: int = 10**9) -> Iterator[Store]:
    """A server of its own over an empty database, whose ids begin elsewhere, with somebody on its host."""
    ids = Ids()
    ids.last = first
    store = open_store(database, signer=ELSEWHERE, clock=clock, new_id=ids)
    try:
        known_key(store, ELSEWHERE)
        yield store
    finally:
        store.close()


def host(store: Store, login: str = "operator") -> str:
    return store.write(SERVER, lambda db: accounts.host_actor(db, login))


def known_key(store: Store, signer: Signer) -> None:
    """Let a server tell of its key, as `cotlab init` does."""
    by = host(store)
    store.write(SERVER, lambda db: verification.add_key(db, by, signer))


def out(store: Store, project_id: str, named: bool = True) -> bytes:
    return b"".join(write_out(store, project_id, BytesIO(), named).chunks())


def taken(store: Store, content: bytes, by: str | None = None) -> MovedIn:
    return take_in(store, by or host(store), Archive(BytesIO(content), "p.tar"))


def files(content: bytes) -> dict[str, bytes]:
    """The files of an archive by name, as any program that reads tar sees them."""
    with tarfile.open(fileobj=BytesIO(content), mode="r:") as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


def filled(content: bytes) -> set[str]:
    """The tables of which an archive holds a row."""
    return {
        name.removeprefix("tables/").removesuffix(".jsonl")
        for name, text in files(content).items()
        if text and name.startswith("tables/")
    }


def rebuilt(content: bytes, changes: Mapping[str, bytes | None], **about: Any) -> bytes:
    """The archive with other files (None: without it) under a manifest that says so."""
    building, found = Building(BytesIO()), files(content)
    said = json.loads(found.pop("manifest.json"))
    for name, text in {**found, **changes}.items():
        if text is not None:
            building.add(name, text.splitlines(keepends=True))
    fields = ("migration", "project_id", "events", "head", "named")
    return b"".join(building.built(**{key: said[key] for key in fields} | about).chunks())


def counts(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    names = [*(table.name for table in TABLES), *OTHERWISE, *STAYS]
    sql = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in names)
    return {row["name"]: row["n"] for row in store.read(lambda db: db.rows(sql))}
