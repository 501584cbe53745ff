"""`cotlab gold`: imported here and through a server, listed, promoted, corrected, retired, looked through."""

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
from tests.services.gold.test_gold import gold_trace, item_of, line
from tests.support import Clock
from tests.world import World, people_and_project, trace

GOOD, WITHOUT_WHY = line(gold_trace("g")), line(gold_trace("x", why=""))


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab gold` as somebody, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann and bob agree on the traces a and b, and say why of a."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        for name, why in (("a", "as M1 says"), ("b", None)):
            world.add_traces(trace(name, 2))
            for person in ("ann", "bob"):
                world.expert(person).label_all(("correct", "redundant"), rationale=why)
        key = settings.key_path().absolute()
        with running(str(tmp_path / "cotlab.db"), key) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("gold", *arguments, "--project", "pilot")

            yield Place(world, run)


def test_an_import_on_this_host_names_broken_lines_and_is_safe_to_repeat(
    settled_in: Settings, command: Command
) -> None:
    Path("gold.jsonl").write_bytes(b"\n".join([GOOD, WITHOUT_WHY, b"nope"]))
    first = command("gold", "import", "gold.jsonl", "--project", "pilot")
    assert first.code == 1
    assert first.out == "3 lines (native): 1 gold trace with 3 steps; 0 gold already; 2 broken\n"
    assert first.error.splitlines() == [
        "gold.jsonl, line 2: steps.0: no justification: a rationale, or one of justifications, is needed",
        "gold.jsonl, line 3: it is not JSON: Expecting value at character 1",
        "the broken lines are in gold.jsonl.rejects.jsonl",
    ]
    rejects = [json.loads(row) for row in Path("gold.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [(row["line"], row["field"], row["text"]) for row in rejects] == [
        (2, "steps.0", WITHOUT_WHY.decode()), (3, "", "nope"),
    ]  # fmt: skip
    Path("gold.jsonl").write_bytes(GOOD)
    second = command("gold", "import", "gold.jsonl", "--project", "pilot", "--json")
    assert second.code == 0 and "gold.jsonl.rejects.jsonl is of an earlier run" in second.error
    report = json.loads(second.out)
    assert (report["items"], report["duplicates"], report["broken"]) == (0, 1, [])
    said = command("gold", "import", "gold.jsonl", "--project", "pilot", "--map", "x")
    assert said.code == 1 and said.error == "Error: map: 'x' is not WORD=LABEL for a word of its own\n"


def test_an_import_through_a_server_numbers_lines_over_all_requests(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cotlab.cli.traces.trace_import.LINES_A_REQUEST", 2)
    lines = [GOOD, WITHOUT_WHY, line(gold_trace("h", ("1", "0"), source="us")), b"nope", line(gold_trace("i"))]
    Path("gold.jsonl").write_bytes(b"\n".join(lines))
    said = place.run("lea", "import", "gold.jsonl", "--map", "1=correct,0=redundant", "--json")
    report = json.loads(said.out)
    assert (said.code, report["lines"], report["items"], report["format"]) == (1, 5, 3, "native")
    assert [one["line"] for one in report["broken"]] == [2, 4]
    rejects = [json.loads(row) for row in Path("gold.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rejects] == [WITHOUT_WHY.decode(), "nope"]
    refused = place.run("ann", "import", "gold.jsonl")
    assert refused.code == 1 and "roles do not allow" in refused.error


def test_a_trace_is_suggested_promoted_corrected_and_retired(place: Place) -> None:
    one, other = item_of(place.world, "a"), item_of(place.world, "b")
    said = place.run("lea", "suggest")
    assert sorted(said.out.splitlines()[1:7]) == sorted([
        f"  {one}  mathematics: correct 1, redundant 1", "    Problem a", "    people agree on all of its 2 steps",
        f"  {other}  mathematics: correct 1, redundant 1", "    Problem b", "    people agree on all of its 2 steps",
    ])  # fmt: skip
    assert said.out.splitlines()[7:] == ["no candidate holds incorrect, incomplete", "0 suspects in gold"]
    assert json.loads(place.run("lea", "suggest", "--json", "--most", "1").out)["labels_missing"] != []
    assert place.run("lea", "pool").error == "no gold is mixed into production here, and none is due\n"
    assert place.run("lea", "promote", one).out == f"{one} is gold\n"
    refused = place.run("lea", "promote", other, "--why", "1=as it says")
    assert refused.error == "Error: justifications: nobody said why at step 2; say it here\n"
    assert place.run("lea", "promote", other, "--why", "x").code == 2
    assert place.run("lea", "promote", other, "--why", "1=as it says", "--why", "2=a=b again").code == 0
    said = place.run("lea", "correct", other, "2", "incorrect", "--why", "it is false,\nas M1 says " + "so " * 30)
    assert said.out == f"step 2 of {other} is incorrect\n"
    said = place.run("lea", "list", "--domain", "mathematics")
    assert said.out.splitlines() == [
        f"{one}  mathematics, promoted: 0 people, 0 erred", "  Problem a", "    1  correct: as M1 says",
        "    2  redundant: as M1 says",
        f"{other}  mathematics, promoted: 0 people, 0 erred", "  Problem b", "    1  correct: as it says",
        "    2  incorrect (version 2): it is false, as M1 says so so so so so so so so so so so so…",
    ]  # fmt: skip
    assert said.error == "2 gold traces, the oldest first\n"
    assert place.run("lea", "pool").out.startswith("mathematics: 2 gold traces; ")
    (pool,) = json.loads(place.run("lea", "pool", "--json").out)
    assert (pool["domain"], pool["traces"]) == ("mathematics", 2)
    assert {one["unseen"] for one in pool["people"]} <= {0, 2}
    assert place.run("lea", "retire", other, "--reason", "ambiguous").out == f"{other} is gold no more\n"
    assert [row["item_id"] for row in json.loads(place.run("lea", "list", "--json").out)] == [one]
    assert place.run("lea", "retire", other, "--reason", "ambiguous").code == 1
    assert place.run("ann", "list").code == 1
