"""Semi-synthetic errors: correct steps altered in named ways, held against the checks, and put into the queue.

What a step is meant to be is a label of a named source, which nobody sees who labels it; people say what it is.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from cotlab.checks.running.runner import Checker
from cotlab.domain.checks import StepToCheck, StepVerdict
from cotlab.domain.drafts.altering import AlterBody, AlterReport, WayCount
from cotlab.domain.errors import BadInput, Unavailable
from cotlab.domain.traces.records import Trace
from cotlab.drafting.altering import BY_NAME, Altered, Meant, Offer, StepToAlter, Way, lot, offered, places
from cotlab.services.checks.executors import ClusterCrew, LocalCrew
from cotlab.services.drafts.alterable_traces import SOURCE, Parent, Parents, of_problems
from cotlab.services.drafts.altered_step_checks import Outcome, outcome
from cotlab.services.labels.selection import as_exported
from cotlab.services.projects.projects import open_project
from cotlab.services.traces.trace_import import add_batch, name_sources
from cotlab.storage.coverage import pair_making as stored
from cotlab.storage.engine.database import SERVER, Reading, Store
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.traces import traces

M = TypeVar("M", bound=Meant)
PROBLEMS_A_READ = 50
TRACES_A_WRITE = 200
TRIES = 4
"""How many alterations of a trace are held against the checks before it is left."""


@dataclass(slots=True)
class _Judge:
    """Says of an alteration what becomes of it; of two with the same text the second is dropped."""

    store: Store
    project_id: str
    checker: Checker
    seen: set[str] = field(default_factory=set)

    def __call__(self, way: Way, step: StepToAlter, altered: Altered, made: Trace) -> Outcome:
        content = made.digest()
        known = partial(traces.trace_known, project_id=self.project_id, digest=content)
        if content in self.seen or self.store.read(known):
            return Outcome.SAME_TEXT
        said = outcome(way, step, altered, self._check)
        if said.kept:
            self.seen.add(content)
        return said

    def _check(self, asked: StepToCheck) -> StepVerdict:
        return next(self.checker.check([asked]))


@dataclass(slots=True)
class _Offers:
    """What the ways offer of traces, which others work out ahead of when it is needed."""

    hands: LocalCrew | ClusterCrew
    ways: Sequence[Way]
    seed: int
    _coming: dict[str, "Future[dict[str, list[Offer]]]"] = field(default_factory=dict)

    def ahead(self, some: Iterable[Parent]) -> Iterator[Parent]:
        """The same traces, each when as many after it are asked about as go at once."""
        waiting = deque[Parent]()
        for parent in some:
            given = self.ways, parent.correct, self.seed, parent.digest, TRIES
            self._coming[parent.id] = self.hands.submit(offered, *given)
            waiting.append(parent)
            if len(waiting) > self.hands.at_once:
                yield waiting.popleft()
        yield from waiting

    def of(self, parent: Parent) -> dict[str, list[Offer]]:
        """Raises Unavailable."""
        try:
            return self._coming.pop(parent.id).result()
        except CancelledError as error:
            raise Unavailable("The cluster has lost what it was asked for.") from error

    def close(self) -> None:
        for future in self._coming.values():
            future.cancel()


@dataclass(slots=True)
class Tally(Generic[M]):
    """What was found and made so far, by way; of a model what it was asked for."""

    ways: tuple[M, ...]
    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        return self.made.total() + self.asked.total() + self.there.total()

    def rank(self, way: M) -> int:
        """How many there are in a way; of that with the fewest the next one is made."""
        return self.made[way.name] + self.asked[way.name] + self.there[way.name]

    def rarest(self, parent: Parent, seed: int) -> list[M]:
        """The ways in which a trace may be altered, that with the fewest first."""
        return sorted(self.ways, key=lambda way: (self.rank(way), lot(seed, parent.digest, way.name)))

    def in_order(self, parent: Parent, seed: int) -> Iterator[tuple[M, int]]:
        """The same, each at the positions of correct steps."""
        for way in self.rarest(parent, seed):
            yield from ((way, at) for at in places(len(parent.correct), seed, parent.digest))

    def report(self, body: AlterBody) -> AlterReport:
        ways = {
            way.name: WayCount(
                made=self.made[way.name], asked=self.asked[way.name], there_already=self.there[way.name],
                refuted=self.outcomes[way.name, "refuted"], undecided=self.outcomes[way.name, "undecided"],
                dropped={why: number for (name, why), number in sorted(self.dropped.items()) if name == way.name},
            )
            for way in self.ways
        }  # fmt: skip
        return AlterReport(
            dry_run=body.dry_run, made=self.made.total(), asked=self.asked.total(), there_already=self.there.total(),
            ways=ways, short=max(0, body.number - self.number), left_out=dict(sorted(self.left_out.items())),
            **self.counts,
        )  # fmt: skip


def alter(
    store: Store,
    by: str,
    project_id: str,
    body: AlterBody,
    checker: Checker | None = None,
    hands: LocalCrew | ClusterCrew | None = None,
) -> AlterReport:
    """Make altered traces, a batch a transaction. Run again, it goes on where it was halted, and makes none twice.

    What the ways offer is worked out by `hands`; which of it is taken hangs on what came of all before, and is decided
    here. `checker` and `hands` stay open where they are given; else they are made for this. Raises BadInput that names
    a way which there is not, and Unavailable.
    """
    tally = Tally(_ways(body.how))
    with (
        Checker() if checker is None else nullcontext(checker) as checker,
        closing(LocalCrew(1, "cotlab-altering")) if hands is None else nullcontext(hands) as crew,
        closing(_Offers(crew, tally.ways, body.seed)) as offers,
    ):
        judge = _Judge(store, project_id, checker)
        made = (
            one
            for parent in parents(store, project_id, body, tally, offers.ahead)
            for one in _of_parent(parent, body, tally, judge, offers)
        )
        sources = _sources(store, by, tally.ways) if not body.dry_run else {}
        for some in _batches(made):
            if not body.dry_run:
                _write(store, by, project_id, body, some, sources)
    return tally.report(body)


def _ways(names: Sequence[str]) -> tuple[Way, ...]:
    unknown = next((name for name in names if name not in BY_NAME), None)
    if unknown is not None:
        raise BadInput(f"how: there is no way {unknown}; there are {', '.join(BY_NAME)}")
    return tuple(BY_NAME[name] for name in dict.fromkeys(names))


def _sources(store: Store, by: str, ways: Sequence[Way]) -> Mapping[str, str]:
    names = [SOURCE.format(way.name) for way in ways]
    return store.write(SERVER, partial(name_sources, by=by, names=names))


def _batches(made: Iterator[Trace]) -> Iterator[list[Trace]]:
    some: list[Trace] = []
    for one in made:
        some.append(one)
        if len(some) == TRACES_A_WRITE:
            yield some
            some = []
    if some:
        yield some


def _write(
    store: Store, by: str, project_id: str, body: AlterBody, some: Sequence[Trace], sources: Mapping[str, str]
) -> None:  # fmt: skip
    asked = body.model_dump(mode="json", exclude={"dry_run"}, exclude_none=True)
    store.write(
        project_id, partial(add_batch, by=by, project_id=project_id, batch=some, sources=sources, altered=asked)
    )


def parents(
    store: Store, project_id: str, body: AlterBody, tally: "Tally[M]",
    ahead: Callable[[Iterable[Parent]], Iterable[Parent]] = iter,
) -> Iterator[Parent]:  # fmt: skip
    """Traces that can be altered, in an order that the seed draws, as long as there are too few.

    `ahead` is given those that are known already, and gives them back in this order.
    """
    for some in chunks(store.read(partial(_problems, project_id=project_id, body=body)), PROBLEMS_A_READ):
        found = store.read(partial(_parents, project_id=project_id, problem_ids=some, body=body))
        tally.left_out.update(found.left_out)
        for parent in ahead(sorted(found.traces, key=lambda one: lot(body.seed, one.digest))):
            if tally.number >= body.number:
                return
            tally.counts.update(traces=1, steps=len(parent.correct))
            yield parent


def _problems(db: Reading, project_id: str, body: AlterBody) -> list[str]:
    open_project(db, project_id)
    rows = stored.problems(db, project_id, body.where.domain)
    return [row["id"] for row in sorted(rows, key=lambda row: lot(body.seed, row["digest"]))]


def _parents(db: Reading, project_id: str, problem_ids: Sequence[str], body: AlterBody) -> Parents:
    return of_problems(db, project_id, problem_ids, body, as_exported(db, project_id))


def _of_parent(
    parent: Parent, body: AlterBody, tally: Tally[Way], judge: _Judge, offers: _Offers
) -> Iterator[Trace]:  # fmt: skip
    """What a trace is short of; what was made of it in one of these ways counts."""
    offer = offers.of(parent)
    tally.there.update(name for name in parent.made if name in {way.name for way in tally.ways})
    room = min(body.per_trace - len(parent.made), body.number - tally.number)
    for _ in range(room):
        one = _next(parent, body.seed, tally, judge, offer)
        if one is None:
            return
        yield one


def _next(
    parent: Parent, seed: int, tally: Tally[Way], judge: _Judge, offer: Mapping[str, Sequence[Offer]]
) -> Trace | None:
    """The next alteration that the checks do not speak against, in the way of which there are the fewest."""
    found = ((way, at, one) for way in tally.rarest(parent, seed) for at, one in offer[way.name])
    for way, position, altered in islice(found, TRIES):
        made = parent.trace(way, position, altered)
        said = judge(way, parent.step(position), altered, made)
        if said.kept:
            tally.made[way.name] += 1
            tally.outcomes[way.name, said.value] += 1
            return made
        tally.dropped[way.name, said.value] += 1
    return None
