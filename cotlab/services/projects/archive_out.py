"""A project written out whole, in one snapshot: the same rows give the same bytes on either engine."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from cotlab.domain.errors import Conflict
from cotlab.domain.people import ActorKind
from cotlab.exchange.archive import Building, Built, row_line
from cotlab.services.projects.projects import known_project
from cotlab.storage.audit import audit_trail
from cotlab.storage.audit.verification import export_log
from cotlab.storage.engine.database import SERVER, Db, Reading, Row, Store
from cotlab.storage.engine.signing import known_keys
from cotlab.storage.labels import exports
from cotlab.storage.projects import project_archive
from cotlab.storage.projects.archive_tables import GUIDELINES, ROLES, TABLES, Table

CHAIN, KEYS, PEOPLE, NAMES = "chain.log", "keys.jsonl", "people.jsonl", "names.jsonl"
STEPS = len(TABLES) + 4
"""How often `advance` is called at most."""


def write_out(
    store: Store, project_id: str, spool: BinaryIO, named: bool, advance: Callable[[int], None] = lambda _: None
) -> Built:
    """Write a project to `spool`, an empty file that can be read too; `advance` is called after each part.

    With `named` people's names go out in a file of their own. Raises NotFound, and Conflict
    where a public key is missing.
    """
    return store.read(lambda db: _written(db, project_id, Building(spool), named, advance))


def _written(db: Reading, project_id: str, building: Building, named: bool, advance: Callable[[int], None]) -> Built:
    known_project(db, project_id)
    seen = project_archive.Named(db)

    def add(name: str, lines: Iterable[bytes]) -> None:
        building.add(name, seen.passed(lines))
        advance(1)

    add(CHAIN, (line.encode() for line in export_log(db, project_id)))
    add(KEYS, map(row_line, _keys(db, project_id)))
    for table in project_archive.owned():
        add(table.member, map(row_line, _rows(db, table, project_id)))
    versions = project_archive.guideline_versions(db, frozenset(seen.versions))
    add(GUIDELINES.member, map(row_line, versions))
    people = [row for row in project_archive.people(db, seen.people)]
    add(PEOPLE, (row_line(_nameless(row)) for row in people))
    if named:
        add(NAMES, (row_line({"id": row["id"], "name": row["name"]}) for row in people if _is_somebody(row)))
    events, head = exports.sequence_now(db, project_id)
    return building.built(
        migration=project_archive.NEWEST, project_id=project_id, events=events, head=head, named=named
    )


def _rows(db: Reading, table: Table, project_id: str) -> Iterator[Row]:
    return project_archive.roles(db, project_id) if table is ROLES else project_archive.rows(db, table, project_id)


def _keys(db: Reading, project_id: str) -> Iterator[Row]:
    """The public keys that signed the heads of the project's chain, also of servers where it was before."""
    known = known_keys(db)
    for told in audit_trail.imports_told(db):
        if told["project"] == project_id:
            known = project_archive.by_id(told["keys"]) | known
    for key_id in sorted(project_archive.key_ids(db, project_id)):
        if key_id not in known:
            raise Conflict(f"The key {key_id} signed the project's history, and nothing here knows its public half.")
        yield {"id": key_id, "public_key": known[key_id]}


def _is_somebody(row: Row) -> bool:
    """A source of labels is no person, and its name goes out with it."""
    return bool(row["kind"] != ActorKind.SOURCE.value)


def _nameless(row: Row) -> Row:
    return {**row, "name": None} if _is_somebody(row) else row


def record(db: Db, by: str, built: Built) -> str:
    """Tell the server's chain that a project was written out. Returns the receipt."""
    manifest = built.manifest
    data = {
        "project": manifest.project_id, "events": manifest.events, "head": manifest.head, "named": manifest.named,
        "sha256": built.sha256,
    }  # fmt: skip
    return db.event(SERVER, "project.exported", by, data).hash
