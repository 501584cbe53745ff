"""The audit commands: what a stranger checks, and every way in which it can have been tampered with."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Begun, Command, settle_in
from tests.world import Expert, World


@pytest.fixture
def receipts(command: Command, begun: Begun) -> list[str]:
    """Two labels by ann on a trace, one of them corrected; the receipts."""
    return [*begun(label_twice)]


def label_twice() -> list[str]:
    settle_in()
    store = open_database(Settings(database="cotlab.db"))
    try:
        world = World(store, lambda: 0)  # type: ignore[arg-type]
        rows = store.read(lambda db: db.rows("SELECT id, kind FROM actors WHERE name = 'ann'"))
        world.people["ann"] = rows[0]["id"]
        world.host = "host"
        world.project = store.read(lambda db: db.rows("SELECT id FROM projects"))[0]["id"]
        steps = tuple(Step(text=text, labels=(SourceLabel(source="gold", value="right"),)) for text in ("one", "two"))
        world.add_traces(Trace(problem=Problem(text="what", reference_answer="2"), steps=steps, final_answer="2"))
        ann = Expert(world, "ann")
        opened = ann.claim().assignment
        assert opened is not None
        first = ann.commit(opened.id, 1, "correct")
        second = ann.commit(opened.id, 2, "incorrect", rationale="it is false")
        third = ann.commit(opened.id, 2, "correct", replaces=second.label_id)
        return [first.receipt, second.receipt, third.receipt]
    finally:
        store.close()


def test_an_untouched_database_is_good(command: Command, receipts: list[str]) -> None:
    Path("receipts").write_text("\n".join(receipts))
    Path("witness").write_text(command("audit", "heads").out)
    said = command("audit", "verify", "--receipts", "receipts", "--witness", "witness")
    assert (said.code, said.out.count(": good, ")) == (0, 2)


ADMIN = "(SELECT id FROM actors WHERE name = 'admin')"
LAST = "SELECT max(sequence) FROM events WHERE chain <> 'server'"
"""The sequence of the newest event of the project."""


def without_triggers(statement: str) -> None:
    """What somebody with the file alone can do."""
    with sqlite3.connect("cotlab.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        changed = database.execute(statement).rowcount
    database.close()
    assert changed > 0, "the statement has to change something"


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE answers SET value = 'redundant' WHERE value = 'incorrect'", "differs from its event in value"),
        ("UPDATE answers SET rationale = 'it is right' WHERE rationale IS NOT NULL", "its event in rationale"),
        (f"UPDATE answers SET actor_id = {ADMIN}", "who gave it"),
        ("UPDATE answers SET visible_until = 1 WHERE position = 2", "differs from its event in visible_until"),
        ("UPDATE answers SET guideline_version_id = NULL", "differs from its event in guideline_version_id"),
        ("DELETE FROM answers WHERE replaces IS NOT NULL", "the chain tells of 3 answers and the table has 2"),
        ("UPDATE events SET body = replace(body, 'incorrect', 'redundant') WHERE body LIKE '%incorrect%'", "hash"),
        (f"DELETE FROM events WHERE sequence = ({LAST}) AND chain <> 'server'", "head"),
        ("DELETE FROM heads WHERE chain <> 'server' AND size > 3", "head"),
        ("UPDATE steps SET text = text || '.' WHERE position = 2", "are not those that came in"),
        ("UPDATE problems SET reference_answer = '7'", "are not those that came in"),
        ("UPDATE traces SET final_answer = '7'", "are not those that came in"),
        ("UPDATE answers SET value = 'wrong' WHERE purpose = 'imported'", "labels of an import"),
        ("DELETE FROM answers WHERE purpose = 'imported'", "labels of an import"),
        (f"INSERT INTO answers SELECT id || '-', project_id, item_id, position, question, 'incorrect', NULL, {ADMIN}, "
         "purpose, NULL, NULL, NULL, 0, 0, 2, 0, 0, 0, 0, sequence FROM answers WHERE position = 1",
         "differs from its event in who gave it"),
        ("UPDATE answers SET received_at = received_at + 1", "differs from its event in when it was received"),
        ("INSERT INTO signing_keys SELECT 'ffff', public_key, at, sequence FROM signing_keys", "no event tells of it"),
        ("UPDATE heads SET at = at + 1 WHERE size = 2", "signature"),
        ("UPDATE acknowledgements SET at = at - 1", "the acknowledgement differs from its event"),
        ("DELETE FROM acknowledgements", "1 more guideline.acknowledged than the table holds"),
        ("UPDATE guidelines_in_force SET domain = 'law'", "the guideline version in force differs from its event"),
        ("UPDATE guideline_versions SET text = text || '.'", "is not the one that was published"),
        ("UPDATE guideline_versions SET change = 'clarification'", "is not the one that was published"),
        ("UPDATE guideline_versions SET task = 'pairs'", "is not the one that was published"),
        ("UPDATE guideline_versions SET quick_reference = 'all is correct'", "is not the one that was published"),
        ("UPDATE guideline_versions SET head = replace(head, 'correct', 'wrong')", "is not the one that was published"),
    ],
)  # fmt: skip
def test_tampering_is_found(command: Command, receipts: list[str], statement: str, finding: str) -> None:
    Path("witness").write_text(command("audit", "heads").out)
    without_triggers(statement)
    said = command("audit", "verify", "--witness", "witness")
    assert said.code == 1
    assert finding in said.out


def test_a_log_cut_together_with_its_heads_is_found_by_receipts(command: Command, receipts: list[str]) -> None:
    Path("receipts").write_text("\n".join(json.dumps({"receipt": receipt}) for receipt in receipts))
    without_triggers(f"DELETE FROM heads WHERE chain <> 'server' AND size >= ({LAST})")
    without_triggers(f"DELETE FROM answers WHERE sequence = ({LAST}) AND replaces IS NOT NULL")
    without_triggers(f"DELETE FROM events WHERE chain <> 'server' AND sequence = ({LAST})")
    assert command("audit", "verify").code == 0, "nothing inside the database shows it"
    said = command("audit", "verify", "--receipts", "receipts")
    assert said.code == 1 and "receipt" in said.out


def dropped(lines: list[str]) -> list[str]:
    return lines[:2] + lines[3:]


def doubled(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[2], *lines[3:]]


def swapped(lines: list[str]) -> list[str]:
    return [lines[2], lines[1], lines[0], *lines[3:]]


def flipped(lines: list[str]) -> list[str]:
    return [line.replace("incorrect", "incorrecu") for line in lines]


def cut(lines: list[str]) -> list[str]:
    return lines[:-2]


def same(lines: list[str]) -> list[str]:
    return lines


@pytest.mark.parametrize(
    ("change", "good"),
    [(same, True), (dropped, False), (doubled, False), (swapped, False), (flipped, False), (cut, False)],
)
def test_an_exported_chain_is_verified_offline(
    command: Command, receipts: list[str], change: Callable[[list[str]], list[str]], good: bool
) -> None:
    key = command("audit", "key").out.strip()
    Path("witness").write_text(command("audit", "heads").out)
    assert command("audit", "export", "--project", "pilot", "--out", "pilot.log").code == 0
    lines = Path("pilot.log").read_text().splitlines(keepends=True)
    Path("cotlab.db").unlink()
    Path("pilot.log").write_text("".join(change(lines)))
    said = command("audit", "verify", "pilot.log", "--public-key", key, "--witness", "witness")
    assert said.code == (0 if good else 1), said.out
    other = command("audit", "verify", "pilot.log", "--public-key", "00" * 32)
    assert other.code == 1, "a head of a key that is not trusted proves nothing"


def test_a_key_is_rotated_and_the_past_still_verifies(command: Command, receipts: list[str]) -> None:
    old = command("audit", "key").out.strip()
    new = command("audit", "key", "--rotate").out.strip()
    assert old != new
    assert command("user", "add", "bob").code == 0, "the new key signs"
    assert command("audit", "verify").code == 0
    said = command("audit", "verify", "--public-key", old)
    assert said.code == 1 and "not signed by a key that is trusted" in said.out
