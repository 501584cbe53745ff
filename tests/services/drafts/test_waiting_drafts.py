"""Which request for drafts goes first, and that finding it looks at none that waits behind it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.drafts import requests
from cotlab.services.projects import projects
from cotlab.storage import SERVER, Reading, create, is_postgresql, migrate
from cotlab.storage.drafts.draft_requests import LATER, SOON, waiting
from cotlab.storage.engine.database import Row
from cotlab.storage.migrations import MIGRATIONS, running
from tests.services.drafts.drafted import add_model, ask, remove_model, take
from tests.storage.test_migrations import execute
from tests.support import plan
from tests.world import World

UNTIL_24 = tuple(one for one in MIGRATIONS if one.name < "0025")


class Listening:
    """A reading that keeps what is asked of it."""

    def __init__(self, db: Reading) -> None:
        self.db, self.now = db, db.now
        self.said: list[tuple[str, Mapping[str, Any]]] = []

    def row(self, sql: str, **parameters: Any) -> Row | None:
        self.said.append((sql, parameters))
        return self.db.row(sql, **parameters)


@pytest.mark.parametrize("busy", [(), ("transformers",)])
def test_the_first_of_each_model_is_read_from_the_index(world: World, engine: str, busy: tuple[str, ...]) -> None:
    listening: list[Listening] = []

    def asked(db: Reading) -> None:
        listening.append(Listening(db))
        waiting(listening[0], busy)  # type: ignore[arg-type]

    world.store.read(asked)
    ((sql, parameters),) = listening[0].said
    found = plan(world.store, sql, **parameters)
    if is_postgresql(engine):
        assert "Index Scan using draft_leases_in_order on draft_leases w" in found, found
        assert "(model_id = m.id) AND (rank <= " in found and "Seq Scan on draft_leases" not in found, found
    else:
        assert "SEARCH w USING INDEX draft_leases_in_order (model_id=? AND rank<?)" in found, found
        assert "SCAN l" not in found and "SCAN w" not in found, found
        assert found.count("USE TEMP B-TREE") == 1, f"only the firsts of models are sorted: {found}"


def test_the_longest_waiting_goes_first_of_those_whose_driver_is_free(world: World) -> None:
    for name in ("small", "large", "gone"):
        add_model(world, name)
    made = []
    for model in ("gone", "large", "small", "large"):
        made.append(ask(world, model=model).id)
        world.clock.advance(seconds=1)
    remove_model(world, "gone")
    assert world.store.read(lambda db: waiting(db, ["openai"])) is None
    assert world.store.read(lambda db: waiting(db, (), SOON)) is None, "nobody waits for a reason"
    assert world.store.read(lambda db: waiting(db, ["transformers"], LATER)) == made[0], "it is to fail with a sentence"
    assert [row["id"] for row in (take(world, "w", 60_000_000) for _ in made) if row] == made
    assert take(world, "w") is None


def test_of_two_workers_that_see_the_same_one_has_it(world: World) -> None:
    add_model(world)
    made = ask(world).id
    assert world.write(lambda db: requests.take(db, made, "w", 1_000), SERVER) is not None
    assert world.write(lambda db: requests.take(db, made, "v", 1_000), SERVER) is None
    world.clock.advance(microseconds=1_001)
    assert world.write(lambda db: requests.take(db, made, "v", 1_000), SERVER) is not None


def test_nothing_waits_in_a_project_that_was_closed(world: World) -> None:
    add_model(world)
    ask(world)
    held = take(world, "w")
    world.write(lambda db: projects.close_project(db, world.host, world.project, ClosingBody(reason="done")))
    assert held and world.rows("SELECT * FROM draft_leases") == []


def test_requests_of_an_earlier_schema_keep_their_order(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(running, "MIGRATIONS", UNTIL_24)
        create(empty_database)

    def run(sql: str) -> Any:
        return execute(empty_database, sql)

    run("INSERT INTO projects VALUES ('p', 'P', 'p', 1, 1), ('q', 'Q', 'q', 1, 2)")
    run("INSERT INTO project_ends VALUES ('q', 1, 'over', 3)")
    run("INSERT INTO actors (id, kind, name, name_folded, created_at, sequence) VALUES ('a', 'person', 'A', 'a', 1, 1)")
    for place, (name, kind, project) in enumerate(
        (("old", "label_opinion", "p"), ("given", "path", "p"), ("held", "path", "p"), ("reason", "rationale", "p"),
         ("closed", "path", "q")), 1,
    ):  # fmt: skip
        run(
            f"""INSERT INTO draft_requests (id, project_id, kind, model_id, model, sampling, seed, number, answers,
                actor_id, at, sequence)
            VALUES ('{name}', '{project}', '{kind}', 'm{place}', 'm', '{{}}', 1, 1, 0, 'a', {place}, {place})"""
        )
    run(
        """INSERT INTO draft_leases VALUES ('old', 1, NULL, 0), ('given', 2, 'w', 0), ('held', 3, 'w', 99),
           ('reason', 4, NULL, 0), ('closed', 5, NULL, 0)"""
    )
    assert "0027_waiting_drafts" in migrate(empty_database, backup_folder=tmp_path)
    columns = "request_id, model_id, rank, asked_at, worker, expires_at, lost"
    rows = run(f"SELECT {columns} FROM draft_leases ORDER BY rank, asked_at")
    assert [tuple(row) for row in rows] == [
        ("reason", "m4", SOON, 4, None, 0, 0), ("old", "m1", LATER, 1, None, 0, 0),
        ("given", "m2", LATER, 2, None, 0, 0), ("held", "m3", LATER, 3, "w", 99, 0),
    ]  # fmt: skip
