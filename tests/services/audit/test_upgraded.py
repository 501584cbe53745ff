"""What people did under an earlier schema holds after an upgrade: the audit, the queue, and the work that goes on."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.services.audit import verification
from cotlab.storage import Db, Store, create, migrate, open_store
from cotlab.storage.migrations import MIGRATIONS, running
from tests.services.calibration import doubting
from tests.services.calibration.test_rechecks import draw
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project

EARLIER = MIGRATIONS[:4]
CREATED = [
    name for one in EARLIER for statement in one.statements for name in re.findall(r"CREATE TABLE (\w+)", statement)
]  # fmt: skip
TABLES = sorted(CREATED, key=lambda name: CREATED.index("assignments" if name == "cases" else name) - (name == "cases"))
"""Each after those that its rows name; a column of assignments names cases, which came later."""

LATER = {"traces": "task", "actors": "carried_name", "assignments": "brought_by"}
"""Columns that came later."""


@pytest.fixture
def lived(
    sqlite_template: Path, tmp_path: Path, clock: Clock, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Gold, calibration, an alarm and a recheck, a case that is decided, and traces in hand, given up and finished.

    As then, no event says what brought a trace.
    """
    path = tmp_path / "lived.db"
    shutil.copyfile(sqlite_template, path)
    store = open_store(path, signer=SIGNER, clock=clock, new_id=ids)
    world = people_and_project(store, clock)
    with monkeypatch.context() as before:
        before.setattr("cotlab.storage.queue.queue.brought_by", lambda *_: None)
        doubting.prepare(world, overlap=2)
        doubting.qualify(world, "ann", "bob", "cyn")
        world.expert("cyn").end(world.expert("cyn").take().id, "give_up")
        for name, label in (("ann", "correct"), ("bob", "redundant")):
            world.expert(name).label_all([label])
        open_cases(world)
        position = int(world.value("SELECT position FROM cases"))
        decide(world, case_on(world, position), "correct")
        doubting.fall(world, "ann", "g4", "g5")
        draw(world)
        world.expert("bob").take()
    yield world
    store.close()


@pytest.fixture
def earlier(lived: World, empty_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same in a database of the fourth schema."""
    with monkeypatch.context() as before:
        before.setattr(running, "MIGRATIONS", EARLIER)
        before.setattr("cotlab.storage.migrations.schema.check_schema.__defaults__", (EARLIER,))
        create(empty_database)
        store = open_store(empty_database, signer=SIGNER)
        store.write(lived.project, lambda db: _copy(lived.store, db))
        store.close()
    return empty_database


def _copy(source: Store, db: Db) -> None:
    for table in TABLES:
        rows = [dict(row) for row in source.read(lambda found: found.rows(f"SELECT * FROM {table}"))]  # noqa: B023
        if table == "queue":
            rows = [_of_queue(row) for row in rows]
        if table in LATER:
            rows = [{name: value for name, value in row.items() if name != LATER[table]} for row in rows]
        if rows:
            db.add_many(table, tuple(rows[0]), [tuple(row.values()) for row in rows])


def _of_queue(row: dict[str, Any]) -> dict[str, Any]:
    return {"item_id": row["item_id"], "project_id": row["project_id"], "taken": row["taken"], "priority": row["since"]}


def test_what_was_done_under_the_fourth_schema_holds(earlier: str, lived: World, tmp_path: Path, clock: Clock) -> None:
    migrate(earlier, backup_folder=tmp_path)
    store = open_store(earlier, signer=SIGNER, clock=clock)
    world = World(store, clock, lived.host, lived.project, lived.people)
    try:
        assert _wrong(world) == []
        assert len(world.rows("SELECT * FROM assignments")) == len(lived.rows("SELECT * FROM assignments"))
        world.catch_up()
        lived.catch_up()
        queue = "SELECT * FROM queue ORDER BY item_id"
        assert [dict(row) for row in world.rows(queue)] == [dict(row) for row in lived.rows(queue)]
        given = [one.expert("cyn").label_all() for one in (world, lived)]
        assert given[0].problem == given[1].problem and given[0].purpose == given[1].purpose
        assert _wrong(world) == []
    finally:
        store.close()


def _wrong(world: World) -> list[Any]:
    found = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert world.project in found
    return [finding for one in found.values() for finding in one.findings]
