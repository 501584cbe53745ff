"""Releases and lineage on the command line: on this host and through a server, in words and as JSON."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.people import Role
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command, Said
from tests.cli.served import running
from tests.services.guidelines.guideline_texts import small
from tests.support import Clock
from tests.world import people_and_project, trace

EXPORT = ("export", "--project", "law", "--format", "native", "--labels", "settled")


def run(command: Command, *arguments: str) -> Said:
    said = command(*arguments)
    assert said.code == 0, said.error
    return said


def test_a_project_is_released_twice_and_told_apart(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        world.project = world.add_project("law", "lea")
        world.join("ann", Role.ANNOTATOR)
        world.join("lea", Role.EXPORTER)
        world.publish(small("1.0", "initial"))
        world.set_policy(overlap=1)
        world.add_traces(trace("a", id="known"), trace("b", id="known too"))
        world.expert("ann").label_all(["correct", "redundant"])
        run(command, *EXPORT, "--release", "v1", "--out", "v1.jsonl")
        assert json.loads(Path("v1.jsonl.manifest.json").read_text())["release"] == "v1"
        world.expert("ann").label_all()
        refused = command(*EXPORT, "--release", "v1", "--out", "again.jsonl")
        assert refused.code == 1 and "There is a release v1 already" in refused.error
        assert not Path("again.jsonl").exists()
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            run(command, *EXPORT, "--release", "v2", "--out", "v2.jsonl", "--server", server.url)
            for where in ((), ("--server", server.url)):
                told(command, "--project", "law", *where)
    of_an_archive(command)


def of_an_archive(command: Command) -> None:
    """The history of a row is the same from an archive, on a machine without the database."""
    (row_id,) = {json.loads(line)["row_id"] for line in Path("v1.jsonl").read_text().splitlines()}
    here = run(command, "lineage", row_id, "--project", "law").out
    run(command, "project", "export", "law", "--out", "law.tar")
    Path("cotlab.db").rename("elsewhere.db")
    assert run(command, "lineage", row_id, "--archive", "law.tar").out == here
    assert "project: name the project" in command("lineage", row_id).error
    Path("law.tar").write_bytes(Path("law.tar").read_bytes()[:-2000])
    assert "law.tar" in command("lineage", row_id, "--archive", "law.tar").error


def told(command: Command, *where: str) -> None:
    said = run(command, "release", "list", *where)
    assert [line.split(",")[0] for line in said.out.splitlines()] == ["v1: 1 row of native", "v2: 2 rows of native"]
    one, two = json.loads(run(command, "release", "list", "--json", *where).out)
    shown = run(command, "release", "show", "v2", *where).out
    assert two["sha256"] in shown and two["hash"] in shown and "cotlab export --project law" in shown
    assert json.loads(run(command, "release", "show", "v1", "--json", *where).out)["release"] == one
    assert "There is no release v3" in command("release", "show", "v3", *where).error
    said = run(command, "release", "diff", "v1", "v2", *where)
    assert "v1 to v2: 1 row as before" in said.out and "added: 1 row, new label" in said.out
    found = json.loads(run(command, "release", "diff", "v1", "v2", "--json", *where).out)
    assert found["added"] == {"new_label": 1} and found["rows"][0]["change"] == "added"
    (row_id,) = {json.loads(line)["row_id"] for line in Path("v1.jsonl").read_text().splitlines()}
    said = run(command, "lineage", row_id, *where)
    assert "(known" in said.out and "answer.given" in said.out and "release v2" in said.out
    events = json.loads(run(command, "lineage", f"{row_id.split('.')[0]}:2", "--json", *where).out)["events"]
    assert {event["value"] for event in events if event["position"] == 2} == {"redundant"}
    assert command("lineage", "nothing", *where).code == 1
