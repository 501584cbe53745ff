"""The public data, where there is any."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA names no folder with data/")
    return Path(folder) / "data"
