"""Sets that tell of a trace where its first wrong step is, and of the steps after it nothing."""

from cotlab.domain.traces.records import SourceLabel, Step

BEFORE, FIRST, NONE = "before first error", "first error", "no error"


def steps(texts: tuple[str, ...], first: int | None, source: str, rationale: str | None = None) -> tuple[Step, ...]:
    """The steps with the source's labels: `before first error`, then `first error` with its rationale, then none.

    `first` counts from 0; where it is None, every step is `no error`.
    """
    return tuple(
        Step(text=text, labels=_labels(place, first, source, rationale)) for place, text in enumerate(texts)
    )  # fmt: skip


def _labels(place: int, first: int | None, source: str, rationale: str | None) -> tuple[SourceLabel, ...]:
    if first is None:
        return (SourceLabel(source=source, value=NONE),)
    if place > first:
        return ()
    if place == first:
        return (SourceLabel(source=source, value=FIRST, rationale=rationale),)
    return (SourceLabel(source=source, value=BEFORE),)
