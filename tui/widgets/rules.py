"""Rules as they are read: decision, default, and each example beside what only looks like it."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from textual.content import Content

from cotlab.domain.guidelines.questions import AnswerBody, Resolution
from cotlab.domain.guidelines.rules import Example, Rule
from cotlab.domain.guidelines.schema import Criterion, Schema
from cotlab.domain.traces.pairs import OVERALL
from tui.widgets.labels import OF_A_PAIR, badge, colour_of
from tui.widgets.text import beside, hanging, shown

WIDE = 120
"""Cells from which two texts stand side by side."""
COLUMN = 79
"""Cells that a text is wide at most, so that its lines can be read."""
ITEM = re.compile(r"(?:[-*+]|\d+\.) +")
LAID_OUT = ("#", "|", ">", "    ", "```")
"""Lines that begin so are kept as they are."""
INLINE = re.compile(r"`(?P<name>[^`\n]+)`|(?<![*\w\\])\*(?P<term>[^\W\d_][^*`\n]*?)\*(?![*\w])")
KIND = {"example": "  example    ", "counter-example": "  not this   "}


def prose(text: str, schema: Schema, raw: bool = False) -> Content:
    """A guideline's text: names of labels in their colour, terms of the glossary slanted, all else as it stands."""
    known = shown(text, raw).plain
    parts: list[str | tuple[str, str]] = []
    end = 0
    for found in INLINE.finditer(known):
        parts.append(known[end : found.start()])
        parts.append((found["term"], "italic") if found["term"] else _name(found["name"], schema))
        end = found.end()
    return Content.assemble(*(part for part in (*parts, known[end:]) if part))


def prose_lines(text: str, schema: Schema, raw: bool, width: int) -> list[Content]:
    """The same in lines: paragraphs filled anew to at most `width` cells, the items of a list hanging."""
    lines: list[Content] = []
    for block in _blocks(text):
        item = ITEM.match(block)
        mark, rest = (item[0], block[item.end() :]) if item else ("", block)
        lines += hanging(mark, prose(rest, schema, raw), min(width, COLUMN))
    return lines


def _blocks(text: str) -> list[str]:
    """Paragraphs, items of lists and empty lines, each on one line."""
    blocks: list[str] = []
    for line in text.splitlines():
        begins = not line.strip() or bool(ITEM.match(line)) or line.startswith(LAID_OUT)
        if begins or not blocks or not blocks[-1].strip() or blocks[-1].startswith(LAID_OUT):
            blocks.append(line.rstrip())
        else:
            blocks[-1] = f"{blocks[-1]} {line.strip()}"
    return blocks


def _name(name: str, schema: Schema) -> tuple[str, str]:
    label = schema.label(schema.parent(name))
    return (name, f"bold {colour_of(label, schema)}" if label else "bold")


def rule_lines(rule: Rule, schema: Schema, raw: bool, width: int) -> list[Content]:
    """A rule in full, in lines of at most `width` cells."""
    column = min(width, COLUMN)
    lines = hanging(Content.styled(f"{rule.id}  ", "bold"), Content.styled(rule.title, "bold"), column)
    if schema.criteria:
        lines += Content.styled(f"on {decided(rule, schema)}", "dim").wrap(column)
    if rule.domains:
        lines += Content.styled(f"for {', '.join(rule.domains)}", "dim").wrap(column)
    lines += prose_lines(rule.decision, schema, raw, column)
    if rule.doubt:
        lines += hanging(Content.styled("in doubt  ", "dim"), prose(rule.doubt, schema, raw), column)
    return lines + _examples(rule.examples, schema, raw, width)


def _examples(examples: Sequence[Example], schema: Schema, raw: bool, width: int) -> list[Content]:
    """Pairs of an example and a counter-example: side by side where there is room, else one after the other."""
    good = [one for one in examples if one.kind == "example"]
    other = [one for one in examples if one.kind != "example"]
    column = min(COLUMN, (width - 3) // 2 if width >= WIDE else width)
    lines: list[Content] = []
    for pair in zip_longest(good, other):
        left, right = (example_lines(one, schema, raw, column) if one else [] for one in pair)
        lines += [Content(), *(beside(left, right, column) if width >= WIDE else [*left, *right])]
    return lines


def example_lines(example: Example, schema: Schema, raw: bool, width: int) -> list[Content]:
    """An example with its label and why it is so."""
    lines = hanging(Content.styled(KIND[example.kind], "dim"), shown(example.text, raw), width)
    if example.label:
        said = badge(example.label, schema)
        why = Content.assemble(said, "  ", shown(example.reason, raw)) if example.reason else said
        lines += hanging(" " * len(KIND[example.kind]), why, width)
    return lines


def criterion_lines(criterion: Criterion, rules: Sequence[Rule], raw: bool, width: int) -> list[Content]:
    """A criterion in full: what is compared, what choices mean on it, and the rules that decide it, by their titles."""
    column = min(width, COLUMN)
    lines = hanging(Content.styled(f"{criterion.key}  ", "bold"), Content.styled(criterion.name, "bold"), column)
    lines += shown(criterion.meaning, raw).wrap(column)
    for choice, anchor in criterion.anchors.items():
        lines += [Content(), badge(choice, OF_A_PAIR), *hanging("  ", shown(anchor, raw), column)]
    titles = {rule.id: rule.title for rule in rules}
    wide = max(map(len, criterion.rules))
    lines += [Content(), Content.styled("decided by", "dim")]
    for rule_id in criterion.rules:
        title = shown(titles.get(rule_id, ""), raw)
        lines += hanging(Content.styled(f"  {rule_id:<{wide}}  ", "bold"), title, column)
    return lines


def decided(rule: Rule, schema: Schema) -> str:
    """The labels of the first level between which a rule decides, or the criterion of a pair that it is of."""
    if schema.criteria:
        return " | ".join(one.name for one in schema.criteria if rule.id in one.rules) or OVERALL
    return " | ".join(dict.fromkeys(schema.parent(name) for name in rule.labels))


def resolved(answer: AnswerBody) -> str:
    """By what the lead decided."""
    if answer.resolution is Resolution.NO_CHANGE:
        return "no change"
    return f"rule {answer.rule}" if answer.resolution is Resolution.RULE else f"default of {answer.rule}"
