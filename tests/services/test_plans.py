"""No hot statement walks a whole table that grows with the work."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cotlab.services import access, queue
from cotlab.storage import is_postgresql
from cotlab.storage.sqlite import SqliteConnection
from tests.support import plan
from tests.world import World, trace

GROWING = (
    "problems", "traces", "steps", "assignments", "assignment_ends", "answers", "citations", "events", "heads", "queue",
    "leases", "sessions", "replies", "tokens", "token_ends", "actors", "roles", "role_ends", "exports",
)  # fmt: skip
ALIASES = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?!LEFT|JOIN|ON|WHERE|SET|ORDER|GROUP)(\w+))?")
SCAN = re.compile(r"\bSCAN (\w+)")

Said = dict[str, Mapping[str, Any]]


@pytest.fixture
def said(world: World, engine: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Every statement that is run from here on, with its parameters; SQLite's plans are the ones that are read."""
    if is_postgresql(engine):
        pytest.skip("the plans of PostgreSQL depend on how much is there")
    found: Said = {}

    def listening(name: str) -> None:
        real = getattr(SqliteConnection, name)

        def run(self: SqliteConnection, sql: str, parameters: Mapping[str, Any]) -> Any:
            found.setdefault(sql, parameters)
            return real(self, sql, parameters)

        monkeypatch.setattr(SqliteConnection, name, run)

    listening("rows")
    listening("run")
    return found


def scans(world: World, said: Said) -> list[str]:
    """Statements that scan a growing table, with the line of the plan that says so."""
    bad = []
    for sql, parameters in dict(said).items():
        names = {alias or table: table for table, alias in ALIASES.findall(sql)}
        for line in plan(world.store, sql, **parameters).splitlines():
            match = SCAN.match(line.strip())
            if match and names.get(match[1], match[1]) in GROWING:
                bad.append(f"{line}: {sql}")
    return bad


def work(world: World, said: Said) -> None:
    ann, bob = world.expert("ann"), world.expert("bob")
    first = ann.take()
    label = ann.commit(first.id, 1)
    ann.commit(first.id, 1, "redundant", replaces=label.label_id)
    ann.write(first.id, 2, "another")
    ann.view(first.id)
    for position in (2, 3):
        ann.commit(first.id, position)
    ann.finish(first.id)
    bob.end(bob.take().id, "give_up")
    while (claimed := ann.claim()).assignment is not None:
        ann.end(claimed.assignment.id, "bad_problem")
    world.clock.advance(minutes=61)
    bob.claim()


def test_a_commit_and_a_claim_scan_nothing_that_grows(world: World, said: Said) -> None:
    work(world, said)
    assert len(said) > 25
    assert scans(world, said) == []


def test_sign_in_queue_and_past_labels_scan_nothing_that_grows(world: World, said: Said) -> None:
    ann = world.expert("ann")
    ann.label_all()
    said.clear()
    person = world.store.read(lambda db: access.authenticate(db, world.tokens["ann"]))
    world.store.read(lambda db: queue.queue(db, person, 0))
    world.store.read(lambda db: queue.past_labels(db, person, world.project, None))
    world.store.read(lambda db: queue.past_labels(db, person, world.project, "1-" + "0" * 32))
    assert len(said) > 8
    assert scans(world, said) == []


def test_a_page_of_an_export_scans_nothing_that_grows(world: World, said: Said) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    ann.write(mine.id, 1, "another")
    said.clear()
    world.export("native", "each")
    said.pop(next(sql for sql in said if "kind = 'source'" in sql))  # read once an export; sources are few
    assert len(said) > 5
    assert scans(world, said) == []


def test_importing_looks_up_and_does_not_scan(world: World, said: Said) -> None:
    world.add_traces(trace("d"), trace("a"))
    assert scans(world, said) == []


def test_a_scan_would_be_seen(world: World, said: Said) -> None:
    world.rows("SELECT count(*) AS n FROM answers a WHERE a.value = :v", v="x")
    assert len(scans(world, said)) == 1
