"""A worker that drafts: it takes requests by lease, has their drafts made, and writes each as it is there.

Of models that an endpoint serves it asks for several drafts at once; of one that runs in this process for one at a
time. Drafts of a request are written in the order of their ordinals, and what enters the pool in the order in which
requests of a problem came, so that the same drafts are kept and dropped however many are made at once. Killed anywhere,
a worker costs the drafts under way; once its leases have run out another one goes on with what is missing.
"""

import math
import threading
import time
import uuid
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from cotlab.checks.running.runner import Checker
from cotlab.domain.checks import StepToCheck, StepVerdict
from cotlab.domain.drafts.requests import DraftEnding, DropReason, KnownModel
from cotlab.domain.errors import CotlabError, LeaseTaken, ProjectClosed, Unavailable
from cotlab.drafting import DRIVERS, driver_named, open_driver
from cotlab.drafting.driver import Cancelled, Driver, Surroundings
from cotlab.drafting.kinds import Drafted, Kind, Work, kind_named
from cotlab.drafting.one import Opening, draft_one
from cotlab.services.checks.executors import Hands, LocalCrew
from cotlab.services.drafts import altered_steps, requests
from cotlab.services.drafts.duplicates import ALTERED
from cotlab.services.drafts.leases import Lease, Tending
from cotlab.services.drafts.permission import allowed, refused
from cotlab.storage.drafts.draft_requests import LATER, SOON, rules, waiting
from cotlab.storage.engine.database import SERVER, Db, Reading, Row, Store

log = structlog.get_logger("cotlab.drafts")
PAUSE = 0.1
"""Seconds between two looks at whether to stop, while nothing comes."""
LOOK = 0.5
"""Seconds between two looks at what waits, where nothing did and drafts are under way."""
AHEAD = 4
"""Drafts that wait to be written behind one that takes long, for each that is asked for beside it."""
LONGEST_END = 5.0
"""Seconds that a worker which is stopped waits for what is under way, which ends within a token."""
MICROSECONDS = 1_000_000


def watch(
    store: Store, surroundings: Surroundings, stopping: threading.Event, every: float, lease: float,
    calls: int = 1, cluster: Hands | None = None,
) -> None:  # fmt: skip
    """Draft whatever is asked for in any project, a look every so many seconds, until `stopping` is set.

    `lease` is how many seconds a request is kept for this worker when nothing is heard of it; see Worker for the rest.
    """
    with closing(Worker(store, surroundings, stopping, lease, calls, cluster)) as worker:
        while not stopping.is_set():
            try:
                worker.draft()
            except Unavailable as error:
                log.error("drafting_waits", why=error.sentence)
            except Exception as error:
                log.error("drafting_failed", error=type(error).__name__, exc_info=error)
            stopping.wait(every)


@dataclass(slots=True)
class Lane:
    """Where drafts of the drivers are made whose models run outside of this process, or in it, so many at once."""

    outside: bool
    hands: Hands
    most: int
    empty_at: dict[int, float] = field(default_factory=dict)
    """When nothing waited for it up to a rank, in monotonic seconds."""
    _under_way: set["Future[Drafted | None]"] = field(default_factory=set)

    @property
    def drivers(self) -> list[str]:
        return [kind.name for kind in DRIVERS if kind.outside is self.outside]

    def submit(self, hands: Hands, *given: Any) -> "Future[Drafted | None]":
        future = hands.submit(draft_one, *given)
        self._under_way.add(future)
        return future

    @property
    def under_way(self) -> set["Future[Drafted | None]"]:
        self._under_way = {future for future in self._under_way if not future.done()}
        return self._under_way

    @property
    def free(self) -> bool:
        return len(self.under_way) < self.most


@dataclass(slots=True, eq=False)
class Held:
    """A request that is this worker's: the ordinals that were not asked for yet, and what was, in order, up to the
    first one that is not written yet.
    """

    row: Row
    lease: Lease
    lane: Lane
    hands: Hands
    kind: Kind
    work: Work
    opening: Opening
    cancelled: Cancelled
    left: deque[int]
    rules: int
    """As they were when it was looked last whether this may be asked for."""
    asked: "deque[Future[Drafted | None]]" = field(default_factory=deque)

    @property
    def rank(self) -> int:
        return int(self.row["rank"])

    @property
    def ready(self) -> bool:
        """Whether it can be asked for another one; of many at once some may be far ahead of one that takes long."""
        return bool(self.left) and len(self.asked) <= AHEAD * (self.lane.most - 1) and self.lane.free

    def ask(self) -> None:
        given = self.opening, self.kind.name, self.work, self.left.popleft(), self.cancelled
        self.asked.append(self.lane.submit(self.hands, *given))


@dataclass(slots=True)
class Worker:
    """Holds the model of this machine that it used last, so that requests of one model load it once.

    `calls` is how many drafts it asks for at once of models that run outside of it. These are asked from the `cluster`
    where there is one, but for endpoints of this machine, which others cannot reach.
    """

    store: Store
    surroundings: Surroundings
    stopping: threading.Event
    lease: float
    calls: int = 1
    cluster: Hands | None = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    _lanes: tuple[Lane, ...] = ()
    _held: list[Held] = field(default_factory=list)
    _opened: tuple[KnownModel, Driver] | None = None
    _checker: Checker = field(default_factory=Checker)
    """Has no child before an altered step is to be checked."""

    def __post_init__(self) -> None:
        self._lanes = tuple(
            Lane(outside, LocalCrew(most, "cotlab-drafts"), most) for outside, most in ((True, self.calls), (False, 1))
        )

    def draft_next(self) -> bool:
        """Draft for the request that waits longest. Returns whether there was one. Raises Unavailable."""
        return self.draft(1) > 0

    def draft(self, most: int | None = None) -> int:
        """Draft for all requests that wait, or for so many. Returns for how many it was. Raises Unavailable."""
        taken = 0
        for lane in self._lanes:
            lane.empty_at.clear()
        with Tending(self._still_held, self._renewed, self.lease / 3) as tending:
            try:
                while True:
                    taken += self._fill(tending, None if most is None else most - taken)
                    if not self._held or self.stopping.is_set():
                        return taken
                    wait(self._under_way(), PAUSE, FIRST_COMPLETED)
                    self._ask()
                    self._keep_what_came(tending)
            finally:
                self._give_back(tending)

    def _fill(self, tending: Tending, most: int | None) -> int:
        """Ask for as much as goes at once, of the requests that came first. Returns how many new ones were taken."""
        taken = 0
        while not self.stopping.is_set() and taken != most:
            self._ask()
            row = self._take()
            if row is None:
                break
            taken += 1
            try:
                with self._failing(row):
                    self._begin(row, tending)
            except Unavailable:
                self._release(row)
                raise
        return taken

    def _ask(self) -> None:
        for held in sorted(self._held, key=lambda one: one.rank):
            while held.ready:
                held.ask()

    def _has_room(self, lane: Lane, rank: int) -> bool:
        """Whether a request of this rank can be taken: of those for which somebody waits also where all are busy, to
        be asked before what is left of others.
        """
        if time.monotonic() - lane.empty_at.get(rank, -math.inf) < LOOK:
            return False
        ahead = sum(held.lane is lane and held.rank <= rank for held in self._held)
        return ahead < lane.most and (lane.free or rank == SOON)

    def _under_way(self) -> "set[Future[Drafted | None]]":
        return {future for lane in self._lanes for future in lane.under_way}

    def _take(self) -> Row | None:
        """A request for which there is room, if one waits."""
        return self._take_up_to(SOON) or self._take_up_to(LATER)

    def _take_up_to(self, rank: int) -> Row | None:
        room = [lane for lane in self._lanes if self._has_room(lane, rank)]
        if not room:
            return None
        busy = [name for lane in self._lanes if lane not in room for name in lane.drivers]
        while (request_id := self.store.read(lambda db: waiting(db, busy, rank))) is not None:
            row = self._taken(request_id)
            if row is not None and all(held.row["id"] != request_id for held in self._held):
                return row  # and not one of its own whose lease ran out, with which it goes on
        for lane in room:
            lane.empty_at[rank] = time.monotonic()
        return None

    def _taken(self, request_id: str) -> Row | None:
        return self.store.write(SERVER, lambda db: requests.take(db, request_id, self.name, self._microseconds))

    def _begin(self, row: Row, tending: Tending) -> None:
        """Hold a request that was taken, of which nothing was asked for yet."""
        model, known = self.store.read(lambda db: (allowed(db, row), rules(db)))
        work, wanted = self.store.read(lambda db: requests.work_of(db, row))
        (lane,) = (lane for lane in self._lanes if model.driver in lane.drivers)
        far = self.cluster is not None and driver_named(model.driver).leaves(model)
        hands = self.cluster if self.cluster is not None and far else lane.hands
        opening = partial(open_driver, model, self.surroundings) if far else partial(self._driver, model)
        lease = Lease(row["id"], hands.signal())
        cancelled = lease.signal.is_set if far else partial(self._unwanted, lease)
        kind = kind_named(row["kind"])
        self._held.append(Held(row, lease, lane, hands, kind, work, opening, cancelled, deque(wanted), known))
        tending.add(lease)

    def _unwanted(self, lease: Lease) -> bool:
        return lease.signal.is_set() or self.stopping.is_set()

    def _keep_what_came(self, tending: Tending) -> None:
        """Write what is there; a request ends with its last draft, or with its first fault."""
        earlier = set[tuple[bool, str]]()
        for held in self._held.copy():
            place = held.lane.outside, str(held.row["problem_id"])
            waits = held.kind.enters_pool and place in earlier
            if held.lease.lost.is_set():
                self._forget(held)
            elif not waits:
                with self._failing(held.row):
                    self._keep_of(held)
            if held not in self._held:
                tending.discard(held.row["id"])
            elif held.kind.enters_pool:
                earlier.add(place)

    def _keep_of(self, held: Held) -> None:
        while held.asked and held.asked[0].done():
            drafted = held.asked[0].result()
            if drafted is None:
                return  # it was cancelled, or is given back
            held.asked.popleft()
            self._keep(held.row, drafted, self._against(held.kind, held.work, drafted))
        if not held.left and not held.asked:
            self._end(held.row, DraftEnding.DONE)

    @contextmanager
    def _failing(self, row: Row) -> Iterator[None]:
        """What goes wrong ends this request alone, with a sentence."""
        try:
            yield
        except (LeaseTaken, ProjectClosed):
            self._forget_row(row)
        except CancelledError as error:
            raise Unavailable("The cluster has lost what it was asked for.") from error
        except Unavailable:
            raise
        except CotlabError as error:
            self._end(row, DraftEnding.FAILED, error.sentence)
        except Exception as error:
            log.error("request_failed", request=row["id"], error=type(error).__name__, exc_info=error)
            self._end(row, DraftEnding.FAILED, f"The worker failed ({type(error).__name__}); its log says how.")

    def _keep(self, row: Row, drafted: Drafted, against: DropReason | None) -> None:
        scopes = (SERVER, row["project_id"]) if row["kind"] == ALTERED else row["project_id"]
        self.store.write(scopes, lambda db: requests.keep(db, row, self.name, drafted, against))

    def _against(self, kind: Kind, work: Work, drafted: Drafted) -> DropReason | None:
        """What the checks have against a draft, asked before the write."""
        if kind.name != ALTERED or drafted.cut_off:
            return None
        return altered_steps.against(work, drafted, self._check)

    def _check(self, asked: StepToCheck) -> StepVerdict:
        return next(self._checker.check([asked]))

    def _driver(self, model: KnownModel) -> Driver:
        """A model, ready in this process; of those that run in it one alone."""
        if driver_named(model.driver).outside:
            return open_driver(model, self.surroundings)
        if self._opened is None or self._opened[0] != model:
            self._opened = None
            self._opened = (model, open_driver(model, self.surroundings))
        return self._opened[1]

    def _end(self, row: Row, ending: DraftEnding, sentence: str | None = None) -> None:
        self._tell_end(row, ending, sentence)
        self._forget_row(row)

    def _tell_end(self, row: Row, ending: DraftEnding, sentence: str | None) -> None:
        with suppress(ProjectClosed):
            self.store.write(row["project_id"], lambda db: requests.end(db, row, self.name, ending, sentence))

    def _forget_row(self, row: Row) -> None:
        for held in [one for one in self._held if one.row["id"] == row["id"]]:
            self._forget(held)

    def _forget(self, held: Held) -> None:
        """Work on a request no more; what is under way for it ends within a token, and is not written."""
        self._held.remove(held)
        if held.asked:
            held.lease.lose()

    def _give_back(self, tending: Tending) -> None:
        """Write what is there, and let other workers go on with the rest."""
        for held in self._held:
            held.lease.hush()
        wait(self._under_way(), LONGEST_END)
        with suppress(Unavailable):
            self._keep_what_came(tending)
        given, self._held = self._held, []
        for held in given:
            tending.discard(held.row["id"])
            self._release(held.row)

    def _release(self, row: Row) -> None:
        with suppress(Unavailable):  # then the lease runs out
            self.store.write(SERVER, lambda db: requests.release(db, row["id"], self.name))

    def _still_held(self, ids: Collection[str]) -> set[str]:
        self._end_what_is_refused([held for held in self._held.copy() if held.row["id"] in ids])

        def held(db: Reading) -> set[str]:
            return {one for one in ids if requests.held(db, one, self.name)}

        return self.store.read(held)

    def _end_what_is_refused(self, looked_at: list[Held]) -> None:
        """End requests that may not be worked on any more, once a policy was set or a model removed."""

        def found(db: Reading) -> tuple[int, list[tuple[Row, str]]]:
            now = rules(db)
            return now, refused(db, (one.row for one in looked_at if one.rules != now))

        now, gone = self.store.read(found)
        for row, sentence in gone:
            self._tell_end(row, DraftEnding.FAILED, sentence)
        for one in looked_at:
            one.rules = now

    def _renewed(self, ids: Collection[str]) -> set[str]:
        def renewed(db: Db) -> set[str]:
            return {one for one in ids if requests.renew(db, one, self.name, self._microseconds)}

        return self.store.write(SERVER, renewed)

    def close(self) -> None:
        """End the threads, and the check's process."""
        for lane in self._lanes:
            lane.hands.close()
        self._checker.close()

    @property
    def _microseconds(self) -> int:
        return round(self.lease * MICROSECONDS)
