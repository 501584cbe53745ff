"""The commands around the queue, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.projects.priorities import Quota, Weights
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.support import Clock
from tests.world import World, people_and_project, trace


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab queue` as somebody, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Two traces of mathematics, of which ann has one, and one of law, of which two are wanted."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        world.set_policy(overlap=2, gold_every=0)
        world.add_traces(trace("a", id="a 1"))
        world.clock.advance(minutes=1)
        world.add_traces(trace("b"), trace("l", domain="law"))
        world.expert("ann").take()
        world.set_policy(overlap=2, gold_every=0, random_share=1e-9, quotas=(Quota(domain="law", wanted=2),))
        world.catch_up()
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("queue", *arguments, "--project", "pilot")

            yield Place(world, run)


def test_the_depth_is_a_table_of_slices_and_one_of_quotas(place: Place) -> None:
    said = place.run("lea", "depth")
    assert said.code == 0, said.error
    assert said.out.splitlines() == [
        "slice        open  begun  leased  done  settled",
        "law             1      0       0     0        0",
        "mathematics     1      0       1     0        0",
        "all             2      0       1     0        0",
        "",
        "quota       wanted  filled  open  waiting",
        "domain law       2       0     2        1",
    ]
    (quota,) = json.loads(place.run("lea", "depth", "--json").out)["quotas"]
    assert quota == {"slice": "domain law", "wanted": 2, "filled": 0, "open": 2, "waiting": 1}


def test_a_trace_is_explained_term_by_term(place: Place) -> None:
    trace_id = place.world.value("SELECT item_id FROM leases")
    said = place.run("lea", "explain", trace_id)
    assert said.code == 0, said.error
    lines = said.out.splitlines()
    assert lines[0].startswith(trace_id)
    assert lines[1] == "  mathematics; to be qualified for: mathematics"
    assert lines[2] == "  1 of 2 places are taken (the project's overlap)"
    names = [f"{name}:" for name in Weights.model_fields]
    assert [line.split()[1] for line in lines[4:13]] == names
    assert lines[13:] == ["  It waits for adj, bob, cyn, dan.", "    ann has it, or had it"]
    found = json.loads(place.run("lea", "explain", trace_id, "--json").out)
    assert found["taken"] == 1 and len(found["terms"]) == len(names)


def test_a_trace_of_the_random_share_says_so(place: Place) -> None:
    place.world.set_policy(overlap=2, gold_every=0, random_share=1.0)
    place.world.catch_up()
    trace_id = place.world.value("SELECT item_id FROM leases")
    assert "  It is of the random share: its age alone counts" in place.run("lea", "explain", trace_id).out.splitlines()
    assert json.loads(place.run("lea", "explain", trace_id, "--json").out)["at_random"] is True


def test_it_is_for_leads_alone(place: Place) -> None:
    trace_id = place.world.value("SELECT item_id FROM leases")
    for arguments in (("depth",), ("explain", trace_id)):
        said = place.run("ann", *arguments)
        assert said.code == 1 and said.out == ""


def test_a_trace_that_is_not_there_is_one_sentence(place: Place) -> None:
    said = place.run("lea", "explain", "0" * 32)
    assert (said.code, said.out) == (1, "") and "no such trace" in said.error
