"""Pairs by the command line: imported, a broken one named and kept aside, and exported."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.services.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.services.comparing import add, for_text, pair, prefer, prepare, take
from tests.support import Clock
from tests.world import people_and_project


@pytest.fixture
def judged(command: Command) -> None:
    """A project in which one person judged one pair of two."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock())
        prepare(world)
        world.set_policy(overlap=1)
        add(world, pair("a"), pair("b"))
        view, shown = take(world.expert("ann"))
        prefer(world.expert("ann"), view.id, for_text(shown, "one"))


@pytest.mark.usefixtures("judged")
def test_pairs_come_in_and_broken_ones_are_kept_aside(command: Command) -> None:
    same = {"problem": {"text": "p"}, "responses": [{"text": "a"}, {"text": "a"}]}
    lines = [pair("a").model_dump_json(exclude_defaults=True), pair("c").model_dump_json(exclude_defaults=True)]
    Path("new.jsonl").write_text("\n".join([*lines, json.dumps(same)]), encoding="utf-8")
    said = command("import", "new.jsonl", "--project", "pilot")
    assert said.code == 1
    assert said.out == (
        "3 lines (native-pairs): 1 pair and 1 new problem; 0 labels of the file kept apart; 1 there already; 1 broken\n"
    )
    assert "new.jsonl, line 3: the two responses are the same text" in said.error
    (rejected,) = map(json.loads, Path("new.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert rejected["line"] == 3


@pytest.mark.usefixtures("judged")
def test_settled_pairs_go_out_and_the_others_are_counted(command: Command) -> None:
    said = command(
        "export", "--project", "pilot", "--format", "native-pairs", "--labels", "settled", "--out", "p.jsonl"
    )
    assert said.code == 0, said.error
    assert said.out.splitlines()[:2] == ["p.jsonl: 1 row of 1 pair", "  left out: 1 pair, not labelled"]
    (row,) = map(json.loads, Path("p.jsonl").read_text(encoding="utf-8").splitlines())
    better = {"first": 0, "second": 1}[row["settled"]["sign"]]
    assert row["responses"][better]["text"].startswith("one") and abs(row["settled"]["margin"]) == 2
