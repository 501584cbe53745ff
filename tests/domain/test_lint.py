"""Each fault is found with its code and on its line, and a guideline without faults has no finding."""

import re
from pathlib import Path

import pytest

from cotlab.domain.guidelines.lint import CODES, Finding, Limits, findings
from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.guidelines.schema import PAIR_VALUES
from cotlab.exchange.guideline.front_matter import parse_guideline

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(ROOT.glob("guidelines/*/*.md"))
PAGE = (ROOT / "docs" / "guidelines.md").read_text("utf-8")
CLEAN = PAGE.split("```markdown\n")[1].split("```\n")[0]
"""The guideline that the docs show."""

STEPS = [
    ("---", "no-quick-reference", "warning"),
    ("---", "no-granularity", "warning"),
    ("# no such rule", "unknown-rule", "warning"),
    ("# nor this one", "unknown-rule", "error"),
    ("# moves down", "owned-key", "error"),
    ("# no rule for these two", "no-boundary-rule", "warning"),
    ("# no digit", "owned-key", "error"),
    ("- name: backward", "strategy-without-rule", "warning"),
    ("### A2", "no-example", "warning"),
    ("### A3", "no-counter-example", "warning"),
    ("### A4", "no-decision", "warning"),
    ("### A5", "no-doubt-default", "warning"),
    ("### A6", "no-short-form", "warning"),
    ("### A7", "few-examples", "warning"),
    ("Short: a step that is right and that is new", "long-short-form", "warning"),
    ("*quite", "undefined-term", "warning"),
    ("`almost`", "unknown-label", "error"),
    ("`nearly`", "unknown-label", "error"),
    ("It is not.", "example-without-label", "error"),
    ("Thirteen is even", "example-without-reason", "error"),
    ("“one.”", "contradicting-examples", "error"),
    ("### A1 The same id", "duplicate-rule", "error"),
    ("#### No id", "not-a-rule", "error"),
]
PAIRS = [
    ("- name: clarity", "criterion-without-examples", "warning"),
    ("# takes back", "owned-key", "error"),
    ("# no such rule", "unknown-rule", "error"),
    ("In honest doubt: `correct`", "unknown-label", "error"),
]


def parsed(text: str) -> Guideline:
    return parse_guideline(text.encode(), "file.md")


def codes(text: str, limits: Limits | None = None) -> list[str]:
    return [finding.code for finding in findings(parsed(text), limits or Limits())]


@pytest.mark.parametrize(("name", "planted"), [("poor_steps.md", STEPS), ("poor_pairs.md", PAIRS)])
def test_each_fault_is_found_where_it_stands(name: str, planted: list[tuple[str, str, str]]) -> None:
    text = (Path(__file__).parent / name).read_text("utf-8")
    lines = text.split("\n")
    expected = []
    for mark, code, severity in planted:
        at = [number for number, line in enumerate(lines, 1) if mark in line]
        assert len(at) == 1 or mark == "---", f"{mark} stands on one line"
        expected.append((at[0], code, severity))
    assert [(one.line, one.code, one.severity) for one in findings(parsed(text))] == expected


def test_every_code_is_planted_somewhere() -> None:
    assert {code for _, code, _ in (*STEPS, *PAIRS)} | {"no-rules"} == set(CODES)


@pytest.mark.parametrize(("code", "severity"), [(code, severity) for code, (severity, _) in CODES.items()])
def test_the_docs_say_what_each_code_means(code: str, severity: str) -> None:
    assert f"| `{code}` | {severity} | {CODES[code][1]} |\n" in PAGE


def test_the_docs_tell_of_no_other_code() -> None:
    table = PAGE.split("| code |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE) == list(CODES)
    assert ", ".join(f"`{value}`" for value in PAIR_VALUES) in PAGE


def test_the_docs_show_a_finding_as_it_is_printed() -> None:
    (one,) = findings(parsed(re.sub(r"In honest doubt:.*\n\n", "", CLEAN)))
    assert f"\nsums.md:{one.line}: {one.severity} {one.code}: {one.message}\n" in PAGE


def test_nothing_is_found_in_a_clean_guideline() -> None:
    assert findings(parsed(CLEAN)) == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_is_found_in_a_shipped_guideline(path: Path) -> None:
    guideline = parse_guideline(path.read_bytes(), path.name)
    assert findings(guideline) == () and guideline.rules
    assert (guideline.head.guideline, guideline.head.version) == (path.parent.name, path.stem)


def test_without_rules_nothing_else_is_said_of_rules() -> None:
    assert codes(CLEAN.split("### S1")[0]) == ["no-rules"]
    pairs = (Path(__file__).parent / "poor_pairs.md").read_text("utf-8").split("### P1")[0]
    assert codes(pairs) == ["no-rules", "unknown-rule", "owned-key", "unknown-rule", "unknown-rule"]


SUM = 'Counter-example: Step: "3 · 24 = 74." This is `wrong-operation` (it is 72).'
AGAIN = f'{SUM}\n\nExample: Step: "1 + 1 = 2." This is `correct` (it is 2).\n'


@pytest.mark.parametrize(
    ("limits", "found", "why"),
    [
        (Limits(other_examples=3), False, "two are correct, and the third is of a kind of incorrect"),
        (Limits(other_examples=4), True, "there are three"),
        (Limits(other_each_side=2, other_examples=4), True, "one side has one alone"),
        (Limits(other_each_side=2), False, "of three, no side wants more than one"),
        (Limits(judgement_examples=50), False, "the boundary needs no judgement"),
        (Limits(other_examples=0), False, "none are wanted"),
    ],
)
def test_examples_of_a_boundary(limits: Limits, found: bool, why: str) -> None:
    assert ("few-examples" in codes(CLEAN, limits)) is found, why


def judged(judgement: bool) -> str:
    between = "judgement: [[incorrect, correct]]" if judgement else "judgement: []"
    return CLEAN.replace("mappings:\n", f"  {between}\nmappings:\n", 1)


@pytest.mark.parametrize(
    ("judgement", "limits", "found"),
    [
        (True, Limits(), True),
        (True, Limits(judgement_examples=3), False),
        (True, Limits(judgement_examples=3, other_examples=50), False),
        (True, Limits(judgement_examples=4, judgement_each_side=2), True),
        (True, Limits(judgement_examples=4), True),
        (False, Limits(judgement_examples=50), False),
    ],
)
def test_a_boundary_that_needs_judgement_has_limits_of_its_own(judgement: bool, limits: Limits, found: bool) -> None:
    assert ("few-examples" in codes(judged(judgement), limits)) is found


def test_the_numbers_that_were_found_and_wanted_are_said() -> None:
    (found,) = findings(parsed(judged(True)))
    said = "3 examples between correct and incorrect (2 correct, 1 incorrect); wanted: 10, and 3 or more on each side"
    line = CLEAN.split("\n").index("### S1 Does it come out?") + 2
    assert found == Finding(code="few-examples", severity="warning", line=line, message=said)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("*result*", "*results*", []),
        ("*result*", "*VALUE*", []),
        ("*result*", "**outcome**", []),
        ("*result*", "3 * 4 * 5", []),
        ("*result*", "3*x*5", []),
        ("*result*", "2 *4* 5", []),
        ("*result*", "\\*outcome*", []),
        ("*result*", "* outcome *", []),
        ("*result*", "*outcome*", ["undefined-term"]),
        ("*result*", "(*outcome*)", ["undefined-term"]),
        ("*result*", "*out come*, *out come*", ["undefined-term"]),
        ("calculate it again", "calculate *it* again", ["undefined-term"]),
        ("if you find no error", "if you find no *error*", ["undefined-term"]),
        ("If you calculate", "When you calculate", []),
        ("`correct`. If\nyou get another one, then `incorrect`", "right", ["no-boundary-rule", "no-decision"]),
        ("in two attempts", "in `two` attempts", ["unknown-label"]),
        ("This is `wrong-operation` (", "This is `incorrect`, no other (", []),
        ("`wrong-operation` (it is 72).", "`wrong-operation`, since it is 72.", ["example-without-reason"]),
        ("`wrong-operation` (it is 72).", "`wrong-operation` ().", ["example-without-reason"]),
        ("This is `wrong-operation` (", "This is wrong (", ["few-examples", "example-without-label"]),
        ('key: "2"', 'key: "!"', []),
        ('key: "2"', 'key: "?"', ["owned-key"]),
        ('key: "1"\n      meaning: a calc', 'key: "0"\n      meaning: a calc', ["owned-key"]),
        ("Short: calculate it again and compare.\n", "", []),
        ("calculate it again and compare", "a b c d e f g h i j k l m n", []),
        ("calculate it again and compare", "a b c d e f g h i j k l m n o", ["long-short-form"]),
        ("then `incorrect`", "then `wrong-operation`", []),
        ("then `incorrect`", "then it is wrong", ["no-boundary-rule"]),
        (SUM, SUM + '\n\nExample: Above: "3 · 24 = 74."\nStep: "74 + 6 = 80." This is `correct` (it is).', []),
        (SUM, SUM + '\n\nExample: Step: "3 · 24 = 74." This is `incorrect` (no).', []),
        (SUM, SUM + '\n\nExample: Step: “3 · 24  =  74.” This is `correct` (yes).', ["contradicting-examples"]),
    ],
)  # fmt: skip
def test_what_is_a_fault_and_what_is_none(old: str, new: str, found: list[str]) -> None:
    assert old in CLEAN
    assert codes(CLEAN.replace(old, new, 1)) == found


def test_a_text_counts_once() -> None:
    twice = CLEAN.replace(SUM, f"{SUM}\n\n{SUM}")
    assert codes(twice, Limits(other_examples=4)) == ["few-examples"]
    assert codes(CLEAN.replace(SUM, AGAIN), Limits(other_examples=4)) == []


def test_each_side_of_a_boundary_wants_its_own() -> None:
    text = CLEAN.replace(SUM, AGAIN)
    assert codes(text, Limits(other_examples=4, other_each_side=1)) == []
    assert codes(text, Limits(other_examples=4, other_each_side=2)) == ["few-examples"]


def test_a_long_decision_wants_a_short_form() -> None:
    text = CLEAN.replace("Short: calculate it again and compare.\n", "")
    assert codes(text, Limits(longest_without_short_form=19)) == ["no-short-form"]
    assert codes(text, Limits(longest_without_short_form=20)) == []
