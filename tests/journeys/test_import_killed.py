"""An import that is killed and run again ends with the same rows as one that was left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cotlab.domain.projects import NewProject
from cotlab.domain.traces import Problem, SourceLabel, Step, Trace
from cotlab.services import projects
from cotlab.services.setup import initialise, open_database
from cotlab.settings import Settings

TRACES, STEPS = 3_000, 8
KILLS = 3


def write_traces(file: Path) -> None:
    label = SourceLabel(source="gold", value="right")
    with file.open("w") as out:
        for number in range(TRACES):
            problem = Problem(text=f"Problem {number // 3}")
            steps = tuple(Step(text=f"trace {number}, step {step}", labels=(label,)) for step in range(STEPS))
            out.write(Trace(problem=problem, steps=steps).model_dump_json(exclude_defaults=True) + "\n")


def fresh(folder: Path) -> Settings:
    folder.mkdir()
    settings = Settings(database=str(folder / "cotlab.db"))
    initialise(settings, "admin", days=1)
    store = open_database(settings)
    projects.new_project(store, "host", NewProject(name="pilot"))
    store.close()
    return settings


def start(settings: Settings, file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "cotlab", "import", str(file), "--project", "pilot"]
    environment = {**os.environ, "COTLAB_DATABASE": settings.database}
    environment.pop("COTLAB_SERVER", None)
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def counts(settings: Settings) -> dict[str, int]:
    store = open_database(settings)
    try:
        tables = ("problems", "traces", "steps", "answers", "queue")
        return {
            table: store.read(lambda db, table=table: db.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # type: ignore[misc]
            for table in tables
        }
    finally:
        store.close()


def test_killed_and_run_again(tmp_path: Path) -> None:
    file = tmp_path / "traces.jsonl"
    write_traces(file)
    killed, alone = fresh(tmp_path / "killed"), fresh(tmp_path / "alone")
    reached = []
    for _ in range(KILLS):
        before = counts(killed)["traces"]
        process = start(killed, file)
        while process.poll() is None and counts(killed)["traces"] == before:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(counts(killed)["traces"])
    assert 0 < reached[0] < TRACES, "it was killed on its way"
    assert start(killed, file).wait() == 0
    assert start(alone, file).wait() == 0
    assert counts(killed) == counts(alone)
    assert counts(alone) == {
        "problems": TRACES // 3, "traces": TRACES, "steps": TRACES * STEPS, "answers": TRACES * STEPS, "queue": TRACES,
    }  # fmt: skip
