"""An import that is killed and run again ends with the same rows as one that was left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cotlab.domain.projects.projects import NewProject
from cotlab.domain.traces.pairs import Pair, Response, SourceChoice
from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.settings import Settings

pytestmark = pytest.mark.slow

TRACES, STEPS = 3_000, 8
PAIRS = 6_000
TURNED = 10
KILLS = 3


def write_traces(file: Path) -> None:
    label = SourceLabel(source="gold", value="right")
    with file.open("w") as out:
        for number in range(TRACES):
            problem = Problem(text=f"Problem {number // 3}")
            steps = tuple(Step(text=f"trace {number}, step {step}", labels=(label,)) for step in range(STEPS))
            out.write(Trace(problem=problem, steps=steps).model_dump_json(exclude_defaults=True) + "\n")


def write_pairs(file: Path) -> None:
    """Pairs of which each problem has three; every tenth comes a second time with its responses turned round, so that
    the raters say the opposite of it then.
    """
    with file.open("w") as out:
        for number in range(PAIRS):
            label = SourceChoice(source="raters", overall="better", criteria={"clarity": "tie"}, rationale="so")
            texts = [f"{which} {number}" for which in ("one", "other")]
            for responses in (texts, texts[::-1])[: 2 if number % TURNED == 0 else 1]:
                one, other = (Response(text=text) for text in responses)
                pair = Pair(problem=Problem(text=f"Prompt {number // 3}"), responses=(one, other), labels=(label,))
                out.write(pair.model_dump_json(exclude_defaults=True) + "\n")


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


TABLES = ("problems", "traces", "steps", "pairs", "answers", "queue")


def counts(settings: Settings) -> dict[str, int]:
    store = open_database(settings)
    try:
        return {
            table: store.read(lambda db, table=table: db.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # type: ignore[misc]
            for table in TABLES
        }
    finally:
        store.close()


def content(settings: Settings) -> list[tuple[object, ...]]:
    """The pairs with what was said of them, whatever their ids."""
    store = open_database(settings)
    try:
        rows = store.read(lambda db: db.rows(
            """SELECT p.first_text, p.second_text, n.question, n.value, n.rationale FROM pairs p
               JOIN answers n ON n.item_id = p.item_id
               ORDER BY p.first_text, p.second_text, n.question, n.value"""
        ))  # fmt: skip
        return [tuple(row.values()) for row in rows]
    finally:
        store.close()


def killed_and_run_again(killed: Settings, alone: Settings, file: Path, whole: int) -> None:
    """Kill an import on its way, again and again, then let it end; and let another one run alone."""
    reached = []
    for _ in range(KILLS):
        before = counts(killed)["traces"]
        process = start(killed, file)
        while process.poll() is None and counts(killed)["traces"] == before:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(counts(killed)["traces"])
    assert 0 < reached[0] < whole, "it was killed on its way"
    assert start(killed, file).wait() == 0
    assert start(alone, file).wait() == 0
    assert counts(killed) == counts(alone)


def test_killed_and_run_again(tmp_path: Path) -> None:
    file = tmp_path / "traces.jsonl"
    write_traces(file)
    killed, alone = fresh(tmp_path / "killed"), fresh(tmp_path / "alone")
    killed_and_run_again(killed, alone, file, TRACES)
    assert counts(alone) == {
        "problems": TRACES // 3, "traces": TRACES, "steps": TRACES * STEPS, "pairs": 0, "answers": TRACES * STEPS,
        "queue": TRACES,
    }  # fmt: skip


def test_pairs_killed_and_run_again(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    write_pairs(file)
    killed, alone = fresh(tmp_path / "killed"), fresh(tmp_path / "alone")
    killed_and_run_again(killed, alone, file, PAIRS)
    assert counts(alone) == {
        "problems": PAIRS // 3, "traces": PAIRS, "steps": 0, "pairs": PAIRS, "answers": PAIRS * 2 + PAIRS // TURNED * 2,
        "queue": PAIRS,
    }  # fmt: skip
    assert content(killed) == content(alone)
