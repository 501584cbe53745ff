"""Whether everybody slides together: seen against gold, which does not slide with them, and not against each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.intervals.rates import as_rate, change
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Codes, Ratings
from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.calibration.qualification import PAIRS, task_of_field
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.reports.people import Confusion, DriftWindow, GroupDrift, RateChange
from cotlab.services.agreement.labels import Asked, Labels, labels
from cotlab.services.gold.correctness import against_gold, count_of, rate_of
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import fields, projects

DAY = 24 * 60 * MINUTE
STEPS = 200
REPLICATES = 200
SURE = 0.05
"""The probability of telling of any fall where there is none, over all windows."""
CONFUSIONS = 20
MOST = 500
"""Windows of a report."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Windows:
    """How time is cut: after so many gold steps, or pairs, or days; and how many windows come first."""

    steps: int = STEPS
    days: int | None = None
    first: int = 1


@dataclass(frozen=True, slots=True)
class _Cut:
    since: int
    until: int
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What people labelled of a domain, or of all, each label with when it was received; both of shape [ratings]."""

    ratings: Ratings
    received: Codes

    @classmethod
    def of(cls, found: Labels, domain: str | None) -> "_Given":
        received = np.array([row["received_at"] for row in found.rows], dtype=np.int64)
        kept = np.array([domain in (None, row["domain"]) for row in found.rows], dtype=np.bool_)
        ratings = found.ratings.where_rows(kept)
        return cls(ratings, received[ratings.row])

    def agreement(self, cut: _Cut) -> Agreement:
        """Alpha among people on what they labelled within this time."""
        inside = (cut.since <= self.received) & (self.received < cut.until)
        return measure(self.ratings.where(inside), [ALPHA], replicates=REPLICATES)[0]


def report(db: Reading, project_id: str, windows: Windows, domain: str | None = None) -> GroupDrift:
    """Accuracy on gold of all people by time, each window against the first ones.

    Of the steps of all domains, or of one domain; of pairs where it is one of theirs, as `pairs: law`.
    Raises BadInput for a domain that there is not, and for too many windows.
    """
    known_project(db, project_id)
    task, plain = ("steps", None) if domain is None else (task_of_field(domain), domain.removeprefix(PAIRS))
    if plain is not None and plain not in fields.domains(db, project_id):
        raise BadInput(f"domain: there is no problem of the domain {domain} in this project")
    judged = against_gold(db, project_id).rows
    rows = [row for row in judged if row["domain"] == domain or (domain is None and row["task"] == task)]
    cuts = list(_cuts(rows, windows, db.now))
    if len(cuts) > MOST:
        raise BadInput(f"windows: {len(cuts):,} of them are more than {MOST}; take longer ones")
    within, given = projects.policy(db, project_id).drift.within, _Given.of(labels(db, project_id, Asked(task)), plain)
    before = [row for cut in cuts[: windows.first] for row in cut.rows]
    found = tuple(
        _window(cut, before if place >= windows.first else [], given.agreement(cut), within, len(cuts))
        for place, cut in enumerate(cuts)
    )
    newest = cuts[max(windows.first, len(cuts) - windows.first) :]
    after = [row for cut in newest for row in cut.rows]
    return GroupDrift(
        domain=domain, first=windows.first, windows=found, confusions=tuple(_confusions(before, after, within))
    )


def _cuts(rows: Rows, windows: Windows, now: int) -> Iterator[_Cut]:
    """The rows in the order of time. A last window of fewer than half of the steps is part of the one before."""
    if not rows:
        return
    ends = [*(_by_days(rows, windows.days) if windows.days else _by_steps(rows, windows.steps)), len(rows)]
    for begun, end in zip([0, *ends], ends, strict=False):
        until = rows[end]["received_at"] if end < len(rows) else now + 1
        if end > begun:
            yield _Cut(rows[begun]["received_at"], until, rows[begun:end])


def _by_steps(rows: Rows, steps: int) -> Iterator[int]:
    return takewhile(lambda end: len(rows) - end >= steps / 2, range(steps, len(rows), steps))


def _by_days(rows: Rows, days: int) -> Iterator[int]:
    first = rows[0]["received_at"]
    numbers = [(row["received_at"] - first) // (days * DAY) for row in rows]
    return (place for place in range(1, len(rows)) if numbers[place] != numbers[place - 1])


def _window(cut: _Cut, before: Rows, agreement: Agreement, within: float, windows: int) -> DriftWindow:
    changed = _change(before, cut.rows, within)
    same = {row["person"] for row in before} & {row["person"] for row in cut.rows}
    return DriftWindow(
        since=cut.since, until=cut.until, people=len({row["person"] for row in cut.rows}),
        accuracy=rate_of(_steps(cut.rows), within), change=changed, agreement=agreement,
        change_same_people=_change(_of(before, same), _of(cut.rows, same), within),
        # Bonferroni: each window is looked at.
        fell=changed is not None and changed.value < 0 and changed.chance < SURE / max(1, windows - 1),
    )  # fmt: skip


def _change(before: Rows, after: Rows, within: float) -> RateChange | None:
    return change(count_of(_steps(before), within), count_of(_steps(after), within))


def _steps(rows: Rows) -> list[tuple[str, bool]]:
    return [(row["item_id"], row["value"] == row["true"]) for row in rows]


def _of(rows: Rows, people: set[str]) -> Rows:
    return [row for row in rows if row["person"] in people]


def _confusions(before: Rows, after: Rows, within: float) -> Iterator[Confusion]:
    """The pairs of labels that are confused more in the newest windows than in the first, the surest first."""
    pairs = sorted({(row["true"], row["value"]) for row in after if row["true"] != row["value"]})
    found = [one for pair in pairs if (one := _confusion(*pair, before, after, within)).change is not None]
    risen = [one for one in found if one.change is not None and one.change.value > 0]
    yield from sorted(risen, key=lambda one: one.change.chance if one.change else 1.0)[:CONFUSIONS]


def _confusion(true: str, given: str, before: Rows, after: Rows, within: float) -> Confusion:
    then, now = (
        count_of([(row["item_id"], row["value"] == given) for row in rows if row["true"] == true], within)
        for rows in (before, after)
    )
    return Confusion(gold=true, given=given, before=as_rate(then), after=as_rate(now), change=change(then, now))
