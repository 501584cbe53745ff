"""The environments of the consumers hold the versions of their locks, and nothing else."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.consumers.environment import (
    READERS,
    REQUIREMENTS,
    InstallFailed,
    lock_of,
    reading_python,
    skip_or_fail,
    training_python,
)

pytestmark = pytest.mark.consumer


@pytest.mark.parametrize(("build", "requirements"), [(reading_python, READERS), (training_python, REQUIREMENTS)])
def test_an_environment_is_its_lock(build: Callable[[], Path], requirements: Path) -> None:
    try:
        python = build()
    except InstallFailed as error:
        skip_or_fail(error)
    found = subprocess.run([str(python), "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    locked = set(lock_of(requirements).read_text("utf-8").split())
    assert {line.partition("+")[0] for line in found.split()} <= locked
    assert set(requirements.read_text("utf-8").split()) <= locked
