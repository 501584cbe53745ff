"""Drafts accepted and declined on the command line, with what it says of altered steps and generators."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.traces.records import Origin, Problem
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.drafts import drafted
from tests.services.drafts.test_accepting import alternatives, first, paths
from tests.support import Clock
from tests.world import World, people_and_project, trace

Run = Callable[..., Said]


@pytest.fixture
def world(command: Command) -> Iterator[World]:
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock())
        for name in "ab":
            problem = Problem(text=f"Problem {name}", domain="mathematics", source="book")
            world.add_traces(trace(name, problem=problem, origin=Origin.HUMAN))
        drafted.add_model(world)
        yield world


@pytest.fixture
def run(command: Command, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A command of the lead."""
    with running(str(tmp_path / "cotlab.db"), Settings(database="cotlab.db").key_path().absolute()) as server:
        monkeypatch.setenv("COTLAB_SERVER", server.url)
        monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
        yield lambda *arguments: command(*arguments, "--project", "pilot")


def test_drafts_are_accepted_edited_and_declined(run: Run, world: World, tmp_path: Path) -> None:
    steps = alternatives(world, "one way", "One way.", "another", "a third")
    whole = paths(world, "it goes so\nAnswer: 4", name="b")
    assert "4 of 4, 1 dropped  done" in run("draft", "status").out
    said = run("draft", "accept", steps.id, "--draft", "1")
    assert (said.code, said.out) == (0, f"1. accepted: trace {world.value('SELECT item_id FROM draft_decisions')}\n")
    assert run("draft", "decline", steps.id, "--draft", "3", "--reason", "dull").out == "3. declined\n"
    file = tmp_path / "edited.txt"
    file.write_text("\n the third \n", encoding="utf-8")
    edited = json.loads(run("draft", "accept", steps.id, "--draft", "4", "--edited", str(file), "--json").out)
    assert list(edited["items"]) == ["4"]
    assert run("draft", "accept", steps.id).out == "nothing waits for a decision\n"
    shown = run("draft", "status", steps.id).out.splitlines()
    assert "4 of 4, 2 accepted, 1 declined, 1 dropped  done" in shown[0]
    assert shown[1:4] == ["  1. [accepted] one way", "  2. [dropped: same text] One way.", "  3. [declined] another"]
    left = run("draft", "accept", "--all")
    assert left.code == 0 and "1. left: strategy: forward is none of the guideline of mathematics" in left.out
    assert whole.id in left.out and run("draft", "accept", whole.id, "--strategy", "no").out.startswith("1. left: ")
    assert "accepted: trace" in run("draft", "accept", "--all", "--strategy", "forward chaining").out
    again = run("draft", "accept", whole.id, "--draft", "1")
    assert again.code == 1 and again.error == "Error: Draft 1 was accepted already.\n"
    text = run("lineage", edited["items"]["4"]).out
    assert "the draft was edited and accepted" in text and "alternatives by small, draft " in text
    assert "driver: scripted" in text and "sampling: temperature 0.8, top_p 0.95, max_tokens 512" in text


@pytest.mark.parametrize("flags", [(), ("--all", "x"), ("--all", "--draft", "1"), ("x", "--edited", "cotlab.db")])
def test_what_is_to_be_accepted_is_named(command: Command, world: World, flags: tuple[str, ...]) -> None:
    said = command("draft", "accept", "--project", "pilot", *flags)
    assert said.code == 2 and ("name a request" in said.error or "--edited goes with" in said.error)


def test_a_model_is_asked_for_altered_steps_and_set_beside_people(run: Run, world: World) -> None:
    alternatives(world, "one way", "One way.", name="b")
    asked = ("alter", "--how", "circular,restatement", "--model", "small", "--number", "3")
    given = ("--correct-by", "given", "--where", "source=book")
    dry = run(*asked, *given, "--dry-run")
    assert dry.out.splitlines() == [
        "would ask for 2 altered steps; 0 there already", "  of 2 traces with 6 correct steps",
        "  circular: 1 asked for", "  restatement: 1 asked for", "  1 fewer than asked for",
    ]  # fmt: skip
    assert json.loads(run(*asked, *given, "--json").out)["asked"] == 2
    assert run(*asked, *given).out.startswith("asked for 0 altered steps; 2 there already\n")
    items = {row["item_id"] for row in world.rows("SELECT item_id FROM draft_requests WHERE kind = 'altered_step'")}
    assert items == {first(world, "a"), first(world, "b")}
    refused = run("alter", "--how", "sign", "--model", "small", *given)
    assert refused.code == 1 and "no model is asked for sign" in refused.error
    said = run("report", "generators")
    assert said.code == 0, said.error
    assert said.out.startswith("people: 2 paths of 2 problems\n  steps a trace") and " 3.00\n" in said.out
    assert "small: 0 paths of 0 problems\n  2 drafts: 0 accepted (0 edited), 0 declined, 1 dropped" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())
    found = json.loads(run("report", "generators", "--as-of", "3", "--json").out)
    assert found["as_of"] == 3 and found["generators"][0]["traces"] == 0
