"""What can be found and cited beside a step: rules, the problem's passages, and terms, the likely ones first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from cotlab.domain.answers import Citation
from cotlab.domain.guidelines.rules import Rule, Term
from cotlab.domain.guidelines.schema import Criterion, Schema
from cotlab.domain.traces.records import Passage, ProblemView
from cotlab.domain.work.views import GuidelineView

QUICK = "Quick reference"


@dataclass(frozen=True, slots=True)
class Found:
    """A row: a rule, a criterion, a passage, a term, or (all None) the quick reference."""

    rule: Rule | None = None
    criterion: Criterion | None = None
    passage: Passage | None = None
    term: Term | None = None

    @property
    def citation(self) -> Citation | None:
        """How it is cited; None for what is not."""
        if self.rule is not None:
            return Citation(kind="rule", name=self.rule.id)
        return Citation(kind="passage", name=self.passage.name) if self.passage is not None else None


def find(
    guideline: GuidelineView, problem: ProblemView, chosen: str | None, typed: str, likely: Collection[str] = ()
) -> list[Found]:
    """What holds every word that was typed.

    Rules come first: those that `typed` names, then those that are `likely`, then those of the chosen label, then those
    of the problem's domain. With nothing typed the quick reference stands above all, then the criterion that the keys
    move, and terms are left out. The other criteria stand below the passages.
    """
    words = typed.casefold().split()
    rules = [rule for rule in guideline.rules if _holds(_texts(rule), words)]
    near = partial(_near, schema=guideline.labels, domain=problem.domain, chosen=chosen)
    rules.sort(key=lambda rule: (*_named(rule, typed.strip()), rule.id not in likely, *near(rule)))
    passages = [one for one in problem.passages if _holds((one.name, one.text), words)]
    criteria = [
        one for one in guideline.labels.criteria if _holds((one.name, one.meaning, *one.anchors.values()), words)
    ]
    in_hand = [Found(criterion=one) for one in criteria if not words and one.rules == likely]
    others = [Found(criterion=one) for one in criteria if words or one.rules != likely]
    found = [*(Found(rule=rule) for rule in rules), *(Found(passage=one) for one in passages), *others]
    if not words:
        return [Found(), *in_hand, *found]
    terms = [one for one in guideline.glossary if _holds((*one.names, one.definition), words)]
    return found + [Found(term=one) for one in terms]


def _texts(rule: Rule) -> list[str]:
    examples = [text for one in rule.examples for text in (one.text, one.label, one.reason)]
    return [rule.id, rule.title, rule.short, rule.decision, rule.doubt, *examples]


def _holds(texts: Sequence[str], words: Sequence[str]) -> bool:
    text = "\n".join(texts).casefold()
    return all(word in text for word in words)


def _named(rule: Rule, typed: str) -> tuple[bool, bool, bool]:
    """How far a rule is not the one that was typed: not its id, not its beginning, not in its title."""
    wanted, rule_id = typed.casefold(), rule.id.casefold()
    return rule_id != wanted, not rule_id.startswith(wanted), wanted not in rule.title.casefold()


def _near(rule: Rule, schema: Schema, domain: str, chosen: str | None) -> tuple[bool, bool, bool, bool]:
    """How far a rule is from the step: of another domain, not of the chosen label or kind, not of this domain."""
    parents = {schema.parent(name) for name in rule.labels}
    return (
        bool(rule.domains) and domain not in rule.domains,
        chosen is not None and schema.parent(chosen) not in parents,
        chosen is not None and chosen not in rule.labels,
        domain not in rule.domains,
    )
