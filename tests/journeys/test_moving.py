"""A project goes from one running server to another by commands, over sockets."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.projects.projects import NewProject
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import SERVER
from tests.journeys.programme import trace
from tests.journeys.servers import ServerProcess

pytestmark = pytest.mark.slow


def initialised(database: str, folder: Path) -> tuple[ServerProcess, Settings, str]:
    """A server to start, its settings, and an admin's token."""
    folder.mkdir()
    settings = Settings(database=database, signing_key=folder / "key")
    made = initialise(settings, "admin", days=1)
    return ServerProcess(database, folder / "key"), settings, made.token


def cotlab(server: ServerProcess, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COTLAB_SERVER": server.url, "COTLAB_TOKEN": token}
    command = [sys.executable, "-m", "cotlab", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_from_one_server_to_another(tmp_path: Path) -> None:
    (one, settings, token), (other, _, other_token) = (
        initialised(str(tmp_path / f"{name}.db"), tmp_path / name) for name in ("one", "other")
    )
    with closing(open_database(settings)) as store:
        admin = store.read(lambda db: db.rows("SELECT id FROM actors WHERE name = 'admin'"))[0]["id"]
        store.write(SERVER, lambda db: accounts.add_person(db, admin, "lea"))
        project = projects.new_project(store, admin, NewProject(name="pilot", lead="lea")).id
        import_lines(store, admin, project, (Good(number, "native", (trace(number),)) for number in range(40)))
    first, second = tmp_path / "p.tar", tmp_path / "q.tar"
    one.start()
    other.start()
    try:
        for server, its_token, arguments in (
            (one, token, ("project", "export", "pilot", "-o", str(first))),
            (other, other_token, ("project", "import", str(first))),
            (other, other_token, ("project", "export", "pilot", "-o", str(second))),
        ):
            done = cotlab(server, its_token, *arguments)
            assert done.returncode == 0, done
        assert first.read_bytes() == second.read_bytes()
        done = cotlab(other, other_token, "project", "import", str(first))
        assert done.returncode == 1 and "The project pilot is here already" in done.stderr
        first.write_bytes(first.read_bytes()[:-9])
        done = cotlab(one, token, "project", "import", str(first))
        assert done.returncode == 1 and done.stderr == "Error: the archive: it is cut off at its end.\n"
    finally:
        assert (one.stop(), other.stop()) == (0, 0)
