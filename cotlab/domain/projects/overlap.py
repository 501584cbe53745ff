"""How many people label a trace: what the policy asks for its domain and tags, and which traces a second one sees."""

import hashlib
from collections.abc import Collection
from typing import Annotated, Self

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import Name

MOST_PEOPLE = 20
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
DRAW = b"second label"
"""The key of the draw, so that it has nothing to do with any other that is made by a trace's id."""


class Overlap(Model):
    """How many people label the traces of a domain, of a tag, or of a tag within a domain."""

    domain: Name | None = None
    tag: Name | None = None
    people: People

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.domain is None and self.tag is None:
            raise ValueError("an entry names a domain, a tag or both; the rest of the project follows overlap")
        return self

    def fits(self, domain: str, tags: Collection[str]) -> bool:
        return self.domain in (None, domain) and (self.tag is None or self.tag in tags)

    @property
    def exactness(self) -> tuple[bool, bool, int]:
        """A tag is more exact than a domain, both are more than one; where two tie, more people win."""
        return self.tag is not None, self.domain is not None, self.people


def entry_for(overlaps: Collection[Overlap], domain: str, tags: Collection[str]) -> Overlap | None:
    """The most exact entry for a trace; None where it follows the project."""
    fitting = (one for one in overlaps if one.fits(domain, tags))
    return max(fitting, key=lambda one: one.exactness, default=None)


def drawn(item_id: str, share: float) -> bool:
    """Whether a trace is of the share that a second person labels. The random id alone decides, which no labeller is
    ever told, so that the draw stands whatever happens and nobody can tell; a greater share holds a smaller one.
    """
    return share > 0 and int.from_bytes(hashlib.blake2b(item_id.encode(), key=DRAW, digest_size=6).digest()) < (
        share * 2**48
    )
