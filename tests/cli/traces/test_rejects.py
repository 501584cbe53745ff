"""Reject files: what somebody may have mended is neither deleted nor written over."""

import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.test_host import GOOD

REJECTS = Path("in.jsonl.rejects.jsonl")
IMPORT = ("import", "in.jsonl", "--project", "pilot")


def there() -> list[str]:
    return sorted(path.name for path in Path().glob("*rejects*"))


@pytest.mark.usefixtures("settled_in")
def test_what_an_earlier_run_left_is_kept(command: Command) -> None:
    Path("in.jsonl").write_text(GOOD % 2 + "broken\n")
    assert "the broken lines are in in.jsonl.rejects.jsonl" in command(*IMPORT).error
    assert command(*IMPORT).code == 1 and there() == [REJECTS.name], "the same lines need no second file"
    REJECTS.write_text("mended")
    for _ in range(2):
        said = command(*IMPORT)
        assert said.code == 1 and "the broken lines are in in.jsonl.rejects.2.jsonl" in said.error
    assert there() == ["in.jsonl.rejects.2.jsonl", REJECTS.name]
    Path("in.jsonl").write_text(GOOD % 2 + "broken as well\n")
    assert "in.jsonl.rejects.3.jsonl" in command(*IMPORT).error
    Path("in.jsonl").write_text(GOOD % 2)
    said = command(*IMPORT)
    assert said.code == 0 and said.error == "in.jsonl.rejects.jsonl is of an earlier run\n"
    assert REJECTS.read_text() == "mended" and len(there()) == 3


@pytest.mark.usefixtures("settled_in")
@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "in.jsonl", "--project", "nosuch"),
        ("import", "in.jsonl", "--project", "pilot", "--on-error", "stop"),
        ("gold", "import", "in.jsonl", "--project", "nosuch"),
        ("convert", "other.jsonl", "in.jsonl", "--to", "native", "--force"),
        ("convert", "in.jsonl", "in.jsonl", "--to", "native", "--force"),
    ],
)
def test_a_run_that_fails_touches_no_reject_file(command: Command, arguments: tuple[str, ...]) -> None:
    for name in ("in.jsonl", "other.jsonl"):
        Path(name).write_text("broken\n" + GOOD % 2 + "{\n")
    REJECTS.write_text("mended")
    assert command(*arguments).code == 1
    assert REJECTS.read_text() == "mended" and there() == [REJECTS.name]


@pytest.mark.usefixtures("settled_in")
def test_an_import_that_ends_on_the_way_leaves_the_broken_lines_before_it(command: Command) -> None:
    lines = (sha256(str(number).encode()).hexdigest() + "\n" for number in range(20_000))
    Path("in.jsonl").write_bytes(gzip.compress((GOOD % 2 + "".join(lines)).encode())[:-8])
    said = command(*IMPORT)
    assert said.code == 1 and "up to where it ended, the broken lines are in in.jsonl.rejects.jsonl" in said.error
    assert REJECTS.read_text().startswith('{"line":2,') and there() == [REJECTS.name]
    said = command("convert", "in.jsonl", "out.jsonl", "--to", "native", "--on-error", "skip")
    assert said.code == 1 and "rejects" not in said.error
    assert there() == [REJECTS.name] and not Path("out.jsonl").exists()
