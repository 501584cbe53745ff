"""A hard case as an example of a draft version: put into its rule, with the decision as its reason."""

from cotlab.domain.calibration.pilots import HardCase
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.rules import Example, Guideline, Rule
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.exchange.guideline.markdown import example_text

QUOTES = str.maketrans("“”„’‘", '"""\'\'')


def example_of(case: HardCase, counter: bool, label: str | None, reason: str | None) -> Example:
    """The case as an example: the label given or decided, and why. Raises BadInput where either is not known.

    The reason is the one given, else the lead's answer on the step, else what was written under the settled label.
    """
    chosen = label or case.decided
    if chosen is None:
        raise BadInput(f"The case {case.id} has no decided label; name one with --label.")
    written = case.rationale if chosen == case.decided else None
    why = _one_line(reason or case.answer or written or "").removesuffix(".")
    if not why:
        raise BadInput(f"The case {case.id} has no reason for {chosen}; give one with --reason.")
    parts = [("Problem", case.problem), ("Above", " ".join(case.above)), ("Step", case.step)]
    text = " ".join(f'{name}: "{_one_line(said)}"' for name, said in parts if said)
    return Example(kind="counter-example" if counter else "example", text=text, label=chosen, reason=why)


def with_example(data: bytes, name: str, rule_id: str, example: Example) -> str:
    """The text of the draft in `data` with one more example in a rule, and nothing else changed.

    Raises BadInput where the draft cannot be read, the rule or the label is not there, the example is there already,
    or its words would be read as something else.
    """
    draft = parse_guideline(data, name)
    rule = draft.rule(rule_id)
    if rule is None:
        raise BadInput(f"{name}: there is no rule {rule_id} in the draft.")
    if example.label not in draft.head.labels.values():
        raise BadInput(f"{name}: {draft.head.title} has no label {example.label}.")
    for other in draft.rules:
        for known in other.examples:
            if _same(known.text, example.text):
                raise BadInput(f"{name} line {known.line}: this example stands in rule {other.id} already.")
    text = _inserted(draft, rule, example, example_text(example))
    if not _reads_as(text, name, draft, rule, example):
        raise BadInput(
            f"{name}: the words of this case would not be read as one example; write it into {rule_id} by hand."
        )
    return text


def _inserted(draft: Guideline, rule: Rule, example: Example, paragraph: str) -> str:
    """The text with a paragraph behind the last example of the same kind in a rule, or at the rule's end."""
    newline = "\r\n" if "\r\n" in draft.text else "\n"
    lines = draft.text.split(newline)
    same = [one.line for one in rule.examples if one.kind == example.kind]
    if same:
        end = same[-1]
        while end < len(lines) and lines[end].strip():
            end += 1
    else:
        headings = (
            number for number in range(rule.line, len(lines)) if lines[number].startswith(("# ", "## ", "### "))
        )
        end = next(headings, len(lines))
        while not lines[end - 1].strip():
            end -= 1
    return newline.join([*lines[:end], "", *paragraph.split("\n"), *lines[end:]])


def _reads_as(text: str, name: str, draft: Guideline, rule: Rule, example: Example) -> bool:
    """Whether a text is the draft with one more example in a rule, behind those of its kind or all."""
    try:
        found = parse_guideline(text.encode(), name)
    except BadInput:
        return False
    expected = {one.id: [_plain(each) for each in one.examples] for one in draft.rules}
    got = {one.id: [_plain(each) for each in one.examples] for one in found.rules}
    added = _plain(example)
    if added not in got.get(rule.id, []):
        return False
    got[rule.id].remove(added)
    bare = {"examples": (), "line": 0}
    rules = [[one.model_copy(update=bare) for one in version.rules] for version in (draft, found)]
    return got == expected and rules[0] == rules[1] and _rest(found) == _rest(draft)


def _plain(example: Example) -> Example:
    return example.model_copy(update={"line": 0})


def _rest(guideline: Guideline) -> object:
    terms = [(term.names, term.definition) for term in guideline.glossary]
    return guideline.head, guideline.quick_reference, guideline.granularity, terms


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _same(one: str, other: str) -> bool:
    return _one_line(one.translate(QUOTES)).casefold() == _one_line(other.translate(QUOTES)).casefold()
