"""Opinions of models that may order the queue: those of sources that were found better than chance."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.domain.drafts.uncertainty import Amounts, Opinion, amounts
from cotlab.domain.queue.priority import OF_OPINIONS
from cotlab.services.audit import event_data
from cotlab.services.evaluations import draft_quality
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Db, Reading, Store
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.queue import opinion_sources as stored

CONSEQUENCE = "sources"
CHANGED, FOLLOWED = "sources changed", "sources followed"
"""Up to where other sources were found, and up to where the queue's rows follow them."""
EACH, GROWN = 500, 0.05
"""Events of a project after which its sources are looked at anew: as many, or that share of all so far, if it is more,
since each look reads all labels and opinions; and once the policy is set.
"""

Passed = Callable[[Reading, str, int | None], Mapping[str, bool]]
"""Of a project as of a sequence: source -> whether it is better than the best that can be said without a model."""


def of_items(db: Reading, project_id: str, item_ids: Sequence[str], rare: Collection[str]) -> dict[str, Amounts]:
    """Item's id -> what the sources that may order the queue say of it, by their latest opinion of each step."""
    names = stored.sources(db, project_id)
    latest: dict[str, dict[int, dict[str, Opinion]]] = defaultdict(lambda: defaultdict(dict))
    for row in stored.of_items(db, item_ids, names) if names and item_ids else ():
        latest[row["item_id"]][row["position"]][row["source"]] = json.loads(row["document"])["probabilities"]
    return {
        item_id: amounts([tuple(by_source.values()) for by_source in steps.values()], rare)
        for item_id, steps in latest.items()
    }


def drafted(events: Sequence[Mapping[str, Any]]) -> set[str]:
    """The items of which an opinion was drafted."""
    return {
        event["data"]["item"] for event in events
        if event["kind"] == event_data.DRAFT.kind and event["data"]["kind"] == OpinionKind.LABEL
        and event["data"]["item"]
    }  # fmt: skip


def take_sources(store: Store, project_id: str, passed: Passed = draft_quality.passed) -> None:
    """Look which sources may order the queue, where the policy asks and enough was written since the last look."""
    found = store.read(partial(_due, project_id=project_id, passed=passed))
    if found is not None:
        store.write(project_id, partial(_keep, project_id=project_id, until=found[0], names=found[1]))


def _due(db: Reading, project_id: str, passed: Passed) -> tuple[int, set[str]] | None:
    weights = projects.policy(db, project_id).priority
    if not any(getattr(weights, name) for name in OF_OPINIONS):
        return None
    since, now = watermarks.drawn(db, project_id, CONSEQUENCE), exports.sequence_now(db, project_id)[0]
    if since is not None and now - since < max(EACH, GROWN * since) and projects.policy_set(db, project_id) <= since:
        return None
    return now, {name for name, better in passed(db, project_id, now).items() if better}


def _keep(db: Db, project_id: str, until: int, names: set[str]) -> None:
    """Where other sources count now, all rows of the queue are to follow."""
    watermarks.keep_drawn(db, project_id, CONSEQUENCE, until)
    if names != set(stored.sources(db, project_id)):
        stored.keep_sources(db, project_id, names)
        watermarks.keep_drawn(db, project_id, CHANGED, until)


def to_follow(db: Reading, project_id: str) -> int | None:
    """Up to where sources changed, where the queue's rows do not follow them yet."""
    changed = watermarks.drawn(db, project_id, CHANGED)
    followed = watermarks.drawn(db, project_id, FOLLOWED)
    return None if changed is None or (followed is not None and followed >= changed) else changed
