"""A world with three traces, through the services alone."""

from collections.abc import Callable

import pytest

from cotlab.domain.traces.records import Passage, Problem
from cotlab.storage import Store
from tests.recycled import engine, make_database, recycled, store
from tests.support import Clock
from tests.world import World, people_and_project, trace, world_kept

__all__ = ["engine", "make_database", "recycled", "store"]


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    return three_traces(store, clock)


def three_traces(store: Store, clock: Clock) -> World:
    """Overlap 2, and the traces a, b and c of three steps each; a has the passage `note`."""

    def build() -> World:
        world = people_and_project(store, clock)
        note = Problem(text="Problem a", domain="mathematics", passages=(Passage(name="note", text="as said"),))
        world.add_traces(trace("a", problem=note), trace("b"), trace("c"))
        return world

    return world_kept(store, clock, "three traces and a note", build)


def grown(store: Store, clock: Clock, grow: Callable[[World], None]) -> World:
    """The world of `three_traces` after `grow`, a function of a module; grown once and kept, see `kept`."""

    def build() -> World:
        world = three_traces(store, clock)
        grow(world)
        return world

    return world_kept(store, clock, (grow.__module__, grow.__qualname__), build)
