"""The YAML of guideline files and of signatures: whatever a field is called, one sentence with its line."""

import pytest

from cotlab.domain.errors import BadInput
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.exchange.guideline.sign_off import read_sign_off
from tests.services.guidelines.guideline_texts import small

NAMED = "a field is named by text; a date or null as its name stands in quotes"
TYPE = "is not YAML: a value is not of the type that stands before it"
BROKEN = [
    ("2020-01-01: x", 2, NAMED),
    ("!!binary aGk=: x", 2, NAMED),
    ("null: x", 2, NAMED),
    ("? \n  : x", 2, NAMED),
    ("? [a]\n  : x", 2, NAMED),
    ("? {a: b}\n  : x", 2, NAMED),
    ("in: !!pairs [ [a]: x ]", 2, NAMED),
    ("in:\n    - {ok: 1}\n    - {2020-01-01: x}", 4, NAMED),
    ("one: x\n  one: y", 3, "one: the field stands here twice"),
    ("one: &a x\n  two: *a", 3, "an alias (*name) is not taken; write it out"),
    ('one: !!int ""', None, TYPE),
    ("one: !!bool perhaps", None, TYPE),
    ("one: !!timestamp then", None, TYPE),
    ("one: 2020-99-99", None, "is not YAML: month must be in 1..12"),
    ("one: [", 3, "is not YAML: "),
]
"""What stands below the field of the first line, the line of the fault (None: not known), and the sentence."""


@pytest.mark.parametrize(("below", "line", "sentence"), BROKEN)
def test_what_is_no_plain_yaml_is_one_sentence_with_its_line(below: str, line: int | None, sentence: str) -> None:
    text = f"mappings:\n  {below}\n"
    with pytest.raises(BadInput) as caught:
        parse_guideline(f"---\n{text}---\n# A title\n".encode(), "file.md")
    assert caught.value.sentence.startswith(f"file.md line {line + 1 if line else 1}: ")
    assert sentence in caught.value.sentence
    with pytest.raises(BadInput) as caught:
        read_sign_off(text.encode(), "walk.yaml")
    assert caught.value.sentence.startswith(f"walk.yaml line {line or 1}: ") and sentence in caught.value.sentence
    assert "\n" not in caught.value.sentence and caught.value.sentence.endswith(".")


def test_numbers_and_words_for_yes_and_no_are_names_as_they_were() -> None:
    text = small("1.0", "initial").replace("strategies:", "mappings:\n  2: one\n  yes: two\n  0.5: three\nstrategies:")
    assert list(parse_guideline(text.encode(), "file.md").head.mappings) == ["2", "true", "0.5"]
