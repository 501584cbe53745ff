"""Projects written out and taken in by commands, on the host."""

import json
from pathlib import Path

import pytest

from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.services.projects import moving
from tests.world import World

OTHER = ("--database", "other/cotlab.db")


@pytest.fixture
def two(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A server with the project `pilot` and a trace, and another one without."""
    assert command("init").code == 0
    Path("other").mkdir()
    assert command("init", *OTHER).code == 0
    monkeypatch.setenv("COTLAB_TOKEN", "none")
    store = open_database(Settings(database="cotlab.db"))
    world = World(store, lambda: 0)  # type: ignore[arg-type]
    world.host = moving.host(store)
    world.project = world.add_project("pilot")
    world.add_person("ann")
    world.add_traces(Trace(problem=Problem(text="what"), steps=(Step(text="one"),), final_answer="2"))
    store.close()
    return command


def test_there_and_back(two: Command) -> None:
    said = two("project", "export", "pilot", "-o", "p.tar")
    assert said.code == 0 and said.out.startswith("p.tar: 2 events and ") and "people with names" in said.out
    assert Path("p.tar").stat().st_mode & 0o777 == 0o600 and not list(Path().glob("*.part"))
    said = two("project", "import", "p.tar", *OTHER)
    assert said.code == 0 and said.out.startswith("took in pilot: 2 events and "), said
    again = two("project", "export", "pilot", "-o", "q.tar", *OTHER)
    assert again.code == 0 and Path("q.tar").read_bytes() == Path("p.tar").read_bytes()
    for database in ((), OTHER):
        assert two("audit", "verify", *database).code == 0
    said = two("project", "import", "p.tar", *OTHER)
    assert (said.code, said.out) == (1, "")
    assert said.error == "Error: The project pilot is here already; an archive is taken in only where it is not.\n"


def test_reports_are_json_where_that_is_asked_for(two: Command) -> None:
    manifest = json.loads(two("project", "export", "pilot", "-o", "p.tar", "--pseudonyms", "--json").out)
    assert (manifest["format"], manifest["version"], manifest["named"]) == ("cotlab-project", 1, False)
    report = json.loads(two("project", "import", "p.tar", *OTHER, "--json").out)
    assert (report["project"], report["events"]) == ("pilot", manifest["events"])


def test_an_archive_is_verified(two: Command) -> None:
    two("project", "export", "pilot", "-o", "p.tar")
    key, other = two("audit", "key").out.strip(), two("audit", "key", *OTHER).out.strip()
    said = two("audit", "verify", "--archive", "p.tar")
    assert said.code == 0 and key in said.out and "compare it" in said.out and ": good, 2 events" in said.out
    said = two("audit", "verify", "--archive", "p.tar", "--public-key", key)
    assert said.code == 0 and "compare it" not in said.out
    said = two("audit", "verify", "--archive", "p.tar", "--public-key", other)
    assert said.code == 1 and "not one that is trusted" in said.out
    Path("receipts").write_text("f" * 64)
    assert two("audit", "verify", "--archive", "p.tar", "--receipts", "receipts").code == 1
    content = Path("p.tar").read_bytes()
    Path("p.tar").write_bytes(content[: len(content) // 2])
    said = two("audit", "verify", "--archive", "p.tar")
    assert said.code == 1 and said.error.startswith("Error: p.tar: it is cut off at ")


def test_a_file_that_is_there_is_kept_and_a_project_that_is_not_is_said(two: Command) -> None:
    Path("p.tar").write_text("mine")
    assert "There is a file p.tar already" in two("project", "export", "pilot", "-o", "p.tar").error
    assert two("project", "export", "nothing", "-o", "n.tar").error == "Error: There is no project named nothing.\n"
    assert Path("p.tar").read_text() == "mine" and not Path("n.tar").exists()
    assert two("project", "export", "pilot", "-o", "p.tar", "--force").code == 0
    said = two("project", "import", "missing.tar")
    assert said.code == 2


def test_the_host_tells_its_own_chain_what_moved(two: Command) -> None:
    two("project", "export", "pilot", "-o", "p.tar")
    two("project", "import", "p.tar", *OTHER)
    for folder, kind in ((".", "project.exported"), ("other", "project.imported")):
        store = open_database(Settings(database=str(Path(folder) / "cotlab.db")))
        rows = store.read(lambda db: db.rows("SELECT body FROM events WHERE chain = 'server' ORDER BY sequence"))
        store.close()
        event = json.loads(rows[-1]["body"])
        assert event["kind"] == kind and len(event["data"]["sha256"]) == 64
