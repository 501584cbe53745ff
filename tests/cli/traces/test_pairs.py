"""Pairs by the command line: imported, a broken one named and kept aside, exported, and reported on."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.work.comparing import add, for_text, pair, prefer, prepare, take
from tests.support import Clock
from tests.world import people_and_project


@pytest.fixture
def judged(command: Command) -> None:
    """A project in which one person judged one pair of two."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock())
        prepare(world)
        world.set_policy(overlap=1)
        add(world, pair("a"), pair("b"))
        view, shown = take(world.expert("ann"))
        prefer(world.expert("ann"), view.id, for_text(shown, "one"))


@pytest.mark.usefixtures("judged")
def test_pairs_come_in_and_broken_ones_are_kept_aside(command: Command) -> None:
    same = {"problem": {"text": "p"}, "responses": [{"text": "a"}, {"text": "a"}]}
    lines = [pair("a").model_dump_json(exclude_defaults=True), pair("c").model_dump_json(exclude_defaults=True)]
    Path("new.jsonl").write_text("\n".join([*lines, json.dumps(same)]), encoding="utf-8")
    said = command("import", "new.jsonl", "--project", "pilot")
    assert said.code == 1
    assert said.out == (
        "3 lines (native-pairs): 1 pair and 1 new problem; 0 labels of the file kept apart; 1 there already; 1 broken\n"
    )
    assert "new.jsonl, line 3: the two responses are the same text" in said.error
    (rejected,) = map(json.loads, Path("new.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert rejected["line"] == 3


@pytest.mark.usefixtures("judged")
def test_settled_pairs_go_out_and_the_others_are_counted(command: Command) -> None:
    said = command(
        "export", "--project", "pilot", "--format", "native-pairs", "--labels", "settled", "--out", "p.jsonl"
    )
    assert said.code == 0, said.error
    assert said.out.splitlines()[:2] == ["p.jsonl: 1 row of 1 pair", "  left out: 1 pair, not labelled"]
    (row,) = map(json.loads, Path("p.jsonl").read_text(encoding="utf-8").splitlines())
    better = {"first": 0, "second": 1}[row["settled"]["sign"]]
    assert row["responses"][better]["text"].startswith("one") and abs(row["settled"]["margin"]) == 2


@pytest.fixture
def compared(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Said]]:
    """Ann chose the left one of fifteen pairs, bob of one of two; the server to a command of `cotlab report`."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        prepare(world)
        world.set_policy(overlap=2, position_alarm=0.5, repeat_share=0)
        add(world, *(pair(f"p{number}") for number in range(15)))
        for who, overall in (*[("ann", "better")] * 15, ("bob", "better"), ("bob", "worse")):
            prefer(world.expert(who), take(world.expert(who))[0].id, overall)
        world.catch_up()
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("report", *arguments, "--project", "pilot")

            yield run


def test_how_people_compare(compared: Callable[..., Said]) -> None:
    said = compared("lea", "comparing")
    assert said.code == 0, said.error
    lines = said.out.splitlines()
    assert lines[0].startswith("17 first choices, as of ") and all(len(line) <= 80 for line in lines), lines
    (ann,) = [line for line in lines if line.startswith("ann ") and "alarm" in line]
    assert "1.00 (0.80-1.00)" in ann and "under 0.001" in ann and ann.endswith("of 2  alarm")
    assert any(line.startswith("clarity") for line in lines)
    found = json.loads(compared("lea", "comparing", "--person", "bob", "--domain", "mathematics", "--json").out)
    assert [one["choices"] for one in (found["everybody"], *found["people"])] == [17, 2]
    early = json.loads(compared("lea", "comparing", "--as-of", "1", "--json").out)
    assert early["everybody"]["choices"] == 0 and early["people"] == []
    assert compared("lea", "comparing", "--as-of", "1").code == 0, "of nothing there is a table too"
    assert compared("lea", "comparing", "--domain", "law").error == (
        "Error: domain: there is no problem of the domain law in this project\n"
    )


def test_generators_by_rank(compared: Callable[..., Said]) -> None:
    said = compared("lea", "ranking")
    assert said.code == 0 and said.out.startswith("17 choices on 15 problems, as of ")
    assert "secret-one" in said.out or "There is no order: " in said.out
    settled = json.loads(compared("lea", "ranking", "--by", "settled", "--json").out)
    assert settled["by"] == "settled" and settled["left_out"]["not settled"] >= 13


def test_an_alarm_of_position_is_listed_and_decided(compared: Callable[..., Said]) -> None:
    said = compared("lea", "alarms", "--open")
    assert "position  ann" in said.out and "The left response was chosen in" in said.out
    (alarm,) = json.loads(compared("lea", "alarms", "--json").out)
    decision = ("decide", alarm["id"], "--decision", "confirmed", "--reason", "a side and no response")
    assert compared("lea", *decision).out == f"confirmed: {alarm['id']}\n"
    assert "confirmed by lea: a side and no response" in compared("lea", "alarms").out


def test_nobody_but_the_lead_is_told_how_people_compare(compared: Callable[..., Said]) -> None:
    for who in ("ann", "adj", "exp"):
        for report in ("comparing", "ranking", "alarms"):
            said = compared(who, report)
            assert (said.code, said.out) == (1, ""), (who, report)
