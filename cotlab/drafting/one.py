"""One draft, by a plain function that any `concurrent.futures.Executor` can run, also that of a cluster."""

from collections.abc import Callable

from cotlab.domain.errors import ModelFailed
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds import Drafted, Work, kind_named

Opening = Callable[[], Driver]
"""Makes a model ready, where the draft is made."""


def draft_one(opening: Opening, kind: str, work: Work, ordinal: int, cancelled: Cancelled) -> Drafted | None:
    """The draft of an ordinal, or None where it was cancelled. Raises BadInput and ModelFailed."""
    if cancelled():
        return None
    found = list(kind_named(kind).draft(opening(), work, [ordinal], cancelled))
    if not found and not cancelled():
        raise ModelFailed("The model ended before all drafts were there.")
    return found[0] if found else None
