"""Copies and their way back."""

import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, Unavailable, WrongDatabase
from cotlab.storage import SERVER, Store, create, is_postgresql, open_store
from cotlab.storage.audit.verification import verify_database
from cotlab.storage.backups.backup import backup, restore
from tests.support import SIGNER

KEYS = {SIGNER.id: SIGNER.public_key}


def append(store: Store) -> str:
    return store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {"text": "word " * 50})).hash


def hashes(store: Store) -> list[str]:
    rows = store.read(lambda reading: reading.rows("SELECT hash FROM events ORDER BY sequence"))
    return [row["hash"] for row in rows]


def counted(engine: str, count: int) -> list[str]:
    """Append events and let go of the database."""
    store = open_store(engine, signer=SIGNER)
    made = [append(store) for _ in range(count)]
    store.close()
    return made


@pytest.fixture
def forget(request: pytest.FixtureRequest) -> Any:
    """Drops the databases that a restore on PostgreSQL keeps."""
    kept: list[Any] = []
    yield kept
    for name in kept:
        if isinstance(name, str):
            cluster = request.getfixturevalue("cluster")
            cluster.drop(cluster.url(name))


def test_a_backup_under_running_writers_holds_a_prefix_and_comes_back(engine: str, tmp_path: Path, forget: Any) -> None:
    target = tmp_path / "copy"
    store = open_store(engine, signer=SIGNER)
    acknowledged: list[str] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            acknowledged.append(append(store))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 50:
        stop.wait(0.01)
    before = set(acknowledged)
    backup(engine, target)
    stop.set()
    for thread in threads:
        thread.join()
    everything = hashes(store)
    store.close()
    assert set(everything) == set(acknowledged)
    kept = restore(target, engine)
    forget.append(kept)
    assert kept is not None
    restored = open_store(engine, signer=SIGNER)
    found = hashes(restored)
    assert before <= set(found)
    assert found == everything[: len(found)]
    assert all(v.good for v in restored.read(lambda reading: verify_database(reading, KEYS)).values())
    append(restored)
    restored.close()


def test_what_was_replaced_is_kept(engine: str, tmp_path: Path, forget: Any, request: pytest.FixtureRequest) -> None:
    first = counted(engine, 3)
    backup(engine, tmp_path / "copy")
    later = counted(engine, 2)
    kept = restore(tmp_path / "copy", engine)
    forget.append(kept)
    address = request.getfixturevalue("cluster").url(kept) if is_postgresql(engine) else str(kept)
    for where, expected in ((engine, first), (address, first + later)):
        store = open_store(where, signer=SIGNER)
        assert hashes(store) == expected
        store.close()


def test_a_database_in_use_is_not_replaced(engine: str, tmp_path: Path) -> None:
    store = open_store(engine, signer=SIGNER)
    made = [append(store)]
    backup(engine, tmp_path / "copy")
    made.append(append(store))
    with pytest.raises(Conflict, match="stop it first"):
        restore(tmp_path / "copy", engine)
    made.append(append(store))
    assert hashes(store) == made
    store.close()


def test_a_backup_overwrites_nothing_unless_told_to(engine: str, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("precious")
    with pytest.raises(AlreadyExists):
        backup(engine, target)
    assert target.read_text() == "precious"
    backup(engine, target, force=True)
    assert target.stat().st_size > 1000
    assert target.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} <= {"copy", "cotlab.db"}


def test_a_backup_into_nowhere_is_one_sentence(engine: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Nothing can be written"):
        backup(engine, tmp_path / "missing" / "copy")
    with pytest.raises(BadInput, match="no backup"):
        restore(tmp_path / "missing", engine)


def test_a_restore_where_nothing_was(sqlite_template: Path, tmp_path: Path) -> None:
    backup(sqlite_template, tmp_path / "copy")
    before = (tmp_path / "copy").read_bytes()
    assert restore(tmp_path / "copy", tmp_path / "new" / "cotlab.db") is None
    open_store(tmp_path / "new" / "cotlab.db", signer=SIGNER).close()
    assert (tmp_path / "copy").read_bytes() == before
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["cotlab.db"]


def with_changed_row(path: Path, statement: str) -> None:
    """Change a backup as somebody could who writes to the file: without its triggers."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.close()


CHANGES = [
    ("UPDATE events SET body = replace(body, 'word', 'wurd') WHERE sequence = 2", "history"),
    ("DELETE FROM events WHERE sequence = 3", "history"),
    ("DELETE FROM heads", "history"),
    ("UPDATE heads SET signature = replace(signature, 'a', 'b')", "signature"),
    ("INSERT INTO tokens VALUES ('t', 'nobody', 'n', 's', 1, 1, 1)", "foreign_key_check"),
    ("UPDATE _sqlite_migrations SET name = '0777_later' WHERE name = '0001_first'", "newer cotlab"),
    ("PRAGMA application_id = 1", "no cotlab database"),
]


@pytest.mark.parametrize(("statement", "sentence"), CHANGES)
def test_a_backup_that_was_tampered_with_is_refused(
    sqlite_template: Path, tmp_path: Path, statement: str, sentence: str
) -> None:
    path, target = tmp_path / "cotlab.db", tmp_path / "copy"
    shutil.copyfile(sqlite_template, path)
    store = open_store(path, signer=SIGNER)
    store.write(SERVER, lambda db: db.add("signing_keys", id=SIGNER.id, public_key=SIGNER.public_key, at=1, sequence=1))
    store.close()
    made = counted(str(path), 3)
    backup(path, target)
    with_changed_row(target, statement)
    with pytest.raises((BadInput, WrongDatabase), match=sentence):
        restore(target, path)
    store = open_store(path, signer=SIGNER)
    assert hashes(store) == made
    store.close()
    assert {entry.name for entry in tmp_path.iterdir()} == {"cotlab.db", "copy"}


@pytest.mark.parametrize("damage", ["cut", "zeroed", "text"])
def test_a_damaged_backup_is_refused(engine: str, tmp_path: Path, damage: str) -> None:
    made = counted(engine, 40)
    target = tmp_path / "copy"
    backup(engine, target)
    content = target.read_bytes()
    middle = len(content) // 2
    changed = {
        "cut": content[:middle],
        "zeroed": content[: middle - 4096] + bytes(8192) + content[middle + 4096 :],
        "text": b"hello " * 1000,
    }
    target.write_bytes(changed[damage])
    with pytest.raises((BadInput, WrongDatabase)):
        restore(target, engine)
    store = open_store(engine, signer=SIGNER)
    assert hashes(store) == made
    store.close()


def test_a_damaged_database_is_replaced_with_its_leftover_log(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "cotlab.db"
    path.write_bytes(b"no database any more" * 500)
    (tmp_path / "cotlab.db-wal").write_bytes(b"left over")
    kept = restore(sqlite_template, path)
    assert isinstance(kept, Path) and kept.read_bytes().startswith(b"no database")
    assert not (tmp_path / "cotlab.db-wal").exists()
    open_store(path, signer=SIGNER).close()


def test_a_live_file_is_not_taken_for_a_backup(sqlite_template: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    create(live)
    store = open_store(live, signer=SIGNER)
    append(store)
    with pytest.raises(BadInput, match="in use, not a backup"):
        restore(live, tmp_path / "cotlab.db")
    with pytest.raises(BadInput, match="from itself"):
        restore(live, live)
    store.close()
