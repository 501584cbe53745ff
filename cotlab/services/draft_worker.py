"""A worker that drafts: it takes requests by lease, one at a time, and writes each draft as it is there.

Killed anywhere, it costs the draft under way; once its lease has run out another worker goes on with what is missing.
"""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self

import structlog

from cotlab.domain.drafting import DraftEnding, DropReason, KnownModel
from cotlab.domain.errors import BadInput, CotlabError, LeaseTaken, ModelFailed, ProjectClosed, Unavailable
from cotlab.domain.evidence import StepToCheck, StepVerdict
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Driver, Surroundings
from cotlab.drafting.kinds import Drafted, Kind, Work, kind_named
from cotlab.evidence.runner import Checker
from cotlab.services import altered_drafts, drafting, models
from cotlab.services.draft_duplicates import ALTERED
from cotlab.storage import projects
from cotlab.storage.database import SERVER, Row, Store

log = structlog.get_logger("cotlab.drafts")
LOOK = 0.25
"""Seconds between two looks at whether a request is still wanted."""
MICROSECONDS = 1_000_000


def watch(store: Store, surroundings: Surroundings, stopping: threading.Event, every: float, lease: float) -> None:
    """Draft whatever is asked for in any project, a look every so many seconds, until `stopping` is set.

    `lease` is how many seconds a request is kept for this worker when nothing is heard of it.
    """
    with closing(Worker(store, surroundings, stopping, lease)) as worker:
        while not stopping.is_set():
            try:
                busy = worker.draft_next()
            except Exception as error:
                log.error("drafting_failed", error=type(error).__name__, exc_info=error)
                busy = False
            if not busy:
                stopping.wait(every)


@dataclass(slots=True)
class Worker:
    """Holds the model that it used last, so that requests of one model load it once."""

    store: Store
    surroundings: Surroundings
    stopping: threading.Event
    lease: float
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    _opened: tuple[KnownModel, Driver] | None = None
    _checker: Checker = field(default_factory=Checker)
    """Has no child before an altered step is to be checked."""

    def draft_next(self) -> bool:
        """Draft for the request that waits longest. Returns whether there was one. Raises Unavailable."""
        taken = self.store.write(SERVER, lambda db: drafting.take(db, self.name, self._microseconds))
        if taken is None:
            return False
        held, renew = partial(self._held, taken), partial(self._renew, taken)
        with Tending(held, renew, self.lease / 3, self.stopping) as tending:
            try:
                ended = self._drafted(taken, tending)
            except (LeaseTaken, ProjectClosed):
                return True
            except Unavailable:
                raise
            except CotlabError as error:
                self._end(taken, DraftEnding.FAILED, error.sentence)
            except Exception as error:
                log.error("request_failed", request=taken["id"], error=type(error).__name__, exc_info=error)
                self._end(taken, DraftEnding.FAILED, f"The worker failed ({type(error).__name__}); its log says how.")
            else:
                if ended:
                    self._end(taken, DraftEnding.DONE)
        if self.stopping.is_set():
            self.store.write(SERVER, lambda db: drafting.release(db, taken["id"], self.name))
        return True

    def _drafted(self, taken: Row, tending: "Tending") -> bool:
        """Draft what is missing. Returns whether all is there; not where it was cancelled."""
        model, policy = self.store.read(
            lambda db: (models.known(db, taken["model_id"]), projects.policy(db, taken["project_id"]))
        )
        if model is None:
            raise BadInput(f"The model {taken['model']} was removed.")
        drafting.check_allowed(policy, model)
        kind = kind_named(taken["kind"])
        work, wanted = self.store.read(lambda db: drafting.work_of(db, taken))
        left = len(wanted)
        if wanted:
            for drafted in kind.draft(self._driver(model), work, wanted, tending.cancelled):
                self._keep(taken, drafted, self._against(kind, work, drafted))
                left -= 1
        if left and not tending.cancelled():
            raise ModelFailed("The model ended before all drafts were there.")
        return left == 0

    def _keep(self, taken: Row, drafted: Drafted, against: DropReason | None) -> None:
        scopes = (SERVER, taken["project_id"]) if taken["kind"] == ALTERED else taken["project_id"]
        self.store.write(scopes, lambda db: drafting.keep(db, taken, self.name, drafted, against))

    def _against(self, kind: Kind, work: Work, drafted: Drafted) -> DropReason | None:
        """What the checks have against a draft, asked before the write."""
        return altered_drafts.against(work, drafted, self._check) if kind.name == ALTERED else None

    def _check(self, asked: StepToCheck) -> StepVerdict:
        return next(self._checker.check([asked]))

    def close(self) -> None:
        """End the check's process."""
        self._checker.close()

    def _driver(self, model: KnownModel) -> Driver:
        if self._opened is None or self._opened[0] != model:
            self._opened = None
            self._opened = (model, open_driver(model, self.surroundings))
        return self._opened[1]

    def _held(self, taken: Row) -> bool:
        return self.store.read(lambda db: drafting.held(db, taken["id"], self.name))

    def _renew(self, taken: Row) -> bool:
        return self.store.write(SERVER, lambda db: drafting.renew(db, taken["id"], self.name, self._microseconds))

    def _end(self, taken: Row, ending: DraftEnding, sentence: str | None = None) -> None:
        with suppress(ProjectClosed):
            self.store.write(
                taken["project_id"], lambda db: drafting.end(db, taken, self.name, ending, sentence)
            )  # fmt: skip

    @property
    def _microseconds(self) -> int:
        return round(self.lease * MICROSECONDS)


class Tending:
    """Keeps a lease in a thread, and learns whether the request is still this worker's."""

    def __init__(
        self, held: Callable[[], bool], renew: Callable[[], bool], every: float, stopping: threading.Event
    ) -> None:
        self._held, self._renew, self._every, self._stopping = held, renew, every, stopping
        self._lost, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="cotlab-lease", daemon=True)

    def cancelled(self) -> bool:
        """Whether the request has ended or is another's, or the worker is to stop."""
        return self._lost.is_set() or self._stopping.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        renewed = time.monotonic()
        while not self._over.wait(min(LOOK, self._every)):
            due = time.monotonic() - renewed >= self._every
            with suppress(Unavailable):
                if not (self._renew() if due else self._held()):
                    self._lost.set()
                    return
                renewed = time.monotonic() if due else renewed
