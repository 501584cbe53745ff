"""`cotlab agreement --project` and `cotlab cohort`, against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.agreement.coefficients import AgreementReport, Diagnosis, DisputedSteps, TakenAgreement
from cotlab.services.agreement.recording import take_agreement
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.guidelines.guideline_texts import following
from tests.support import Clock
from tests.world import World, people_and_project, trace

As = Callable[..., Said]


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command for its project as its lead."""

    world: World
    run: As


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ann and bob have labelled a trace of law and one of physics; in law they differ on the first step."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = following(people_and_project(store, Clock()), "measured", "ann", "bob")
        world.set_policy(overlap=2, agreement_after=6, agreement_bar=0.9, pause_below_bar=True)
        world.add_traces(trace("l", domain="law"), trace("p", domain="physics"))
        label(world)
        take_agreement(store, world.project)
        key = Settings(database="cotlab.db").key_path().absolute()
        with running(str(tmp_path / "cotlab.db"), key) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            yield Place(world, lambda *arguments: command(*arguments, "--project", "measured"))


def label(world: World) -> None:
    for name in ("ann", "bob"):
        for _ in range(2):
            expert = world.expert(name)
            work = expert.take()
            differs = name == "bob" and work.problem.domain == "law"
            expert.commit(work.id, 1, "redundant" if differs else "correct", rationale="as it\nstands", unsure=differs)
            expert.commit(work.id, 2, "wrong-operation", rationale="no", citations=[{"kind": "rule", "name": "M1"}])
            expert.commit(work.id, 3, "incomplete")
            expert.finish(work.id)


def test_the_steps_behind_a_cell(place: Place) -> None:
    said = place.run("agreement", "--steps", "correct,redundant", "--where", "domain=law", "--rule", "none")
    assert (said.code, said.error) == (0, "")
    head, blank, step, *lines = said.out.splitlines()
    assert (head, blank) == ("1 step", "") and step.startswith("law, step 1 of ")
    assert lines == [
        "  problem: Problem l", "  step: l, step 1", "    ann  correct: as it stands",
        "    bob  redundant, unsure: as it stands",
    ]  # fmt: skip
    any_step = DisputedSteps.model_validate_json(place.run("agreement", "--steps", "--json").out)
    assert [one.domain for one in any_step.steps] == ["law"]
    both = place.run("agreement", "--steps", "incorrect,incorrect", "--limit", "1", "--offset", "1")
    assert both.out.startswith("2 steps, 2 to 2\n") and "    ann  incorrect, wrong-operation, M1: no" in both.out
    assert place.run("agreement", "--steps", "wrong-operation", "--kinds").out == "0 steps\n"


def test_what_the_server_took_and_the_decision_to_go_on(place: Place) -> None:
    said = place.run("agreement", "--taken")
    assert said.code == 0, said.error
    head, *rows = said.out.splitlines()
    assert head.split() == ["taken", "domain", "version", "labels", "alpha", "95", "%", "interval", "bar"]
    assert [row.split()[1:6] for row in rows[:2]] in (
        [["law", "small", "1.0", "6", "0.615"], ["physics", "small", "1.0", "6", "1.000"]],
        [["physics", "small", "1.0", "6", "1.000"], ["law", "small", "1.0", "6", "0.615"]],
    )
    (law,) = (row for row in rows[:2] if "law" in row)
    assert law.endswith("0.90  below the bar, paused")
    assert rows[3] == "law, small 1.0, 6 labels:" and "correct | redundant, domain law  no rule cited" in rows[5]
    assert place.run("agreement", "--go-on", "law", "--reason", "the rule is written").out == "law goes on\n"
    said = place.run("agreement", "--taken")
    assert "0.90  below the bar, goes on: the rule is written" in said.out and "no rule cited" not in said.out
    again = place.run("agreement", "--go-on", "law", "--reason", "x")
    assert again.code == 1 and again.error.startswith("Error: domain: law is not below the bar")
    found = [TakenAgreement.model_validate(one) for one in json.loads(place.run("agreement", "--taken", "--json").out)]
    assert {one.domain: one.decision for one in found} == {"law": "the rule is written", "physics": None}


def test_report_and_diagnosis(place: Place) -> None:
    said = place.run("agreement", "--by", "label", "--kinds", "--coefficient", "percent", "--json")
    report = AgreementReport.model_validate_json(said.out)
    assert {one.label: one.value for one in report.results if one.label} == {
        "correct": pytest.approx(5 / 6), "incomplete": 1, "redundant": pytest.approx(5 / 6), "wrong-operation": 1,
    }  # fmt: skip
    assert "incorrect" in AgreementReport.model_validate_json(place.run("agreement", "--json").out).labels
    assert AgreementReport.model_validate_json(place.run("agreement", "--doubted", "--json").out).doubted
    diagnosis = Diagnosis.model_validate_json(place.run("agreement", "--diagnose", "--by", "domain", "--json").out)
    assert diagnosis.cells[0].slice == {"domain": "law"} and diagnosis.gaps == ()


def test_cohorts(place: Place) -> None:
    run = place.run
    assert run("cohort", "set", "ann", "red", "--from", "2025-03-01").out == "ann is in red from 2025-03-01 on\n"
    assert run("cohort", "set", "ann", "red", "--until", "2025-04-01").out == "ann is in red until 2025-04-01\n"
    assert run("cohort", "list").error == "1 membership, by person\n"
    assert run("cohort", "set", "bob", "blue").code == 0
    said = run("cohort", "list")
    first, second = said.out.splitlines()
    assert first.split() == ["ann", "red", "2025-03-01", "to", "2025-04-01"] and second.split()[:2] == ["bob", "blue"]
    assert said.error == "2 memberships, by person\n"
    assert [one["cohort"] for one in json.loads(run("cohort", "list", "--json").out)] == ["red", "blue"]
    for arguments, sentence in (
        (["dan", "red"], "person: dan is no member of this project"),
        (["ann", "red", "--until", "2025-05-01"], "cohort: ann is not in the cohort red"),
        (["ann", "red", "--from", "2025-05-01", "--until", "2025-06-01"], "--from begins a cohort and --until ends it"),
    ):
        refused = run("cohort", "set", *arguments)
        assert refused.code == 1 and refused.error.startswith(f"Error: {sentence}"), refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--taken", "--diagnose"], "--diagnose and --taken: ask for one of them."),
        (["--taken", "--by", "domain"], "--by says nothing together with --taken."),
        (["--where", "domain=law"], "--where says nothing together with --project."),
        (["--diagnose", "--coefficient", "alpha"], "--coefficient says nothing together with --diagnose."),
        (["--go-on", "law"], "--go-on takes --reason."),
        (["--reason", "x"], "--reason says nothing together with --project."),
    ],
)
def test_what_does_not_go_together(command: Command, arguments: list[str], sentence: str) -> None:
    said = command("agreement", "--project", "p", *arguments)
    assert (said.code, said.error) == (1, f"Error: {sentence}\n")
