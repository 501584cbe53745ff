"""The commands around a pilot, against a real server; and what the audit finds of their tables."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.calibration import piloting
from tests.support import Clock
from tests.world import GUIDELINE, World, guideline_text, people_and_project, trace

As = Callable[..., Said]


@dataclass(frozen=True)
class Place:
    """A world whose database is served; `run` calls a command of `cotlab guideline` as somebody, for its project."""

    world: World
    run: As


@pytest.fixture
def world(command: Command) -> Iterator[World]:
    """A world on a file of this folder, with the traces a and b of mathematics and l of law."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock())
        world.add_traces(trace("a"), trace("b"), trace("l", domain="law"))
        yield world


@pytest.fixture
def place(command: Command, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    key = Settings(database="cotlab.db").key_path().absolute()
    with running(str(tmp_path / "cotlab.db"), key) as server:
        monkeypatch.setenv("COTLAB_SERVER", server.url)

        def run(who: str, *arguments: str) -> Said:
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
            return command("guideline", *arguments, "--project", "pilot")

        yield Place(world, run)


def test_a_pilot_from_its_start_to_the_opening(place: Place) -> None:
    world, run = place.world, place.run
    said = run("lea", "pilot", "start", "--traces", "2", "--people", "2", "--expert", "adj")
    assert said.out.splitlines() == [
        "started a pilot of step-correctness 1.0: 2 traces, 2 people each",
        "law 1, mathematics 1; production waits until you open it",
        "the schema is signed off by adj",
    ]
    again = run("lea", "pilot", "start")
    assert again.code == 1 and "A pilot is running already" in again.error
    ann, bob = world.expert("ann"), world.expert("bob")
    piloting.ask(world, "ann", ann.take().id, 1, "what of\nthis?")
    for expert, labels in ((ann, ["correct", "redundant"]), (bob, ["correct", "correct"])):
        expert.label_all(labels)
        expert.label_all()
    said = run("lea", "open")
    assert said.code == 1
    assert said.error == (
        "Error: Production stays closed: 1 question has no answer; 0 of 1 experts have signed off the schema of "
        "step-correctness 1.0. A written reason opens it all the same.\n"
    )
    shown = run("lea", "pilot", "report").out
    for line in (
        "  4 of 4 assignments are finished", "  5 of 6 steps with two labels or more agree",
        "    correct | redundant         1 step", "    what of this?", "    open", "  lint: nothing",
        "  signed off by nobody, of adj", "  missing: 1 question has no answer",
    ):  # fmt: skip
        assert line in shown.splitlines(), shown
    answered(place)
    signed(place)
    assert run("lea", "open").out == "production of pilot is open\n"
    report = json.loads(run("lea", "pilot", "report", "--json").out)
    assert report["open"] and report["signed_off"] == ["adj"] and report["missing"] == []
    assert run("lea", "open").code == 1


def answered(place: Place) -> None:
    (question,) = json.loads(place.run("lea", "questions", "--open", "--json").out)
    for options, sentence in (
        (("--rule", "M4", "--no-change"), "say one of --rule, --default and --no-change"),
        ((), "say one of --rule, --default and --no-change"),
        (("--rule", "M99"), "rule: step-correctness 1.0, which is in force, has no rule M99"),
    ):
        said = place.run("lea", "answer", question["id"], *options, "--text", "x")
        assert said.code != 0 and sentence in said.error
    said = place.run("lea", "answer", question["id"], "--default", "M4", "--text", "it adds nothing")
    assert said.out == f"answered {question['id']}\n"
    assert "    answered by default M4: it adds nothing\n" in place.run("lea", "questions").out
    said = place.run("lea", "answer", question["id"], "--default", "M4", "--text", "it adds nothing", "--to-all")
    assert said.out == f"answered {question['id']}, for all\n"
    assert "    answered by default M4, for all: it adds nothing\n" in place.run("lea", "questions").out
    assert place.run("lea", "questions", "--open").error == "0 questions, the newest first\n"
    assert place.run("ann", "questions").code == 1, "they go to the lead alone"


def signed(place: Place) -> None:
    template = place.run("adj", "sign-off", "--template").out
    walk = Path("walk.yaml")
    walk.write_text(template)
    said = place.run("adj", "sign-off", "--file", "walk.yaml")
    assert (said.code, said.error) == (1, "Error: walk.yaml line 6: use_cases.0: nothing is written here.\n")
    walk.write_text(template.replace("  -\n", "  - a reward model\n"))
    said = place.run("adj", "sign-off", "--file", "walk.yaml")
    assert (said.code, said.error) == (1, "Error: walk.yaml line 14: labels.correct.needed: nothing is written here.\n")
    filled = template.replace("  -\n", "  - a reward model\n")
    for field in ("needed", "told_apart", "used_for"):
        filled = filled.replace(f"    {field}:\n", f"    {field}: because\n")
    walk.write_text(filled)
    refused = place.run("ann", "sign-off", "--file", "walk.yaml")
    assert refused.code == 1 and "You are not named as an expert" in refused.error
    assert place.run("adj", "sign-off", "--file", "walk.yaml").out == "signed off the schema of step-correctness 1.0\n"
    assert place.run("adj", "sign-off").code == place.run("adj", "sign-off", "--file", "x", "--template").code == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "walk.yaml line 1: the file is not YAML: "),
        ("- 1\n", "walk.yaml line 1: the file: "),
        ("guideline: x\nversion: 1.0\nuse_cases: [a]\nlabels: {}\n", "walk.yaml line 2: version: "),
        ("guideline: x\nversion: '1'\nuse_cases: []\nlabels: {}\n", "walk.yaml line 3: use_cases: it is empty"),
        (
            "guideline: x\nversion: '1'\nuse_cases: [a]\nlabels:\n  good:\n    needed: x\n",
            "walk.yaml line 5: labels.good",
        ),
        ("\n\n\x00", "walk.yaml line 1: the file is not YAML: "),
        ("caf\udce9", "walk.yaml line 1: the file is not UTF-8"),
        ("", "walk.yaml line 1: the file: "),
    ],
)
def test_a_walk_that_cannot_be_read_is_one_sentence(command: Command, text: str, sentence: str) -> None:
    Path("walk.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    said = command("guideline", "sign-off", "--project", "pilot", "--file", "walk.yaml")
    assert said.code == 1 and said.error.startswith(f"Error: {sentence}") and said.error.count("\n") == 1, said.error


def test_the_template_is_that_of_the_version_for_a_domain(place: Place) -> None:
    place.world.publish(guideline_text("1.1", "clarification"), domain="law")
    place.world.publish(guideline_text("1.2", "clarification"), place.world.add_project("other"), domain="law")
    for options, version in (((), "1.0"), (("--domain", "law"), "1.1"), (("--domain", "medicine"), "1.0")):
        said = place.run("ann", "sign-off", "--template", *options)
        assert f'\nversion: "{version}"\n' in said.out, said
    said = place.run("ann", "sign-off", "--file", "walk.yaml", "--domain", "law")
    assert said.code == 2 and "--domain and --task go with --template" in said.error


def test_a_reason_opens_what_is_not_ready(place: Place) -> None:
    place.run("lea", "pilot", "start", "--domain", "law")
    assert place.run("lea", "pilot", "start", "--domain", "law").code == 1
    said = place.run("lea", "open", "--reason", "the deadline is today")
    assert said.out.splitlines() == [
        "production of pilot is open", "  passed over: 0 of 3 assignments of the pilot are finished",
        "  passed over: no expert was named to sign off the schema of step-correctness 1.0",
    ]  # fmt: skip


def test_a_hard_case_becomes_an_example_of_the_draft(place: Place) -> None:
    world, run = place.world, place.run
    for name, label in (("ann", "correct"), ("bob", "redundant")):
        expert = world.expert(name)
        expert.commit(expert.take().id, 1, label, rationale=f"says {name}")
    said = run("lea", "hard-cases")
    (case,) = json.loads(run("lea", "hard-cases", "--json").out)
    assert said.out.splitlines() == [
        f"{case['id']}  {case['domain']}  contested  correct 1, redundant 1  not decided", f"  step: {case['step']}",
        "  reason: says ann", "  reason: says bob",
    ]  # fmt: skip
    draft = Path("draft.md")
    draft.write_bytes(GUIDELINE.read_bytes())
    draft.chmod(0o640)
    wanted = ("example", "draft.md", "--case", case["id"], "--rule", "M3")
    for options, sentence in (
        (wanted, "has no decided label; name one with --label"),
        ((*wanted, "--label", "redundant"), "has no reason for redundant; give one with --reason"),
        ((*wanted, "--label", "wonderful", "--reason", "x"), "draft.md: step-correctness 1.0 has no label wonderful"),
        ((*wanted[:-1], "M99", "--label", "redundant", "--reason", "x"), "draft.md: there is no rule M99"),
        (("example", "draft.md", "--case", "x", "--rule", "M3"), "There is no hard case x in this project"),
        (("example", "none.md", *wanted[2:]), "none.md: No such file or directory"),
    ):
        said = run("lea", *options)
        assert said.code == 1 and sentence in said.error, said.error
    assert draft.read_bytes() == GUIDELINE.read_bytes()
    said = run("lea", *wanted, "--label", "redundant", "--reason", "it stands in the problem")
    assert said.out == "draft.md: M3 has one more example: redundant (it stands in the problem)\n"
    text = " ".join(draft.read_text("utf-8").split())
    assert f'Step: "{case["step"]}" This is `redundant` (it stands in the problem).' in text
    assert draft.stat().st_mode & 0o777 == 0o640 and sorted(path.name for path in Path().glob("*draft*")) == [
        "draft.md"
    ]
    again = run("lea", *wanted, "--counter", "--label", "correct", "--reason", "x")
    assert again.code == 1 and "this example stands in rule M3 already" in again.error


TAMPERINGS = [
    ("UPDATE questions SET text = 'something else'", "the question "),
    ("UPDATE questions SET position = NULL", "the question "),
    ("DELETE FROM questions WHERE position IS NULL", "1 more question.asked than the table holds"),
    ("UPDATE question_answers SET text = 'something else'", "the answer to a question "),
    ("UPDATE question_answers SET resolution = 'no_change', rule = NULL", "the answer to a question "),
    ("UPDATE question_answers SET to_all = 1", "the answer to a question "),
    ("UPDATE question_answers SET actor_id = (SELECT id FROM actors WHERE name = 'ann')", "the answer to a question "),
    ("INSERT INTO question_answers SELECT '0', project_id, question_id, actor_id, resolution, rule, text, at, "
     "sequence, to_all FROM question_answers", "1 fewer question.answered than the table holds"),
    ("UPDATE pilots SET seed = 2", "the pilot "),
    ("UPDATE pilots SET experts = '[]'", "the pilot "),
    ("UPDATE pilots SET experts = 'nobody'", "the pilot "),
    ("DELETE FROM pilot_items WHERE item_id = (SELECT max(item_id) FROM pilot_items)", "the pilot "),
    ("UPDATE sign_offs SET document = replace(document, 'training', 'nothing')", "the signature "),
    ("UPDATE openings SET reason = 'all is well'", "the opening "),
    ("UPDATE openings SET missing = '[]'", "the opening "),
    ("UPDATE openings SET at = at + 1", "the opening "),
    ("DELETE FROM openings", "1 more production.opened than the table holds"),
]  # fmt: skip


def test_the_audit_holds_every_question_pilot_signature_and_opening(command: Command, world: World) -> None:
    piloting.start(world, experts=("adj",))
    piloting.ask(world, "ann", world.expert("ann").take().id, 1)
    piloting.ask(world, "bob")
    piloting.answer(world, piloting.asked(world)[1].id, resolution="rule", rule="M4")
    piloting.sign(world, "adj")
    piloting.open_production(world, "in time")
    world.store.close()
    assert command("audit", "verify").code == 0
    whole = Path("cotlab.db").read_bytes()
    for statement, finding in TAMPERINGS:
        Path("cotlab.db").write_bytes(whole)
        with closing(sqlite3.connect("cotlab.db")) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {name}")
            database.execute("PRAGMA foreign_keys = OFF")
            assert database.execute(statement).rowcount > 0, statement
            database.commit()
        said = command("audit", "verify")
        assert said.code == 1 and finding in said.out, (statement, said.out)
