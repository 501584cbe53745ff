"""What a policy says of drafts: who may ask for them, who sees them after the commit, and who never does."""

import hashlib
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.answers import UNSEEN, Purpose
from cotlab.domain.model import Model
from cotlab.domain.people import LEADS, Role
from cotlab.domain.text import Name

Task = Literal["steps", "pairs"]
DRAW = b"blind to drafts"
"""The key of the draw, so that it has nothing to do with any other that is made by an item's id."""
REVEALED = frozenset({Purpose.PRODUCTION, Purpose.REDO, Purpose.REPEAT, *UNSEEN})
"""The purposes in which drafts may be seen: production, and what looks like it, which would be known by having none.

Of gold, and of a pair that comes back, the first answer counts, which is given before. By all other purposes people or
guidelines are measured in a way that drafts would change.
"""


class Drafters(StrEnum):
    """Who may ask for drafts."""

    NONE = "none"
    LEAD = "lead"
    LEAD_ADJUDICATOR = "lead+adjudicator"


class Reveal(StrEnum):
    """Whether somebody who has committed a step sees what was drafted of it."""

    NEVER = "never"
    ON_KEY = "on_key"
    ALWAYS = "always"


class DraftRule(Model):
    """What holds for drafts of a domain, of a tag, or of both; of neither, for the rest.

    Of pairs only an entry with the task `pairs` says something, and of work with safety tags only those that name one,
    where each is named.
    `rationales` is the model that annotators may ask for a rationale after their own label; None: nobody may.
    """

    task: Task = "steps"
    domain: Name | None = None
    tag: Name | None = None
    who: Drafters = Drafters.LEAD
    reveal: Reveal = Reveal.NEVER
    blind_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    rationales: Name | None = None

    def fits(self, domain: str, tags: Collection[str]) -> bool:
        return self.domain in (None, domain) and (self.tag is None or self.tag in tags)

    @property
    def exactness(self) -> tuple[bool, bool, bool, int, int, float]:
        """A tag is more exact than a domain, both are more than one; where two tie, the stricter one wins."""
        strict = self.rationales is None, -list(Reveal).index(self.reveal), -list(Drafters).index(self.who)
        return self.tag is not None, self.domain is not None, *strict, self.blind_share


USUAL = DraftRule()
NOTHING = DraftRule(who=Drafters.NONE)
"""What holds of pairs, and of work with a safety tag, where no entry is of it."""


def rule_for(
    rules: Collection[DraftRule], safety_tags: Collection[str], task: Task, domain: str, tags: Collection[str]
) -> DraftRule:
    """What holds for an item: the most exact entry for it, else the usual, which for pairs and safety is nothing.

    Of an item with safety tags each needs an entry, and what any of these refuses is refused.
    """
    fitting = [one for one in rules if one.task == task and one.fits(domain, tags)]
    guarded = {tag for tag in tags if is_safety(tag, safety_tags)}
    if guarded:
        return _strictest([_most_exact([one for one in fitting if one.tag == tag], NOTHING) for tag in sorted(guarded)])
    return _most_exact(fitting, NOTHING if task == "pairs" else USUAL)


def _most_exact(rules: Collection[DraftRule], default: DraftRule) -> DraftRule:
    return max(rules, key=lambda one: one.exactness, default=default)


def _strictest(rules: Sequence[DraftRule]) -> DraftRule:
    """What all of some rules allow; a reason is drafted where they name one model."""
    models = {one.rationales for one in rules}
    return rules[0].model_copy(update={
        "who": min((one.who for one in rules), key=list(Drafters).index),
        "reveal": min((one.reveal for one in rules), key=list(Reveal).index),
        "blind_share": max(one.blind_share for one in rules),
        "rationales": models.pop() if len(models) == 1 else None,
    })  # fmt: skip


def drawn_at_claim(now: DraftRule, then: DraftRule) -> DraftRule:
    """What holds now for what was claimed under another rule: who was of the arm that sees none stays in it."""
    if then.reveal is Reveal.NEVER or then.blind_share <= now.blind_share:
        return now
    return now.model_copy(update={"blind_share": then.blind_share})


def is_safety(tag: str, safety_tags: Collection[str]) -> bool:
    """Whether a tag, or what stands before its `=`, is one of the safety tags."""
    return tag in safety_tags or tag.partition("=")[0] in safety_tags


def may_ask(rule: DraftRule, roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may ask for drafts."""
    if rule.who is Drafters.NONE:
        return False
    return bool(LEADS & {*roles}) or (rule.who is Drafters.LEAD_ADJUDICATOR and Role.ADJUDICATOR in roles)


def blind(actor_id: str, item_id: str, share: float) -> bool:
    """Whether a person is of the random arm that never sees a draft of an item; a greater share holds a smaller one.

    The two random ids alone decide, of which a labeller is told at most their own.
    """
    if share <= 0:
        return False
    drawn = hashlib.blake2b(f"{actor_id} {item_id}".encode(), key=DRAW, digest_size=6).digest()
    return int.from_bytes(drawn) < share * 2**48
