"""Gold pairs, agreement and pilots over pairs by the command line."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.agreement.coefficients import AgreementReport
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.gold.comparing_gold import gold_pair, item_of, judge
from tests.services.work.comparing import add, pair, prepare
from tests.support import Clock
from tests.world import World, people_and_project

WHY = {"overall": "it is\nright", "clarity": "alike"}


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command for its project as its lead."""

    world: World
    run: Callable[..., Said]


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann and bob agree on the pair a and not on b; c and d wait."""
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        prepare(world)
        add(world, pair("a", id="a"), pair("b", id="b"))
        for who in ("ann", "bob"):
            for _ in range(2):
                name = world.expert(who).take().problem.text.removeprefix("Prompt ")
                judge(world, who, "worse" if (who, name) == ("bob", "b") else "better")
        add(world, pair("c", id="c"), pair("d", id="d"))
        key = settings.key_path().absolute()
        with running(str(tmp_path / "cotlab.db"), key) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            yield Place(world, lambda *arguments: command(*arguments, "--project", "pilot"))


def gold_file() -> None:
    one, other = (json.loads(gold_pair(name, criteria={"clarity": "tie"}).model_dump_json(exclude_defaults=True))
                  for name in ("g", "h"))  # fmt: skip
    lines = [json.dumps({**one, "justifications": WHY}), json.dumps({**other, "justifications": {"overall": "so"}})]
    Path("gold.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_gold_pairs_are_imported_listed_promoted_and_corrected(place: Place) -> None:
    gold_file()
    said = place.run("gold", "import", "gold.jsonl")
    assert said.code == 1
    assert said.out == "2 lines (native-pairs): 1 gold pair; 0 gold already; 1 broken\n"
    assert "gold.jsonl, line 2: criteria.clarity: no justification" in said.error
    suggested = place.run("gold", "suggest").out
    assert f"{item_of(place.world, 'a')}  mathematics, pair:" in suggested and "people agree on it" in suggested
    item = item_of(place.world, "a")
    wrong = place.run("gold", "promote", item, "--criterion", "clarity=fine=x")
    assert wrong.code == 2 and "--criterion takes NAME=CHOICE=TEXT" in wrong.error
    assert place.run("gold", "promote", item, "--why", "1=so", "--criterion", "clarity=tie=as long").code == 0
    assert place.run("gold", "correct", item, "1", "tie", "--why", "look again").out == f"step 1 of {item} is tie\n"
    done = place.run("gold", "correct", item, "1", "better", "--criterion", "safety", "--why", "harmless")
    assert done.out == f"safety of {item} is better\n"
    listed = place.run("gold", "list")
    assert listed.error == "2 gold items, the oldest first\n"
    for line in ("pair, imported: 0 people, 0 erred", "pair, promoted:", "  overall  tie (version 2): look again",
                 "  clarity  tie: as long", "  safety  better: harmless", ": it is right", "  first: "):  # fmt: skip
        assert line in listed.out, line


def test_agreement_over_pairs_and_over_what_files_say(place: Place) -> None:
    said = place.run("agreement", "--task", "pairs", "--by", "question", "--coefficient", "percent")
    assert said.code == 0, said.error
    assert "all                             percent      0.500" in said.out and "question clarity" in said.out
    steps = place.run("agreement", "--task", "pairs", "--steps", "first,second").out
    assert steps.startswith("1 step") and "one of b" in steps
    assert "+" in place.run("agreement", "--task", "pairs", "--diagnose").out
    rows = [{"id": name, "source": "set", "prompt": "p", "response_a": a, "response_b": b,
             "annotators": {"r1": "a", "r2": other}}
            for name, a, b, other in (("1", "x", "y", "a"), ("2", "y", "x", "tie"))]  # fmt: skip
    Path("rated.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert place.run("import", "rated.jsonl").code == 0
    found = place.run("agreement", "--task", "pairs", "--sources", "--coefficient", "percent", "--json")
    report = AgreementReport.model_validate_json(found.out)
    assert (report.units, report.clusters, report.results[0].value) == (2, 1, 0.5)
    wrong = place.run("agreement", "--question", "clarity")
    assert wrong.code == 1 and "is asked of pairs alone" in wrong.error


def test_a_pilot_of_pairs_and_the_template_of_its_criteria(place: Place) -> None:
    started = place.run("guideline", "pilot", "start", "--task", "pairs", "--traces", "1", "--people", "2")
    assert started.out.startswith("started a pilot of preference 1.0: 1 pair, 2 people each"), started.error
    report = place.run("guideline", "pilot", "report").out
    assert "0 of 0 pairs with two labels or more agree" in report and "clarity: 0 of 0 agree" in report
    template = place.run("guideline", "sign-off", "--template", "--task", "pairs").out
    assert "# Your signature under the criteria of preference 1.0." in template and "\n  clarity:\n" in template
