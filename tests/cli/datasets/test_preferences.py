"""Steps as pairs by the command line: the file, its manifest, and the loader beside it."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.traces.records import Problem
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.services.datasets.test_step_preferences import label
from tests.support import Clock
from tests.world import people_and_project, trace


@pytest.fixture
def labelled(command: Command) -> None:
    """A project with two labelled paths of one problem that part at their second step."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock(), overlap=1)
        problem = Problem(text="What is 2 + 2?", domain="mathematics")
        world.add_traces(*(trace("t", problem=problem, texts=["Add them.", one]) for one in ("It is 4.", "It is 5.")))
        label(world, {"It is 5.": "incorrect"})


@pytest.mark.usefixtures("labelled")
@pytest.mark.parametrize("format", ["trl-dpo", "trl-reward", "trl-kto"])
def test_steps_go_out_with_a_loader(command: Command, format: str) -> None:
    said = command("export", "--project", "pilot", "--format", format, "--labels", "settled", "--compared", "steps")
    assert said.code == 0, said.error
    name = f"pilot-{format}-steps.jsonl"
    rows = 2 if format == "trl-kto" else 1
    assert said.out.splitlines()[:2] == [
        f"{name}: {rows} row{'s' if rows > 1 else ''} with 2 labelled steps of 2 traces",
        "  from steps of two traces of a problem: 1 comparison",
    ]
    written = map(json.loads, Path(name).read_text(encoding="utf-8").splitlines())
    assert {row["prompt"] for row in written} == {"What is 2 + 2?\nAdd them.\n"}
    loader = Path(f"{name}.load.py").read_text(encoding="utf-8")
    compile(loader, "loader", "exec")
    assert f'data_files="{name}"' in loader and '"prompt": Value("string")' in loader
    manifest = json.loads(Path(f"{name}.manifest.json").read_text(encoding="utf-8"))
    assert manifest["comparisons"] == {"sibling": 1} and manifest["compared"] == "steps"
