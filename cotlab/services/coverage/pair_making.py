"""Pairs made of the traces of one problem: balanced, drawn by a seed, and made anew in the same way after a halt."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from cotlab.domain.coverage.pair_making import Balance, MakePairsBody, PairsMade
from cotlab.domain.traces.pairs import Pair
from cotlab.services.coverage.pair_candidates import Candidate, Candidates, of_problems
from cotlab.services.coverage.path_matrix import beside
from cotlab.services.labels.selection import as_exported
from cotlab.services.projects.projects import open_project
from cotlab.services.traces.pair_import import add_pairs
from cotlab.storage.coverage import pair_making as stored
from cotlab.storage.engine.database import Reading, Store
from cotlab.storage.engine.value_lists import chunks

PROBLEMS_A_READ = 50
PAIRS_A_WRITE = 200
MOST_TRACES = 60
"""Traces of a problem among which pairs are looked for; more are drawn by the seed."""
SAME_TEXT = "same_text"
Two = tuple[Candidate, Candidate]


@dataclass(slots=True)
class Tally:
    """What was found and made so far."""

    balance: tuple[Balance, ...]
    counts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    answers_by: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    kinds: Mapping[Balance, Counter[str]] = field(default_factory=lambda: {one: Counter() for one in Balance})

    def saw(self, found: Candidates) -> None:
        self.counts.update(problems=1, traces=len(found.traces) + len(found.left_out))
        self.counts["alone"] += len(found.traces) < 2
        self.answers.update(one.answer for one in found.traces)
        self.answers_by.update(one.told_by for one in found.traces if one.told_by)
        self.left_out.update(found.left_out)

    def rank(self, two: Two) -> int:
        """How many pairs of this kind there are; of those with the fewest the next one is made."""
        return sum(self.kinds[by][_kind(two, by)] for by in self.balance)

    def add(self, two: Two) -> None:
        for by in Balance:
            self.kinds[by][_kind(two, by)] += 1

    def report(self, dry_run: bool) -> PairsMade:
        return PairsMade(
            dry_run=dry_run, answers=dict(sorted(self.answers.items())), left_out=dict(sorted(self.left_out.items())),
            answers_by=dict(sorted(self.answers_by.items())),
            by_correctness=dict(sorted(self.kinds[Balance.CORRECTNESS].items())),
            by_strategy=dict(sorted(self.kinds[Balance.STRATEGY].items())), **self.counts,
        )  # fmt: skip


def make_pairs(store: Store, by: str, project_id: str, body: MakePairsBody) -> PairsMade:
    """Make pairs, a batch a transaction. Run again, it goes on where it was halted, and makes none twice."""
    tally, waiting = Tally(body.balance), list[Pair]()
    for pair in _drawn(store, project_id, body, tally):
        waiting.append(pair)
        if len(waiting) == PAIRS_A_WRITE:
            _write(store, by, project_id, body, waiting, tally)
            waiting = []
    _write(store, by, project_id, body, waiting, tally)
    return tally.report(body.dry_run)


def _write(store: Store, by: str, project_id: str, body: MakePairsBody, pairs: list[Pair], tally: Tally) -> None:
    if not pairs or body.dry_run:
        tally.counts["made"] += len(pairs)
        return
    made = body.model_dump(mode="json", exclude={"dry_run"}, exclude_none=True)
    rows = store.write(project_id, partial(add_pairs, by=by, project_id=project_id, batch=pairs, sources={}, made=made))
    tally.counts["made"] += len(rows.pairs)
    tally.counts["there_already"] += rows.duplicates


def _drawn(store: Store, project_id: str, body: MakePairsBody, tally: Tally) -> Iterator[Pair]:
    """The pairs that are to be made, problem by problem in an order that the seed draws."""
    for some in chunks(store.read(partial(_problems, project_id=project_id, body=body)), PROBLEMS_A_READ):
        for found in store.read(partial(_candidates, project_id=project_id, problem_ids=some, body=body)):
            tally.saw(found)
            yield from _of_problem(found, body, tally)


def _problems(db: Reading, project_id: str, body: MakePairsBody) -> list[str]:
    open_project(db, project_id)
    rows = stored.problems(db, project_id, body.where.domain)
    return [row["id"] for row in sorted(rows, key=lambda row: _lot(body.seed, row["digest"]))]


def _candidates(db: Reading, project_id: str, problem_ids: Sequence[str], body: MakePairsBody) -> list[Candidates]:
    selection = as_exported(db, project_id)
    return of_problems(db, project_id, problem_ids, body.where, selection, beside(selection))


def _of_problem(found: Candidates, body: MakePairsBody, tally: Tally) -> Iterator[Pair]:
    """The pairs that a problem is short of; its traces come in as evenly as the balance lets them."""
    by_id, used = {one.id: one for one in found.traces}, Counter[str]()
    drawn = sorted(found.traces, key=lambda one: _lot(body.seed, one.digest))[:MOST_TRACES]
    twos = {_ids(two): two for two in combinations(sorted(drawn, key=lambda one: one.digest), 2)}
    there = found.pairs.union(ids for ids, two in twos.items() if found.has(*two))
    for ids in there:
        one, other = (by_id[each] for each in ids)
        tally.add((one, other))
        used.update(ids)
    number = len(there)
    lots = {two: _lot(body.seed, two[0].digest, two[1].digest) for ids, two in twos.items() if ids not in there}
    while number < body.per_problem and lots:
        two = min(lots, key=lambda two: (tally.rank(two), used[two[0].id] + used[two[1].id], lots[two]))
        del lots[two]
        if two[0].response.digest() == two[1].response.digest():
            tally.left_out[SAME_TEXT] += 1
            continue
        number += 1
        tally.add(two)
        used.update(_ids(two))
        yield found.pair(*two)
    tally.counts["there_already"] += len(there)
    tally.counts["short"] += number < body.per_problem


def _ids(two: Two) -> frozenset[str]:
    return frozenset(one.id for one in two)


def _kind(two: Two, by: Balance) -> str:
    values = (one.strategy if by is Balance.STRATEGY else one.answer for one in two)
    return " and ".join(sorted(values))


def _lot(seed: int, *digests: str) -> str:
    return hashlib.sha256(" ".join((str(seed), *digests)).encode()).hexdigest()
