"""A copy of a database held against itself: its pages, its schema and its chains."""

import sqlite3
from contextlib import closing
from pathlib import Path

from cotlab.domain.errors import BadInput
from cotlab.storage.audit.verification import Verdict, verify_database
from cotlab.storage.engine.connection import Snapshot
from cotlab.storage.engine.signing import known_keys
from cotlab.storage.engine.sqlite import SqliteConnection
from cotlab.storage.migrations.schema import applied_to_file, check_schema


def verify_file(path: Path, name: str) -> dict[str, Verdict]:
    """Check a SQLite file from the pages up to the chains; returns the verdict a chain. Raises BadInput for damage."""
    check_schema(applied_to_file(path, name), pending_allowed=True)
    try:
        with closing(SqliteConnection(path, reader=False)) as connection:
            connection.begin_read()
            for pragma in ("integrity_check", "foreign_key_check"):
                rows = connection.rows(f"PRAGMA {pragma}", {})
                if rows and rows[0].get("integrity_check") != "ok":
                    raise BadInput(f"The file {name} is damaged: {pragma} found {len(rows)} faults.")
            return verify_chains(Snapshot(connection, 0), name)
    except sqlite3.Error as error:
        raise BadInput(f"The file {name} is damaged: {error}.") from None


def verify_chains(reading: Snapshot, name: str) -> dict[str, Verdict]:
    """The verdict a chain, by the keys that the database knows. Raises BadInput where one is not good."""
    verdicts = verify_database(reading, known_keys(reading) or None)
    for verdict in verdicts.values():
        if not verdict.good:
            sentence = verdict.findings[0].sentence
            raise BadInput(f"The history in {name} does not hold: chain {verdict.chain}: {sentence}")
    return verdicts
