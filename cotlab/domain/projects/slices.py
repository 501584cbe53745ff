"""A slice of a project: its problems by domain, tags and difficulty, and their traces."""

from typing import Annotated

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.projects.priorities import Item
from cotlab.domain.text import Name


class Slice(Model):
    """Traces that have all of this; what is not named may be anything."""

    domain: Name | None = None
    tags: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    difficulty: Annotated[int, Field(ge=1, le=5)] | None = None
    strategy: Name | None = None

    def fits(self, item: Item) -> bool:
        return (
            self.domain in (None, item.domain)
            and self.difficulty in (None, item.difficulty)
            and self.strategy in (None, item.strategy)
            and {*self.tags} <= {*item.tags}
        )


class TraceSlice(Slice):
    """Traces that have all of this; `source` is the problem's, `generator` the trace's."""

    source: Name | None = None
    generator: Name | None = None
