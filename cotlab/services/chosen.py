"""How traces came to be handed out: drawn at random, by points, or in a batch."""

import json
from bisect import bisect_right
from collections.abc import Collection, Sequence

from cotlab.domain.priority import of_random_share
from cotlab.domain.selection import HandedOut
from cotlab.domain.traces import TASKS
from cotlab.storage import selection as stored
from cotlab.storage.database import Reading, Row


def how_chosen(db: Reading, project_id: str, tasks: Collection[str] = TASKS) -> dict[str, HandedOut]:
    """Item's id -> why it was handed out in production when it first was; only those of some tasks that were.

    The draw is that of the policy in force then. Before a policy named a random share, nothing was drawn.
    """
    policies = stored.policies(db, project_id)
    sequences, shares = [row["sequence"] for row in policies], [_share(row["document"]) for row in policies]
    given = [row for row in stored.first_handed_out(db, project_id) if row["task"] in tasks]
    return {row["item_id"]: _how(row, sequences, shares) for row in given}


def _how(row: Row, sequences: Sequence[int], shares: Sequence[float]) -> HandedOut:
    if row["batched"]:
        return HandedOut.IN_A_BATCH
    share = shares[bisect_right(sequences, row["sequence"]) - 1]
    return HandedOut.AT_RANDOM if of_random_share(row["item_id"], share) else HandedOut.BY_POINTS


def _share(document: str) -> float:
    return float(json.loads(document).get("random_share", 0.0))
