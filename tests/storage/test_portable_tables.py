"""No table is forgotten when a project moves: whoever adds one says whether and how it travels."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.storage import Store
from cotlab.storage.engine.store import OpenStore
from cotlab.storage.projects.archive_tables import GUIDELINES, OTHERWISE, OWN, PROJECTS, STAYS, TABLES, Table

OF_MIGRATIONS = {"_sqlite_migrations", "cotlab_migrations"}
TRAVELS = [table.name for table in TABLES]


@pytest.fixture
def schema(sqlite_template: Path) -> Iterator[sqlite3.Connection]:
    """A database to ask for its schema, which is the same on both engines."""
    with closing(sqlite3.connect(sqlite_template)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def live_tables(store: Store) -> set[str]:
    assert isinstance(store, OpenStore)
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()",
    }[store.engine.name]
    return {row["name"] for row in store.read(lambda db: db.rows(sql))} - OF_MIGRATIONS


def test_of_every_table_it_is_said_how_it_travels_or_why_it_stays(store: Store) -> None:
    said = [*TRAVELS, *OTHERWISE, *STAYS]
    assert set(said) == live_tables(store), "say in storage/portable_tables.py how the new table travels"
    assert len(said) == len(set(said))


def columns(schema: sqlite3.Connection, table: str) -> dict[str, int]:
    """Column -> its place in the primary key, from 1; 0 where it is not in it."""
    return {row["name"]: row["pk"] for row in schema.execute(f"PRAGMA table_info({table})")}


@pytest.mark.parametrize("table", TABLES, ids=TRAVELS)
def test_a_table_is_read_by_its_key_and_as_part_of_its_project(schema: sqlite3.Connection, table: Table) -> None:
    found = columns(schema, table.name)
    assert table.key == tuple(sorted((name for name in found if found[name]), key=found.__getitem__))
    assert {*table.only, *table.left_out} <= set(found)
    if table not in (GUIDELINES, PROJECTS):
        assert (table.where == OWN) == ("project_id" in found)


@pytest.mark.parametrize("table", TABLES, ids=TRAVELS)
def test_what_a_row_refers_to_comes_in_before_it(schema: sqlite3.Connection, table: Table) -> None:
    before = {"actors", *TRAVELS[: TRAVELS.index(table.name)]}
    for row in schema.execute(f"PRAGMA foreign_key_list({table.name})"):
        if row["table"] == table.name:
            assert table.after == row["from"]
        else:
            assert row["table"] in before, tuple(row)


def test_nothing_of_a_credential_travels(schema: sqlite3.Connection) -> None:
    secrets = {"tokens", "token_ends", "replies", "sessions"}
    assert secrets <= set(STAYS)
    assert not any("secret" in name for table in TABLES for name in columns(schema, table.name))
