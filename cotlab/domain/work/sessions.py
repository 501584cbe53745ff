"""A session: one person's work in which no break lies between a commit and the next step being opened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cotlab.domain.projects.policy import MICROSECONDS, MINUTE, Policy


@dataclass(frozen=True, slots=True)
class WorkSession:
    """Times in microseconds UTC. `last_at` is the last commit or opening; `worked` the time that counts so far."""

    started_at: int
    last_at: int
    worked: int = 0
    step_open: bool = False

    def opened(self, now: int, policy: Policy) -> "WorkSession":
        """The session once a step is on the screen at `now`: this one, or a new one after a break."""
        if self.over(now, policy):
            return WorkSession(now, now, step_open=True)
        return self if self.step_open else replace(self, last_at=now, step_open=True)

    def committed(self, now: int, policy: Policy) -> "WorkSession":
        """The session after a commit at `now`; time on the open step counts up to the policy's cap."""
        if not self.step_open and self.over(now, policy):
            return WorkSession(now, now)
        worked = min(now - self.last_at, _cap(policy)) if self.step_open else 0
        return replace(self, last_at=now, worked=self.worked + worked, step_open=False)

    def over(self, now: int, policy: Policy) -> bool:
        """Whether a break's length has passed in which nobody worked."""
        idle = now - self.last_at - (_cap(policy) if self.step_open else 0)
        return idle >= policy.break_minutes * MINUTE

    def break_until(self, now: int, policy: Policy) -> int | None:
        """Until when nothing new may be shown; None where no break is due at `now`."""
        if self.worked < policy.break_after_minutes * MINUTE or self.over(now, policy):
            return None
        return self.last_at + policy.break_minutes * MINUTE


def _cap(policy: Policy) -> int:
    return policy.step_time_cap_seconds * MICROSECONDS


def walked(rows: Iterable[Mapping[str, Any]], policy: Policy) -> Iterator[tuple[Mapping[str, Any], WorkSession]]:
    """Each of a person's answers, in order, with the session after it; `rows` have `received_at` and maybe `shown_at`.

    A label that is corrected keeps the time at which its step was shown first, which opens nothing.
    """
    session = WorkSession(0, 0)
    for row in rows:
        received, opened = row["received_at"], row["shown_at"] or 0
        session = session.opened(opened if opened >= session.last_at else received, policy)
        session = session.opened(received, policy).committed(received, policy)
        yield row, session
