"""Solutions in one text, split into steps, and plain text split into traces."""

import pytest

from cotlab.exchange.readers.plain_text import TextTrace, read_text
from cotlab.exchange.readers.step_splits import recognise, split

TABLE = [
    ("step", "Step 1: add\nStep 2: take away", ["add", "take away"]),
    ("step", "Here we go.\nStep 1. add\nand on\n**Step 2:** more", ["Here we go.", "add\nand on", "more"]),
    ("step", "step 1: as in\nStep 1: of the book\nSTEP 2 - so", ["as in\nStep 1: of the book", "so"]),
    ("step", "### Step 1: a\n### Step 2: b", ["a", "b"]),
    ("numbered", "1. add\n2. take away\n3) done", ["add", "take away", "done"]),
    ("numbered", "1. of these\n4. are no steps\n2. but this", ["of these\n4. are no steps", "but this"]),
    ("numbered", "1. It is\n1.5 more\n2. x", ["It is\n1.5 more", "x"]),
    ("numbered", f"1. add\n{'2' * 5_000}. is no step\n2. b", ["add\n" + "2" * 5_000 + ". is no step", "b"]),
    ("step", f"Step 1: a\nStep {'2' * 5_000}: is none", [f"a\nStep {'2' * 5_000}: is none"]),
    ("blank", "one\nstill one\n\n \t\ntwo\r\n\r\nthree", ["one\nstill one", "two", "three"]),
    ("lines", "one\n\ntwo\r\nthree", ["one", "two", "three"]),
    ("sentences", "Add 2.5 to it. Then stop! So 4? Yes.", ["Add 2.5 to it.", "Then stop!", "So 4?", "Yes."]),
    ("sentences", "By e.g. Euler it holds, cf. Gauss. Next.", ["By e.g. Euler it holds, cf. Gauss.", "Next."]),
    ("sentences", "It is 3. $x$ follows. (Indeed.) ok", ["It is 3.", "$x$ follows.", "(Indeed.) ok"]),
    ("sentences", "one text", ["one text"]),
]


@pytest.mark.parametrize(("how", "text", "steps"), TABLE)
def test_splits(how: str, text: str, steps: list[str]) -> None:
    assert split(text, how) == steps


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Step 1: a\n\nStep 2: b", "step"),
        ("1. a\n\n2. b", "numbered"),
        ("a. A.\n\nb", "blank"),
        ("a\nb", "lines"),
        ("It is. So it is.", "sentences"),
        ("", "sentences"),
    ],
)
def test_the_split_is_recognised_by_its_looks(text: str, how: str) -> None:
    assert recognise(text) == how


def read(text: str, how: str | None = None) -> list[TextTrace | tuple[int, bytes]]:
    return list(read_text(text.encode().splitlines(keepends=True), how))


def test_traces_stand_between_lines_of_equals_signs() -> None:
    text = (
        "\ufeffProblem: What is 2 + 2?\n\nStep 1: Add.\nStep 2: 4.\n\nFinal answer: 4\n=====\n"
        "\n====\nQuestion: Two\nlines?\nwith more\n\nin it\nSolution: It is so. It was.\n===\nNo solution\n"
    )
    first, second, third = read(text)
    assert first == TextTrace(1, "What is 2 + 2?", ("Add.", "4."), "4", "step")
    assert second == TextTrace(10, "Two\nlines?\nwith more\n\nin it", ("It is so.", "It was."), None, "sentences")
    assert third == (17, b"No solution\n")


def test_a_named_split_goes_before_the_looks() -> None:
    (one,) = read("P\n\na. A.\nb", "sentences")
    assert isinstance(one, TextTrace) and one.steps == ("a.", "A.\nb")


def test_what_is_not_utf_8_comes_back_as_it_stands() -> None:
    assert list(read_text([b"P\n", b"\n", b"caf\xe9\n"])) == [(1, b"P\n\ncaf\xe9\n")]
