"""A guideline that is written as text is read back the same, with lines, places and the text itself aside."""

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.guidelines.schema import CHOICES, FrontMatter
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.exchange.guideline.markdown import guideline_text

SHIPPED = sorted(Path(__file__).parents[3].glob("guidelines/*/*.md"))
TRAPS = (
    "#", "##", "=", "===", "-", "---", "+", "*", "**", "1.", "2)", ">", "|", "<!--", "<div>", "```", "~~~",
    "`correct`", "Short:", "Example:", "In honest doubt", "Domains:", "(", ")", "*so*", "3 * 4",
    "This is", "[a]:", "\\", "x" * 90,
)  # fmt: skip

slugs = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
words = st.sampled_from(TRAPS) | st.text(characters, min_size=1, max_size=9) | st.text(string.ascii_letters, min_size=9)
lines = st.lists(words, max_size=30).map(lambda some: " ".join(["If", *some]))
laid_out = st.sampled_from((
    "- a\n- b", f"- {'long ' * 20}end", "    indented", "> said", "| a |\n|---|",
    f"```\n## none\n\nExample: none\n\n{'long ' * 20}end\n\n```",
))  # fmt: skip
paragraphs = st.lists(lines, max_size=3).map("\n\n".join)
decisions = st.lists(lines | laid_out, max_size=4).map("\n\n".join)
plain = st.text(string.ascii_letters, min_size=1, max_size=9)
anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), max_size=12).map(
    lambda text: f"n{text}n"
) | st.sampled_from(("n\x85n", "n\u2028n"))

examples = st.fixed_dictionaries({
    "kind": st.sampled_from(("example", "counter-example")), "label": st.just("") | slugs,
    "text": lines.filter(lambda text: "This is `" not in text),
    "reason": st.just("") | st.lists(plain | st.sampled_from(("(x)", ".", "#"))).map(" ".join),
}).map(lambda one: one if one["label"] else {**one, "reason": ""})  # fmt: skip
rules = st.fixed_dictionaries({
    "id": st.from_regex(r"[A-Z]{1,3}[0-9]{1,3}", fullmatch=True), "title": lines.map(lambda text: f"{text} end"),
    "domains": st.lists(plain, max_size=3), "short": paragraphs, "decision": decisions, "doubt": paragraphs,
    "examples": st.lists(examples, max_size=3),
})  # fmt: skip
terms = st.fixed_dictionaries({"names": st.lists(plain, min_size=1, max_size=3), "definition": lines})
keys = st.characters(min_codepoint=33, max_codepoint=126)
meanings = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60)


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    def some(least: int, most: int, parent: str | None) -> list[dict[str, Any]]:
        chosen = draw(st.lists(keys, min_size=least, max_size=most, unique=True))
        return [{"name": next(free), "key": key, "meaning": draw(meanings), "parent": parent} for key in chosen]

    free = iter(draw(st.lists(slugs, min_size=20, max_size=20, unique=True)))
    top = some(2, 5, None)
    kinds = [kind for label in top[:2] for kind in some(0, 4, label["name"])]
    for label in top:
        others = [other["name"] for other in top if other is not label]
        label["neighbours"] = draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
        label["error"], label["rationale_required"] = draw(st.booleans()), draw(st.booleans())
        label["values"] = draw(st.dictionaries(anything, st.booleans() | st.integers(-9, 9), max_size=3))
        label["glyph"] = draw(st.text(characters, min_size=1, max_size=2))
    pairs = [[label["name"], neighbour] for label in top for neighbour in label["neighbours"]]
    return {"labels": top + kinds, "judgement": draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []}


criteria = st.fixed_dictionaries({
    "name": slugs, "key": keys, "meaning": meanings, "rules": st.lists(st.just("A1"), min_size=1, max_size=2),
    "anchors": st.dictionaries(st.sampled_from(CHOICES), names),
})  # fmt: skip


@st.composite
def heads(draw: st.DrawFn) -> dict[str, Any]:
    change = draw(st.sampled_from(("initial", "clarification", "label-changing")))
    affects = st.fixed_dictionaries({"rules": st.just(["A1"]), "domains": st.lists(anything, max_size=2)})
    pairs = draw(st.booleans())
    unique = {"max_size": 3, "min_size": 1, "unique_by": (lambda one: one["name"], lambda one: one["key"])}
    schema = {"criteria": draw(st.lists(criteria, **unique))} if pairs else draw(schemas())  # type: ignore[arg-type]
    new = [label["name"] for label in schema.get("labels", ())]
    becomes = st.lists(st.sampled_from(new or ["none"]), min_size=1, max_size=2)
    named = draw(st.lists(names, max_size=2, unique=True))
    return {
        "guideline": draw(slugs), "version": draw(st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}", fullmatch=True)),
        "change": change, "task": "pairs" if pairs else "steps", "authors": [draw(names), draw(names)],
        "affects": draw(affects) if change == "label-changing" else {}, "schema": schema,
        "label_map": draw(st.dictionaries(slugs, becomes, max_size=2 if new and change != "clarification" else 0)),
        "mappings": draw(st.dictionaries(anything, anything, max_size=2)),
        "strategies": [{"name": name, "rule": draw(anything)} for name in named],
    }  # fmt: skip


HEAD = parse_guideline(SHIPPED[0].read_bytes(), "file.md").head
bodies = st.fixed_dictionaries({
    "quick_reference": decisions, "granularity": decisions, "rules": st.lists(rules, max_size=2),
    "glossary": st.lists(terms, max_size=2),
})  # fmt: skip


def essence(guideline: Guideline) -> dict[str, Any]:
    """All but where it stands in the file."""
    without: dict[str, Any] = {
        "text": True, "places": True, "glossary": {"__all__": {"line"}},
        "rules": {"__all__": {"line": True, "examples": {"__all__": {"line"}}}},
    }  # fmt: skip
    return guideline.model_dump(exclude=without)


def read_again(guideline: Guideline) -> Guideline:
    return parse_guideline(guideline_text(guideline).encode(), "file.md")


@given(bodies)
@settings(max_examples=100)
def test_a_body_is_read_as_it_was_written(body: dict[str, Any]) -> None:
    guideline = Guideline.model_validate({"head": HEAD, "text": "aside", **body})
    assert essence(read_again(guideline)) == essence(guideline)


@given(heads())
@settings(max_examples=100)
def test_a_head_is_read_as_it_was_written(head: dict[str, Any]) -> None:
    guideline = Guideline(head=FrontMatter.model_validate(head), text="aside")
    assert read_again(guideline).head == guideline.head


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_guideline_is_written_and_read(path: Path) -> None:
    guideline = parse_guideline(path.read_bytes(), path.name)
    text = guideline_text(guideline)
    again = parse_guideline(text.encode(), path.name)
    assert essence(again) == essence(guideline) and again.rules
    assert max(map(len, text.partition("\n## Rules")[2].split("\n"))) <= 79


def test_a_rule_is_written_as_people_write_it() -> None:
    rule = (
        "### M4 Checked again\n\nDomains: law, medicine\n\nShort: a check is redundant.\n\n"
        "If a step verifies a result that valid steps above already establish, then\n`redundant`.\n\n"
        "In honest doubt: `correct`.\n\n"
        'Example: Above: "x = 5". Step: "Check: 21 and 21." This is `redundant` (nothing\nwas open).\n\n'
        'Counter-example: Step: "x = 5". This is `correct`.\n'
    )
    head = (Path(__file__).parents[3] / "guidelines/step-correctness/1.0.md").read_text("utf-8").split("\n# ")[0]
    text = f"{head}\n# Step correctness 1.0\n\n## Rules\n\n{rule}"
    assert guideline_text(parse_guideline(text.encode(), "1.0.md")).endswith(f"## Rules\n\n{rule}")
