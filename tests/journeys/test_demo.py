"""What a new user runs first, from a wheel that is installed elsewhere."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.consumers.environment import InstallFailed, skip_or_fail, trl_wheel
from tests.consumers.tokenizing import IGNORED, trl_tokenize

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
ROOT = Path(__file__).parents[2]


def demo(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cotlab", "demo", "--script", "--folder", "demo"],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check(folder: Path, said: str) -> list[dict[str, object]]:
    """Hold the files against what was told and against each other; return the rows for a trainer."""
    rows = [json.loads(line) for line in (folder / "examples-trl-stepwise.jsonl").read_bytes().splitlines()]
    manifest = json.loads((folder / "examples-trl-stepwise.jsonl.manifest.json").read_text())
    assert manifest["rows"] == len(rows) == 4
    assert manifest["steps"] == sum(len(row["labels"]) for row in rows)
    assert manifest["steps_dropped"]["disagreement"] == 1, "the second expert sees one step differently"
    assert sum(manifest["label_distribution"].values()) == manifest["steps"]
    assert "audit trail: " in said and "verified" in said
    assert said.count("labels committed through the terminal UI") == 2
    return rows


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel that is installed elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT], check=True
    )
    (wheel,) = folder.glob("cotlab-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture(scope="module")
def rows(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What the demo of the wheel leaves for a trainer."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    return check(elsewhere / "demo", demo(elsewhere, PYTHONPATH=str(installed)))


def test_a_wheel_runs_the_demo_elsewhere(installed: Path, rows: list[dict[str, object]], tmp_path: Path) -> None:
    assert len(rows) == 4
    assert (installed / "cotlab" / "shipped" / "guidelines" / "step-correctness" / "1.0.md").is_file()
    where = subprocess.run(
        [sys.executable, "-c", "import cotlab, tui; print(cotlab.__file__, tui.__file__)"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.count(str(installed)) == 2, "the wheel was tried, and not the checkout"


@pytest.mark.consumer
def test_the_demo_leaves_a_dataset_that_trl_reads(rows: list[dict[str, object]]) -> None:
    try:
        tokenize = trl_tokenize(trl_wheel())
    except InstallFailed as error:
        skip_or_fail(error)
    for row in rows:
        found = [label for label in tokenize(row)["labels"] if label != IGNORED]
        assert found == [int(bool(label)) for label in row["labels"]]  # type: ignore[attr-defined]
