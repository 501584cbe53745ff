"""The command line in a folder of its own."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cotlab.cli import main
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.services.guidelines import publishing
from cotlab.services.people import accounts
from cotlab.services.people.setup import open_database
from cotlab.services.projects import projects
from cotlab.settings import Settings
from cotlab.storage import SERVER
from tests.world import GUIDELINE


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    error: str


Command = Callable[..., Said]
Begun = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command as a shell would, in a fresh folder and with no settings of the one who tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("COTLAB_") and name != "COTLAB_TEST_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COTLAB_CREDENTIALS", str(tmp_path / "credentials.json"))

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


_kept: dict[str, tuple[Path, Any]] = {}


@pytest.fixture
def begun(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """What a function of a module gives that fills the folder; from the second time on without running it, with the
    files that it left the first time.
    """

    def begin(build: Callable[[], Any]) -> Any:
        name = f"{build.__module__}.{build.__name__}"
        if name in _kept:
            shutil.copytree(_kept[name][0], tmp_path, dirs_exist_ok=True)
        else:
            built = build()
            _kept[name] = Path(shutil.copytree(tmp_path, tmp_path_factory.mktemp("begun") / "folder")), built
        return _kept[name][1]

    return begin


def initialise() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["init"])
    assert not ended.value.code


@pytest.fixture
def settled_in(command: Command, begun: Begun) -> Settings:
    """A database with the project `pilot`, its guideline, and the annotator `ann`."""
    begun(settle_in)
    return Settings(database="cotlab.db")


def settle_in() -> None:
    initialise()
    found = Settings(database="cotlab.db")
    store = open_database(found)
    version = publishing.checked(GUIDELINE.read_text("utf-8"), "1.0.md")

    try:
        store.write(SERVER, lambda db: accounts.add_person(db, "host", "ann"))
        project = projects.new_project(store, "host", NewProject(name="pilot")).id
        annotator = MemberBody(person="ann", role=Role.ANNOTATOR)
        store.write(project, lambda db: projects.add_member(db, "host", project, annotator))
        store.write([SERVER, project], lambda db: publishing.publish(db, "host", version, [project]))
    finally:
        store.close()
