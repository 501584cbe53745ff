"""Guideline files: what is taken from a good one, and the sentence with file, line and field for each bad one."""

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines import Change
from cotlab.exchange.guideline import parse_guideline, quick_reference

GOOD = b"""---
guideline: step-correctness
version: "1.0"
change: initial
authors: [Some Team]
schema:
  labels:
    - {name: correct, key: "1", meaning: right, values: {correctness: true, prm800k: 1}}
    - name: incorrect
      key: "2"
      meaning: wrong
      error: true
      values: {correctness: false, prm800k: -1}
---

# Step correctness \xe2\x80\x93 for people

## Quick reference

- right: press 1

```
## no heading
```

### Closer

deeper

## Rules
"""


def test_a_good_file() -> None:
    guideline = parse_guideline(GOOD, "1.0.md")
    assert guideline.text.encode() == GOOD
    assert (guideline.head.guideline, guideline.head.version) == ("step-correctness", "1.0")
    assert guideline.head.change is Change.INITIAL
    assert guideline.head.labels.mapping("prm800k") == {"correct": 1, "incorrect": -1}
    assert guideline.quick_reference.startswith("- right: press 1")
    assert guideline.quick_reference.endswith("deeper")


def test_line_ends_of_windows_are_kept() -> None:
    data = GOOD.replace(b"\n", b"\r\n")
    guideline = parse_guideline(data, "1.0.md")
    assert guideline.text.encode() == data and guideline.quick_reference.endswith("deeper")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'"1.0"', b"1.0", "line 3: version: the value should be a valid string; a number that is meant as text"),
        (b'"1.0"', b"one", "line 3: version: the text does not match"),
        (b"initial", b"new", "line 4: change: the value should be 'initial', 'clarification' or 'label-changing'"),
        (b"initial", b"2001-09-01", "line 4: change: the value should be 'initial'"),
        (b"change: initial\n", b"", "line 2: change: the field is missing"),
        (b"[Some Team]", b"[]", "line 5: authors: it is empty"),
        (b"Some Team", b'"\\uD800"', "half of a surrogate pair"),
        (b'key: "2"', b'key: "x"', "line 10: schema.labels.1.key: the text does not match"),
        (b"name: incorrect", b"nam: incorrect", "line 9: schema.labels.1.name: the field is missing"),
        (b"name: incorrect", b"name: correct", "line 6: schema: two labels have the same name"),
        (b"meaning: wrong", b"meaning: wrong\n      mening: x", "line 12: schema.labels.1.mening: there is no field"),
        (b"error: true", b'error: "yes"', "line 12: schema.labels.1.error: the value should be a valid boolean"),
        (b"prm800k: -1", b"prm800k: 0.5", "line 13: schema.labels.1.values.prm800k: the value should be true, false"),
        (b"prm800k: -1", b'prm800k: "-1"', "line 13: schema.labels.1.values.prm800k: the value should be true"),
        (b"initial\n", b"initial\nchange: initial\n", "line 5: change: the field stands here twice"),
        (b"wrong", b'"wrong', "line 14: the front matter is not YAML: found unexpected end of stream"),
        (b"[Some Team]", b"!!python/object/apply:os.getcwd []", "line 5: the front matter is not YAML: could not"),
        (b"[Some Team]", b"&a [x]\nstrategies: *a", "line 6: an alias (*name) is not taken"),
        (b"[Some Team]", b"[" * 400 + b"]" * 400, "lists and objects are nested too deep"),
        (b"[Some Team]", b"? [a]\n: 1", "the front matter is not YAML"),
        (b"Team", b"T\xe9am", "line 5: byte 80 of the file is not UTF-8"),
        (b"deeper", b"dee\0per", "line 28: the text holds a NUL character"),
        (b"---\n\n#", b"\n\n#", "line 1: the front matter has no end"),
        (b"---\nguideline", b"guideline", "line 1: the file does not begin with front matter"),
    ],
)
def test_a_bad_file(old: bytes, new: bytes, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(BadInput) as caught:
        parse_guideline(GOOD.replace(old, new, 1), "1.0.md")
    assert caught.value.sentence.startswith("1.0.md line ") and sentence in caught.value.sentence


@pytest.mark.parametrize("data", [b"", b"---\n---\n", b"---\n- a\n---\n", b"# no head", b"\x00", b"-" * 2_000_000])
def test_no_front_matter(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"^1\.0\.md"):
        parse_guideline(data, "1.0.md")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ""),
        ("## Rules\n\nx", ""),
        ("# Quick reference\n\nx", ""),
        ("## QUICK Reference\n\nx\n\n# End\n", "x"),
        ("Quick reference\n---\nx\n", "x"),
        ("```\n## Quick reference\nx\n```\n", ""),
        ("> ## Quick reference\n\nx", ""),
        ("## Quick reference\n\nx\u2028y\n\n## Quick reference 2\nz", "x\u2028y"),
    ],
)
def test_quick_reference(body: str, expected: str) -> None:
    assert quick_reference(body) == expected
