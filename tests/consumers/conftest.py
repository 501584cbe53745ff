"""Trainers that are loaded once for all tests of them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.consumers.environment import PREFERENCE_TRL, InstallFailed, skip_or_fail, training_python, trl_folder
from tests.consumers.trainer import Trainer


@pytest.fixture(scope="session")
def training() -> Path:
    """The interpreter with TRL; skips where it cannot be made."""
    try:
        trl_folder(PREFERENCE_TRL)
        return training_python()
    except InstallFailed as error:
        skip_or_fail(error)


@pytest.fixture(scope="session")
def preferences(training: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """Trains on preferences: `dpo`, `reward` or `kto`, the loader beside an export, and a file of held-out rows."""
    script, folder = Path(__file__).with_name("train_preferences.py"), tmp_path_factory.mktemp("preferences")
    with closing(Trainer(training, script, folder, PYTHONPATH=str(trl_folder(PREFERENCE_TRL)))) as trainer:
        yield trainer


@pytest.fixture(scope="session")
def rewards(training: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """Trains on labelled steps: the loader beside an export, and a file of held-out rows."""
    script, folder = Path(__file__).with_name("train_prm.py"), tmp_path_factory.mktemp("rewards")
    with closing(Trainer(training, script, folder)) as trainer:
        yield trainer
