"""How much of the queue is open, begun and done, and how far the quotas are filled."""

from collections import Counter
from collections.abc import Sequence

from cotlab.domain.projects.priorities import Quota
from cotlab.domain.queue.depth import QueueDepth, QuotaDepth, SliceDepth
from cotlab.services.projects.projects import known_project
from cotlab.services.queue.order import CONSEQUENCE, filled
from cotlab.services.traces.queue_rows import item_of
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.queue import depth as stored

COUNTED = ("open", "begun", "leased", "done", "settled")


def depth(db: Reading, project_id: str) -> QueueDepth:
    """The queue of a project as it stands. Raises NotFound."""
    known_project(db, project_id)
    policy = projects.policy(db, project_id)
    rows = stored.depth(db, project_id, policy.overlap)
    counts: dict[str, Counter[str]] = {}
    of_pairs = {row["field"] for row in rows if row["task"] == "pairs"}
    for row in rows:
        counts.setdefault(row["field"], Counter()).update({name: int(row[name]) for name in COUNTED})
    settled = filled(db, project_id, policy)
    return QueueDepth(
        slices=tuple(
            SliceDepth(field=field, pairs=field in of_pairs, **{name: one[name] for name in COUNTED})
            for field, one in counts.items()
        ),
        quotas=tuple(_quota(quota, settled[quota.key], rows) for quota in policy.quotas),
        following=(watermarks.drawn(db, project_id, CONSEQUENCE) or 0) < exports.sequence_now(db, project_id)[0],
    )


def _quota(quota: Quota, settled: int, rows: Sequence[Row]) -> QuotaDepth:
    waiting = sum(int(row["open"]) + int(row["begun"]) for row in rows if quota.fits(item_of({**row, "item_id": ""})))
    missing = max(quota.wanted - settled, 0)
    return QuotaDepth(slice=quota.slice, wanted=quota.wanted, filled=settled, open=missing, waiting=waiting)
