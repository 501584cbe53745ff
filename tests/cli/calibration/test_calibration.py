"""The commands around calibration, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.calibration.calibrating import DOMAIN, GATE, alarm, bring_gold, calibrate, clicks, draw
from tests.support import Clock
from tests.world import World, people_and_project, trace


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab calibration` as the lead, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann has passed and an alarm was raised since, bob has failed once; there are six traces of gold."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        clock = Clock()
        world = people_and_project(store, clock)
        world.set_policy(gate=GATE.model_copy(update={"days": 100_000}))
        world.add_traces(trace("a"))
        bring_gold(world, *(f"g{number}" for number in range(6)))
        draw(world)
        calibrate(world, "ann")
        alarm(world)
        calibrate(world, "bob", clicks)
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])

            def run(*arguments: str) -> Said:
                return command("calibration", *arguments, "--project", "pilot")

            yield Place(world, run)


def test_the_commands(place: Place) -> None:
    """In one go, since a server takes a while to start."""
    said = place.run("board")
    lines = said.out.splitlines()
    assert said.code == 0 and max(map(len, lines)) <= 80, said
    assert lines[0] == "person           domain         state       steps  coefficient          until"
    assert lines[2] == "ann              mathematics    suspended!      8  1.000"
    assert lines[3] == "bob              mathematics    calibrating     8  0.000"
    assert lines[-2:] == [f"{DOMAIN}: open. This project asks no agreement of the team.", "! an alarm of drift"]
    assert len(json.loads(place.run("board", "--json").out)["standings"]) == 5

    said = place.run("explain", "bob")
    assert said.code == 0 and max(map(len, said.out.splitlines())) <= 80, said
    for part in (
        "bob in mathematics: calibrating. Attempt 1 did not pass:", "  attempt 1: 3 of 3 traces done",
        "    not passed: 0.000", "    - cohen-kappa is 0.000; 0.8 is asked.", "    + 8 counted steps; 8 are asked.",
        "    gold            correct  redundant  incorrect incomplete",
        "    redundant             2          0          0          0",
    ):  # fmt: skip
        assert part in said.out, part
    (found,) = json.loads(place.run("explain", "ann", "--domain", DOMAIN, "--json").out)
    assert found["drift"]["alarm"]["found"] == 1 and found["attempts"][0]["result"]["passed"]
    assert "gold in production: 0 of 2 steps right" in place.run("explain", "ann").out
    assert "There is no nobody among the members." in place.run("explain", "nobody").error
    assert place.run("explain", "ann", "--domain", "law").code == 1

    said = place.run("decide", "overrule_alarm", "--domain", DOMAIN, "--person", "ann", "--reason", "gold was wrong")
    assert (said.code, said.out) == (0, "overrule alarm: ann in mathematics\n")
    said = place.run("decide", "qualify", "--domain", DOMAIN, "--reason", "x")
    assert said.code == 1 and "a decision is about one person" in said.error

    said = place.run("set", "--domain", DOMAIN, "--training", "2", "--steps", "12")
    assert said.out.startswith("mathematics: 2 traces for training, 3 counted with 12 steps\n  correct "), said
    assert "Note: No problem of the counted part is known to be easy." in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert json.loads(place.run("set", "--domain", DOMAIN, "--json").out)["counted_steps"] == 8
    assert place.run("set", "--domain", "law").code == 1
