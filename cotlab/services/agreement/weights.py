"""How traces came to be handed out: drawn at random, by points, or in a batch; and what they weigh for all traces."""

import json
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from cotlab.agreement import reweighting
from cotlab.agreement.reweighting import Handed
from cotlab.agreement.tables import Floats
from cotlab.domain.queue.priority import BroughtBy, of_random_share
from cotlab.domain.reports.selection import HandedOut
from cotlab.domain.traces.records import TASKS
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.queue import first_claims as stored

EVER = 2**62
"""A sequence that none will have."""


def how_chosen(db: Reading, project_id: str, tasks: Collection[str] = TASKS) -> dict[str, HandedOut]:
    """Item's id -> why it was handed out in production when it first was; only those of some tasks that were.

    The draw is that of the policy in force then. Before a policy named a random share, nothing was drawn.
    """
    return {row["item_id"]: how for row, how in _handed_out(db, project_id, EVER) if row["task"] in tasks}


def weights(db: Reading, project_id: str, as_of: int = EVER) -> dict[str, float] | None:
    """Item's id -> its weight (agreement.reweighting), of those that were handed out from the queue; any other, as one
    of gold or of a batch, weighs 1 beside them.

    Empty where points chose none of them, so that each weighs 1. None where they did and nothing was drawn.
    """
    given = [(row, how) for row, how in _handed_out(db, project_id, as_of) if how is not HandedOut.IN_A_BATCH]
    handed = [
        Handed(
            (row["task"], row["domain"]), how is HandedOut.AT_RANDOM,
            row["brought_by"] and BroughtBy(row["brought_by"]),
        ) for row, how in given
    ]  # fmt: skip
    if not any(one.chosen for one in handed):
        return {}
    found = reweighting.weights(handed)
    return None if found is None else {row["item_id"]: weight for (row, _), weight in zip(given, found, strict=True)}


def row_weights(found: Mapping[str, float] | None, rows: Sequence[Mapping[str, Any]]) -> Floats | None:
    """Of `weights` those of rows with an `item_id`, of shape [rows]: all 0 where points chose and nothing was drawn;
    None where each weighs 1.
    """
    if found is None:
        return np.zeros(len(rows))
    return np.array([found.get(row["item_id"], 1.0) for row in rows], dtype=np.float64) if found else None


def _handed_out(db: Reading, project_id: str, as_of: int) -> list[tuple[Row, HandedOut]]:
    """In the order in which the first person was handed them."""
    policies = stored.policies(db, project_id)
    sequences, shares = [row["sequence"] for row in policies], [_share(row["document"]) for row in policies]
    return [(row, _how(row, sequences, shares)) for row in stored.first_handed_out(db, project_id, as_of)]


def _how(row: Row, sequences: Sequence[int], shares: Sequence[float]) -> HandedOut:
    if row["batched"]:
        return HandedOut.IN_A_BATCH
    share = shares[bisect_right(sequences, row["sequence"]) - 1]
    return HandedOut.AT_RANDOM if of_random_share(row["item_id"], share) else HandedOut.BY_POINTS


def _share(document: str) -> float:
    return float(json.loads(document).get("random_share", 0.0))
