"""Databases that were made before storage had rooms: what they recorded is what this program knows.

The files beside this one are what was run to make one, in order, on each engine.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.errors import WrongDatabase
from cotlab.storage import SERVER, create, is_postgresql, migrate, open_store
from cotlab.storage.audit.verification import verify_database
from cotlab.storage.engine.postgresql import connect
from cotlab.storage.engine.signing import known_keys
from cotlab.storage.migrations import MIGRATIONS
from tests.cluster import Cluster
from tests.conftest import ENGINES
from tests.support import SIGNER

FILES = Path(__file__).parent / "made_before"
RECORD = re.compile(r"INSERT INTO (?:cotlab|_sqlite)_migrations .*'(\d{4}_\w+)'.*\n")
OF_SQLITE = ("SELECT type, name, sql FROM sqlite_master ORDER BY type, name",)
OF_POSTGRESQL = (
    """SELECT table_name, ordinal_position, column_name, data_type, collation_name, is_nullable, column_default
       FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position""",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexdef",
    "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) AS rule FROM pg_constraint ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
)


@pytest.fixture(params=ENGINES)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two databases of one engine that are still to be made."""
    if request.param == "sqlite":
        yield str(tmp_path / "old.db"), str(tmp_path / "new.db")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    old, new = cluster.empty(), cluster.empty()
    yield old, new
    for url in (old, new):
        cluster.drop(url)


def file_of(database: str) -> str:
    name = "postgresql.sql" if is_postgresql(database) else "sqlite.sql"
    return (FILES / name).read_text(encoding="utf-8")


def run(database: str, script: str) -> None:
    """Run statements as they were run then."""
    if is_postgresql(database):
        with closing(connect(database)) as server:
            server.execute(script)
    else:
        with closing(sqlite3.connect(database)) as file:
            file.executescript(script)


def schema(database: str) -> list[list[Any]]:
    if is_postgresql(database):
        with closing(connect(database)) as server:
            return [server.execute(question).fetchall() for question in OF_POSTGRESQL]
    with closing(sqlite3.connect(database)) as file:
        return [file.execute(question).fetchall() for question in OF_SQLITE]


def test_what_was_recorded_keeps_its_names_and_order() -> None:
    names = [migration.name for migration in MIGRATIONS]
    for name in ("sqlite.sql", "postgresql.sql"):
        recorded = RECORD.findall((FILES / name).read_text(encoding="utf-8"))
        assert len(recorded) == 24 and names[: len(recorded)] == recorded


def test_a_database_made_before_is_as_one_made_now(places: tuple[str, str], tmp_path: Path) -> None:
    old, new = places
    run(old, file_of(old))
    assert migrate(old, backup_folder=tmp_path) == [one.name for one in MIGRATIONS[24:]]
    create(new)
    assert schema(old) == schema(new)


def test_a_database_made_before_keeps_its_rows_and_its_history(places: tuple[str, str], tmp_path: Path) -> None:
    old, _ = places
    run(old, file_of(old))
    migrate(old, backup_folder=tmp_path)
    with closing(open_store(old, signer=SIGNER)) as store:
        assert store.read(lambda db: [row["name"] for row in db.rows("SELECT name FROM projects")]) == ["Law"]
        store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
        verdicts = store.read(lambda db: verify_database(db, known_keys(db)))
        sizes = store.read(lambda db: db.rows("SELECT chain, max(size) AS size FROM heads GROUP BY chain ORDER BY 1"))
    assert [verdict.good for verdict in verdicts.values()] == [True, True]
    assert [(row["chain"], row["size"]) for row in sizes] == [("p" * 32, 1), (SERVER, 2)]


@pytest.mark.parametrize("last", ["0001_first", "0004_gold", "0013_position", "0016_evaluations", "0024_selection"])
def test_an_upgrade_goes_on_after_the_last_that_was_recorded(
    places: tuple[str, str], tmp_path: Path, last: str
) -> None:
    old, new = places
    script = file_of(old)
    run(old, script[: next(found.end() for found in RECORD.finditer(script) if found[1] == last)])
    with pytest.raises(WrongDatabase, match="older cotlab"):
        open_store(old, signer=SIGNER)
    names = [one.name for one in MIGRATIONS]
    assert migrate(old, backup_folder=tmp_path) == names[names.index(last) + 1 :]
    create(new)
    assert schema(old) == schema(new)
