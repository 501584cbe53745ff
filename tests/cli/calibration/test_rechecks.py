"""The commands around rechecks, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.answers import Purpose
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.calibration.doubting import DOMAIN, FALSE, fall, label, prepare, qualify
from tests.support import Clock
from tests.world import World, people_and_project

OF_ANN = ("sample", "ann", "--domain", DOMAIN)


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab recheck` as somebody, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann labelled three traces, and her gold became worse; bob is qualified."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        prepare(world, work=3)
        qualify(world, "ann", "bob")
        for name in ("w1", "w2", "w3"):
            label(world, "ann", name)
        fall(world, "ann", "g3", "g4")
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("recheck", *arguments, "--project", "pilot")

            yield Place(world, run)


def test_a_recheck_is_drawn_and_followed(place: Place) -> None:
    said = place.run("lea", *OF_ANN, "--share", "0.5")
    assert said.code == 0, said.error
    assert said.out.startswith(f"drew 2 of 3 traces that ann labelled in {DOMAIN} since 20")
    drawn = place.world.rows(
        "SELECT t.external_id AS name FROM recheck_items i JOIN traces t ON t.id = i.item_id ORDER BY name"
    )
    label(place.world, "bob", drawn[0]["name"], FALSE, Purpose.RECHECK)
    listed = place.run("lea", "list")
    assert listed.out.splitlines()[1:] == [
        "  3 traces in doubt, 2 drawn, 1 labelled by others",
        "  8 of 8 steps differ (100%)",
    ]
    assert listed.out.startswith(f"ann, {DOMAIN}: labels since 20") and max(map(len, listed.out.splitlines())) <= 80
    assert listed.error == "1 recheck, the newest first\n"


def test_both_speak_to_machines(place: Place) -> None:
    one = json.loads(place.run("lea", *OF_ANN, "--share", "1", "--json").out)
    assert (one["person"], one["traces_drawn"], one["traces_finished"]) == ("ann", 3, 0)
    assert json.loads(place.run("lea", "list", "--json").out) == [one]


def test_what_cannot_be_drawn_is_one_sentence(place: Place) -> None:
    said = place.run("lea", "sample", "bob", "--domain", DOMAIN)
    assert said.code == 1
    assert said.error == (
        "Error: person: there is no alarm about bob in mathematics, so that no label is in doubt\n"
    )  # fmt: skip
    assert place.run("ann", "list").code == 1
