"""The reports on the command line, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.projects.gates import PaceTest
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.calibration.doubting import TRUE, fall, gold, label, prepare, qualify
from tests.support import Clock
from tests.world import World, people_and_project


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab report` as somebody, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann's gold became worse, and bob labels faster than anybody can read."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        prepare(world, pace_alarm=None)
        qualify(world, "ann", "bob")
        gold(world, "bob", "g3", TRUE)
        fall(world, "ann", "g3", "g4")
        world.set_policy(overlap=1, pace_alarm=PaceTest(labels=8, words_a_minute=100))
        label(world, "bob", "w1")
        world.catch_up()
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("report", *arguments, "--project", "pilot")

            yield Place(world, run)


def test_what_holds_for_all_traces(place: Place) -> None:
    said = place.run("lea", "selection")
    assert said.code == 0, said.error
    lines = said.out.splitlines()
    assert lines[0].startswith("traces handed out: ") and "now a share of 0.2" in lines[0]
    assert " ".join(lines[1].split()) == "labels that are of all labels steps at random reweighted"
    assert all(len(line) <= 80 for line in lines)
    assert json.loads(place.run("lea", "selection", "--json").out)["random_share"] == 0.2


def test_accuracy(place: Place) -> None:
    said = place.run("lea", "accuracy", "--by", "person", "--table")
    assert said.code == 0, said.error
    assert "ann    0.000 (0.00-0." in said.out and "bob    1.000 (" in said.out
    assert "redundant  recall 0.000" in said.out, "what is behind a row"
    assert all(len(line) <= 80 for line in said.out.splitlines())
    found = json.loads(place.run("lea", "accuracy", "--person", "bob", "--by", "", "--json").out)
    assert [one["accuracy"]["hits"] for one in found["results"]] == [8]
    settled = json.loads(place.run("lea", "accuracy", "--against", "settled", "--json").out)
    assert settled["results"][0]["left_out"] == 8, "bob's alone are held against nothing"
    assert "there is no column 'mood'" in place.run("lea", "accuracy", "--by", "mood").error


def test_sessions_and_pace(place: Place) -> None:
    said = place.run("lea", "sessions")
    assert said.code == 0 and "gold right by minutes into the session" in said.out
    assert "everybody  0-15" in said.out and "ann" in said.out
    assert {one["person"] for one in json.loads(place.run("lea", "sessions", "--json").out)["sessions"]} == {
        "ann", "bob",
    }  # fmt: skip
    said = place.run("lea", "pace", "--person", "bob")
    assert said.code == 0 and said.out.startswith("bob: 16 labels, ")
    assert "fastest 8:" in said.out and "ann" not in said.out
    assert json.loads(place.run("lea", "pace", "--json").out)["words_a_minute"] == 100


def test_drift_of_all(place: Place) -> None:
    said = place.run("lea", "drift", "--steps", "12")
    assert said.code == 0 and said.out.startswith("gold of everybody, each window against the first window")
    assert "correct taken for redundant" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert len(json.loads(place.run("lea", "drift", "--days", "1", "--json").out)["windows"]) == 1


def test_alarms_and_a_decision(place: Place) -> None:
    said = place.run("lea", "alarms")
    assert said.code == 0 and "pace  bob" in said.out and "drift  ann in mathematics" in said.out
    (alarm,) = [one for one in json.loads(place.run("lea", "alarms", "--json").out) if one["kind"] == "pace"]
    assert f"open: {alarm['id']}" in said.out
    decision = ("decide", alarm["id"], "--decision", "confirmed", "--reason", "nobody reads so fast")
    assert place.run("ann", *decision).code == 1
    assert place.run("lea", *decision).out == f"confirmed: {alarm['id']}\n"
    assert place.run("lea", *decision).error == "Error: This alarm is decided already.\n"
    assert "confirmed by lea: nobody reads so fast" in place.run("lea", "alarms").out
    assert [one["kind"] for one in json.loads(place.run("lea", "alarms", "--open", "--json").out)] == ["drift"]


def test_nobody_but_the_lead_is_told(place: Place) -> None:
    for who in ("ann", "adj", "exp"):
        for report in ("accuracy", "sessions", "pace", "drift", "alarms"):
            said = place.run(who, report)
            assert (said.code, said.out) == (1, ""), (who, report)


def test_anchoring(place: Place) -> None:
    said = place.run("lea", "anchoring")
    assert said.code == 0, said.error
    assert said.out.splitlines()[-1] == "Nothing can be said of anchoring: no label could have a draft in sight."
    found = json.loads(place.run("lea", "anchoring", "--task", "pairs", "--as-of", "1", "--json").out)
    assert (found["task"], found["as_of"], found["labels"]) == ("pairs", 1, 0)
