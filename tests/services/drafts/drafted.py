"""A model to ask, requests for drafts, and a worker, for tests."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cotlab.domain.drafts.requests import DraftBody, DraftStatus, ModelOptions, NewModel
from cotlab.domain.provenance import Completion, Prompt, Provenance
from cotlab.domain.provenance import Sampling as Sampling
from cotlab.drafting.driver import Surroundings
from cotlab.services.drafts import models, requests
from cotlab.services.drafts.worker import Worker
from cotlab.storage import SERVER
from cotlab.storage.drafts.draft_requests import waiting
from cotlab.storage.engine.database import Row
from tests.world import World

HERE = Surroundings()
MICROSECONDS = 1_000_000
PLACE = "http://127.0.0.1:1/v1"


def add_model(world: World, name: str = "small", place: str = PLACE, hosts: Sequence[str] = (), **options: Any) -> str:
    model = NewModel(name=name, driver="openai", place=place, options=ModelOptions(**options))
    return world.write(lambda db: models.add(db, world.host, model, Surroundings(hosts)), SERVER).id


def remove_model(world: World, name: str = "small") -> None:
    world.write(lambda db: models.remove(db, world.host, name), SERVER)


def item(world: World, name: str = "a") -> str:
    return str(
        world.value(
            "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :text",
            text=f"Problem {name}",
        )
    )


def ask(world: World, name: str = "a", position: int | None = 2, **more: Any) -> DraftStatus:
    """Ask for alternatives of a step, or of a problem for what `kind` is of one."""
    given = {"kind": "alternatives", "model": "small", "position": position} | more
    if "item_id" not in more:
        given["item_id"] = item(world, name)
    by = world.people.get("lea", world.host)
    body = DraftBody.model_validate({key: value for key, value in given.items() if value is not None})
    return world.write(lambda db: requests.request(db, by, world.project, body))


def status(world: World, request_id: str) -> DraftStatus:
    return world.store.read(lambda db: requests.status(db, world.project, request_id))


def report(world: World, request_id: str) -> list[dict[str, Any]]:
    found = world.store.read(lambda db: requests.report(db, world.project, request_id))
    return [draft.document for draft in found.drafts]


def take(world: World, worker: str, lease: int = MICROSECONDS) -> Row | None:
    """The request that goes first, for a worker of that name, for so many microseconds."""
    request_id = world.store.read(waiting)
    if request_id is None:
        return None
    return world.write(lambda db: requests.take(db, request_id, worker, lease), SERVER)


class Scripted:
    """A driver that answers what `text` says of a prompt, and ends as `reason` says."""

    def __init__(self, text: Callable[[Prompt], str], reason: str = "stop") -> None:
        self.text, self.reason = text, reason
        self.asked: list[Prompt] = []

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Completion]:
        for prompt in prompts:
            self.asked.append(prompt)
            text = self.text(prompt)
            yield Completion(text=text, finish_reason="cancelled" if cancelled() else self.reason, seconds=0.0)
            if cancelled():
                return

    def option_log_probabilities(self, prompt: Prompt, options: Sequence[str], *_: object) -> None:
        return None

    def describe(self) -> Provenance:
        return Provenance(driver="scripted", model="scripted")


class WithDriver(Worker):
    """A worker that asks a driver of the test."""

    driver: Any = None

    def _driver(self, model: object) -> Any:
        return self.driver


def worker(world: World, driver: Any = None, stopping: threading.Event | None = None, lease: float = 30.0) -> Worker:
    """A worker that opens the model itself, or uses the driver that is given."""
    stopping = stopping or threading.Event()
    if driver is None:
        return Worker(world.store, HERE, stopping, lease)
    made = WithDriver(world.store, HERE, stopping, lease)
    made.driver = driver
    return made


def by_seed(prompt: Prompt) -> str:
    return f"drafted with {prompt.seed}"
