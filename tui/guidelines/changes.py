"""What changed in a guideline, as rows to mark, each with a text to read and two to compare."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual.content import Content

from cotlab.domain.guidelines.differences import LabelChange, RuleChange
from cotlab.domain.guidelines.rules import Rule
from cotlab.domain.guidelines.schema import Affects, Schema
from cotlab.domain.work.views import GuidelineChanges, GuidelineView
from tui.widgets.labels import Answer, kinds_of, labels_of
from tui.widgets.rules import COLUMN, criterion_lines, decided, prose, prose_lines, rule_lines
from tui.widgets.text import hanging, visible

SIGNS = {"new": "+", "removed": "−", "changed": "~"}
SENTENCE = re.compile(r"(?<=[.!?])\s")
FIELDS = {"doubt": "default in doubt", "short": "short form",
          "rationale_required": "whether it asks for a reason", "values": "values in exports"}  # fmt: skip

Draw = Callable[[int], list[Content]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line with what there is to read behind it; `old` and `new` are the rules to compare, where it has them."""

    line: Content
    draw: Draw
    name: str = ""
    old: Rule | None = None
    new: Rule | None = None


def introduction(changes: GuidelineChanges, guideline: GuidelineView, raw: bool) -> list[Row]:
    """What a first version says: the quick reference, the labels or the criteria, and each rule."""
    schema = guideline.labels
    rows = [
        _row("Quick reference", _prose(guideline.quick_reference or guideline.text, schema, raw)),
        *(_criterion_rows(guideline, raw) or [_row("Labels", lambda width: _labels(schema, width))]),
    ]
    rules = [change.new for change in changes.difference.rules if change.new is not None]
    width = max((len(rule.id) for rule in rules), default=0)
    titles = max((len(visible(rule.title)) for rule in rules), default=0)
    for rule in rules:
        on = (f"  {decided(rule, schema)}", "dim") if schema.criteria else ""
        line = Content.assemble(f"{rule.id:<{width}}  {visible(rule.title):<{titles if on else 0}}", on)
        rows.append(Row(line, _rule(rule, schema, raw)))
    return rows


def _criterion_rows(guideline: GuidelineView, raw: bool) -> list[Row]:
    """Each criterion of a guideline for pairs, with what it means; none of one for steps."""
    width = max((len(one.name) for one in guideline.labels.criteria), default=0)
    return [
        Row(
            Content.assemble(f"{one.key}  ", (f"{one.name:<{width}}", "bold"), (f"  {visible(one.meaning)}", "dim")),
            partial(criterion_lines, one, guideline.rules, raw),
        )
        for one in guideline.labels.criteria
    ]


def news(changes: GuidelineChanges, guideline: GuidelineView, raw: bool) -> list[Row]:
    """What changed: rules whose labels come back first, then those that decide otherwise, others, labels, sections."""
    schema = guideline.labels
    difference, acts = changes.difference, changes.affects
    rules = sorted(
        difference.rules, key=lambda change: (change.rule not in acts.rules, set(change.was) == set(change.now))
    )
    width = max((len(change.rule) for change in rules), default=0)
    return [
        *([_affects_row(acts)] if acts != Affects() else []),
        *(_rule_row(change, schema, raw, width) for change in rules),
        *(_label_row(change) for change in difference.labels),
        *(_section_row(section, guideline, raw) for section in difference.sections),
    ]


def _row(line: str, draw: Draw) -> Row:
    return Row(Content(line), draw)


def _prose(text: str, schema: Schema, raw: bool) -> Draw:
    return lambda width: prose_lines(text, schema, raw, width)


def _rule(rule: Rule, schema: Schema, raw: bool) -> Draw:
    return lambda width: rule_lines(rule, schema, raw, width)


def _labels(schema: Schema, width: int) -> list[Content]:
    """Each label with its meaning, and under it its kinds."""
    lines = []
    for answer in labels_of(schema):
        lines += _label_lines(answer.key, answer, width)
        lines += [
            line for kind in kinds_of(schema, answer.name) for line in _label_lines(f"   . {kind.key}", kind, width)
        ]
    return lines


def _label_lines(keys: str, answer: Answer, width: int) -> list[Content]:
    return hanging(Content.assemble(keys, "  ", answer.said, "   "), Content(answer.meaning), width)


def _rule_row(change: RuleChange, schema: Schema, raw: bool, width: int) -> Row:
    title = visible(change.title)
    words = f"{change.kind}: {title}"
    if change.kind == "changed":
        words = _decides(change) or f"{_and(_fields(change))} reworded"
    line = Content.assemble(
        f"{SIGNS[change.kind]} ", (f"{change.rule:<{width}}", "bold"), f"  {words}",
        (f"  {title}", "dim") if change.kind == "changed" else "",
    )  # fmt: skip
    if change.kind == "new" and change.new is not None:
        draw = _rule(change.new, schema, raw)
    else:
        draw = _summary(change, schema, raw)
    return Row(line, draw, change.rule, change.old, change.new)


def _decides(change: RuleChange) -> str:
    """How the labels differ between which a rule decides; empty where they do not."""
    gone = [name for name in change.was if name not in change.now]
    come = [name for name in change.now if name not in change.was]
    if come and gone:
        return f"now decides {' | '.join(come)} (was: {' | '.join(gone)})"
    return f"now also decides {_and(come)}" if come else f"no longer decides {_and(gone)}" if gone else ""


def _affects_row(affects: Affects) -> Row:
    """Which labels are to be given anew."""
    given = [f"given {_or(affects.labels)}"] if affects.labels else []
    cited = [f"citing {_or(affects.rules)}"] if affects.rules else []
    where = [f"in {_or(affects.domains)}"] if affects.domains else []
    tagged = [f"tagged {_or(affects.tags)}"] if affects.tags else []
    which = " or ".join([*given, *cited]) or "that now have another name"
    places = f", {' or '.join([*where, *tagged])}" if where or tagged else ""
    said = (
        f"Labels {which}{places} come back to you, step by step, before you are given anything new. "
        "What they were is shown; choose anew by the rules as they stand now."
    )
    line = Content.assemble("! ", ("comes back", "bold $warning"), f"  labels {which}{places}")
    return Row(line, lambda width: Content(said).wrap(min(width, COLUMN)))


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _fields(change: RuleChange) -> list[str]:
    examples = ["examples"] if change.examples_added or change.examples_removed else []
    return [*(FIELDS.get(name, name) for name in change.fields), *examples]


def _summary(change: RuleChange, schema: Schema, raw: bool) -> Draw:
    """A changed or removed rule in short: what it decides now and before, and the first sentence of its decision."""
    rule = change.new or change.old

    def draw(width: int) -> list[Content]:
        column = min(width, COLUMN)
        lines = [Content.styled(f"{change.rule}  {visible(change.title)}", "bold")]
        if change.kind == "changed":
            differs = set(change.was) != set(change.now)
            lines.append(Content.styled(f"decides  {' | '.join(change.now)}", "bold" if differs else ""))
            if differs:
                lines.append(Content.styled(f"before   {' | '.join(change.was)}", "dim"))
        lines = [part for line in lines for part in line.wrap(column)]
        if rule is not None:
            first = prose(SENTENCE.split(rule.decision, maxsplit=1)[0], schema, raw)
            lines += [Content(), *first.wrap(column)]
        said = (
            f"changed: {_and(_fields(change))}{_examples(change)}" if change.kind == "changed" else "no longer a rule"
        )
        return [*lines, Content(), *Content.styled(f"{said}   w  compare", "dim").wrap(column)]

    return draw


def _examples(change: RuleChange) -> str:
    counts = ((len(change.examples_added), "more"), (len(change.examples_removed), "fewer"))
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f" ({said})" if said else ""


def _label_row(change: LabelChange) -> Row:
    fields = _and([FIELDS.get(name, name) for name in change.fields])
    words = f"changed: {fields}" if change.kind == "changed" else change.kind
    becomes = f", becomes {' | '.join(change.becomes)}" if change.becomes else ""
    name = f"label {change.label}"
    line = Content.assemble(f"{SIGNS[change.kind]} ", (name, "bold"), f"  {words}{becomes}")
    said = f"The {name} is {change.kind}" + (f": {fields}" if fields else "") + "."
    if len(change.becomes) > 1:
        said += f" What was given it is decided anew, between {_and(list(change.becomes))}."
    elif change.becomes:
        said += f" What was given it reads {change.becomes[0]} from now on."
    return Row(line, lambda width: Content(said).wrap(min(width, COLUMN)))


def _section_row(section: str, guideline: GuidelineView, raw: bool) -> Row:
    text = f"The {section} has new words; g on a step shows the whole text."
    if section == "quick reference":
        text = guideline.quick_reference
    schema = guideline.labels
    line = Content.assemble(f"{SIGNS['changed']} ", (section, "bold"), "  reworded")
    if section == "criteria":
        return Row(line, partial(_criteria, guideline, raw))
    return Row(line, _prose(text, schema, raw))


def _criteria(guideline: GuidelineView, raw: bool, width: int) -> list[Content]:
    """All criteria as they are now."""
    parts = [criterion_lines(one, guideline.rules, raw, width) for one in guideline.labels.criteria]
    return [line for part in parts for line in (*part, Content())]


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
