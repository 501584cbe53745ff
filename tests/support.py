"""Doubles for what is not the code's own: the clock and random ids; and a look at how a statement is run."""

from typing import Any

from cotlab.storage import Signer, Store
from cotlab.storage.engine.store import OpenStore

MINUTE = 60_000_000
"""Microseconds."""

SIGNER = Signer(bytes(range(32)))


class Clock:
    """A clock that stands until it is told to go on; microseconds UTC."""

    def __init__(self, now: int = 1_700_000_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, *, microseconds: int = 0, seconds: float = 0, minutes: float = 0) -> int:
        """Let time pass; returns the new time."""
        self.now += microseconds + round(seconds * 1_000_000) + round(minutes * MINUTE)
        return self.now


class Ids:
    """Ids in the form of random ones that count from 1, or from where they are set."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> str:
        self.last += 1
        return f"{self.last:032x}"


def plan(store: Store, sql: str, **parameters: Any) -> str:
    """How the engine would run a statement, one line a node.

    On SQLite a full scan shows as `SCAN table` (with ` USING` where an index is walked, which is a scan too); on
    PostgreSQL as `Seq Scan on table`, with sequential and bitmap scans and sorts priced out so that small tables show
    what large ones do, whether or not they were analysed yet.
    """
    assert isinstance(store, OpenStore)
    if store.engine.name == "sqlite":
        rows = store.read(lambda reading: reading.rows(f"EXPLAIN QUERY PLAN {sql}", **parameters))
        return "\n".join(row["detail"] for row in rows)

    def explain(reading: Any) -> str:
        for dear in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            reading.rows(f"SET LOCAL enable_{dear} = off")
        return "\n".join(row["QUERY PLAN"] for row in reading.rows(f"EXPLAIN {sql}", **parameters))

    return store.read(explain)
