"""The checks of a project, done at once."""

import threading
from concurrent.futures import Future

from cotlab.checks.running.chunks import Checked, Stopping, check_chunk
from cotlab.services.checks import verdicts
from cotlab.services.checks.coordinator import check_project
from cotlab.services.checks.verdicts import Chunk, Wanted
from cotlab.storage.projects import projects
from tests.world import World


class Here:
    """A crew of this thread alone, whose child lives on for the next test."""

    at_once = 1

    def check(self, chunk: Chunk, asked: Wanted, stopping: Stopping) -> "Future[list[Checked]]":
        future: Future[list[Checked]] = Future()
        judge = None if asked.answers is None else asked.answers.judge
        future.set_result(check_chunk(chunk.stretches, chunk.answers, asked.setting, stopping, judge))
        return future

    def close(self) -> None:
        pass


def check(world: World) -> None:
    """Check all that is missing, as the policy asks for."""
    asked = verdicts.wanted(world.store.read(lambda db: projects.policy(db, world.project)))
    if asked is not None:
        check_project(world.store, Here(), world.project, asked, threading.Event())
