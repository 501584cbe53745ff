"""`cotlab quality`, against a real server."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.cli.served import running
from tests.services.reports.test_quality import RIGHT, WRONG, add
from tests.support import Clock
from tests.world import people_and_project


def test_the_table_and_the_traces_behind_it(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        add(world, "rb", ("correct", "incorrect"), labels=(RIGHT,), id="r-1", generator="m1")
        add(world, "rn", ("correct", "correct"), labels=(RIGHT,), generator="m2")
        add(world, "wn", ("correct", "correct"), labels=(WRONG,))
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            said = command("quality", "two-level", "--project", "pilot", "--by", "generator")
            assert said.code == 0, said.error
            assert said.out.startswith(
                "all: 1 of 2 traces (50.0%, 9.5% to 90.5%) with a right answer have a bad step\n"
            )
            assert "  the answer is judged by: the file 3\n" in said.out
            assert "\nm1: 1 of 1 traces" in said.out and "\nm2: 0 of 1 traces" in said.out
            found = json.loads(command("quality", "two-level", "--project", "pilot", "--json").out)
            assert found["whole"]["bad_among_right"]["count"] == 1 and found["slices"] == []
            listed = command("quality", "traces", "--project", "pilot", "--cell", "right_bad_step")
            assert "(r-1)  mathematics\n  rb\n  answer judged by the file; bad steps 2; no case" in listed.out
            page = ("quality", "traces", "--project", "pilot", "--cell", "right_no_bad_step", "--json")
            assert [one["problem"] for one in json.loads(command(*page).out)["traces"]] == ["rn"]
            none = command(*page, "--by", "generator", "--slice", "m1")
            assert json.loads(none.out)["traces"] == []
            refused = command(*page, "--by", "generator")
            assert refused.code != 0 and "--by and --slice name a slice together" in refused.error
