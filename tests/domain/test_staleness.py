"""What became of a label: a table of versions in force and labels."""

from typing import Any

import pytest

from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.guidelines.staleness import InForce, Standing, Timeline

LABELS: list[dict[str, Any]] = [
    {"name": "correct", "key": "1", "meaning": "right"},
    {"name": "incorrect", "key": "2", "meaning": "false", "error": True},
    {"name": "incomplete", "key": "3", "meaning": "a part is missing", "error": True},
    {"name": "wrong-fact", "parent": "incorrect", "key": "1", "meaning": "a false fact"},
]


def head(version: str, change: str = "label-changing", guideline: str = "g", **fields: Any) -> FrontMatter:
    if change == "label-changing" and "label_map" not in fields:
        fields.setdefault("affects", {"labels": ("incomplete",)})
    return FrontMatter.model_validate(
        {"guideline": guideline, "version": version, "change": change, "authors": ("a",), "schema": {"labels": LABELS},
         **fields}
    )  # fmt: skip


def timeline(*heads: FrontMatter | tuple[str, FrontMatter]) -> Timeline:
    """Versions one after the other, for all domains or the one named; a version's id is its number."""
    pairs = [one if isinstance(one, tuple) else ("", one) for one in heads]
    return Timeline([InForce(number, domain, one.version, one) for number, (domain, one) in enumerate(pairs, 1)])


FIRST = head("1", "initial")
CASES: dict[str, tuple[Timeline, dict[str, Any], bool]] = {
    "a listed label": (timeline(FIRST, head("2")), {"label": "incomplete"}, True),
    "another label": (timeline(FIRST, head("2")), {"label": "incorrect"}, False),
    "given under the newer version": (timeline(FIRST, head("2")), {"label": "incomplete", "version_id": "2"}, False),
    "a clarification": (timeline(FIRST, head("2", "clarification")), {"label": "incomplete"}, False),
    "two versions later": (timeline(FIRST, head("2"), head("3", "clarification")), {"label": "incomplete"}, True),
    "a kind of a listed label": (
        timeline(FIRST, head("2", affects={"labels": ("incorrect",)})), {"label": "wrong-fact"}, True,
    ),
    "the label of a listed kind": (
        timeline(FIRST, head("2", affects={"labels": ("wrong-fact",)})), {"label": "incorrect"}, False,
    ),
    "a listed rule": (
        timeline(FIRST, head("2", affects={"rules": ("M1",)})), {"label": "correct", "rules": {"M1"}}, True,
    ),
    "another rule": (
        timeline(FIRST, head("2", affects={"rules": ("M1",)})), {"label": "correct", "rules": {"M2"}}, False,
    ),
    "in a listed domain": (
        timeline(FIRST, head("2", affects={"labels": ("incomplete",), "domains": ("law",)})),
        {"label": "incomplete", "domain": "law"}, True,
    ),
    "in another domain": (
        timeline(FIRST, head("2", affects={"labels": ("incomplete",), "domains": ("law",)})),
        {"label": "incomplete"}, False,
    ),
    "in another domain, with a listed tag": (
        timeline(FIRST, head("2", affects={"labels": ("incomplete",), "domains": ("law",), "tags": ("old",)})),
        {"label": "incomplete", "tags": ("old",)}, True,
    ),
    "another guideline takes its place": (
        timeline(FIRST, head("2", guideline="h")), {"label": "incomplete"}, False,
    ),
    "hidden by a narrower version": (
        timeline(FIRST, ("mathematics", head("1.5", "clarification")), head("2")), {"label": "incomplete"}, False,
    ),
    "a narrower version": (timeline(FIRST, ("mathematics", head("2"))), {"label": "incomplete"}, True),
    "a narrower version of another domain": (timeline(FIRST, ("law", head("2"))), {"label": "incomplete"}, False),
    "a label that is split": (
        timeline(FIRST, head("2", label_map={"correct": ("correct", "incorrect")})), {"label": "correct"}, True,
    ),
    "given under a version that was never in force here": (
        timeline(FIRST, head("2")), {"label": "incomplete", "version_id": "0"}, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_stale(case: str) -> None:
    found, given, stale = CASES[case]
    arguments = {"version_id": "1", "domain": "mathematics", "tags": (), **given}
    assert found.standing(**arguments).stale is stale
    assert not stale or found.acts


def test_a_renamed_label_reads_under_the_version_that_named_it() -> None:
    names = {label["name"]: (label["name"],) for label in LABELS}
    found = timeline(
        FIRST, head("2", label_map={**names, "wrong-fact": ("incorrect",)}), head("3", "clarification"),
        head("4", affects={"labels": ("incorrect",)}),
    )  # fmt: skip
    assert found.standing("1", "law", (), "wrong-fact") == Standing("incorrect", "2", stale=True)
    assert found.until("3").standing("1", "law", (), "wrong-fact") == Standing("incorrect", "2")
    assert found.standing("1", "law", (), "correct") == Standing("correct", "2")


def test_a_kind_that_the_guideline_in_the_place_of_another_does_not_have_reads_as_its_parent_does() -> None:
    fewer = {"labels": [label for label in LABELS if "parent" not in label]}
    names = {name: (name,) for name in ("correct", "incomplete")}
    other = head("2", "initial", "h", label_map={**names, "incorrect": ("incomplete",)}, schema=fewer)
    assert timeline(FIRST, other).standing("1", "law", (), "wrong-fact") == Standing("incomplete", "2")


def test_only_versions_before_one_that_acts_are_superseded() -> None:
    assert timeline(FIRST, head("2"), head("3", "clarification")).superseded == {"1"}
    assert timeline(FIRST, head("2"), head("3")).superseded == {"1", "2"}
    assert timeline(FIRST, head("2", "clarification")).superseded == frozenset()
    assert not timeline(head("2")).acts
