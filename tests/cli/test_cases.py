"""The commands around cases, against a real server."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.people import Role
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.support import Clock
from tests.world import World, people_and_project, trace

PEOPLE = ("ann", "bob", "cyn")


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab case` as somebody, for its project."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Three cases on the last steps of three traces; ann says redundant, bob and cyn do not. Two are decided."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock(), overlap=3)
        world.set_policy(overlap=3, second_adjudicator_share=0)
        for name in ("ada", "art"):
            world.add_person(name)
            world.join(name, Role.ADJUDICATOR)
        for name, domain in (("a", "law"), ("b", "law"), ("c", "mathematics")):
            world.add_traces(trace(name, 1, domain=domain))
            for person, label in zip(PEOPLE, ("redundant", "correct", "correct"), strict=True):
                world.expert(person).label_all([label])
            open_cases(world)
            if name != "c":
                gap = "how far\nback?" if name == "b" else None
                decide(world, case_on(world, 1), "correct", rules=("M4",), gap=gap)
        key = settings.key_path().absolute()
        with running(str(tmp_path / "cotlab.db"), key) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command("case", *arguments, "--project", "pilot")

            yield Place(world, run)


def lines(said: Said) -> list[str]:
    """What was said, with the day of today under another name."""
    assert said.code == 0, said.error
    return re.sub(r"\d{4}-\d{2}-\d{2}", "DAY", said.out).splitlines()


def test_the_report_says_what_is_open_who_decides_how_and_what_is_missing(place: Place) -> None:
    decided = place.world.rows("SELECT case_id FROM case_outcomes ORDER BY sequence")[1]["case_id"]
    said = place.run("lea", "report")
    seconds = re.search(r"adj +2 +(\d+) ", said.out)
    assert seconds is not None, said.out
    assert lines(said) == [
        "cases of pilot: 1 open, 2 decided, 0 settled otherwise; the oldest is open since DAY",
        "  open ones by reason: disagreement 1",
        "  open ones by domain: mathematics 1",
        "  adjudicator  decisions  seconds  overturned  with first  changed",
        f"  adj                  2  {seconds[1]:>7}          0%          0%       0%",
        "  0 cases were decided by two people or more; Cohen's kappa has no value: no case on a step was decided by "
        "two people",
        "  errors that repeat:",
        "    ann: redundant where correct was decided, 2 times; by M4 2",
        "  gaps in the guideline, the newest first:",
        f"    DAY  step-correctness 1.0, law, correct | redundant, case {decided}",
        "      how far back?",
    ]
    report = json.loads(place.run("lea", "report", "--json").out)
    assert report["by_state"] == {"open": 1, "decided": 2, "settled_otherwise": 0}
    refused = place.run("adj", "report")
    assert refused.code == 1 and refused.error.startswith("Error: ")


def test_the_list_can_be_narrowed(place: Place) -> None:
    said = place.run("lea", "list")
    assert [line.split("  ")[2:] for line in said.out.splitlines()[::2]] == [
        ["decided", "law", "disagreement"], ["decided", "law", "disagreement"], ["open", "mathematics", "disagreement"],
    ]  # fmt: skip
    assert said.out.splitlines()[1::2] == ["  Problem a", "  Problem b", "  Problem c"]
    assert said.error == "3 cases, the oldest first\n"
    for options, expected in (
        (("--state", "open"), ["Problem c"]), (("--domain", "law"), ["Problem a", "Problem b"]),
        (("--reason", "unsure"), []), (("--most", "1"), ["Problem a"]),
    ):  # fmt: skip
        rows = json.loads(place.run("lea", "list", "--json", *options).out)
        assert [row["problem"] for row in rows] == expected, options
    assert place.run("lea", "list", "--state", "lost").code == 2


def test_a_case_is_shown_with_names_and_handed_on(place: Place) -> None:
    case_id = case_on(place.world, 1)
    for options, sentence in (
        ((), "say one expert with --to, or the size of a --panel"),
        (("--to", "adj", "--to", "ada"), "say one expert with --to, or the size of a --panel"),
        (("--to", "ann"), "experts: ann cannot decide this case"),
        (("--to", "nobody"), "experts: nobody cannot decide this case"),
        (("--panel", "4"), "panel: a panel has an odd number of seats"),
    ):
        said = place.run("lea", "pass", case_id, *options, "--reason", "it is hard")
        assert said.code != 0 and sentence in said.error, said.error
    said = place.run("lea", "pass", case_id, "--to", "ada", "--reason", "her field")
    assert said.out == f"handed on {case_id} to ada\n"
    said = place.run("lea", "pass", case_id, "--panel", "3", "--reason", "we\ndisagree")
    assert said.out == f"handed on {case_id} to a panel of 3: whoever adjudicates\n"
    decide(place.world, case_id, "correct", by="adj", choice="redundant", rules=("M4", "M1"))
    decide(place.world, case_id, "redundant", by="ada", gap="who knows?")
    decide(place.world, case_id, "correct", by="art")
    item = place.world.value("SELECT item_id FROM cases WHERE id = :id", id=case_id)
    said = place.run("lea", "show", case_id)
    assert lines(said) == [
        f"case {case_id}, decided: disagreement",
        f"  opened DAY, mathematics, step 1 of {item}, 3 adjudicators",
        "  problem: Problem c",
        "  step: c, step 1",
        "  labels:",
        "    ann: redundant (step-correctness 1.0)",
        "    bob: correct (step-correctness 1.0)",
        "    cyn: correct (step-correctness 1.0)",
        "  chosen before the labels were seen:",
        "    adj: redundant (step-correctness 1.0): as I see it",
        "    ada: redundant (step-correctness 1.0): as I see it",
        "    art: correct (step-correctness 1.0): as I see it",
        "  decisions:",
        "    adj: correct, by M4, M1, DAY: this is why",
        "    ada: redundant, dissent, by M1, DAY: this is why",
        "      gap: who knows?",
        "    art: correct, by M1, DAY: this is why",
        "  handed on: her field",
        "  handed on: we disagree",
    ]
    assert json.loads(place.run("lea", "show", case_id, "--json").out)["seats"] == 3
    assert "double" in place.run("lea", "report", "--json").out
    assert place.run("lea", "show", "0" * 32).error == "Error: There is no such case in this project.\n"
    assert place.run("lea", "pass", case_id, "--panel", "3", "--reason", "x").code == 1, "it is decided"
