"""Where training libraries are run; and a test without its own: red in CI, else a visible skip without an index."""

import os
from typing import NoReturn

import pytest

from tests.consumers.environment import InstallFailed


def asked_for() -> bool:
    """Training libraries are large: they are installed and run where that is asked for, as in CI."""
    return bool(os.environ.get("COTLAB_CONSUMERS") or os.environ.get("CI"))


def skip_or_fail(error: InstallFailed) -> NoReturn:
    if error.unreachable and not os.environ.get("CI"):
        pytest.skip("pip reaches no package index, so the training libraries are not here")
    raise error
