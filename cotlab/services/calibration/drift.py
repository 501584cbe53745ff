"""Drift of a person in a domain: their gold in production, held against what their calibration showed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from cotlab.agreement.drift import watch
from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.qualification import CalibrationState, Standing
from cotlab.domain.calibration.results import Baseline, DriftResult
from cotlab.domain.guidelines.senses import Sense
from cotlab.domain.projects.gates import DriftTest
from cotlab.domain.projects.policy import Policy
from cotlab.services.gold.items import GoldReader, Place, Verified
from cotlab.storage.calibration import drift as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items

latest_alarm, open_alarms = stored.latest_alarm, stored.open_alarms


@dataclass(frozen=True, slots=True)
class GoldStep:
    """Whether a step of a gold trace was labelled as gold says today, and when (microseconds UTC)."""

    item_id: str
    right: bool
    at: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What the gold of a person says; `since` is when labels came to be in doubt, None without an alarm."""

    result: DriftResult
    since: int | None


def baseline(found: Standing) -> Baseline | None:
    """What the attempt that qualified a person showed, or their last one where a lead decided; None for none at all."""
    done = [one for one in found.attempts if one.result is not None and one.result.steps]
    passed = [one for one in done if one.result is not None and one.result.passed]
    for one in (passed or done)[-1:]:
        if one.result is not None:
            return Baseline(right=one.result.right, steps=one.result.steps, traces=max(1, one.counted_done))
    return None


def drift_of(
    db: Reading, project_id: str, person_id: str, domain: str, found: Standing, policy: Policy
) -> Watched | None:  # fmt: skip
    """What the gold of a person says who is qualified; None for others, and for who showed nothing in calibration."""
    base = baseline(found)
    if base is None or found.state is not CalibrationState.QUALIFIED or policy.gate is None:
        return None
    return watched(db, project_id, person_id, domain, base, found.since or 0, policy.drift)


def watched(
    db: Reading, project_id: str, person_id: str, domain: str, baseline: Baseline, since: int, test: DriftTest
) -> Watched:
    """Watch a person's gold in a domain from `since` (microseconds UTC), when they qualified, and from the last alarm
    or its overruling.
    """
    last = latest_alarm(db, project_id, person_id, domain)
    after = 0 if last is None else last["overruled"] or last["sequence"]
    steps = _read(db, project_id, stored.given(db, project_id, person_id, domain, since, after))
    traces: dict[str, int] = {}
    codes = [traces.setdefault(step.item_id, len(traces)) for step in steps]
    right = np.array([step.right for step in steps], dtype=bool)
    result = watch(right, np.array(codes, dtype=np.int64), baseline, test)
    alarm = result.alarm
    if alarm is None:
        return Watched(result, None)
    return Watched(result, steps[alarm.last_good].at if alarm.last_good >= 0 else _start(since, last))


def _start(since: int, last: Row | None) -> int:
    """When the stream began, for a fall that began with it."""
    return since if last is None else max(since, last["at"])


@dataclass(slots=True)
class _Stream:
    """The gold steps of a person, each counted by its first label that is not stale by now, once each time that the
    trace was given to them as if new.

    Who calls the problem unusable has the steps left that they did not label: these count as wrong.
    """

    verified: Mapping[Place, Verified]
    sense: Callable[[Row], Sense]
    steps: list[GoldStep] = field(default_factory=list)
    counted: set[Place] = field(default_factory=set)

    def take(self, rows: Sequence[Row]) -> None:
        """The labels of one assignment, as of storage.calibration.drift."""
        item_id = rows[0]["item_id"]
        places = sorted(at for at, one in self.verified.items() if at[0] == item_id and not one.stale)
        if rows[0]["purpose"] == Purpose.GOLD:
            self.counted.difference_update(places)
        labelled = {(item_id, row["position"]): row for row in rows}
        for at in places:
            row = labelled.get(at)
            if row is not None and not row["informed"] and not (mine := self.sense(row)).stale:
                self._count(at, mine.value == self.verified[at].value, row["received_at"])
        if rows[0]["ending"] == Ending.BAD_PROBLEM and not rows[0]["looked"]:
            for at in places:
                if at not in labelled:
                    self._count(at, False, rows[0]["ended_at"])

    def _count(self, at: Place, right: bool, when: int) -> None:
        if at not in self.counted:
            self.counted.add(at)
            self.steps.append(GoldStep(at[0], right, when))


def _read(db: Reading, project_id: str, rows: Sequence[Row]) -> list[GoldStep]:
    """`rows` are first labels of storage.calibration.drift. A step with stale gold, or a stale label, tells nothing."""
    reader = GoldReader(db, project_id)
    stream = _Stream(
        reader.verified(gold_items.gold_labels(db, project_id, {row["item_id"] for row in rows})), reader.sense
    )
    for _, given in groupby(rows, key=lambda row: row["assignment_id"]):
        stream.take(list(given))
    return stream.steps
