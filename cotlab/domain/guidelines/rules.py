"""The body of a guideline version: rules with their examples, terms, and the parts that people read."""

import re
from typing import Literal

from pydantic import Field

from cotlab.domain.guidelines.schema import FrontMatter, RuleId
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText

NAMED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


class Example(Model):
    """A case of a rule, or (`counter-example`) one that looks like it and is not. `label` is empty where none is named.

    `text` holds the named parts in one line, such as `Above: "..." Step: "..."`; `line` is the file's, from 1.
    """

    kind: Literal["example", "counter-example"]
    text: str
    label: str
    reason: str
    line: int = 0


class Rule(Model):
    """An if-then decision on something that can be observed, with a default for honest doubt.

    `decision` and `doubt` are Markdown; `domains` are empty for a rule of all domains; `line` is the file's, from 1.
    """

    id: RuleId
    title: str
    domains: tuple[str, ...] = ()
    short: str = ""
    decision: str = ""
    doubt: str = ""
    examples: tuple[Example, ...] = ()
    line: int = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels between which the decision and its default decide, in the order in which they are named."""
        return tuple(dict.fromkeys(NAMED.findall(f"{self.decision}\n{self.doubt}")))


class Term(Model):
    """What the glossary says of a term; `names` are its forms."""

    names: tuple[str, ...]
    definition: str
    line: int = 0


class Guideline(Model):
    """One version, parsed. `text` is the whole file; `places` are the lines (from 1) of the front matter's fields.

    `not_rules` are the lines of headings among the rules that are none.
    """

    head: FrontMatter
    text: FilledText
    quick_reference: str = ""
    granularity: str = ""
    rules: tuple[Rule, ...] = ()
    not_rules: tuple[int, ...] = ()
    glossary: tuple[Term, ...] = ()
    places: dict[str, int] = Field(default_factory=dict)

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)
