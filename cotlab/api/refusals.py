"""Failed sign-ins and refusals in the server's chain: the first of a minute at once, the others as one count."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from cotlab.domain.projects.policy import MINUTE
from cotlab.storage import now_microseconds
from cotlab.storage.engine.database import SERVER, Db, Store

NOBODY = "nobody"
FAILURES_A_MINUTE = 30


@dataclass(slots=True)
class Refusals:
    """Counted in windows of a minute, by kind and person, so that nobody can flood the chain."""

    store: Store
    clock: Callable[[], int] = now_microseconds
    _window: int = 0
    _minute: int = 0
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)

    def too_many(self, address: str) -> bool:
        """Count a failed sign-in from an address; whether it is one too many in this minute."""
        minute = self.clock() // MINUTE
        if minute != self._minute:
            self._minute = minute
            self._failures.clear()
        self._failures[address] += 1
        return self._failures[address] > FAILURES_A_MINUTE

    async def note(self, kind: str, actor: str) -> None:
        """Keep a refusal: as an event if it is the first of its kind in this minute, else as a count for later."""
        past = self._turn()
        self._seen[kind, actor] += 1
        first = self._seen[kind, actor] == 1
        if first or past:
            fresh = {(kind, actor): 1} if first else {}
            await self.store.write_async(SERVER, lambda db: _write(db, past, fresh))

    async def flush(self) -> None:
        """Write the counts that no later refusal has written."""
        past = self._rest()
        if past:
            await self.store.write_async(SERVER, lambda db: _write(db, past, {}))

    def _turn(self) -> dict[tuple[str, str], int]:
        window = self.clock() // MINUTE
        if window == self._window:
            return {}
        self._window = window
        return self._rest()

    def _rest(self) -> dict[tuple[str, str], int]:
        rest = {key: count - 1 for key, count in self._seen.items() if count > 1}
        self._seen.clear()
        return rest


def _write(db: Db, past: dict[tuple[str, str], int], fresh: dict[tuple[str, str], int]) -> None:
    for (kind, actor), count in [*past.items(), *fresh.items()]:
        db.event(SERVER, "access.refused", actor, {"reason": kind, "count": count})
