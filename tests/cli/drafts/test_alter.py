"""The command that alters steps, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.traces.records import Problem
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.support import Clock
from tests.world import people_and_project, trace

Alter = Callable[..., Said]
GIVEN = ("--correct-by", "given", "--where", "source=book")


@pytest.fixture
def alter(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alter]:
    """`cotlab alter` as the lead, over three traces with a sum."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        for number, domain in enumerate(("mathematics", "mathematics", "law"), 3):
            problem = Problem(text=f"Problem {number}", domain=domain, source="book")
            world.add_traces(trace(str(number), problem=problem, texts=[f"{number} * 4 = {4 * number}"]))
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            yield lambda *arguments: command("alter", "--project", "pilot", *arguments)


@pytest.mark.slow
def test_steps_are_altered_after_a_look_and_never_twice(alter: Alter) -> None:
    said = alter("--how", "sign,off-by-one", "--number", "4", "--seed", "1", *GIVEN, "--dry-run")
    assert said.code == 0, said.error
    lines = said.out.splitlines()
    assert lines[:2] == ["would make 3 altered traces; 0 there already", "  of 3 traces with 3 correct steps"]
    assert sorted(line.split(":")[0].strip() for line in lines[2:4]) == ["off-by-one", "sign"]
    assert all("refuted by the checks, 0 undecided)" in line for line in lines[2:4])
    assert lines[4:] == ["  1 fewer than asked for"]
    assert alter("--how", "sign", "--where", "domain=law", *GIVEN).out.startswith(
        "made 1 altered trace; 0 there already\n"
    )
    found = json.loads(alter("--how", "sign", *GIVEN, "--json").out)
    assert (found["made"], found["there_already"], found["ways"]["sign"]["refuted"]) == (2, 1, 2)


def test_nothing_is_altered_that_nobody_called_correct(alter: Alter) -> None:
    assert alter("--how", "sign", "--number", "3").out.splitlines() == [
        "made 0 altered traces; 0 there already",
        "  of 0 traces with 0 correct steps",
        "  sign: 0 (0 refuted by the checks, 0 undecided)",
        "  3 fewer than asked for",
        "  left out: 3 traces: the first step is not correct, or nobody says so",
    ]


def test_a_way_that_is_not_there_is_named(alter: Alter) -> None:
    said = alter("--how", "sign,guess")
    assert said.code != 0 and "there is no way guess; there are wrong-operation" in said.error
    assert "Traceback" not in said.error
