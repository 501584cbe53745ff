"""The blocks of docs/client.md that stream an export into a library run against that library as they stand."""

import re
from pathlib import Path

import pytest

from tests.consumers.environment import InstallFailed, skip_or_fail, training_python
from tests.pages import FENCE, ROOT, as_shown, run, session

pytestmark = pytest.mark.consumer

SCRIPT = Path(__file__).with_name("client_page.py")
END = "kill %1"


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return training_python()
    except InstallFailed as error:
        skip_or_fail(error)


def test_an_export_streams_into_each_library(python: Path, tmp_path: Path) -> None:
    blocks = FENCE.findall((ROOT / "docs" / "client.md").read_text("utf-8"))
    streaming = "".join(text for _, kind, text in blocks if kind == "consumer")
    page, script = tmp_path / "blocks.py", session(blocks)
    page.write_text(streaming, "utf-8")
    said = run(script.replace(END, f"HF_HOME={tmp_path}/cache {python} {SCRIPT} {page}\n{END}"), tmp_path)
    as_shown(blocks, said)
    assert re.search(r"^List\(Value\('bool'\)\) 4$", said, re.MULTILINE), said
    assert re.search(r"^True$", said, re.MULTILINE), said
    assert re.search(r"^(native|human|model|semi-synthetic)\s+\d+$", said, re.MULTILINE), said
