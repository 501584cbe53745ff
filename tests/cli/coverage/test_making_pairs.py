"""The command that makes pairs, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.coverage.test_making_pairs import path, problem
from tests.support import Clock
from tests.world import people_and_project

Make = Callable[..., Said]


@pytest.fixture
def make(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """`cotlab pairs make` as the lead, over two problems with three paths each and one with a single one."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        law = problem(2, domain="law")
        world.add_traces(
            *(path(1, name, name == "a", strategy="drawing") for name in "abc"),
            *(path(2, name, of=law) for name in "ab"), path(3, "a"),
        )  # fmt: skip
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            yield lambda *arguments: command("pairs", "make", "--project", "pilot", *arguments)


def test_pairs_are_made_after_a_look_and_never_twice(make: Make) -> None:
    said = make("--per-problem", "2", "--dry-run")
    assert said.code == 0, said.error
    assert said.out.splitlines() == [
        "would make 3 pairs; 0 there already",
        "  of 6 traces of 3 problems, 1 problem with fewer than two",
        "  final answers: 1 right, 3 unknown, 2 wrong (known by: 3 file)",
        "  pairs by final answers: right and wrong: 1",
        "  pairs by final answers: unknown and unknown: 1",
        "  pairs by final answers: wrong and wrong: 1",
        "  pairs by strategies: drawing and drawing: 2",
        "  pairs by strategies: unknown and unknown: 1",
        "  2 problems with fewer pairs than asked for",
    ]
    assert make("--per-problem", "2").out.startswith("made 3 pairs; 0 there already\n")
    found = json.loads(make("--per-problem", "2", "--json").out)
    assert (found["made"], found["there_already"], found["dry_run"]) == (0, 3, False)


def test_a_slice_is_named(make: Make) -> None:
    assert make("--where", "domain=law", "--dry-run").out.startswith("would make 1 pair; ")
    assert make("--where", "strategy=drawing", "--per-problem", "9", "--dry-run").out.startswith("would make 3 pairs; ")
    said = make("--where", "colour=red")
    assert said.code == 1
    known = "domain, tag, difficulty, source, generator, strategy"
    assert said.error == f"Error: --where colour=red: it is written NAME=VALUE, of {known}.\n"
