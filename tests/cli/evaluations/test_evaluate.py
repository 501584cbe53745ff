"""The commands around evaluations: against a file, on the host's database, and through a real server."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.evaluations.evaluations import Evaluation, ReopenedSlice, ReopenEstimate, Scored
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.exchange.formats.test_readers import PROCESSBENCH
from tests.services.evaluations.evaluated import labelled, lines
from tests.support import Clock
from tests.world import World, people_and_project

GOOD = {"m1": (0.9, 0.2, 0.8), "m2": (0.9, 0.2, 0.8), "l1": (0.9, 0.8, 0.9), "l2": (0.9, 0.4, 0.9)}
LABELS = [
    {"id": f"t{n}", "problem": f"p{n}", "source": "some", "steps": ["a", "b"], "first_error": n % 2 or None,
     "gold_labels": ["correct", "incorrect" if n % 2 else "correct"]}
    for n in range(12)
]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A world with labelled traces whose database is here and served; `run` calls a command as somebody."""

    world: World
    run: Callable[..., Said]
    command: Command


@pytest.fixture
def place(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        labelled(world, 2)
        Path("predictions.jsonl").write_bytes(b"\n".join(lines(GOOD)))
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:

            def run(who: str, *arguments: str) -> Said:
                monkeypatch.setenv("COTLAB_TOKEN", world.tokens[who])
                return command(*arguments, "--project", "pilot", "--server", server.url)

            yield Place(world, run, command)


def test_a_model_is_evaluated_through_a_server_and_a_slice_reopened(place: Place) -> None:
    said = place.run("lea", "evaluate", "predictions.jsonl", "--model", "a judge", "--fewest", "1")
    assert (said.code, said.error) == (0, "")
    first, read, *_ = said.out.splitlines()
    assert first.split()[0] == "evaluation" and " of a judge, " in first and " by lea, " in first
    assert read == (
        "4 lines: 12 settled steps of 4 traces and 4 problems; 0 without a settled step, 0 settled and not predicted"
    )
    assert "  of traces without one    0.500" in said.out and "F1 (ProcessBench)          0.667" in said.out
    found = json.loads(place.run("lea", "evaluations", "--json").out)
    assert [(one["model"], one["steps"]) for one in found] == [("a judge", 12)]
    ID = found[0]["id"]
    assert place.run("lea", "evaluations").out.splitlines()[1].startswith(f"{ID}  20")
    asked = place.run("lea", "reopen", "--where", "domain=law", "--because", ID)
    assert asked.out.splitlines() == [
        "domain=law: 2 traces with 6 steps, 6 labels to give, about 1 minute", "  by adj, cyn, dan",
        "nothing is changed; --yes does it",
    ]  # fmt: skip
    assert place.world.rows("SELECT * FROM reopenings") == []
    done = place.run("lea", "reopen", "--where", "domain=law", "--because", ID, "--yes", "--people", "2")
    assert done.out.splitlines()[-1] == "  0 of 2 traces labelled anew"
    assert done.out.splitlines()[-2].endswith("by lea: 2 people a trace")
    assert place.run("lea", "evaluations", ID).out.splitlines()[-1] == "  0 of 2 traces labelled anew"
    again = place.run("lea", "reopen", "--where", "domain=law", "--because", ID)
    assert again.out.splitlines()[2] == "  left out: 2 traces that wait to be labelled anew already"
    made = Evaluation.model_validate_json(place.run("lea", "evaluations", ID, "--json").out)
    assert [(one.where, one.people, one.traces) for one in made.reopened] == [("domain=law", 2, 2)]
    assert place.run("ann", "evaluate", "predictions.jsonl").code == 1


def test_both_are_commands_on_the_host_too(place: Place) -> None:
    here = ("--project", "pilot", "--database", "cotlab.db")
    said = place.command("evaluate", "predictions.jsonl", *here, "--by", "domain", "--json", "--replicates", "0",
                         "--fewest", "1")  # fmt: skip
    assert said.code == 0, said.error
    made = Evaluation.model_validate_json(said.out)
    assert {tuple(one.slice.values()) for one in made.scores.results} == {(), ("law",), ("mathematics",)}
    estimate = place.command("reopen", *here, "--where", "domain=law", "--because", made.id, "--count", "1", "--json")
    assert ReopenEstimate.model_validate_json(estimate.out).traces == 1
    done = place.command("reopen", *here, "--where", "domain=law", "--because", made.id, "--yes", "--json")
    assert ReopenedSlice.model_validate_json(done.out).traces == 2
    wrong = place.command("reopen", *here, "--where", "domain=medicine", "--because", made.id)
    assert wrong.code == 1 and wrong.error.startswith("Error: where: the evaluation has no slice domain=medicine; it")


def test_a_file_of_labels_needs_no_project_and_every_broken_line_is_named(command: Command) -> None:
    Path("labels.jsonl").write_text("".join(json.dumps(one) + "\n" for one in LABELS))
    said = {f"t{n}": (0.9, 0.1 if n in (1, 3, 5, 4) else 0.9) for n in range(12)}
    Path("predictions.jsonl").write_bytes(b"\n".join([*lines(said), b"{", b'{"id": "t0", "scores": [1]}']))
    found = command("evaluate", "predictions.jsonl", "--labels", "labels.jsonl", "--json")
    assert found.code == 1
    assert found.error.splitlines() == [
        "predictions.jsonl, line 13: it is not JSON: Expecting property name enclosed in double quotes at character 2",
        "predictions.jsonl, line 14: id: this trace stands in line 1 already",
    ]
    scores = Scored.model_validate_json(found.out)
    whole = scores.results[0]
    assert (whole.first_error.erroneous.value, whole.first_error.correct.value) == (3 / 6, 5 / 6)
    assert whole.agreement is None and scores.broken_lines == 2
    text = command("evaluate", "predictions.jsonl", "--labels", "labels.jsonl").out
    assert "not shown" not in text
    assert "no slice falls clearly below the whole" in text and "0.9 to 1.0  20  0.900       0.850" in text

    text = command("evaluate", "predictions.jsonl", "--labels", "labels.jsonl", "--fewest", "13").out
    assert "\n3 slices of fewer than 13 problems not shown\n" in text


def test_another_sets_words_need_a_map_or_the_name_of_an_error(command: Command) -> None:
    """A judge that is always right is no worse for the words of the file; of all correct traces a map knows that."""
    bench = [{**PROCESSBENCH, "id": f"b{n}", "problem": f"P{n}", "label": 1 if n % 2 else -1} for n in range(12)]
    Path("b.jsonl").write_text("".join(json.dumps(one) + "\n" for one in bench))
    Path("p.jsonl").write_bytes(b"\n".join(lines({str(one["id"]): one["label"] for one in bench})))
    asked = ("evaluate", "p.jsonl", "--labels", "b.jsonl", "--json")
    said = command(*asked)
    assert said.code == 1 and "error: no label of the file is incorrect or error; its labels are before" in said.error
    assert "first error, no error: name those that are errors, or a map of them" in said.error
    for told in (("--error", "first error"), ("--mapping", "first-error")):
        said = command(*asked, *told)
        assert said.code == 0, said.error
        whole = Scored.model_validate_json(said.out).results[0]
        assert (whole.first_error.f1.value, whole.step_f1.value) == (1.0, 1.0)
    said = command(*asked, "--mapping", "signs")
    assert said.code == 1 and "the map signs has no value for these labels of the file: before" in said.error
    assert command(*asked, "--mapping", "first-error", "--error", "first error").code == 2
    Path("b.jsonl").write_text("".join(json.dumps({**one, "label": -1}) + "\n" for one in bench))
    assert command(*asked, "--mapping", "first-error").code == 0


def test_labels_come_in_any_packing_and_count_as_in_a_conversion(command: Command) -> None:
    content = "".join(json.dumps(one) + "\n" for one in LABELS).encode()
    Path("p.jsonl").write_bytes(b"\n".join(lines({f"t{n}": n % 2 or -1 for n in range(12)})))
    Path("l.jsonl.gz").write_bytes(gzip.compress(content))
    Path("l.json").write_text(json.dumps(LABELS, indent=1))
    given = [{"source": "ann", "value": "correct"}, {"source": "ann", "value": "incorrect"}]
    stale = {"source": "ann", "value": "incorrect", "stale": True}
    native = [
        {"id": f"t{n}", "problem": {"text": f"p{n}"}, "row_id": f"{n:032x}.each",
         "steps": [{"text": "a", "labels": given[:1]}, {"text": "b", "labels": given[: 1 + n % 2]},
                   {"text": "c", "labels": [given[0], stale]}]}
        for n in range(12)
    ]  # fmt: skip
    Path("l.jsonl").write_text("".join(json.dumps(one) + "\n" for one in native))
    for labels, right in (("l.jsonl.gz", 12), ("l.json", 12), ("l.jsonl", 6)):
        said = command("evaluate", "p.jsonl", "--labels", labels, "--json")
        assert said.code == 0, said.error
        whole = Scored.model_validate_json(said.out).results[0]
        assert (whole.first_error.accuracy.hits, whole.first_error.accuracy.of, whole.steps) == (right, right, 24)
    Path("rows.jsonl").write_text("".join(
        json.dumps({"row_id": one["row_id"], "scores": [0.9, 0.1 if n % 2 else 0.9]}) + "\n"
        for n, one in enumerate(native)
    ))  # fmt: skip
    said = command("evaluate", "rows.jsonl", "--labels", "l.jsonl", "--json")
    assert said.code == 0, said.error
    assert Scored.model_validate_json(said.out).results[0].step_f1.value == 1.0


def test_what_does_not_fit_is_one_sentence(command: Command) -> None:
    assert command("evaluate", "x.jsonl").code == 2
    assert command("evaluate", "x.jsonl", "--project", "p", "--labels", "y").code == 2
    Path("labels.jsonl").write_text("".join(json.dumps(one) + "\n" for one in LABELS))
    Path("x.jsonl").write_bytes(lines({"nobody": 1})[0])
    for arguments, sentence in (
        (("--labels", "labels.jsonl"),
         "Error: No prediction is of a trace with a settled step; line 1: id: there is no such trace.\n"),
        (("--labels", "labels.jsonl", "--source", "me"),
         "Error: source: the file has labels of some gold; one of them is to be named\n"),
        (("--labels", "labels.jsonl", "--by", "colour"), "Error: by: there is no slice 'colour'; there are "),
    ):  # fmt: skip
        said = command("evaluate", "x.jsonl", *arguments)
        assert said.code == 1 and said.error.startswith(sentence), said.error
