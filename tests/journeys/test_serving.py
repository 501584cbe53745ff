"""A server that is stopped leaves nothing open behind it."""

from pathlib import Path

import pytest

from cotlab.cli.demo import prepare
from tests.journeys.servers import running

pytestmark = pytest.mark.slow


def test_a_stopped_server_closes_its_database(tmp_path: Path) -> None:
    demo = prepare(tmp_path, overlap=1)
    with running(demo.settings.database, demo.settings.key_path()) as server:
        assert Path(demo.settings.database + "-wal").exists(), "it is open"
        assert server.stop() == 0
    assert not Path(demo.settings.database + "-wal").exists(), "what was in the log is in the file"
