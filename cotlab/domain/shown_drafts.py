"""Drafts as somebody sees them who has committed what they are of, and what is kept of that."""

from difflib import SequenceMatcher
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.provenance import Provenance
from cotlab.domain.text import Name

OPINION, PAIR_OPINION, ALTERNATIVES, RATIONALE = "label_opinion", "pair_opinion", "alternatives", "rationale"

COMPARED_WORDS = 500
"""Words of a rationale and its draft that are compared."""
VERBATIM = 80
"""The likeness, in percent, from which on a rationale is taken for its draft, whether it names it or not."""


def likeness(draft: str, text: str) -> int:
    """How alike two texts are by their words, in percent (100: the same; Ratcliff & Metzener, 1988)."""
    one, other = draft.split()[:COMPARED_WORDS], text.split()[:COMPARED_WORDS]
    return round(100 * SequenceMatcher(None, one, other, autojunk=False).ratio())


class ShownOpinion(Model):
    """What a model takes a step for: the most probable label, and the probability of each.

    `by` says how these came about: of the model's own probabilities, or of how often it answered so.
    """

    kind: Literal["label_opinion"] = "label_opinion"
    id: str
    label: str
    probabilities: dict[str, float]
    by: str | None = None


class ShownPreference(Model):
    """Which response a model prefers, with the probabilities of both, as I see left and right."""

    kind: Literal["pair_opinion"] = "pair_opinion"
    id: str
    preference: Literal["left", "right", "none"]
    left: float
    right: float
    by: str | None = None


class ShownAlternative(Model):
    """Another wording of a step, by a model."""

    kind: Literal["alternatives"] = "alternatives"
    id: str
    text: str


class ShownRationale(Model):
    """A reason for my label, by a model: text to edit."""

    kind: Literal["rationale"] = "rationale"
    id: str
    text: str


ShownDraft = Annotated[ShownOpinion | ShownPreference | ShownAlternative | ShownRationale, Field(discriminator="kind")]


class RevealedDrafts(Model):
    """What was drafted of a step or pair that I have committed, as far as it is mine to see; often nothing.

    `receipt` is the hash of the event that says that I saw it, where that is new.
    """

    drafts: tuple[ShownDraft, ...] = ()
    receipt: str | None = None


class RationaleAsked(Model):
    """How far a draft of a rationale for my label is; asked again it says so again, and asks for nothing more.

    `nothing`: none is made here. `failed` comes with a sentence, the same whatever the cause; one may be asked for
    anew then.
    """

    state: Literal["waiting", "drafting", "done", "failed", "nothing"]
    draft: ShownRationale | None = None
    sentence: str | None = None
    receipt: str | None = None


class VisibleDraft(Model):
    """A draft that somebody could see when they gave an answer; `said` is its label, preference or text.

    `similarity` is of a rationale that was kept, from 0 to 1 (1: as it was drafted). `provenance` is None in files of
    earlier versions.
    """

    draft: str
    kind: Name
    source: str
    said: str
    similarity: float | None = None
    provenance: Provenance | None = None
