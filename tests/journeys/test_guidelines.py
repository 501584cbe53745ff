"""A lead's way with a guideline, through the command line and a real server: lint, impact, publish, who is behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cotlab.domain.people import Role
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.guidelines import publishing
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import SERVER, Db, Store
from tests.journeys.servers import ServerProcess, running
from tests.services.guidelines.guideline_texts import small

pytestmark = pytest.mark.slow

TRACES, STEPS, ANNOTATORS = 2_500, 8, ("ann", "bob")
LABELS = ("correct", "redundant", "incorrect", "incomplete")
CHANGED = small("1.1", affects={"labels": ["incomplete"], "domains": ["law"]})

LABEL = """INSERT INTO answers (id, project_id, item_id, position, question, value, actor_id, purpose,
        guideline_version_id, unsure, informed, visible_until, shown_at, received_at, sequence)
    SELECT lower(hex(randomblob(16))), t.project_id, s.trace_id, s.position, 'label',
        CASE s.position % 4 WHEN 0 THEN 'correct' WHEN 1 THEN 'redundant' WHEN 2 THEN 'incorrect' ELSE 'incomplete' END,
        :actor, 'production', :version, 0, 0, s.position, :now - 20000000, :now, :sequence
    FROM steps s JOIN traces t ON t.id = s.trace_id WHERE t.external_id LIKE :mine"""


@dataclass(frozen=True)
class Place:
    """A database with a project of 20,000 labels under `small 1.0`, and a server over it."""

    folder: Path
    settings: Settings
    token: str

    def cotlab(self, server: ServerProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COTLAB_SERVER": server.url, "COTLAB_TOKEN": self.token}
        command = [sys.executable, "-m", "cotlab", *arguments]
        return subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)


def labelled(store: Store, admin: str) -> str:
    """A project whose annotators have labelled half of the traces each; returns the lead's token."""
    names: dict[str, str] = {}

    def add_people(db: Db) -> str:
        for name in ("lea", *ANNOTATORS):
            names[name] = accounts.add_person(db, admin, name)
        return accounts.issue_token(db, admin, "lea", "test", 1).token

    token = store.write(SERVER, add_people)
    project = projects.new_project(store, admin, NewProject(name="pilot", lead="lea")).id

    def furnish(db: Db) -> str:
        for name in ANNOTATORS:
            projects.add_member(db, admin, project, MemberBody(person=name, role=Role.ANNOTATOR))
        version = publishing.checked(small("1.0", "initial"), "1.0.md")
        return publishing.publish(db, admin, version, [project]).guideline_version_id

    version = store.write([SERVER, project], furnish)
    lines = (Good(number, "native", (trace(number),)) for number in range(TRACES))
    import_lines(store, admin, project, lines)

    def label(db: Db) -> None:
        for name in ANNOTATORS:
            sequence = db.event(project, "test.labelled", names[name], {}).sequence
            db.run(LABEL, actor=names[name], version=version, now=db.now, mine=f"{name}-%", sequence=sequence)

    store.write(project, label)
    return token


def trace(number: int) -> Trace:
    problem = Problem(text=f"Problem {number}", domain="law" if number % 5 == 0 else "mathematics")
    steps = tuple(Step(text=f"step {position} of {number}") for position in range(1, STEPS + 1))
    return Trace(id=f"{ANNOTATORS[number % 2]}-{number}", problem=problem, steps=steps)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("lead")
    settings = Settings(database=str(folder / "cotlab.db"), signing_key=folder / "signing-key")
    admin = initialise(settings, "admin", days=1).admin_id
    with closing(open_database(settings)) as store:
        token = labelled(store, admin)
    (folder / "1.1.md").write_text(CHANGED, encoding="utf-8")
    return Place(folder, settings, token)


@pytest.fixture
def server(place: Place) -> Iterator[ServerProcess]:
    with running(place.settings.database, place.settings.key_path()) as found:
        yield found


def in_force(place: Place) -> list[str]:
    with closing(open_database(place.settings)) as store:
        rows = store.read(lambda db: db.rows(
            """SELECT v.version FROM guidelines_in_force f JOIN guideline_versions v ON v.id = f.guideline_version_id
               ORDER BY f.sequence"""
        ))  # fmt: skip
    return [row["version"] for row in rows]


def test_a_publication_that_is_killed_leaves_the_old_version_in_force(place: Place) -> None:
    """The writer is stopped after its first rows of the publication, and killed before it commits."""
    script = f"""
import time
from cotlab.services.guidelines import publishing
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from cotlab.storage import SERVER
from cotlab.storage.projects import projects
store = open_database(Settings(database={place.settings.database!r}, signing_key={str(place.settings.key_path())!r}))
project = store.read(lambda db: projects.project_named(db, "pilot"))["id"]
version = publishing.checked(open("1.1.md", encoding="utf-8").read(), "1.1.md")
def slow(db):
    publishing.publish(db, "host", version, [project])
    print("written", flush=True)
    time.sleep(60)
store.write([SERVER, project], slow)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=place.folder, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    assert in_force(place) == ["1.0"]


def test_a_lead_checks_publishes_and_sees_who_is_behind(place: Place, server: ServerProcess) -> None:
    linted = place.cotlab(server, "guideline", "lint", "1.1.md")
    assert linted.returncode == 0 and "no-counter-example" in linted.stdout
    found = place.cotlab(server, "guideline", "impact", "1.1.md", "--json")
    (before,) = json.loads(found.stdout)
    expected = TRACES // 5 * STEPS // 4
    assert before["going_stale"]["labels"] == expected == sum(before["going_stale"]["people"].values())
    assert before["going_stale"]["domains"] == {"law": expected}
    assert before["hours"] == pytest.approx(expected * 20 / 3600)
    shown = place.cotlab(server, "guideline", "impact", "1.1.md", "--project", "pilot").stdout
    assert f"{expected:,} labels go stale" in shown and "ann 500, bob 500" in shown, shown
    started = time.monotonic()
    published = place.cotlab(server, "guideline", "publish", "1.1.md", "--project", "pilot")
    assert published.returncode == 0, published.stderr
    assert f"pilot: {expected:,} labels are to be given anew" in published.stdout
    assert "warning no-counter-example" in published.stderr
    assert time.monotonic() - started < 60
    listed = place.cotlab(server, "guideline", "list").stdout
    assert re.search(r"pilot +all domains +small 1\.1 +not read by ann, bob +1,000 labels are stale", listed), listed
    assert "1,000 labels are stale" in place.cotlab(server, "guideline", "stale", "--project", "pilot").stdout
    assert place.cotlab(server, "guideline", "show", "small", "1.1").stdout == CHANGED
    compared = place.cotlab(server, "guideline", "diff", "small@1.0", "1.1.md").stdout
    assert compared.startswith("small 1.0 -> small 1.1 (label-changing)"), compared
    missing = place.cotlab(server, "guideline", "diff", "small@9.9", "1.1.md").stderr
    assert missing == "Error: There is no small 9.9 here; stored is 1.0, 1.1.\n"
    again = place.cotlab(server, "guideline", "publish", "1.1.md", "--project", "pilot")
    assert (again.returncode, again.stderr) == (1, "Error: small 1.1 is in force in pilot already.\n")


def test_a_file_that_does_not_fit_says_where(place: Place, server: ServerProcess) -> None:
    (place.folder / "bad.md").write_text(small("0.5", "clarification"), encoding="utf-8")
    refused = place.cotlab(server, "guideline", "publish", "bad.md", "--project", "pilot")
    assert refused.returncode == 1
    said = r"Error: bad\.md line 3: version: 0\.5 is older than 1\.[01], which is in force\.\n"
    assert re.fullmatch(said, refused.stderr), refused.stderr


def test_a_lead_measures_agreement(place: Place, server: ServerProcess) -> None:
    measured = place.cotlab(server, "agreement", "--project", "pilot", "--by", "domain", "--replicates", "10")
    assert measured.returncode == 0, measured.stderr
    assert "by 2 people" in measured.stdout
    assert "domain law" in measured.stdout and "no unit has two ratings" in measured.stdout, measured.stdout
    diagnosed = place.cotlab(server, "agreement", "--project", "pilot", "--diagnose")
    assert diagnosed.stdout == "alpha: no unit has two ratings\n"
    both = place.cotlab(server, "agreement")
    assert (both.returncode, both.stderr) == (1, "Error: Name a FILE, or a project with --project.\n")
