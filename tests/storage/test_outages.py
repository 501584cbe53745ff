"""The database goes away, is locked or full; the process that writes is killed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cotlab.domain.errors import Unavailable
from cotlab.storage import SERVER, Store, is_postgresql, open_store
from cotlab.storage.audit.verification import verify_database
from tests import cluster as clusters
from tests.cluster import Cluster
from tests.support import SIGNER


def append(store: Store) -> None:
    store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))


def count(store: Store) -> int:
    row = store.read(lambda reading: reading.row("SELECT count(*) AS number FROM events"))
    assert row is not None
    return int(row["number"])


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Store:
    path = tmp_path / "cotlab.db"
    shutil.copyfile(sqlite_template, path)
    return open_store(path, signer=SIGNER)


def test_a_file_that_was_taken_away_is_missed_and_found_again(sqlite_store: Store, tmp_path: Path) -> None:
    path, away = tmp_path / "cotlab.db", tmp_path / "away"
    append(sqlite_store)
    away.mkdir()
    for file in tmp_path.glob("cotlab.db*"):
        shutil.move(file, away / file.name)
    for _ in range(2):
        with pytest.raises(Unavailable):
            append(sqlite_store)
        with pytest.raises(Unavailable):
            count(sqlite_store)
    assert not path.exists()
    for file in away.iterdir():
        shutil.move(file, tmp_path / file.name)
    append(sqlite_store)
    assert count(sqlite_store) == 2
    sqlite_store.close()


def test_a_full_disk_fails_the_batch_and_no_more(sqlite_store: Store) -> None:
    def grow(store: Store) -> None:
        data = {"text": "x" * 200_000}
        store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", data))

    sqlite_store.write(SERVER, lambda db: db.rows("PRAGMA max_page_count = 1"))
    with pytest.raises(Unavailable, match="full"):
        for _ in range(5):
            grow(sqlite_store)
    before = count(sqlite_store)
    sqlite_store.write(SERVER, lambda db: db.rows("PRAGMA max_page_count = 1000000"))
    grow(sqlite_store)
    assert count(sqlite_store) == before + 1
    sqlite_store.close()


def test_a_locked_file_is_waited_for_and_then_refused(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cotlab.db"
    shutil.copyfile(sqlite_template, path)
    monkeypatch.setattr("cotlab.storage.engine.sqlite.TIMEOUT", 0.2)
    store = open_store(path, signer=SIGNER)
    append(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        append(store)
    assert count(store) == 1
    other.execute("ROLLBACK")
    other.close()
    append(store)
    store.close()


def test_a_bug_in_sql_is_no_outage(store: Store) -> None:
    for attempt in (store.read, lambda fn: store.write(SERVER, fn)):
        with pytest.raises(Exception, match="no_such_table") as caught:
            attempt(lambda db: db.rows("SELECT * FROM no_such_table"))
        assert not isinstance(caught.value, Unavailable)


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_server_that_restarts_is_found_again() -> None:
    if clusters.binaries() is None:
        pytest.skip("no server binaries of PostgreSQL are installed")
    folder = clusters.make_folder()
    server = Cluster(folder)
    try:
        store = open_store(server.fresh(), signer=SIGNER)
        append(store)
        assert count(store) == 1
        server.stop()
        with pytest.raises(Unavailable):
            append(store)
        with pytest.raises(Unavailable):
            count(store)
        server.start(server.port)
        append(store)
        assert count(store) == 2
        store.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgresql
def test_connections_that_the_server_ended_are_replaced(cluster: Cluster) -> None:
    url = cluster.fresh()
    store = open_store(url, signer=SIGNER)
    append(store)
    assert count(store) == 1
    cluster.disconnect(url)
    assert count(store) == 1
    append(store)
    store.close()
    cluster.drop(url)


WRITING = """
import sys, threading
from cotlab.storage import SERVER, open_store
from tests.support import SIGNER
store = open_store(sys.argv[1], signer=SIGNER)
lock = threading.Lock()
def work():
    while True:
        appended = store.write(SERVER, lambda db: db.event(SERVER, "kind", "actor", {}))
        with lock:
            print(appended.hash, flush=True)
for _ in range(4):
    threading.Thread(target=work).start()
"""


def test_no_acknowledged_row_is_lost_by_a_kill(engine: str) -> None:
    acknowledged: set[str] = set()
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITING, engine],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        assert process.stdout is not None
        acknowledged.update(process.stdout.readline().strip() for _ in range(60))
        process.send_signal(signal.SIGKILL)
        # The pipe still holds what was acknowledged before the kill; a line cut by it does not count.
        acknowledged.update(line.strip() for line in process.stdout if len(line) == 65)
        process.stdout.close()
        process.wait(60)
    store = open_store(engine, signer=SIGNER)
    rows = store.read(lambda reading: reading.rows("SELECT hash FROM events"))
    assert len(acknowledged) >= 180
    assert acknowledged <= {row["hash"] for row in rows}
    keys = {SIGNER.id: SIGNER.public_key}
    assert store.read(lambda reading: verify_database(reading, keys))[SERVER].good
    append(store)
    store.close()
    assert is_postgresql(engine) or not list(Path(engine).parent.glob("*-wal"))
