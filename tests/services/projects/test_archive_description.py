"""A stranger verifies an archive with the published description and Python's standard library."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.projects import moving
from tests.services.projects.test_moving_in import (
    OTHER_KEY,
    content,
    first_line_gone,
    lived,
    overruled,
    signed_otherwise,
)
from tests.support import SIGNER

__all__ = ["content", "lived"]

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_archive.py"
STANDARD_LIBRARY_ALONE = ("-I", "-S")
"""So that no package is found."""


def verified(archive: Path, *keys: str, flags: tuple[str, ...] = ("-I",)) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *flags, str(SCRIPT), str(archive), *keys], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_script_is_short_and_imports_nothing_of_ours() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) < 100
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - {"cryptography"} <= sys.stdlib_module_names and "cotlab" not in names


@pytest.mark.parametrize("flags", [STANDARD_LIBRARY_ALONE, ("-I",)])
def test_a_whole_archive_is_verified(content: bytes, tmp_path: Path, flags: tuple[str, ...]) -> None:
    file = tmp_path / "p.tar"
    file.write_bytes(content)
    code, said = verified(file, SIGNER.public_key, flags=flags)
    assert code == 0 and f"signed last by {SIGNER.public_key}" in said
    assert ("not checked" in said) == (flags == STANDARD_LIBRARY_ALONE)
    code, said = verified(file, moving.ELSEWHERE.public_key, flags=flags)
    assert code == 1 and "which you do not trust" in said


CHANGES: dict[str, tuple[str, Callable[[bytes], bytes | None], str]] = {
    "a label": ("tables/answers.jsonl", overruled, "is not as its event says"),
    "a label gone": ("tables/answers.jsonl", first_line_gone, "answers that events tell of are gone"),
    "an event": ("chain.log", lambda text: text.replace(b'"overlap":2', b'"overlap":3', 1), "was changed"),
    "an end cut off": (
        "chain.log", lambda text: b"".join(text.splitlines(keepends=True)[:-2]), "the chain ends elsewhere",
    ),
    "a head gone": (
        "chain.log", lambda text: b"".join(text.splitlines(keepends=True)[:-1]), "covered by no head",
    ),
    "a signature": ("chain.log", signed_otherwise, "a signature by"),
    "another key": ("keys.jsonl", lambda _: OTHER_KEY, "is not there"),
}  # fmt: skip


def test_what_was_changed_is_found(content: bytes, tmp_path: Path) -> None:
    file, found = tmp_path / "p.tar", moving.files(content)
    for name, (member, change, sentence) in CHANGES.items():
        file.write_bytes(moving.rebuilt(content, {member: change(found[member])}))
        code, said = verified(file)
        assert code == 1 and "WRONG: " in said and sentence in said, (name, said)
    place = content.index(found["people.jsonl"])
    file.write_bytes(content[:place] + content[place:].replace(b'"away":0', b'"away":1', 1))
    code, said = verified(file)
    assert code == 1 and "people.jsonl was changed" in said
