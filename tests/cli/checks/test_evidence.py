"""The commands around evidence: a project is checked on its host, and what was found is read through a server."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.journeys import servers
from tests.support import Clock
from tests.world import World, people_and_project, trace

SUMS = ["1 + 1 = 2", "2 + 2 = 5", "So it is."]


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab evidence` as somebody, for its project."""

    world: World
    settings: Settings
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann labelled a trace of sums and one without, which nobody has checked."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        world.add_traces(trace("sums", texts=SUMS), trace("none"))
        for _ in range(2):
            world.expert("ann").label_all()
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("evidence", *arguments, "--project", "pilot")

            yield Place(world, settings, run)


def test_a_project_is_checked_and_what_was_found_is_listed(place: Place, command: Command) -> None:
    assert place.run("lea", "progress").out == "checks 1.1 default: 0 of 6 steps\n"
    said = command("check", "--project", "pilot")
    assert (said.code, said.out) == (
        0, "pilot, checks 1.1 default: 6 steps: 1 verified, 1 refuted, 4 undecided; 6 of them new\n",
    )  # fmt: skip
    again = json.loads(command("check", "--project", "pilot", "--json").out)
    assert again == {
        "project": "pilot", "checker": "1.1 default", "new": 0, "verified": 1, "refuted": 1, "undecided": 4, "steps": 6,
    }  # fmt: skip
    assert place.run("lea", "progress").out == (
        "checks 1.1 default: 6 of 6 steps\n1.1 default: 1 verified, 1 refuted, 4 undecided\n"
    )
    found = place.run("lea", "list").out.splitlines()
    assert "step 2, mathematics: ann: correct" in found[0], "with the case, once the server has opened it"
    assert found[1:] == ["  2 + 2 = 5", "  2 + 2 is 4, not 5", "1 refuted step, checks 1.1 default"]
    kinds = place.run("lea", "kinds").out.splitlines()
    assert kinds[1].split() == ["arithmetic", "mathematics", "2", "1", "1", "0"]
    assert kinds[2] == "arithmetic: 1 step refuted, none of them decided"
    revisions = place.run("lea", "revisions").out.splitlines()
    assert revisions[0] == "evidence not shown: 0 of 6 labels revised, 0.0% (0.0% to 39.0%)"


def test_all_of_it_is_there_for_machines(place: Place, command: Command) -> None:
    command("check", "--project", "pilot")
    listed = json.loads(place.run("lea", "list", "--json").out)
    assert (listed["total"], listed["steps"][0]["evidence"]["claims"][0]["kind"]) == (1, "arithmetic")
    assert json.loads(place.run("lea", "kinds", "--json").out)["kinds"][0]["refuted"] == 1
    assert json.loads(place.run("lea", "progress", "--json").out)["checked"] == 6
    assert json.loads(place.run("lea", "revisions", "--json").out)["agreement"][0]["evidence"] == "not shown"


def test_those_who_label_are_refused(place: Place) -> None:
    for name in ("list", "kinds", "progress", "revisions"):
        said = place.run("ann", name)
        assert said.code == 1 and "Your roles do not allow this" in said.error


def test_a_server_that_checks_does_so_by_itself(place: Place) -> None:
    database, key = Path("cotlab.db").absolute(), place.settings.key_path().absolute()
    with servers.running(str(database), key, checks=True):
        ends = time.monotonic() + 60
        while place.world.value("SELECT count(*) AS n FROM verdicts") < 6 and time.monotonic() < ends:
            time.sleep(0.1)
    assert place.world.value("SELECT count(*) AS n FROM verdicts") == 6


def test_what_does_not_fit_is_said(place: Place, command: Command) -> None:
    assert "Name a FILE or a --project" in command("check").error
    assert "Name a FILE or a --project" in command("check", "x.jsonl", "--project", "pilot").error
    assert command("check", "--project", "none").error == "Error: There is no project named none.\n"
    place.world.set_policy(checks="off")
    said = command("check", "--project", "pilot")
    assert (said.code, said.error) == (1, "Error: checks: they are off in the policy of this project\n")
