"""What changed from one guideline version to the next, by rule, label and example."""

from typing import Literal

from cotlab.domain.guidelines.rules import Example, Guideline, Rule
from cotlab.domain.guidelines.schema import Change, LabelDefinition
from cotlab.domain.model import Model

Kind = Literal["new", "removed", "changed"]


class RuleChange(Model):
    """One rule that is new, removed or changed. `was` and `now` are the labels that it decides between.

    `fields` are those whose words changed (title, domains, short, decision, doubt); examples are listed apart.
    """

    rule: str
    title: str
    kind: Kind
    fields: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    examples_added: tuple[Example, ...] = ()
    examples_removed: tuple[Example, ...] = ()
    old: Rule | None = None
    new: Rule | None = None


class LabelChange(Model):
    """One label that is new, removed or changed, and what the map makes of it (empty where it says nothing)."""

    label: str
    kind: Kind
    fields: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()


class Difference(Model):
    """From `old` (name and version; None for the first one) to `new`."""

    old: str | None
    new: str
    change: Change
    rules: tuple[RuleChange, ...]
    labels: tuple[LabelChange, ...]
    sections: tuple[str, ...] = ()
    """Of the quick reference, granularity, glossary, strategies, criteria, mappings and calculation: what changed."""


RULE_FIELDS = ("title", "domains", "short", "decision", "doubt")


def difference(old: Guideline | None, new: Guideline) -> Difference:
    """What a reader of `old` has to learn; everything is new where there was none."""
    return Difference(
        old=old.head.title if old else None,
        new=new.head.title,
        change=new.head.change,
        rules=_rules(old.rules if old else (), new.rules),
        labels=_labels(old, new),
        sections=_sections(old, new) if old else (),
    )


def _rules(old: tuple[Rule, ...], new: tuple[Rule, ...]) -> tuple[RuleChange, ...]:
    before, after = {rule.id: rule for rule in old}, {rule.id: rule for rule in new}
    pairs = [(before.get(rule_id), after.get(rule_id)) for rule_id in dict.fromkeys((*after, *before))]
    changes = [_rule(*pair) for pair in pairs]
    return tuple(change for change in changes if change is not None)


def _rule(old: Rule | None, new: Rule | None) -> RuleChange | None:
    shown = new or old
    assert shown is not None
    kind: Kind = "new" if old is None else "removed" if new is None else "changed"
    fields = tuple(name for name in RULE_FIELDS if old and new and getattr(old, name) != getattr(new, name))
    had, has = _by_text(old), _by_text(new)
    added = tuple(example for text, example in has.items() if text not in had)
    removed = tuple(example for text, example in had.items() if text not in has)
    if kind == "changed" and not (fields or added or removed):
        return None
    return RuleChange(
        rule=shown.id, title=shown.title, kind=kind, fields=fields, was=old.labels if old else (),
        now=new.labels if new else (), examples_added=added, examples_removed=removed, old=old, new=new,
    )  # fmt: skip


def _by_text(rule: Rule | None) -> dict[tuple[str, str, str, str], Example]:
    examples = rule.examples if rule else ()
    return {(one.kind, one.text, one.label, one.reason): one for one in examples}


def _labels(old: Guideline | None, new: Guideline) -> tuple[LabelChange, ...]:
    before = {label.name: label for label in old.head.labels.labels} if old else {}
    after = {label.name: label for label in new.head.labels.labels}
    changes = []
    for name in dict.fromkeys((*after, *before)):
        one, other = before.get(name), after.get(name)
        fields = _fields(one, other) if one and other else ()
        becomes = new.head.label_map.get(name, ()) if one else ()
        if one is None or other is None or fields or becomes not in ((), (name,)):
            kind: Kind = "new" if one is None else "removed" if other is None else "changed"
            changes.append(LabelChange(label=name, kind=kind, fields=fields, becomes=becomes))
    return tuple(changes)


def _fields(old: LabelDefinition, new: LabelDefinition) -> tuple[str, ...]:
    return tuple(name for name in LabelDefinition.model_fields if getattr(old, name) != getattr(new, name))


def _sections(old: Guideline, new: Guideline) -> tuple[str, ...]:
    """The glossary and the strategies by their content; a line number is no change."""

    def parts(one: Guideline) -> dict[str, object]:
        return {
            "quick reference": one.quick_reference, "granularity": one.granularity,
            "glossary": [(term.names, term.definition) for term in one.glossary], "strategies": one.head.strategies,
            "criteria": one.head.labels.criteria, "mappings": one.head.mappings, "calculation": one.head.calculation,
        }  # fmt: skip

    before, after = parts(old), parts(new)
    return tuple(name for name in after if before[name] != after[name])
