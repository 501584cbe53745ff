"""Reading and writing on both engines."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from cotlab.domain.errors import Conflict, NotFound, Unavailable
from cotlab.storage import SERVER, Db, Reading, Store, open_store
from cotlab.storage.audit.verification import export_log, verify_log
from cotlab.storage.engine.store import OpenStore
from tests.cluster import Cluster
from tests.recycled import engine, make_database, recycled, store
from tests.support import SIGNER, Clock, Ids, plan

__all__ = ["engine", "make_database", "recycled", "store"]


def add_actor(db: Db, name: str) -> str:
    identifier = db.new_id()
    event = db.event(SERVER, "actor-added", identifier, {"id": identifier})
    db.add("actors", id=identifier, kind="person", name=name, name_folded=name.casefold(), created_at=db.now,
           sequence=event.sequence)  # fmt: skip
    return identifier


def submit(store: Store, fn: Callable[[Db], Any], scope: str = SERVER) -> "Future[Any]":
    assert isinstance(store, OpenStore)
    return store._writer.submit(scope, fn)


@contextmanager
def held(store: Store, scope: str = "held") -> Iterator[None]:
    """The writer is busy with one job, so that what is submitted meanwhile becomes the next batch."""
    hold, release = threading.Event(), threading.Event()

    def waits(db: Db) -> None:
        hold.set()
        release.wait(60)

    submit(store, waits, scope)
    assert hold.wait(60)
    try:
        yield
    finally:
        release.set()


def names(reading: Reading) -> list[str]:
    return [row["name"] for row in reading.rows("SELECT name FROM actors ORDER BY name")]


def events(reading: Reading) -> list[int]:
    return [row["sequence"] for row in reading.rows("SELECT sequence FROM events ORDER BY chain, sequence")]


def test_a_write_is_read_as_plain_dicts(store: Store, clock: Clock) -> None:
    identifier = store.write(SERVER, lambda db: add_actor(db, "Ada"))
    found = store.read(lambda reading: reading.row("SELECT * FROM actors WHERE id = :id", id=identifier))
    assert found == {"id": identifier, "kind": "person", "name": "Ada", "name_folded": "ada",
                     "created_at": clock.now, "sequence": 1, "carried_name": None}  # fmt: skip
    assert store.read(lambda reading: reading.row("SELECT * FROM actors WHERE id = :id", id="none")) is None
    assert store.read(lambda reading: reading.now) == clock.now


def test_a_failed_job_leaves_neither_rows_nor_events_and_its_neighbours_stand(store: Store) -> None:
    def fails(db: Db) -> None:
        add_actor(db, "Nobody")
        raise Conflict("no")

    with held(store):
        ada = submit(store, lambda db: add_actor(db, "Ada"))
        failed = submit(store, fails)
        bo = submit(store, lambda db: add_actor(db, "Bo"))
    ada.result(5)
    assert isinstance(failed.exception(5), Conflict)
    bo.result(5)
    assert store.read(names) == ["Ada", "Bo"]
    assert store.read(events) == [1, 2]
    assert verify_log(store.read(lambda reading: list(export_log(reading, SERVER))), SERVER).good


def test_jobs_that_wait_share_a_commit_and_one_head_a_chain(store: Store) -> None:
    with held(store):
        waiting = [submit(store, partial(add_actor, name=f"person {number}")) for number in range(20)]
        waiting += [submit(store, lambda db: db.event("p", "kind", "actor", {}), scope="p")]
        assert not any(future.done() for future in waiting)
    order = [future.result(5) for future in waiting[:20]]
    assert order == sorted(order)
    heads = store.read(lambda reading: reading.rows("SELECT chain, size FROM heads ORDER BY chain"))
    assert heads == [{"chain": "p", "size": 1}, {"chain": SERVER, "size": 20}]


def test_no_caller_is_released_before_the_commit(store: Store) -> None:
    """An error may rest on a neighbour's row; it must not be known while that row can still vanish."""

    def refused(db: Db) -> None:
        raise Conflict("taken")

    def looks(db: Db) -> bool:
        time.sleep(0.05)
        return bool(early.done())

    with held(store):
        early = submit(store, refused)
        last = submit(store, looks)
    assert last.result(5) is False
    assert isinstance(early.exception(5), Conflict)


def test_when_the_commit_fails_every_caller_is_told_and_the_thread_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(db: Db) -> None:
        raise NotFound

    with monkeypatch.context() as patch:
        with held(store):
            both = [submit(store, lambda db: add_actor(db, "Ada")), submit(store, refused)]
            patch.setattr("cotlab.storage.engine.chain.Chains.sign", lambda *arguments: 1 / 0)
        errors = [future.exception(5) for future in both]
    assert [type(error) for error in errors] == [Unavailable, Unavailable]
    assert errors[0] is not errors[1]
    store.write(SERVER, lambda db: add_actor(db, "Bo"))
    assert store.read(names) == ["Bo"]
    assert store.read(events) == [1]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError("bug")])
def test_the_thread_outlives_any_job(store: Store, error: BaseException) -> None:
    def fails(db: Db) -> None:
        raise error

    with pytest.raises(type(error)):
        store.write(SERVER, fails)
    store.write(SERVER, lambda db: add_actor(db, "Ada"))
    assert store.read(names) == ["Ada"]


async def test_a_cancelled_await_neither_runs_nor_kills_the_thread(store: Store) -> None:
    hold, release = threading.Event(), threading.Event()

    def waits(db: Db) -> None:
        hold.set()
        release.wait(60)

    running = asyncio.ensure_future(store.write_async(SERVER, waits))
    await asyncio.to_thread(hold.wait, 60)
    waiting = asyncio.ensure_future(store.write_async(SERVER, lambda db: add_actor(db, "cancelled")))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    running.cancel()
    release.set()
    await asyncio.wait_for(store.write_async(SERVER, lambda db: add_actor(db, "after")), 60)
    assert await store.read_async(names) == ["after"]


async def test_who_cancels_leaves_the_others_of_a_commit_their_outcomes(store: Store) -> None:
    first, second = Hold(), Hold()
    before = asyncio.ensure_future(store.write_async(SERVER, first))
    await asyncio.to_thread(first.begun.wait, 60)
    cancelled = asyncio.ensure_future(store.write_async(SERVER, second))
    neighbour = asyncio.ensure_future(store.write_async(SERVER, lambda db: 7))
    await asyncio.sleep(0)
    first.go_on.set()
    await asyncio.to_thread(second.begun.wait, 60)
    cancelled.cancel()
    await asyncio.sleep(0)
    second.go_on.set()
    assert await asyncio.wait_for(neighbour, 60) == 7
    await before


class Hold:
    """A job that waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, db: Db) -> None:
        self.begun.set()
        self.go_on.wait(60)


def test_a_write_within_a_write_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="within a write"):
        store.write(SERVER, lambda db: store.write(SERVER, lambda inner: None))


def test_an_event_for_a_chain_outside_the_scope_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not in the scope"):
        store.write("project", lambda db: db.event(SERVER, "kind", "actor", {}))
    assert store.write(["project", SERVER], lambda db: db.event(SERVER, "kind", "actor", {})).sequence == 1


def test_the_transaction_cannot_be_used_after_its_end(store: Store) -> None:
    leaked = store.read(lambda reading: reading)
    with pytest.raises(RuntimeError, match="has ended"):
        leaked.rows("SELECT 1")


def test_nothing_is_lost_between_eight_threads_that_read_then_write(store: Store) -> None:
    store.write(SERVER, lambda db: (add_actor(db, "Ada"), db.run("UPDATE actors SET created_at = 0")))

    def increment(db: Db) -> None:
        found = db.row("SELECT created_at FROM actors")
        assert found is not None
        db.run("UPDATE actors SET created_at = :next", next=found["created_at"] + 1)

    def work() -> None:
        for _ in range(25):
            store.write(SERVER, increment)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read(lambda reading: reading.row("SELECT created_at FROM actors")) == {"created_at": 200}


def test_two_stores_take_turns(store: Store, engine: str, clock: Clock) -> None:
    """As two server processes do: no event is lost, none has the sequence of another."""
    other = open_store(engine, signer=SIGNER, clock=clock, new_id=Ids())

    def work(opened: Store) -> None:
        for _ in range(40):
            opened.write("p", lambda db: db.event("p", "kind", "actor", {}))

    threads = [threading.Thread(target=work, args=[opened]) for opened in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert store.read(events) == list(range(1, 81))


def test_scopes_in_any_order_do_not_deadlock(store: Store, engine: str, clock: Clock) -> None:
    other = open_store(engine, signer=SIGNER, clock=clock, new_id=Ids())

    def work(opened: Store, scope: list[str]) -> None:
        for _ in range(40):
            opened.write(scope, lambda db: [db.event(chain, "kind", "actor", {}) for chain in scope])

    threads = [
        threading.Thread(target=work, args=[store, ["p", "q", SERVER]]),
        threading.Thread(target=work, args=[other, [SERVER, "q", "p"]]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    for chain in ("p", "q", SERVER):
        assert verify_log(store.read(lambda reading, c=chain: list(export_log(reading, c))), chain).events == 80  # type: ignore[misc]


@pytest.mark.postgresql
def test_writers_of_different_scopes_do_not_wait_for_each_other(cluster: Cluster) -> None:
    url = cluster.fresh()
    one, other = (open_store(url, signer=SIGNER) for _ in range(2))
    with held(one, "p"):
        other.write("q", lambda db: db.event("q", "kind", "actor", {}))
        waiting = submit(other, lambda db: db.event("p", "kind", "actor", {}), "p")
        time.sleep(0.1)
        assert not waiting.done()
    waiting.result(60)
    one.close()
    other.close()
    cluster.drop(url)


def test_a_read_is_one_snapshot(store: Store) -> None:
    def reads(reading: Reading) -> tuple[list[str], list[str]]:
        before = names(reading)
        store.write(SERVER, lambda db: add_actor(db, "Ada"))
        return before, names(reading)

    assert store.read(reads) == ([], [])
    assert store.read(names) == ["Ada"]


def test_a_read_writes_nothing(store: Store) -> None:
    with pytest.raises(Unavailable, match="writ"):
        store.read(lambda reading: reading.rows("DELETE FROM queue"))


def test_numbers_and_truth_have_the_same_types_on_both_engines(store: Store) -> None:
    store.write(SERVER, lambda db: [add_actor(db, name) for name in ("a", "b")])
    row = store.read(
        lambda reading: reading.row(
            "SELECT sum(sequence) AS total, avg(sequence) AS mean, count(*) AS number, min(sequence) = 1 AS truth,"
            " sum(sequence) FILTER (WHERE sequence > 9) AS missing FROM actors"
        )
    )
    assert row == {"total": 3, "mean": 1.5, "number": 2, "truth": 1, "missing": None}
    assert [type(value) for value in row.values()] == [int, float, int, int, type(None)]


def test_text_is_sorted_by_its_bytes_and_kept_as_it_is(store: Store) -> None:
    texts = ["Zebra", "apple", "a b", "Émile", "%s :name ::x", "\U0001d54f", "\uffff"]
    store.write(SERVER, lambda db: [add_actor(db, name) for name in texts])
    assert store.read(names) == sorted(texts, key=str.encode)


def test_many_rows_are_added(store: Store) -> None:
    rows = [(f"id{number}", "person", f"tab\t{number} \\N", f"folded {number}", 1, number) for number in range(1000)]
    columns = ("id", "kind", "name", "name_folded", "created_at", "sequence")
    named = ", ".join(columns)
    store.write(SERVER, lambda db: db.add_many("actors", columns, iter(rows)))
    found = store.read(lambda reading: reading.rows(f"SELECT {named} FROM actors ORDER BY sequence"))
    assert [tuple(row.values()) for row in found] == rows
    store.write(SERVER, lambda db: db.add_many("actors", columns, []))


def test_run_counts_the_rows_it_touched(store: Store) -> None:
    store.write(SERVER, lambda db: [add_actor(db, name) for name in ("a", "b")])
    assert store.write(SERVER, lambda db: db.run("UPDATE actors SET name = :n WHERE sequence > :s", n="x", s=1)) == 1
    returned = store.write(SERVER, lambda db: db.rows("UPDATE actors SET name = 'y' RETURNING sequence"))
    assert sorted(row["sequence"] for row in returned) == [1, 2]


def test_a_closed_store_refuses(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(Unavailable):
        store.write(SERVER, lambda db: None)
    with pytest.raises(Unavailable):
        store.read(names)


def test_plan_tells_a_search_from_a_scan(store: Store) -> None:
    search = plan(store, "SELECT hash FROM events WHERE chain = :chain ORDER BY sequence DESC LIMIT 1", chain="p")
    scan = plan(store, "SELECT hash FROM events WHERE hash = :hash", hash="x")
    assert "Scan" not in search.replace("Index Scan", "") and "SCAN" not in search
    assert "Seq Scan on events" in scan or "SCAN events" in scan
