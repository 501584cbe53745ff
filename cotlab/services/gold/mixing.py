"""Gold in production: when a person is due an item of it, and which one. They see no difference."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import field_of
from cotlab.storage.engine.database import Reading
from cotlab.storage.gold import gold_mixing as stored


@dataclass(frozen=True, slots=True)
class Pick:
    """A gold item that a person can be given, and how often they were."""

    item_id: str
    field: str
    given: int


def pool(db: Reading, project_id: str, person_id: str, calibrated: Collection[str] = ()) -> list[Pick]:
    """The gold for a person, in an order of their own, what they had least often first."""
    secret = stored.secret(db, project_id)
    if secret is None:
        return []
    rows = stored.pool(db, project_id, person_id)
    picks = [
        Pick(row["item_id"], field_of(row["domain"], json.loads(row["tags"]), calibrated, row["task"]), row["given"])
        for row in rows
    ]
    return sorted(picks, key=lambda one: (one.given, _number(secret, person_id, one.item_id)))


def due(db: Reading, project_id: str, person_id: str, gold_every: int) -> bool:
    """Whether the next item of production is to be gold, one in `gold_every` on average.

    The gap to the next one is drawn anew after each, evenly from 1 to 2 `gold_every` - 1 items, from ids of which one
    is never shown to a labeller: it can be worked out here, and not by them.
    """
    longest = 2 * gold_every - 1
    secret = stored.secret(db, project_id) if gold_every else None
    if secret is None:
        return False
    rows = stored.newest_work(db, project_id, person_id, longest)
    last = next((place for place, row in enumerate(rows) if row["purpose"] == Purpose.GOLD), None)
    since = len(rows) if last is None else last
    seed = "" if last is None else rows[last]["id"]
    return since + 1 >= 1 + _number(secret, person_id, seed) % longest


def pick(db: Reading, picks: Sequence[Pick], person_id: str, field: str) -> Pick | None:
    """The gold for this claim, of the field where it has any that was given no more often than that of others."""
    first = list(takewhile(lambda one: one.given == picks[0].given, picks))
    own = (one for one in first if one.field == field)
    others = (one for one in first if one.field != field)
    return next((one for one in chain(own, others) if stored.still(db, one.item_id, person_id)), None)


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256(" ".join(parts).encode()).digest()[:8], "big")
