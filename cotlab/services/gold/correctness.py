"""Labels that are held against what is right: gold, or what others have settled without the person."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cotlab.agreement.intervals.rates import Counted, as_rate, count
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.answers import Basis, Unsettled
from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.labels.case_reasons import Latest
from cotlab.domain.labels.settled import Circumstances, Settled, settle
from cotlab.domain.projects.policy import Policy
from cotlab.domain.reports.people import RateIn
from cotlab.domain.traces.records import TASKS
from cotlab.services.agreement.labels import Asked, labels
from cotlab.services.gold.items import GoldReader
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.reports import reports as stored

Place = tuple[str, int]
"""An item and a position."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Labels in the order in which they were given. A row has its `value` as it reads today, and what is `true`.

    `left_out` are rows without a `true`, since nothing says without their person what is right; `stale` ones are
    counted alone.
    """

    rows: Sequence[Mapping[str, Any]]
    stale: int
    left_out: Sequence[Mapping[str, Any]] = field(default=())


def against_gold(db: Reading, project_id: str) -> Judged:
    """First, blind labels on gold in production. Where a label or its gold is stale by now, it tells nothing."""
    given = stored.on_gold(db, project_id)
    reader, people, names = GoldReader(db, project_id), actors.names(db), projects.version_names(db)
    true = reader.verified(gold_items.gold_labels(db, project_id, {row["item_id"] for row in given}))
    found, stale = [], 0
    for row in given:
        verified, mine = true.get((row["item_id"], row["position"])), reader.sense(row)
        if verified is None or verified.stale or mine.stale:
            stale += 1
            continue
        found.append({
            **row, "value": mine.value, "true": verified.value, "person": people[row["actor_id"]],
            "guideline": names[row["guideline_version_id"]], "domain": named_domain(row["domain"], row["task"]),
        })  # fmt: skip
    return Judged(found, stale)


def against_settled(db: Reading, project_id: str) -> Judged:
    """First, blind labels where the step is settled without the person: see Others."""
    read = {task: labels(db, project_id, Asked(task)) for task in TASKS}
    given = [
        {**row, "task": task, "domain": named_domain(row["domain"], task)}
        for task, found in read.items() for row in found.rows
    ]  # fmt: skip
    people, policy = actors.names(db), projects.policy(db, project_id)
    right = dict(_right(db, project_id, policy, {row["item_id"] for row in given}))
    rows: list[Mapping[str, Any]] = []
    left_out: list[Mapping[str, Any]] = []
    for row in given:
        named = {**row, "person": people[row["actor_id"]]}
        settled = right.get((row["item_id"], row["position"]))
        true = None if settled is None else settled.get(row["actor_id"])
        if true is None:
            left_out.append(named)
        else:
            rows.append({**named, "true": true})
    return Judged(
        sorted(rows, key=lambda row: row["received_at"]), sum(found.stale for found in read.values()), left_out
    )


def named_domain(domain: str, task: str) -> str:
    """The domain of what was judged: of pairs, which are a field of their own, with that in front."""
    return field_of(domain, (), (), task)


def _right(
    db: Reading, project_id: str, policy: Policy, items: set[str]
) -> Iterator[tuple[Place, Mapping[str, str | None]]]:
    reader = Others(policy)
    for item_id, said in of_items(db, project_id, items):
        for position in said.votes:
            yield (item_id, position), reader.without(said, position)


class Others:
    """What a step is without one of its people. Few patterns come up on many steps, so each is worked out once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._settled: dict[tuple[tuple[Latest, ...], int, Circumstances], Settled | Unsettled] = {}
        self._majorities: dict[tuple[str, ...], str | None] = {}

    def without(self, said: Said, position: int) -> Mapping[str, str | None]:
        """Person's id -> the label that a step has without them; None where their own label would decide.

        Only a step that is settled has one. What an adjudicator decided is nobody's own; else it is what more than half
        of the others say, of whom there are as many as the trace wants, less one, since the step is settled.
        """
        people = said.people(self._policy)
        settled = self._settle(tuple(said.latest(position)), people, said.beside(position))
        given = said.votes[position]
        if not isinstance(settled, Settled):
            return {}
        if settled.basis is Basis.ADJUDICATED:
            return {answer["actor_id"]: settled.value for answer, _ in given}
        votes = [
            (answer["actor_id"], sense.value) for answer, sense in given
            if not sense.stale and answer["id"] not in said.doubted
        ]  # fmt: skip
        return {
            answer["actor_id"]: self._majority(tuple(value for who, value in votes if who != answer["actor_id"]))
            for answer, _ in given
        }

    def _settle(self, latest: tuple[Latest, ...], people: int, beside: Circumstances) -> Settled | Unsettled:
        known = self._settled.get((latest, people, beside))
        if known is None:
            known = self._settled[latest, people, beside] = settle(latest, self._policy, people, beside)
        return known

    def _majority(self, others: tuple[str, ...]) -> str | None:
        if others not in self._majorities:
            value, agreeing = Counter(others).most_common(1)[0] if others else ("", 0)
            self._majorities[others] = value if 2 * agreeing > len(others) else None
        return self._majorities[others]


def rates_in(
    rows: Sequence[Mapping[str, Any]], part: Callable[[Row], str], parts: Sequence[str], within: float
) -> Iterator[RateIn]:
    """Accuracy of all in each part that has rows, then of each person; `rows` are judged."""
    said = [(row["person"], part(row), row["item_id"], row["value"] == row["true"]) for row in rows]
    for person in (None, *sorted({one[0] for one in said})):
        for name in parts:
            kept = [one for one in said if one[1] == name and person in (None, one[0])]
            if kept:
                yield RateIn(person=person, part=name, accuracy=rate_of([(one[2], one[3]) for one in kept], within))


def rate_of(steps: Sequence[tuple[str, bool]], within: float) -> Rate:
    """The share of steps that are right, each with the item that it is of."""
    return as_rate(count_of(steps, within))


def count_of(steps: Sequence[tuple[str, bool]], within: float) -> Counted:
    """How many of some steps are right, each with the item that it is of."""
    codes: dict[str, int] = {}
    trace = np.array([codes.setdefault(item_id, len(codes)) for item_id, _ in steps], dtype=np.int64)
    return count(np.array([right for _, right in steps], dtype=np.bool_), trace, within)
