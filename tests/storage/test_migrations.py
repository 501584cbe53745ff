"""Making and upgrading databases."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.errors import AlreadyExists, WrongDatabase
from cotlab.storage import SERVER, Db, Store, create, is_postgresql, migrate, migrations, open_store
from cotlab.storage.engine.postgresql import connect
from cotlab.storage.migrations import MIGRATIONS, running
from cotlab.storage.migrations.migration import Migration
from tests.support import SIGNER

APPEND_ONLY = [table for migration in MIGRATIONS for table in migration.append_only]
NEXT = Migration("0999_notes", ("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT",), ("notes",))
BROKEN = Migration("0999_broken", ("CREATE TABLE notes (id TEXT) STRICT", "CREATE TABLE notes (id TEXT) STRICT"))


def test_each_migration_is_the_file_of_its_number() -> None:
    files = sorted(path.stem for path in Path(migrations.__file__).parent.glob("m[0-9]*.py"))
    assert [file[1:5] for file in files] == [migration.name[:4] for migration in MIGRATIONS]
    for file, migration in zip(files, MIGRATIONS, strict=True):
        module = import_module(f"{migrations.__name__}.{file}")
        assert (migration.statements, migration.append_only) == (module.STATEMENTS, module.APPEND_ONLY)


def execute(database: str, statement: str) -> list[Any]:
    """Run a statement as an outsider would."""
    if is_postgresql(database):
        server = connect(database)
        try:
            cursor = server.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            server.close()
    file = sqlite3.connect(database, isolation_level=None)
    try:
        return file.execute(statement).fetchall()
    finally:
        file.close()


def test_a_new_database_opens_and_is_made_once(empty_database: str) -> None:
    with pytest.raises(WrongDatabase, match="cotlab init"):
        open_store(empty_database, signer=SIGNER)
    with pytest.raises(WrongDatabase, match="cotlab init"):
        migrate(empty_database)
    create(empty_database)
    store = open_store(empty_database, signer=SIGNER)
    store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
    store.close()
    assert migrate(empty_database) == []
    with pytest.raises(AlreadyExists):
        create(empty_database)


def test_a_file_is_made_for_its_owner_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    create(tmp_path / "deep" / "cotlab.db")
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "deep").iterdir()] == [
        ("cotlab.db", 0o600)
    ]


def test_every_file_is_in_wal_mode_with_its_mark(sqlite_template: Path) -> None:
    assert execute(str(sqlite_template), "PRAGMA journal_mode") == [("wal",)]
    assert execute(str(sqlite_template), "PRAGMA application_id") == [(0x636F746C,)]


def test_a_program_waits_until_the_disk_has_what_it_wrote(sqlite_template: Path, tmp_path: Path) -> None:
    """The tests wait for no disk, so that another process has to say it."""
    path = Path(shutil.copyfile(sqlite_template, tmp_path / "cotlab.db"))
    code = "import pathlib, sys; from cotlab.storage.engine.sqlite import SqliteConnection; made = SqliteConnection"
    code += "(pathlib.Path(sys.argv[1]), reader=False); print(made.rows('PRAGMA synchronous', {}))"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout == "[{'synchronous': 2}]\n", "2 is FULL"


def a_folder(path: Path) -> None:
    path.mkdir()


def another_database(path: Path) -> None:
    execute(str(path), "CREATE TABLE actors (id TEXT)")


WRONG: list[tuple[str, Callable[[Path], Any], str]] = [
    ("missing", lambda path: None, "There is no database"),
    ("a folder", a_folder, "There is no database"),
    ("empty", lambda path: path.write_bytes(b""), "no cotlab database"),
    ("text", lambda path: path.write_text("hello " * 1000), "no cotlab database"),
    ("another database", another_database, "no cotlab database"),
]


@pytest.mark.parametrize(("name", "make", "sentence"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, name: str, make: Callable[[Path], Any], sentence: str
) -> None:
    path = tmp_path / "cotlab.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for attempt in (lambda: open_store(path, signer=SIGNER), lambda: migrate(path)):
        with pytest.raises(WrongDatabase, match=sentence):
            attempt()
    assert (path.read_bytes() if path.is_file() else None) == before
    assert len(list(tmp_path.iterdir())) == (0 if name == "missing" else 1)


@pytest.mark.parametrize("address", ["mysql://host/name", "", "postgresql://host/name?nonsense=1"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(WrongDatabase):
        open_store(address, signer=SIGNER)


def test_postgresql_without_its_driver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.storage.engine.postgresql.find_spec", lambda name: None)
    for attempt in (lambda url: open_store(url, signer=SIGNER), create, migrate):
        with pytest.raises(WrongDatabase, match="pip install"):
            attempt("postgresql://host/name")


@pytest.mark.postgresql
def test_a_database_with_other_tables_is_refused(cluster: Any) -> None:
    url = cluster.empty()
    execute(url, "CREATE TABLE somebody_elses (id TEXT)")
    with pytest.raises(WrongDatabase, match="something else"):
        create(url)
    cluster.drop(url)


def test_a_newer_database_is_refused(engine: str, tmp_path: Path) -> None:
    migrate(engine, migrations=(*MIGRATIONS, NEXT), backup_folder=tmp_path)
    for attempt in (lambda: open_store(engine, signer=SIGNER), lambda: migrate(engine)):
        with pytest.raises(WrongDatabase, match="newer cotlab"):
            attempt()


def test_an_older_database_is_refused_until_it_is_migrated(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.storage.migrations.schema.check_schema.__defaults__", ((*MIGRATIONS, NEXT),))
    with pytest.raises(WrongDatabase, match="run: cotlab migrate"):
        open_store(engine, signer=SIGNER)


def test_an_upgrade_takes_a_backup_first_and_refuses_changes_to_new_rows(engine: str, tmp_path: Path) -> None:
    store = open_store(engine, signer=SIGNER)
    store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
    store.close()
    folder = tmp_path / "backups"
    folder.mkdir()
    assert migrate(engine, migrations=(*MIGRATIONS, NEXT), backup_folder=folder) == ["0999_notes"]
    assert migrate(engine, migrations=(*MIGRATIONS, NEXT), backup_folder=folder) == []
    [copy] = folder.iterdir()
    assert ".before-0999_notes-" in copy.name
    if not is_postgresql(engine):
        assert execute(str(copy), "SELECT kind FROM (SELECT 1 AS kind FROM events)") == [(1,)]
    execute(engine, "INSERT INTO notes VALUES ('a', 'b')")
    with pytest.raises(Exception, match="never changed or deleted"):
        execute(engine, "DELETE FROM notes")


def test_a_migration_that_fails_leaves_nothing(engine: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="notes"):
        migrate(engine, migrations=(*MIGRATIONS, BROKEN), backup_folder=tmp_path)
    with pytest.raises(Exception, match="notes"):
        execute(engine, "SELECT * FROM notes")
    assert migrate(engine, migrations=(*MIGRATIONS, NEXT), backup_folder=tmp_path) == ["0999_notes"]


AT_ONCE = """
import sys
from pathlib import Path
from cotlab.storage import migrate
from cotlab.storage.migrations import MIGRATIONS, Migration
more = tuple(
    Migration(f"09{n:02}", tuple(f"CREATE TABLE t{n}_{m} (id TEXT NOT NULL) STRICT" for m in range(20)), (f"t{n}_0",))
    for n in range(4)
)
sys.stdin.readline()
print(len(migrate(sys.argv[1], migrations=(*MIGRATIONS, *more), backup_folder=Path(sys.argv[2]))))
"""


@pytest.mark.slow
def test_four_processes_that_migrate_at_once(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, engine, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, outcomes
    assert sum(int(out) for out, _ in outcomes) == 4
    for number in range(4):
        assert execute(engine, f"SELECT count(*) FROM t{number}_19") == [(0,)]


@pytest.mark.slow
def test_four_processes_that_create_at_once(empty_database: str) -> None:
    code = "import sys; from cotlab.storage import create; sys.stdin.readline(); create(sys.argv[1])"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_database], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]  # fmt: skip
    errors = [process.communicate("\n", timeout=60)[1] for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 1, 1, 1], errors
    assert sum("AlreadyExists" in error for error in errors) == 3, errors
    open_store(empty_database, signer=SIGNER).close()


def rows_of(db: Db, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.rows(f"SELECT * FROM {table}")]


def test_append_only_tables_refuse_update_and_delete(store: Store, engine: str) -> None:
    store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
    store.write(SERVER, lambda db: db.add("signing_keys", id="k", public_key="p", at=1, sequence=1))
    for table, column in (("events", "sequence"), ("heads", "size"), ("signing_keys", "at")):
        before = store.write(SERVER, lambda db, t=table: rows_of(db, t))  # type: ignore[misc]
        assert before
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(Exception, match="never changed or deleted"):
                store.write(SERVER, lambda db, s=statement: db.run(s))  # type: ignore[misc]
        assert store.write(SERVER, lambda db, t=table: rows_of(db, t)) == before  # type: ignore[misc]


def test_every_append_only_table_has_its_triggers(engine: str) -> None:
    if is_postgresql(engine):
        for table in APPEND_ONLY:
            with pytest.raises(Exception, match="never changed or deleted"):
                execute(engine, f"TRUNCATE {table} CASCADE")
        return
    triggers = {name for (name,) in execute(engine, "SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert triggers == {f"{table}_refuse_{change}" for table in APPEND_ONLY for change in ("update", "delete")}


def test_replacing_a_row_is_refused_too(store: Store, engine: str) -> None:
    store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
    upsert = (
        "INSERT INTO events (chain, sequence, body, hash) VALUES ('server', 1, 'x', 'x')"
        " ON CONFLICT (chain, sequence) DO UPDATE SET body = 'x'"
    )
    with pytest.raises(Exception, match="never changed or deleted"):
        store.write(SERVER, lambda db: db.run(upsert))
    if not is_postgresql(engine):
        with pytest.raises(Exception, match="never changed or deleted"):
            store.write(SERVER, lambda db: db.run("INSERT OR REPLACE INTO events VALUES ('server', 1, 'x', 'x')"))


def test_the_template_is_not_touched_by_a_copy(sqlite_template: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(sqlite_template, copy)
    before = sqlite_template.read_bytes()
    open_store(copy, signer=SIGNER).close()
    assert sqlite_template.read_bytes() == before


def test_a_database_of_the_first_schema_is_brought_up(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(running, "MIGRATIONS", MIGRATIONS[:1])
        create(empty_database)
    execute(empty_database, "INSERT INTO projects VALUES ('p', 'P', 'p', 1, 1)")
    with pytest.raises(WrongDatabase, match="older cotlab"):
        open_store(empty_database, signer=SIGNER)
    assert migrate(empty_database, backup_folder=tmp_path) == [one.name for one in MIGRATIONS[1:]]
    store = open_store(empty_database, signer=SIGNER)
    try:
        assert store.read(lambda db: [row["name"] for row in db.rows("SELECT name FROM projects")]) == ["P"]
        assert store.read(lambda db: db.rows("SELECT * FROM acknowledgements")) == []
    finally:
        store.close()
    assert list(tmp_path.iterdir()), "a backup was taken first"


def test_the_queue_of_the_fourth_schema_keeps_its_order_and_learns_its_fields(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(running, "MIGRATIONS", MIGRATIONS[:4])
        create(empty_database)
    execute(empty_database, "INSERT INTO projects VALUES ('p', 'P', 'p', 1, 1)")
    for name, domain, taken, priority in (("a", "law", 1, 30), ("b", "mathematics", 0, 20), ("c", "law", 2, 10)):
        problem = f"'{name}', 'p', 'd{name}', 'x', '{domain}', 'en', NULL, NULL, '[]', NULL, NULL, '[]', 1"
        execute(empty_database, f"INSERT INTO problems VALUES ({problem})")
        trace = f"'t{name}', 'p', '{name}', 'd{name}', NULL, 'human', NULL, NULL, 1, NULL, 1, 1, NULL, NULL, NULL, 1"
        execute(empty_database, f"INSERT INTO traces VALUES ({trace})")
        execute(empty_database, f"INSERT INTO queue VALUES ('t{name}', 'p', {taken}, {priority})")
    assert "0005_queue" in migrate(empty_database, backup_folder=tmp_path)
    rows = execute(
        empty_database,
        """SELECT item_id, project_id, taken, places, since, points, priority, field, known, settled, batch_id
           FROM queue ORDER BY item_id""",
    )
    assert [tuple(row) for row in rows] == [
        ("ta", "p", 1, 0, 30, 0.0, 30, "law", "{}", 0, None),
        ("tb", "p", 0, 0, 20, 0.0, 20, "mathematics", "{}", 0, None),
        ("tc", "p", 2, 0, 10, 0.0, 10, "law", "{}", 0, None),
    ]
    with pytest.raises(Exception, match=r"(?i)unique"):
        execute(empty_database, "INSERT INTO queue SELECT * FROM queue WHERE item_id = 'ta'")
