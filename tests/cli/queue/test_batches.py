"""The commands around batches, against a real server; and those by which people leave, on the host."""

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
from tests.support import Clock
from tests.world import World, people_and_project, trace

DUE = ("--due", "2199-12-31")


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab batch` as somebody, for its project."""

    world: World
    command: Command
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock(), overlap=1)
        world.add_traces(*(trace(name, 1, id=name, domain="law" if name == "c" else "mathematics") for name in "abc"))
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("batch", *arguments, "--project", "pilot")

            yield Place(world, command, run)


def test_a_batch_from_beginning_to_end(place: Place, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("a\nb\n\n", "utf-8")
    said = place.run("lea", "make", "--to", "ann", "--to", "bob", "--traces", "ids.txt", *DUE, "--note", "appeals")
    assert said.code == 0, said.error
    assert said.out.endswith(": 2 traces for ann, bob, due 2199-12-31 23:59 UTC\n")
    batch_id = said.out.split()[1].rstrip(":")
    place.world.expert("ann").label_all()
    listed = place.run("lea", "list")
    assert listed.error == "1 batch, open ones first\n"
    assert listed.out.splitlines() == [
        f"{batch_id}  due 2199-12-31 23:59 UTC  open  appeals",
        "  1 of 2 traces done, 0 in hand, 1 waiting",
        "  ann: 1 done, 0 in hand, 1 waiting",
        "  bob: 0 done, 0 in hand, 1 waiting",
    ]
    shown = place.run("lea", "show", batch_id).out
    assert "  mathematics  done by ann\n" in shown and "  mathematics  waits\n" in shown
    document = json.loads(place.run("lea", "show", batch_id, "--json").out)
    assert [one["external_id"] for one in document["traces"]] == ["a", "b"]
    withdrawn = place.run("lea", "withdraw", batch_id, "--reason", "enough")
    assert withdrawn.out == f"withdrew batch {batch_id}: 1 of 2 traces done, 0 in hand, 0 waiting, 1 given back\n"
    assert json.loads(place.run("lea", "list", "--json").out)[0]["reason"] == "enough"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--count", "1", "--where", "colour=red"), "--where colour=red: it is written NAME=VALUE"),
        (("--where", "difficulty=hard"), "--where difficulty=hard: a difficulty is a number"),
        (("--where", f"difficulty={'9' * 5_000}"), "a difficulty is a number from 1 to 5"),
        (("--where", "domain=law", "--where", "domain=x"), "--where domain=x: domain is named twice"),
        (("--where", "domain=chemistry"), "where: no trace of this is in the queue"),
        ((), "a batch is either of the traces that are named, or of a slice"),
    ],
)
def test_a_wrong_batch_is_one_sentence(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    said = place.run("lea", "make", "--to", "ann", *DUE, *arguments)
    assert said.code == 1 and sentence in said.error and "Traceback" not in said.error


def test_a_file_of_traces_that_is_no_text_is_named_with_its_line(place: Place, tmp_path: Path) -> None:
    (tmp_path / "traces").write_bytes(b"\xef\xbb\xbfa\n\xff\n")
    said = place.run("lea", "make", "--to", "ann", *DUE, "--traces", "traces")
    assert (said.code, said.error) == (1, "Error: --traces traces, line 2: it is not UTF-8\n")
    (tmp_path / "traces").write_bytes(b"\xef\xbb\xbfa\r\n")
    assert "batch " in place.run("lea", "make", "--to", "ann", *DUE, "--traces", "traces").out


def test_an_id_that_is_none_is_one_sentence(place: Place) -> None:
    for name in ("\x1b[31m", "", "..", "a#b", "%2e", "é"):
        said = place.run("lea", "show", name)
        assert (said.code, said.error) == (1, "Error: There is nothing of that name or id.\n"), name


def test_a_batch_is_for_leads(place: Place) -> None:
    assert "take" in place.run("ann", "list").error


def test_somebody_leaves_and_comes_back(place: Place) -> None:
    assert place.run("lea", "make", "--to", "ann", "--where", "domain=law", *DUE, "--note", "for ann").code == 0
    place.world.expert("ann").take()
    said = place.command("user", "deactivate", "ann", "--reason", "went elsewhere")
    assert said.out.splitlines() == [
        "deactivated ann; 1 token ended",
        "pilot: 1 open assignment given back",
        "pilot: for nobody else, so given back to everybody: for ann",
    ]
    assert "ann  deactivated\n" in place.command("user", "list").out
    assert place.command("user", "deactivate", "ann", "--reason", "x").error == "Error: ann is deactivated already.\n"
    assert place.command("token", "issue", "ann").code == 1
    assert place.command("user", "reactivate", "ann").out == "reactivated ann; cotlab token issue makes a new token\n"
    assert place.command("token", "issue", "ann").code == 0
    left = json.loads(place.command("user", "deactivate", "ann", "--reason", "x", "--json").out)
    assert (left["person"], left["tokens_ended"], left["missed"]) == ("ann", 1, [])
