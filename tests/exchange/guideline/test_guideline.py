"""Guideline files: what is taken from a good one, and the sentence with file, line and field for each bad one."""

import re

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.text import MAX_TEXT
from cotlab.exchange.guideline.front_matter import parse_guideline

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
        (b'"1.0"', b"1.0", "line 3: version: the value should be a valid string; text that reads as a number"),
        (b"meaning: wrong", b"meaning: false", "line 11: schema.labels.1.meaning: the value should be a valid string"),
        (b'"1.0"', b"one", "line 3: version: the text does not match"),
        (b'"1.0"', b'"1.1234567"', "line 3: version: the text does not match"),
        (b'"1.0"', b'"' + b"9" * 4_400 + b'"', "line 3: version: the text does not match"),
        (b'"1.0"', '"1.\u0663"'.encode(), "line 3: version: the text does not match"),
        (b"initial", b"new", "line 4: change: the value should be 'initial', 'clarification' or 'label-changing'"),
        (b"initial", b"2001-09-01", "line 4: change: the value should be 'initial'"),
        (b"change: initial\n", b"", "line 2: change: the field is missing"),
        (b"[Some Team]", b"[]", "line 5: authors: it is empty"),
        (b"Some Team", b'"\\uD800"', "half of a surrogate pair"),
        (b'key: "2"', b'key: "xx"', "line 10: schema.labels.1.key: the text does not match"),
        (b'key: "2"', b'key: "1"', "line 6: schema: two labels have the same key 1"),
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
        ("# Quick reference\n\nx", "x"),
        ("## QUICK Reference\n\nx\n\n# End\n", "x"),
        ("Quick reference\n---\nx\n", "x"),
        ("```\n## Quick reference\nx\n```\n", ""),
        ("> ## Quick reference\n\nx", ""),
        ("## Quick reference\n\nx\u2028y\n\n## Quick reference 2\nz", "x\u2028y"),
    ],
)
def test_quick_reference(body: str, expected: str) -> None:
    assert parse_guideline(HEAD + body.encode(), "1.0.md").quick_reference == expected


HEAD = GOOD.partition(b"\n# Step")[0]
STEPS = b"""---
guideline: steps
version: "2.0"
change: label-changing
authors: [Some Team]
affects:
  labels: [right]
label_map:
  right: [correct, redundant]
schema:
  labels:
    - {name: correct, key: "1", meaning: right, neighbours: [redundant]}
    - {name: redundant, key: "2", meaning: nothing new}
    - {name: incorrect, key: "3", meaning: wrong}
    - {name: slip, key: "1", parent: incorrect, meaning: of the pen}
  judgement:
    - [correct, redundant]
strategies: [forward, backward]
---
# Steps 2.0

## Granularity

One move.

## Rules

Read the first one first.

### A1 The first

Domains: law, medicine.

short: one
line.

If it is
right, then `correct`.

- if new: `correct`
- else: `redundant`

```
Example: no example

### B1 no rule
```

In honest doubt whether it is new: `correct`.

Example: Step: "x (y)." This is
`correct` (it (x) is).

Counter-Example : Step: "z" This is `redundant`, not `correct` (old).

Example: Step: "no verdict".

Example: Step: "no reason". This is `slip`.

Examples may be long. Domains of law differ. Short steps too.

### A2 The second

## Glossary

Some words.

- **New, fresh**: not there
  before.
* **Old:** there before

That is
all.
"""


def test_the_parts_of_a_body() -> None:
    guideline = parse_guideline(STEPS, "2.0.md")
    first, second = guideline.rules
    lines = STEPS.decode().split("\n")
    assert (first.id, first.title, second.id, second.title) == ("A1", "The first", "A2", "The second")
    assert (lines[first.line - 1], lines[second.line - 1]) == ("### A1 The first", "### A2 The second")
    assert (first.domains, first.short, first.doubt) == (
        ("law", "medicine"), "one line.", "whether it is new: `correct`.",
    )  # fmt: skip
    assert first.decision.split("\n\n") == [
        "If it is right, then `correct`.", "- if new: `correct`\n- else: `redundant`", "```\nExample: no example",
        "### B1 no rule\n```", "Examples may be long. Domains of law differ. Short steps too.",
    ]  # fmt: skip
    assert (second.short, second.decision, second.doubt, second.examples) == ("", "", "", ())
    assert guideline.granularity == "One move."


def test_a_fence_that_nobody_closed_keeps_its_text() -> None:
    data = STEPS.partition(b"### A2")[0] + b"### A3 The last\n\n```\n## all\n\nof it"
    assert parse_guideline(data, "2.0.md").rules[-1].decision == "```\n## all\n\nof it"


def test_the_examples_of_a_rule() -> None:
    lines = STEPS.decode().split("\n")
    examples = parse_guideline(STEPS, "2.0.md").rules[0].examples
    assert [one.model_dump(exclude={"line"}) for one in examples] == [
        {"kind": kind, "text": text, "label": label, "reason": reason}
        for kind, text, label, reason in (
            ("example", 'Step: "x (y)."', "correct", "it (x) is"),
            ("counter-example", 'Step: "z"', "redundant", "old"),
            ("example", 'Step: "no verdict".', "", ""),
            ("example", 'Step: "no reason".', "slip", ""),
        )
    ]
    assert [one.line for one in examples] == [
        n for n, line in enumerate(lines, 1) if re.match(r"(Ex|Co).*Step: ", line)
    ]


def test_the_terms_of_a_glossary() -> None:
    glossary = parse_guideline(STEPS, "2.0.md").glossary
    assert [(term.names, term.definition) for term in glossary] == [
        (("New", "fresh"), "not there before."), (("Old",), "there before"),
    ]  # fmt: skip
    assert [STEPS.decode().split("\n")[term.line - 1] for term in glossary] == [
        "- **New, fresh**: not there", "* **Old:** there before",
    ]  # fmt: skip


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference(line_end: str) -> None:
    data = STEPS.replace(b"\n", line_end.encode())
    if line_end == "\r":  # the head is YAML between lines
        head, body = STEPS.split(b"\n# Steps", 1)
        data = head + b"\n# Steps" + body.replace(b"\n", b"\r")
    there, here = parse_guideline(data, "2.0.md"), parse_guideline(STEPS, "2.0.md")
    assert (there.rules, there.glossary, there.granularity) == (here.rules, here.glossary, here.granularity)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("affects:\n  labels: [right]\nlabel_map:\n  right: [correct, redundant]\n", "",
         "line 2: affects: a label-changing version lists the labels or the rules that it changes"),
        ("label-changing", "clarification", "line 6: affects: only a label-changing version has it"),
        ("change: label-changing\nauthors: [Some Team]\naffects:\n  labels: [right]\n",
         "change: clarification\nauthors: [Some Team]\n",
         "line 6: label_map: only a label-changing or a first version has it"),
        ("parent: incorrect", "parent: wrong", "line 10: schema: label slip is a kind of wrong, which is no label"),
        ("parent: incorrect", "parent: slip", "line 10: schema: label slip is a kind of slip, which is no label"),
        ("parent: incorrect", "parent: incorrect, error: true", "line 10: schema: label slip takes neighbours, values"),
        ("neighbours: [redundant]", "neighbours: [slip]", "line 10: schema: label correct names a neighbour slip that"),
        ("- [correct, redundant]", "- [correct, incorrect]",
         "line 10: schema: judgement: correct and incorrect are no neighbours"),
        ("- [correct, redundant]", "- [correct]", "line 17: schema.judgement.0.1: the field is missing"),
        ("[correct, redundant]", "[correct, new]", "line 8: label_map: new is no label of the schema"),
        ("right: [correct, redundant]", "right: []", "line 9: label_map.right: it is empty"),
        ("[forward, backward]", "[forward, forward]", "strategies: two have the same name"),
        ("[forward, backward]", "[forward, {rule: x}]", "line 18: strategies.1.name: the field is missing"),
        ("authors:", "task: pairs\nauthors:", "line 11: schema: a guideline for pairs has criteria, and no labels"),
        ("right: [correct, redundant]", "Right: [correct]", "line 9: label_map.Right: the text does not match ^["),
    ],
)  # fmt: skip
def test_a_bad_rule_or_head(old: str, new: str, sentence: str) -> None:
    text = STEPS.decode()
    assert old in text
    with pytest.raises(BadInput) as caught:
        parse_guideline(text.replace(old, new, 1).encode(), "2.0.md")
    assert caught.value.sentence.startswith("2.0.md line ") and sentence in caught.value.sentence
    assert caught.value.sentence.count("\n") == 0 and caught.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "heading",
    ["### The second", "### A2", "### a2 The second", "## A2 The second", "# A2 The second", "#### More",
     f"### {'A' * 20}2 Too long"],
)  # fmt: skip
def test_a_heading_among_the_rules_that_is_none_gives_no_rule(heading: str) -> None:
    text = STEPS.decode().replace("### A2 The second", f"{heading}\n\nShort: lost.\n\n### A3 The third")
    guideline = parse_guideline(text.encode(), "2.0.md")
    assert [text.split("\n")[line - 1] for line in guideline.not_rules] == [heading]
    assert [rule.id for rule in guideline.rules] == ["A1", "A3"] and guideline.glossary
    assert parse_guideline(STEPS, "2.0.md").not_rules == ()
    assert (
        len(f"{'A' * 19}2") == 20
        and parse_guideline(STEPS.replace(b"### A2", b"### " + b"A" * 19 + b"2"), "2.0.md").not_rules == ()
    )


def test_a_file_is_as_long_as_a_text_and_no_longer() -> None:
    for character in ("x", "\U0001d538"):
        longest = GOOD.decode() + character * (MAX_TEXT - len(GOOD.decode()))
        assert len(parse_guideline(longest.encode(), "1.0.md").text) == MAX_TEXT
        with pytest.raises(BadInput, match=r"^1\.0\.md: the file is longer than 200,000 characters\.$"):
            parse_guideline(f"{longest}{character}".encode(), "1.0.md")


def test_a_front_matter_knows_its_lines() -> None:
    places, lines = parse_guideline(STEPS, "2.0.md").places, STEPS.decode().split("\n")
    for place, said in {
        "affects.labels": "  labels: [right]", "label_map.right.1": "  right: [correct, redundant]",
        "schema.labels.3.parent": "    - {name: slip, key", "schema.judgement.0": "    - [correct", "strategies": "str",
    }.items():  # fmt: skip
        assert lines[places[place] - 1].startswith(said)
