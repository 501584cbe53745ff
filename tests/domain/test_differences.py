"""What counts as a change from one version to the next, by rule, label and example."""

from typing import Any

import pytest

from cotlab.domain.guidelines.differences import difference
from cotlab.domain.guidelines.rules import Guideline
from cotlab.exchange.guideline.front_matter import parse_guideline
from tests.domain.test_lint import CLEAN

OLD = parse_guideline(CLEAN.encode(), "1.0.md")
CHANGING = "change: label-changing\nlabel_map: "


def changed(*edits: tuple[str, str]) -> dict[str, Any]:
    """The difference after edits of the text, without the whole rules and without what is empty."""
    text = CLEAN
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    found = difference(OLD, parse_guideline(text.encode(), "1.1.md"))
    rules = [rule.model_dump(exclude={"old", "new"}, exclude_defaults=True) for rule in found.rules]
    labels = [label.model_dump(exclude_defaults=True) for label in found.labels]
    return {"rules": rules, "labels": labels, "sections": found.sections}


def nothing_but(**parts: Any) -> dict[str, Any]:
    return {"rules": [], "labels": [], "sections": (), **parts}


def rule(**parts: Any) -> dict[str, Any]:
    both = ("correct", "incorrect")
    return {"rule": "S1", "title": "Does it come out?", "kind": "changed", "was": both, "now": both, **parts}


def label(name: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"label": name, "kind": kind, **parts}


SUM = 'Counter-example: Step: "3 · 24 = 74." This is `wrong-operation` (it is 72).'


@pytest.mark.parametrize(
    ("edits", "expected", "why"),
    [
        ([], {}, "the same file"),
        ([("If you calculate the step again and", "If you calculate\nthe step again and")], {}, "wrapped anew"),
        ([("# Sums 1.0\n", "# Sums 1.0\n\nMore for people.\n\n")], {}, "text before the parts, and all lines moved"),
        ([('version: "1.0"', 'version: "1.1"'), ("[the authors]", "[others]")], {}, "the head says who and when"),
        ([("then `incorrect`", "then it is `incorrect`")], {"rules": [rule(fields=("decision",))]}, "a decision"),
        ([("then `incorrect`", "then `wrong-operation`")],
         {"rules": [rule(fields=("decision",), now=("correct", "wrong-operation"))]}, "other labels"),
        ([("Short: calculate it", "Short: Calculate it"), ("### S1 Does it come out?", "### S1 Right?")],
         {"rules": [rule(title="Right?", fields=("title", "short"))]}, "title and short form"),
        ([("if you find no", "if you see no"), ("Short:", "Domains: law\n\nShort:")],
         {"rules": [rule(fields=("domains", "doubt"))]}, "domains and default"),
        ([("- **Result, value**: what", "- **Result, value**: all that")], {"sections": ("glossary",)}, "a term"),
        ([("- 1 correct: you", "- 1: you"), ("A step is one", "It is one")],
         {"sections": ("quick reference", "granularity")}, "the parts that people read"),
        ([("to what is asked, then", "to the end, then"), ("True for a step", "True of a step")],
         {"sections": ("strategies", "mappings")}, "strategies and mappings"),
        ([("strategies:\n", "calculation: [S1]\nstrategies:\n")], {"sections": ("calculation",)}, "of calculation"),
        ([('key: "2"', 'key: "3"'), ("meaning: wrong", "meaning: false or not")],
         {"labels": [label("incorrect", "changed", fields=("key", "meaning"))]}, "a label's key and meaning"),
        ([("    - name: wrong-operation\n      parent: incorrect\n", "    - name: slip\n      parent: incorrect\n")],
         {"labels": [label("slip", "new"), label("wrong-operation", "removed")]}, "a label for another"),
        ([("    - name: wrong-operation\n", "    - name: slip\n"),
          ("change: initial", CHANGING + "{wrong-operation: [slip]}")],
         {"labels": [label("slip", "new"), label("wrong-operation", "removed", becomes=("slip",))]}, "mapped to it"),
        ([("change: initial", CHANGING + "{correct: [correct, incorrect]}")],
         {"labels": [label("correct", "changed", becomes=("correct", "incorrect"))]}, "decided anew"),
        ([("change: initial", CHANGING + "{correct: [correct]}")], {}, "mapped to itself"),
    ],
)  # fmt: skip
def test_what_is_a_change(edits: list[tuple[str, str]], expected: dict[str, Any], why: str) -> None:
    assert changed(*edits) == nothing_but(**expected), why


@pytest.mark.parametrize(
    ("old", "new"), [("it is 72", "it is 72!"), ("`wrong-operation`", "`incorrect`"), ("Counter-", ""), ("74", "75")]
)
def test_an_example_with_another_reason_label_kind_or_text_is_another(old: str, new: str) -> None:
    found = difference(OLD, parse_guideline(CLEAN.replace(SUM, SUM.replace(old, new)).encode(), "1.1.md"))
    (only,) = found.rules
    assert only.fields == () and len(only.examples_added) == len(only.examples_removed) == 1
    assert only.examples_removed[0] == OLD.rules[0].examples[2]
    assert only.new is not None and only.examples_added[0] == only.new.examples[2]


def test_a_rule_that_is_new_and_one_that_is_removed() -> None:
    new = parse_guideline(CLEAN.replace("### S1", "### S2").encode(), "1.1.md")
    added, removed = difference(OLD, new).rules
    assert (added.rule, added.kind, added.was, added.now) == ("S2", "new", (), ("correct", "incorrect"))
    assert (removed.rule, removed.kind, removed.was, removed.now) == ("S1", "removed", ("correct", "incorrect"), ())
    assert (added.old, added.new, removed.old, removed.new) == (None, new.rules[0], OLD.rules[0], None)
    assert (len(added.examples_added), len(added.examples_removed)) == (3, 0)
    assert (len(removed.examples_added), len(removed.examples_removed)) == (0, 3)


def test_in_a_first_version_all_is_new() -> None:
    found = difference(None, OLD)
    assert (found.old, found.new, found.change, found.sections) == (None, "sums 1.0", "initial", ())
    assert [(one.rule, one.kind) for one in found.rules] == [("S1", "new")]
    assert [(one.label, one.kind) for one in found.labels] == [
        ("correct", "new"), ("incorrect", "new"), ("wrong-operation", "new"),
    ]  # fmt: skip


def test_criteria_of_pairs_are_a_section() -> None:
    def pairs(meaning: str) -> Guideline:
        head = CLEAN.partition("schema:")[0].replace("steps", "pairs")
        criterion = f"{{name: clear, key: '1', meaning: {meaning}, rules: [S1], anchors: {{tie: x}}}}"
        return parse_guideline(f"{head}schema:\n  criteria: [{criterion}]\n---\n".encode(), "1.0.md")

    assert difference(pairs("one"), pairs("two")).sections == ("criteria",)
    assert difference(pairs("one"), pairs("one")).sections == ()
