"""The checks of a project, done at once."""

import threading

from cotlab.services import checking
from cotlab.services.coordinating import check_project
from cotlab.services.crews import LocalCrew
from cotlab.storage import projects
from tests.world import World


def check(world: World) -> None:
    """Check all that is missing, as the policy asks for."""
    asked = checking.wanted(world.store.read(lambda db: projects.policy(db, world.project)))
    if asked is None:
        return
    crew = LocalCrew()
    try:
        check_project(world.store, crew, world.project, asked, threading.Event())
    finally:
        crew.close()
