"""The commands around coverage, against a real server."""

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
from tests.services.work import writing
from tests.support import Clock
from tests.world import World, people_and_project


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab coverage` as the lead, for its project."""

    world: World
    folder: Path
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Two problems with a path each, under `algebra`."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        writing.prepare(world, "p", "q")
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            yield Place(world, tmp_path, lambda *said: command("coverage", *said, "--project", "pilot"))


def test_paths_are_asked_for_listed_and_withdrawn(place: Place) -> None:
    problem = writing.problem_id(place.world, "p")
    said = place.run("ask", "--problem", problem, "--strategy", "drawing", "--strategy", "guess")
    assert said.out == "asked for 2 paths\n", said.error
    shown = place.run("paths")
    assert "algebra: unsettled, drawing: asked, guess: asked" in shown.out and "2 problems" in shown.out
    writing.write(place.world, "ann", "so")
    assert place.run("ask", "--fill", "3").out == "asked for 2 paths\n"
    tasks = json.loads(place.run("list", "--json").out)
    assert [one["state"] for one in tasks] == ["open", "open", "open", "written"]
    listed = place.run("list")
    assert "written by ann" in listed.out and "4 paths asked for" in listed.error
    open_ids = [one["id"] for one in tasks if one["state"] == "open"]
    assert place.run("withdraw", *open_ids, "--reason", "enough").out == "withdrew 3 paths\n"
    assert place.run("withdraw", open_ids[0], "--reason", "enough").code == 1


def test_the_policy_says_how_many_are_filled(place: Place) -> None:
    assert "paths_per_problem" in place.run("ask").error
    place.world.set_policy(overlap=2, paths_per_problem=2)
    assert place.run("ask").out == "asked for 2 paths\n"
    assert "0 with 2 valid paths" in place.run("paths").out


def test_pages_of_the_matrix(place: Place) -> None:
    first = place.run("paths", "--most", "1", "--json")
    found = json.loads(first.out)
    assert len(found["problems"]) == 1 and found["next_cursor"] in first.error
    rest = json.loads(place.run("paths", "--after", found["next_cursor"], "--json").out)
    assert [one["problem_id"] for one in rest["problems"] + found["problems"]].count(found["next_cursor"]) == 1
    assert len(rest["problems"]) == 1 and rest["next_cursor"] is None


def test_a_report_against_a_target_and_a_sample(place: Place) -> None:
    target = place.folder / "target.yaml"
    target.write_text("strategy: {algebra: 0.5, drawing: 0.5}\n")
    said = place.run("report", "--target", "target.yaml")
    assert "strategy, shares of paths; total variation distance 0.500" in said.out, said.error
    drawing, algebra = said.out.splitlines()[-2:]
    assert drawing.split()[0] == "drawing" and drawing.endswith("empty") and algebra.split()[0] == "algebra"
    (place.folder / "sample.jsonl").write_text('{"domain": "law"}\n{"domain": "mathematics"}\n')
    sampled = json.loads(place.run("report", "--against", "sample.jsonl", "--json").out)
    assert sampled["parts"][0]["distance"] == 0.5
    assert "2 paths of 2 problems" in place.run("report").out
    assert "0 paths with every step settled" in place.run("report", "--settled").out
    assert "against the others" in place.run("report", "--compare", "source").out


def test_bad_input_is_one_sentence(place: Place) -> None:
    (place.folder / "target.yaml").write_text("domain: {law: 0.5}\n")
    said = place.run("report", "--target", "target.yaml")
    assert (said.code, said.error) == (
        1, "Error: target.yaml, line 1: domain: the shares of domain sum to 0.5, and not to 1\n",
    )  # fmt: skip
    assert "No such file" in place.run("report", "--target", "none.yaml").error
    assert place.run("report", "--target", "target.yaml", "--compare", "source").code == 2
    assert place.run("ask", "--problem", "x").code == 2
