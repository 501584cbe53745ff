"""A project's rows read out to be moved, and taken in elsewhere."""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cotlab.domain.errors import BadInput
from cotlab.domain.text import folded
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.signing import key_id
from cotlab.storage.migrations import MIGRATIONS
from cotlab.storage.people.deactivations import AWAY
from cotlab.storage.projects.archive_tables import GUIDELINES, ROLES, TABLES, Table

PAGE = 2_000
NEWEST = MIGRATIONS[-1].name
"""The schema of what is written; what comes in may lack tables and columns of later ones."""
_ID = re.compile(rb"[0-9a-f]{32}")


class Named:
    """Which of the people and guideline versions of a database are named in the lines that pass by."""

    def __init__(self, db: Reading) -> None:
        self._people = _ids(db, "actors")
        self._versions = _ids(db, GUIDELINES.name)
        self.people: set[str] = set()
        self.versions: set[str] = set()

    def passed(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            ids = set(_ID.findall(line))
            self.people |= {one.decode() for one in ids & self._people}
            self.versions |= {one.decode() for one in ids & self._versions}
            yield line


def _ids(db: Reading, table: str) -> set[bytes]:
    return {row["id"].encode() for row in db.rows(f"SELECT id FROM {table}")}


def rows(db: Reading, table: Table, project_id: str) -> Iterator[Row]:
    """The rows of a project in a table, with the columns that travel, in the order of its key."""
    key, after = ", ".join(f"r.{name}" for name in table.key), ""
    order = ", ".join(f"r.{name}" for name in table.key)
    last: dict[str, Any] = {}
    while page := db.rows(
        f"SELECT r.* FROM {table.name} r WHERE {table.where} {after} ORDER BY {order} LIMIT {PAGE}",
        project=project_id, **last,
    ):  # fmt: skip
        for row in page:
            yield travelling(table, row)
        last = {f"last_{name}": page[-1][name] for name in table.key}
        after = f"AND ({key}) > ({', '.join(f':last_{name}' for name in table.key)})"


def travelling(table: Table, row: Row) -> Row:
    if table.only:
        return {name: row[name] for name in table.only}
    return {name: value for name, value in row.items() if name not in table.left_out}


def roles(db: Reading, project_id: str) -> Iterator[Row]:
    """The roles of a project; the sequence of one whose event is in the server's chain is None."""
    for row in rows(db, ROLES, project_id):
        event = db.row(
            "SELECT body FROM events WHERE chain = :chain AND sequence = :sequence",
            chain=project_id, sequence=row["sequence"],
        )  # fmt: skip
        yield row if event is not None and _told(row, json.loads(event["body"])) else {**row, "sequence": None}


def _told(role: Row, event: Mapping[str, Any]) -> bool:
    data = event["data"]
    said = (event["kind"], event["at"], data.get("person"), data.get("role"))
    return said == ("member.added", role["at"], role["actor_id"], role["role"])


def guideline_versions(db: Reading, ids: Collection[str]) -> Iterator[Row]:
    """The versions of these ids, each after those that were published before it."""
    for row in db.rows("SELECT * FROM guideline_versions ORDER BY sequence, id"):
        if row["id"] in ids:
            yield travelling(GUIDELINES, row)


def people(db: Reading, ids: Collection[str]) -> Iterator[Row]:
    """Actors by id: their kind, when they were added, whether they are away (1), and `name`."""
    found = db.rows(
        f"""SELECT a.id, a.kind, a.created_at, COALESCE(a.carried_name, a.name) AS name,
                CASE WHEN {AWAY.format("a.id")} THEN 1 ELSE 0 END AS away
            FROM actors a ORDER BY a.id"""
    )
    yield from (row for row in found if row["id"] in ids)


def known_people(db: Reading) -> dict[str, str]:
    """Id -> name here."""
    return {row["id"]: row["name"] for row in db.rows("SELECT id, name FROM actors")}


def name_taken(db: Reading, kind: str, name: str) -> bool:
    found = db.row(
        "SELECT 1 AS one FROM actors WHERE kind = :kind AND name_folded = :name", kind=kind, name=folded(name)
    )
    return found is not None


def add_person(
    db: Db, actor_id: str, kind: str, name: str, carried: str | None, created_at: int, sequence: int
) -> None:  # fmt: skip
    """`carried` is the name in the archive, where it is another one than the name here."""
    with Refusing("people.jsonl"):
        db.add(
            "actors", id=actor_id, kind=kind, name=name, name_folded=folded(name), created_at=created_at,
            sequence=sequence, carried_name=carried,
        )  # fmt: skip


def rename_person(db: Db, actor_id: str, name: str, carried: str | None) -> None:
    """As `add_person`, of somebody who is here under a pseudonym."""
    with Refusing("names.jsonl"):
        db.run(
            "UPDATE actors SET name = :name, name_folded = :folded, carried_name = :carried WHERE id = :id",
            id=actor_id, name=name, folded=folded(name), carried=carried,
        )  # fmt: skip


def has_chain(db: Reading, chain: str) -> bool:
    return db.row("SELECT 1 AS one FROM events WHERE chain = :chain LIMIT 1", chain=chain) is not None


def add_chain(db: Db, chain: str, events: Iterable[Sequence[Any]], heads: Iterable[Sequence[Any]]) -> None:
    """Events as (sequence, body, hash), heads as (size, hash, at, key_id, signature)."""
    with Refusing("chain.log"):
        db.add_many("events", ("chain", "sequence", "body", "hash"), ((chain, *one) for one in events))
        columns = ("chain", "size", "hash", "at", "key_id", "signature")
        db.add_many("heads", columns, ((chain, *one) for one in heads))


def key_ids(db: Reading, chain: str) -> set[str]:
    """The keys that signed a chain's heads."""
    return {row["key_id"] for row in db.rows("SELECT DISTINCT key_id FROM heads WHERE chain = :chain", chain=chain)}


def by_id(public_keys: Iterable[str]) -> dict[str, str]:
    """Public keys by their ids."""
    return {key_id(one): one for one in public_keys}


def columns(db: Reading, table: Table) -> set[str]:
    """The columns that a row of an archive may have."""
    row = db.rows(
        f"SELECT r.* FROM (SELECT 1 AS one) n LEFT JOIN {table.name} r ON 1 = 0"
    )[0]  # fmt: skip
    return set(travelling(table, row)) - {"one"}


def add_rows(db: Db, table: Table, found: Iterable[Row], also: Sequence[str] = (), **beside: Any) -> None:
    """Take rows in, all with the columns of the first one, and with those `beside`. Raises BadInput.

    They have columns that travel, and those that are worked out here (`also`).
    """
    allowed, some = columns(db, table) | set(also), iter(found)
    first = next(some, None)
    if first is None:
        return
    if unknown := sorted(first.keys() - allowed):
        raise BadInput(f"{table.member}: there is no column {unknown[0]}.")
    names = list(first)

    def values(row: Row) -> list[Any]:
        if row.keys() != first.keys():
            raise BadInput(f"{table.member}: its rows do not have the same columns.")
        return [*(row[name] for name in names), *beside.values()]

    def all_values() -> Iterator[list[Any]]:
        yield values(first)
        yield from map(values, some)

    with Refusing(table.member):
        db.add_many(table.name, (*names, *beside), all_values())


def count(db: Reading, table: Table, project_id: str) -> int:
    """How many rows of a project a table has."""
    found = db.rows(f"SELECT count(*) AS n FROM {table.name} r WHERE {table.where}", project=project_id)
    return int(found[0]["n"])


class Refusing:
    """Turns a row that the database refuses into a sentence that names its file."""

    def __init__(self, member: str) -> None:
        self._member = member

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | OverflowError) or _sqlstate(error):
            why = str(error).splitlines()[0].rstrip(".")
            raise BadInput(f"{self._member}: a row does not fit the database: {why}.") from error


def _sqlstate(error: BaseException | None) -> bool:
    """Whether PostgreSQL says that data or a constraint does not hold."""
    return str(getattr(error, "sqlstate", None) or "")[:2] in ("22", "23")


def tables_at(migration: str) -> list[Table]:
    """The tables that a database of this schema has, whose files an archive of it holds."""
    made = "\n".join(statement for one in MIGRATIONS if one.name <= migration for statement in one.statements)
    return [table for table in TABLES if f"CREATE TABLE {table.name} (" in made]


def owned() -> list[Table]:
    """The tables whose rows are a project's alone."""
    return [table for table in TABLES if table is not GUIDELINES]
