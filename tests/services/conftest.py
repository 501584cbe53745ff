"""A world with three traces, through the services alone."""

import pytest

from cotlab.domain.traces.records import Passage, Problem
from cotlab.storage import Store
from tests.recycled import engine, make_database, recycled, store
from tests.support import Clock
from tests.world import World, people_and_project, trace, world_kept

__all__ = ["engine", "make_database", "recycled", "store"]


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """Overlap 2, and the traces a, b and c of three steps each; a has the passage `note`."""

    def build() -> World:
        world = people_and_project(store, clock)
        note = Problem(text="Problem a", domain="mathematics", passages=(Passage(name="note", text="as said"),))
        world.add_traces(trace("a", problem=note), trace("b"), trace("c"))
        return world

    return world_kept(store, clock, "three traces and a note", build)
