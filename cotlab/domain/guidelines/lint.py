"""What makes a guideline fail in practice, found before it is published."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field

from cotlab.domain.actions import owned_keys
from cotlab.domain.guidelines.rules import NAMED, Example, Guideline, Rule
from cotlab.domain.model import Model
from cotlab.domain.text import folded

Severity = Literal["error", "warning"]

CODES: dict[str, tuple[Severity, str]] = {
    "duplicate-rule": ("error", "two rules have the same id"),
    "not-a-rule": ("error", "a heading among the rules is no id with a title, as `### M4 Title`"),
    "unknown-label": ("error", "a rule or an example names a label in backticks that the schema does not have"),
    "contradicting-examples": ("error", "the same example has one label in one place and another one elsewhere"),
    "owned-key": ("error", "a label's key is taken by the terminal UI, or the key of a kind is no digit"),
    "example-without-label": ("error", "an example does not end with: This is `label` (reason)."),
    "example-without-reason": ("error", "an example has a label and no reason in parentheses behind it"),
    "unknown-rule": (
        "error",
        "a criterion or `calculation` names a rule that is not there; a warning where `affects` does",
    ),
    "no-rules": ("warning", "the guideline has no rule"),
    "no-example": ("warning", "a rule has no example"),
    "no-counter-example": ("warning", "a rule has no counter-example"),
    "no-boundary-rule": ("warning", "no rule names both of two neighbours in its decision and default"),
    "few-examples": ("warning", "the rules of a boundary show too few examples, or too few on one side"),
    "criterion-without-examples": ("warning", "the rules of a criterion show too few examples"),
    "undefined-term": ("warning", "a term marked *so* is not in the glossary"),
    "no-decision": ("warning", "a rule has no `If …, then …` that names a label in backticks"),
    "no-doubt-default": ("warning", "a rule does not say what to choose in honest doubt"),
    "no-short-form": ("warning", "a rule with a long decision has no Short"),
    "long-short-form": ("warning", "a Short is too long to be read at a glance"),
    "no-quick-reference": ("warning", "there is no text under the heading Quick reference"),
    "no-granularity": ("warning", "a guideline for steps does not say under Granularity what one step is"),
    "strategy-without-rule": ("warning", "a strategy has no rule that tells it from the others"),
}
"""Code -> severity and what it means."""

TERM = re.compile(r"(?<![*\w\\])\*(?=[^\W\d_])([^*`]+?)(?<!\s)\*(?![*\w])")
IF = re.compile(r"\bif\b", re.IGNORECASE)
THEN = re.compile(r"\bthen\b", re.IGNORECASE)


class Finding(Model):
    """One fault with its place: a code, the line of the file (from 1), and a sentence. Errors stop a publication."""

    code: str
    severity: Severity
    line: int
    message: str


class Limits(Model):
    """How many examples a boundary wants, in all and on each side, and how many words a rule may take."""

    judgement_examples: int = Field(10, ge=0)
    judgement_each_side: int = Field(3, ge=0)
    other_examples: int = Field(3, ge=0)
    other_each_side: int = Field(1, ge=0)
    longest_without_short_form: int = Field(30, ge=0)
    longest_short_form: int = Field(14, ge=1)


USUAL = Limits()


def findings(guideline: Guideline, limits: Limits = USUAL) -> tuple[Finding, ...]:
    """Every fault of a guideline, by line."""
    found = [finding for check in CHECKS for finding in check(guideline, limits)]
    return tuple(sorted(found, key=lambda finding: finding.line))


def _found(code: str, line: int, message: str, severity: Severity | None = None) -> Finding:
    return Finding(code=code, severity=severity or CODES[code][0], line=line, message=message)


def _line(guideline: Guideline, rule: Rule, said: str) -> int:
    """Where a rule says this, on whichever lines the words stand; else the line of its heading."""
    lines = guideline.text.split("\n")
    end = min((other.line for other in guideline.rules if other.line > rule.line), default=len(lines) + 1)
    words = re.search(r"\s+".join(map(re.escape, said.split())), "\n".join(lines[rule.line : end - 1]))
    return rule.line if words is None else rule.line + 1 + words.string.count("\n", 0, words.start())


def _normalised(example: Example) -> str:
    return " ".join(folded(example.text).translate(str.maketrans("“”„’‘", '"""\'\'')).split())


def duplicate_rules(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    first: dict[str, Rule] = {}
    for rule in guideline.rules:
        if rule.id in first:
            yield _found(
                "duplicate-rule", rule.line, f"there is a rule {rule.id} on line {first[rule.id].line} already"
            )
        first.setdefault(rule.id, rule)


def not_rules(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for line in guideline.not_rules:
        said = "a heading among the rules is an id of at most 20 letters and digits and a title, as `### M4 Title`"
        yield _found("not-a-rule", line, said)


def unknown_labels(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    known = guideline.head.labels.values()
    for rule in guideline.rules:
        for label in rule.labels:
            if label not in known:
                line = _line(guideline, rule, f"`{label}`")
                yield _found("unknown-label", line, f"rule {rule.id} names `{label}`, which the schema does not have")
        for example in rule.examples:
            if example.label and example.label not in known:
                said = f"the {example.kind} of rule {rule.id} has the label `{example.label}`"
                yield _found("unknown-label", example.line, f"{said}, which the schema does not have")


def contradicting_examples(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    parent = guideline.head.labels.parent
    first: dict[str, tuple[Rule, Example]] = {}
    for rule in guideline.rules:
        for example in rule.examples:
            if not example.label:
                continue
            other, earlier = first.setdefault(_normalised(example), (rule, example))
            if parent(earlier.label) != parent(example.label):
                before = f"`{earlier.label}` in rule {other.id} on line {earlier.line}"
                yield _found(
                    "contradicting-examples", example.line, f"this example is `{example.label}` here and {before}"
                )


def taken_keys(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    schema = guideline.head.labels
    keys = [("labels", number, label.key, label.name, label.parent) for number, label in enumerate(schema.labels)]
    keys += [("criteria", number, one.key, one.name, None) for number, one in enumerate(schema.criteria)]
    for field, number, key, name, parent in keys:
        line = guideline.places.get(f"schema.{field}.{number}.key", 1)
        if parent is None and key in owned_keys():
            yield _found("owned-key", line, f"the key {key} of {name} is taken by the terminal UI")
        elif parent is not None and key not in "123456789":
            yield _found("owned-key", line, f"the key {key} of {name}, a kind of {parent}, is no digit from 1 to 9")


def unlabelled_examples(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for rule in guideline.rules:
        for example in rule.examples:
            place = f"the {example.kind} of rule {rule.id}"
            if not example.label:
                yield _found(
                    "example-without-label", example.line, f"{place} does not end with: This is `label` (reason)."
                )
            elif not example.reason:
                yield _found(
                    "example-without-reason", example.line, f"{place} gives no reason in parentheses after its label"
                )


def unknown_rules(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    head = guideline.head
    for number, criterion in enumerate(head.labels.criteria):
        for position, rule_id in enumerate(criterion.rules):
            if guideline.rule(rule_id) is None:
                line = guideline.places.get(f"schema.criteria.{number}.rules.{position}", 1)
                yield _found("unknown-rule", line, f"there is no rule {rule_id}, which {criterion.name} names")
    for position, rule_id in enumerate(head.calculation):
        if guideline.rule(rule_id) is None:
            line = guideline.places.get(f"calculation.{position}", 1)
            yield _found("unknown-rule", line, f"there is no rule {rule_id}, which calculation names")
    for position, rule_id in enumerate(head.affects.rules):
        if guideline.rule(rule_id) is None:
            line = guideline.places.get(f"affects.rules.{position}", 1)
            yield _found("unknown-rule", line, f"there is no rule {rule_id}, which affects names", "warning")


def missing_parts(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    if not guideline.rules:
        yield _found("no-rules", 1, "there is no rule under a heading ## Rules")
    if not guideline.quick_reference:
        yield _found("no-quick-reference", 1, "there is no text under a heading ## Quick reference")
    if not guideline.granularity and guideline.head.task == "steps":
        yield _found("no-granularity", 1, "there is no text under a heading ## Granularity that says what one step is")


def unfinished_rules(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for rule in guideline.rules:
        kinds = {example.kind for example in rule.examples}
        if "example" not in kinds:
            yield _found("no-example", rule.line, f"rule {rule.id} has no example")
        if "counter-example" not in kinds:
            yield _found("no-counter-example", rule.line, f"rule {rule.id} has no counter-example")
        condition = IF.search(rule.decision)
        if not (condition and THEN.search(rule.decision, condition.end())) or not NAMED.search(rule.decision):
            yield _found("no-decision", rule.line, f"rule {rule.id} has no: If …, then `label`")
        if not rule.doubt:
            yield _found("no-doubt-default", rule.line, f"rule {rule.id} has no: In honest doubt: `label`")


def short_forms(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for rule in guideline.rules:
        words, short = len(rule.decision.split()), len(rule.short.split())
        if not rule.short and words > limits.longest_without_short_form:
            yield _found("no-short-form", rule.line, f"rule {rule.id} has a decision of {words} words and no Short")
        if short > limits.longest_short_form:
            line = _line(guideline, rule, rule.short)
            most = limits.longest_short_form
            yield _found("long-short-form", line, f"the Short of rule {rule.id} has {short} words; at most {most}")


def undefined_terms(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    known = {_singular(name) for term in guideline.glossary for name in term.names}
    for rule in guideline.rules:
        said = NAMED.sub("", "\n".join((rule.short, rule.decision, rule.doubt)))
        for term in dict.fromkeys(TERM.findall(said)):
            if _singular(term) not in known:
                line = _line(guideline, rule, f"*{term}*")
                yield _found("undefined-term", line, f"rule {rule.id} marks *{term}*, which the glossary does not have")


def _singular(term: str) -> str:
    return " ".join(folded(term).split()).removesuffix("s")


def boundaries(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    """Every pair of neighbours has a rule, and its rules show enough examples on both sides."""
    schema = guideline.head.labels
    for pair, judgement in schema.boundaries().items() if guideline.rules else ():
        one, other = (label.name for label in schema.top if label.name in pair)
        rules = [rule for rule in guideline.rules if pair <= {schema.parent(label) for label in rule.labels}]
        if not rules:
            number, beside = next(
                (number, label.neighbours.index(neighbour))
                for number, label in enumerate(schema.labels)
                for neighbour in label.neighbours
                if {label.name, neighbour} == pair
            )
            line = guideline.places.get(f"schema.labels.{number}.neighbours.{beside}", 1)
            yield _found("no-boundary-rule", line, f"no rule decides between {one} and {other}")
            continue
        examples = {(_normalised(example), schema.parent(example.label)) for rule in rules for example in rule.examples}
        sides = [sum(label == side for _, label in examples) for side in (one, other)]
        wanted = limits.judgement_examples if judgement else limits.other_examples
        each = min(limits.judgement_each_side if judgement else limits.other_each_side, wanted // 2)
        if sum(sides) < wanted or min(sides) < each:
            shown = f"{sum(sides)} examples between {one} and {other} ({sides[0]} {one}, {sides[1]} {other})"
            line = rules[0].line
            yield _found("few-examples", line, f"{shown}; wanted: {wanted}, and {each} or more on each side")


def criteria(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for number, criterion in enumerate(guideline.head.labels.criteria if guideline.rules else ()):
        rules = [rule for rule in guideline.rules if rule.id in criterion.rules]
        examples = {_normalised(example) for rule in rules for example in rule.examples}
        if len(examples) < limits.other_examples:
            shown = f"the rules of {criterion.name} show {len(examples)} examples"
            line = guideline.places.get(f"schema.criteria.{number}", 1)
            yield _found("criterion-without-examples", line, f"{shown}; wanted: {limits.other_examples}")


def strategies(guideline: Guideline, limits: Limits) -> Iterator[Finding]:
    for number, strategy in enumerate(guideline.head.strategies):
        if not strategy.rule.strip():
            line = guideline.places.get(f"strategies.{number}", 1)
            yield _found("strategy-without-rule", line, f"the strategy {strategy.name} has no rule")


CHECKS: tuple[Callable[[Guideline, Limits], Iterator[Finding]], ...] = (
    duplicate_rules, not_rules, unknown_labels, contradicting_examples, taken_keys, unlabelled_examples, unknown_rules,
    missing_parts, unfinished_rules, short_forms, undefined_terms, boundaries, criteria, strategies,
)  # fmt: skip
