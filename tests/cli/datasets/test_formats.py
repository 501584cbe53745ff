"""`cotlab formats`: what is read and written, and what words stand for."""

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from cotlab.exchange.formats import PAIR_WRITERS, READERS, WRITERS
from cotlab.exchange.readers.word_maps import WORD_MAPS
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.services.guidelines.guideline_texts import small
from tests.support import Clock
from tests.world import World

DOCS = Path(__file__).parents[3] / "docs" / "formats.md"


def of(formats: Iterable[Any]) -> list[str]:
    return [one.name for one in formats]


def test_all_formats_and_maps_are_listed(command: Command) -> None:
    found = json.loads(command("formats", "list", "--json").out)
    names = {one["name"]: one for one in found["formats"]}
    assert names.keys() == {name for some in (READERS, WRITERS, PAIR_WRITERS) for name in of(some)}
    assert names["gsm8k"] == {"name": "gsm8k", "read": True, "written": None}
    assert names["trl-dpo"] == {"name": "trl-dpo", "read": False, "written": "pairs"}
    assert found["maps"] == [one.name for one in WORD_MAPS]
    said = command("formats", "list").out
    assert "trl-stepwise       read, written of traces\n" in said and "signs              Math-Shepherd" in said


def test_a_map_is_shown_with_its_values(command: Command) -> None:
    assert command("formats", "show", "ratings-help").out == (
        "ratings-help: PRM800K's ratings as TRL reads them: 0 is false, what the labeller wrote true\n"
        "  1                    true\n  0                    false\n  -1                   false\n"
        "  human                true\n"
    )
    assert json.loads(command("formats", "show", "prm800k", "--json").out)["values"]["redundant"] == 0


def test_the_mapping_of_a_project_is_the_one_that_its_exports_use(command: Command, settled_in: Settings) -> None:
    Path("small.md").write_text(small("1.0", "initial"), "utf-8")
    with closing(open_database(settled_in)) as store:
        (project,) = store.read(lambda db: db.rows("SELECT id FROM projects"))
        World(store, Clock(), "host", project["id"]).publish(small("1.0", "initial"), acknowledged=False)
    found = json.loads(command("formats", "show", "both", "--project", "pilot", "--json").out)
    labels = {"correct": True, "redundant": True, "incorrect": False, "incomplete": False}
    assert found["versions"]["small 1.0"] == labels and found["name"] == "both"
    of_file = command("formats", "show", "both", "--guideline", "small.md").out
    assert of_file == command("formats", "show", "both", "--project", "pilot").out
    assert of_file.startswith("both: labels under small 1.0\n  correct              true\n")
    for where in (("--project", "pilot"), ("--guideline", "small.md")):
        said = command("formats", "show", "nowhere", *where)
        assert said.code == 1 and "nowhere; there is " in said.error.replace(" of all its labels", "")


def test_a_format_is_shown_with_its_columns(command: Command) -> None:
    found = json.loads(command("formats", "show", "processbench", "--json").out)
    assert found["columns"]["label"] == 'Value("int64")' and len(found["columns"]) == 6
    assert command("formats", "show", "native").out == "native: no table, so that only JSON lines hold it\n"
    said = command("formats", "show", "nowhere")
    assert said.code == 1 and "there is no map 'nowhere'" in said.error


def test_every_map_is_in_the_docs_with_its_words() -> None:
    section = DOCS.read_text(encoding="utf-8").split("\n## Converting\n")[1].split("\n## ")[0]
    lines = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}
    for one in WORD_MAPS:
        assert all(word in lines[one.name] for word in one.values), one.name
