"""`cotlab draft start` for opinions of all traces, over a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.evaluations.draft_quality import DraftQualityReport
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted, opined
from tests.services.evaluations.evaluated import labelled
from tests.services.work import comparing
from tests.support import Clock
from tests.world import World, people_and_project

Run = Callable[..., Said]
Place = tuple[World, Run]


WRONG = {
    "--kind alternatives --where domain=law": "--where is for opinions",
    "--kind label_opinion --where color=red": "it is written NAME=VALUE",
    "--kind label_opinion --model large": "no model named large",
    "--kind pair_opinion --trace m1": "is a trace",
}


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A project with settled labels of four traces, a model, and the lead's command line."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        labelled(world, 2)
        drafted.add_model(world)
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:

            def run(*arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
                return command(*arguments, "--project", "pilot", "--server", server.url)

            yield world, run


def test_opinions_are_asked_for_of_all_traces_and_a_second_run_asks_for_none(place: Place) -> None:
    world, run = place
    start = ("draft", "start", "--kind", "label_opinion", "--model", "small")
    assert run(*start, "--where", "domain=law").out == "asked about 2 traces\n"
    assert json.loads(run(*start, "--json").out)["asked"] == 2
    assert json.loads(run(*start, "--json").out)["asked"] == 0
    (one,) = json.loads(run("draft", "opinions", "--json").out)
    assert (one["waiting"], one["done"]) == (4, 0)
    opined.give(world, Chooser(lambda _, label: 2.0 if label == "correct" else 0.0))
    assert run(*start, "--wait").out.splitlines() == [
        "asked about 0 traces", "label_opinion by small  4 done  0 waiting  0 failed  12 opinions",
    ]  # fmt: skip
    request = json.loads(run("draft", "status", "--json").out)[0]["id"]
    shown = run("draft", "status", request).out
    assert "1. step 1: correct 0.71, " in shown and "by log-probabilities, mass 1.00" in shown
    comparing.prepare(world)
    comparing.add(world, comparing.pair("a"))
    world.set_policy(drafts=[{"task": "pairs", "who": "lead"}])
    assert run("draft", "start", "--kind", "pair_opinion", "--model", "small").out == "asked about 1 pair\n"
    pair = world.value("SELECT item_id FROM draft_requests WHERE kind = 'pair_opinion'")
    assert f"  pair_opinion by small  pair {pair}  0 of 1  waiting" in run("draft", "status").out
    for wrong, why in WRONG.items():
        refused = run("draft", "start", "--model", "small", *wrong.split())
        assert refused.code == 1 and why in refused.error and refused.error.count("\n") == 1


def test_the_report_says_of_each_source_whether_it_is_better_than_chance(place: Place) -> None:
    world, run = place
    assert run("report", "drafts").out.splitlines()[1:] == ["no model has given an opinion yet"]
    opined.ask(world)
    opined.give(world, Chooser(lambda _, label: 2.0 if label == "correct" else 0.0))
    found = DraftQualityReport.model_validate_json(run("report", "drafts", "--json").out)
    text = run("report", "drafts", "--table").out
    assert "small, steps: too little data: 16 problems, 18 errors, 18 steps without an error more with a label" in text
    assert "12 opinions, 12 with a label to be held against; mass on the options 1.00" in text
    assert "majority class" in text and "settled ~ predicted" in text
    (row,) = [line for line in text.splitlines() if line.startswith("all ")]
    assert row.split()[1:4] == ["12", "2", "0.833"] and row.split()[-1] == "0.500"
    earlier = DraftQualityReport.model_validate_json(run("report", "drafts", "--json", "--as-of", "5").out)
    assert (found.sources[0].held, earlier.sources) == (12, ())
    assert run("report", "drafts", "--as-of", str(found.as_of + 1000)).code == 1
