"""Texts from data, as the commands print them."""

import pytest

from cotlab.cli.sentences import counted, one_line

LINES = [
    ("two\n  lines ", None, "two lines", "on one line"),
    ("a\x1b[2Jb", None, "a\\x1b[2Jb", "a terminal is not cleared by what stands in a file"),
    ("a\x9b2Jb\u202ec", None, "a\\x9b2Jb\\u202ec", "nor turned around"),
    ("x² ≤ 漢字", None, "x² ≤ 漢字", "letters stay"),
    ("abcdef", 4, "abc…", "cut"),
    ("abcd", 4, "abcd", "not cut"),
]


@pytest.mark.parametrize(("text", "most", "line", "why"), LINES)
def test_a_text_on_one_line(text: str, most: int | None, line: str, why: str) -> None:
    assert one_line(text, most) == line, why


def test_counts_of_things() -> None:
    assert (counted(1, "path"), counted(2_000, "path")) == ("1 path", "2,000 paths")
    assert counted(0, "batch", "batches") == "0 batches"
