"""Rows of the queue: how many people a trace wants, of which field it is, and where it stands in the order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.guidelines.staleness import Timeline
from cotlab.domain.projects.policy import Policy, own_people, people_for
from cotlab.domain.projects.priorities import Item, Quota
from cotlab.domain.queue.priority import Known, Waiting, novelty, of_random_share, order_key, still_points
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue as stored
from cotlab.storage.queue import quotas

NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows of a project follow from: its policy, those of its quotas that are open, and how much is settled of
    the strategies that its guidelines name; these are None where the policy does not ask.
    """

    policy: Policy
    open_quotas: tuple[Quota, ...]
    settled: Mapping[str, int] = field(default_factory=dict)
    guidelines: Timeline | None = None

    def kept(self, item: Item, since: int, known: Known = NOTHING, settled: bool = False) -> dict[str, Any]:
        """The columns of storage.queue.queue.KEPT of an item that came in at `since` (microseconds UTC)."""
        policy = self.policy
        waiting = self.waiting(item, 0.0, known)
        points = still_points(policy.priority, waiting)
        acting = 0.0 if waiting.at_random else points
        return {
            "places": own_people(policy, item.domain, item.tags, item.id),
            "points": points,
            "priority": order_key(policy.priority, since, acting),
            "field": field_in(policy, item),
            "known": known.model_dump_json(exclude_defaults=True),
            "settled": int(settled),
            "at_random": int(waiting.at_random),
        }

    def waiting(self, item: Item, days: float, known: Known) -> Waiting:
        """What the points of an item follow from."""
        return Waiting(days, self.open_for(item), known, self.novelty(item), self.at_random(item))

    def at_random(self, item: Item) -> bool:
        return of_random_share(item.id, self.policy.random_share)

    def novelty(self, item: Item) -> float:
        """See domain.queue.priority.novelty; 0 for a trace without a strategy that its guideline names."""
        if self.guidelines is None or item.task != "steps" or item.strategy is None:
            return 0.0
        if item.strategy not in self.guidelines.strategies(item.domain):
            return 0.0
        return novelty(self.settled.get(strategy_key(item.domain, item.strategy), 0))

    def open_for(self, item: Item) -> int:
        """How many open quotas a trace would help to fill."""
        return sum(quota.fits(item) for quota in self.open_quotas)

    def entering(self, project_id: str, item: Item, now: int) -> tuple[object, ...]:
        """The row of a trace that comes into the queue, in the order of storage.queue.queue.COLUMNS."""
        row = {"item_id": item.id, "project_id": project_id, "taken": 0, "since": now, **self.kept(item, now)}
        return tuple(row[name] for name in stored.COLUMNS)


def rules(db: Reading, project_id: str) -> Rules:
    """The rules of now."""
    policy = projects.policy(db, project_id)
    counts = quotas.counts(db, project_id) if policy.quotas or policy.priority.novelty else {}
    return Rules(policy, open_of(policy, counts), counts, guidelines_asked(db, project_id, policy))


def guidelines_asked(db: Reading, project_id: str, policy: Policy) -> Timeline | None:
    """The guidelines that name strategies, where the policy asks how new a strategy is."""
    return projects.timeline(db, project_id) if policy.priority.novelty else None


def strategy_key(domain: str, strategy: str) -> str:
    """What the settled traces of a strategy in a domain are counted under, beside quotas."""
    return json.dumps(["strategy", domain, strategy])


def open_of(policy: Policy, counts: Mapping[str, int]) -> tuple[Quota, ...]:
    """The quotas that are not filled; one that was never counted is open."""
    return tuple(quota for quota in policy.quotas if counts.get(quota.key, 0) < quota.wanted)


def item_of(row: Row) -> Item:
    """A trace from a row that has these columns."""
    tags = tuple(json.loads(row["tags"]))
    return Item(row["item_id"], row["domain"], tags, row["difficulty"], row["strategy"], row["task"])


def item(db: Reading, item_id: str) -> Item:
    return item_of(stored.facts(db, item_id))


def people_of(policy: Policy, item: Item) -> int:
    """How many people are to label a trace."""
    return people_for(policy, item.domain, item.tags, item.id)


def field_in(policy: Policy, item: Item) -> str:
    """The field of a trace."""
    return field_of(item.domain, item.tags, policy.calibrated_tags, item.task)


def hand_out_again(db: Db, project_id: str, item_id: str, usable: bool) -> None:
    """Put a trace back into the queue; see storage.queue.queue.back."""
    stored.back(db, rules(db, project_id).entering(project_id, item(db, item_id), db.now), usable)


def enter(db: Db, project_id: str, item_id: str) -> None:
    """Put a new trace, which is stored already, into the queue."""
    stored.add(db, [rules(db, project_id).entering(project_id, item(db, item_id), db.now)])
