"""Semi-synthetic errors: correct steps altered in named ways, held against the checks, and put into the queue.

What a step is meant to be is a label of a named source, which nobody sees who labels it; people say what it is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from cotlab.domain.altering import AlterBody, AlterReport, WayCount
from cotlab.domain.errors import BadInput
from cotlab.domain.evidence import StepToCheck, StepVerdict
from cotlab.domain.traces import Trace
from cotlab.drafting.altering import BY_NAME, Altered, Meant, StepToAlter, Way, drawn, lot
from cotlab.evidence.runner import Checker
from cotlab.services.alterable import SOURCE, Parent, Parents, of_problems
from cotlab.services.alteration_checks import Outcome, outcome
from cotlab.services.gold_promotion import as_exported
from cotlab.services.importing import add_batch, name_sources
from cotlab.services.projects import open_project
from cotlab.services.said import chunks
from cotlab.storage import pair_making as stored
from cotlab.storage import traces
from cotlab.storage.database import SERVER, Reading, Store

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

    def in_order(self, parent: Parent, seed: int) -> Iterator[tuple[M, int]]:
        """The ways in which a trace may be altered, the rarest first, each at the positions of correct steps."""
        for way in sorted(self.ways, key=lambda way: (self.rank(way), lot(seed, parent.digest, way.name))):
            places = range(1, len(parent.correct) + 1)
            yield from ((way, at) for at in sorted(places, key=lambda at: lot(seed, parent.digest, str(at))))

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


def alter(store: Store, by: str, project_id: str, body: AlterBody, checker: Checker | None = None) -> AlterReport:
    """Make altered traces, a batch a transaction. Run again, it goes on where it was halted, and makes none twice.

    `checker` stays open where it is given; else one is made for this. Raises BadInput that names a way which there is
    not.
    """
    tally = Tally(_ways(body.how))
    with Checker() if checker is None else nullcontext(checker) as checker:
        judge = _Judge(store, project_id, checker)
        made = (
            one for parent in parents(store, project_id, body, tally) for one in _of_parent(parent, body, tally, judge)
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


def parents(store: Store, project_id: str, body: AlterBody, tally: "Tally[M]") -> Iterator[Parent]:
    """Traces that can be altered, in an order that the seed draws, as long as there are too few."""
    for some in chunks(store.read(partial(_problems, project_id=project_id, body=body)), PROBLEMS_A_READ):
        found = store.read(partial(_parents, project_id=project_id, problem_ids=some, body=body))
        tally.left_out.update(found.left_out)
        for parent in sorted(found.traces, key=lambda one: lot(body.seed, one.digest)):
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


def _of_parent(parent: Parent, body: AlterBody, tally: Tally[Way], judge: _Judge) -> Iterator[Trace]:
    """What a trace is short of; what was made of it in one of these ways counts."""
    tally.there.update(name for name in parent.made if name in {way.name for way in tally.ways})
    room = min(body.per_trace - len(parent.made), body.number - tally.number)
    for _ in range(room):
        one = _next(parent, body.seed, tally, judge)
        if one is None:
            return
        yield one


def _next(parent: Parent, seed: int, tally: Tally[Way], judge: _Judge) -> Trace | None:
    """The next alteration that the checks do not speak against, in the way of which there are the fewest."""
    tried = 0
    for way, position in tally.in_order(parent, seed):
        step = parent.step(position)
        found = drawn(way.alterations(step), seed, parent.digest)
        if not found:
            continue
        made = parent.trace(way, position, found[0])
        said = judge(way, step, found[0], made)
        if said.kept:
            tally.made[way.name] += 1
            tally.outcomes[way.name, said.value] += 1
            return made
        tally.dropped[way.name, said.value] += 1
        tried += 1
        if tried == TRIES:
            return None
    return None
