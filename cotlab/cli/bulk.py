"""How a process that reads a long file collects its garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 50_000
"""Objects made between two collections; Python's default is 700."""


@contextmanager
def bulk() -> Iterator[None]:
    """Collect rarely: what comes of a line is no cycle, and to look for cycles takes a fifth of an import's time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
