"""What a server says to a lead of accuracy, sessions and alarms."""

from typing import Any

from cotlab.domain.agreement.coefficients import Contingency, Interval
from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.calibration.pace import PaceRun
from cotlab.domain.reports.people import (
    Accuracy,
    AccuracyReport,
    Against,
    Alarm,
    AlarmKind,
    RateIn,
    SessionsReport,
    WorkedSession,
)
from tests.tui.fakes.calibration import COUNTS, HERE, LABELS
from tests.tui.fakes.calibration import lead as calibrating
from tests.tui.fakes.lead import AT, dump
from tests.tui.fakes.server import FakeServer

MINUTE, DAY = 60_000_000, 86_400_000_000
TABLE = Contingency(title="right ~ given", labels=LABELS, counts=COUNTS)


def rate(hits: int, of: int) -> Rate:
    if not of:
        return Rate(reason="no step", interval_reason="no step", hits=0, of=0, traces=0)
    share = hits / of
    ends = Interval(low=max(0.0, share - 0.05), high=min(1.0, share + 0.04))
    return Rate(value=share, interval=ends, hits=hits, of=of, traces=of // 8)


def accuracy(person: str | None, hits: int, of: int, left_out: int = 0) -> Accuracy:
    where = {} if person is None else {"person": person}
    labels = tuple(LabelRates(label=one, recall=rate(16, 25), precision=rate(16, 21)) for one in LABELS)
    return Accuracy(slice=where, accuracy=rate(hits, of), labels=labels if of else (), table=TABLE, left_out=left_out)


def report(query: dict[str, list[str]]) -> dict[str, Any]:
    """Against gold; and against what others settled, where nobody has anything."""
    against = Against(query["against"][0])
    results = [accuracy(None, 410, 500), accuracy("ann", 210, 240, 3), accuracy("bob [b]", 200, 260)]
    if against is Against.SETTLED:
        results = [accuracy(None, 0, 0), accuracy("ann", 0, 0, 12)]
    found: dict[str, Any] = dump(AccuracyReport(against=against, by=("person",), stale=0, results=tuple(results)))
    return found


SESSIONS = SessionsReport(
    sessions=(
        WorkedSession(person="ann", started_at=AT, ended_at=AT + 50 * MINUTE, minutes=48, labels=160),
        WorkedSession(
            person="ann", started_at=AT + DAY, ended_at=AT + DAY + 90 * MINUTE, minutes=88, labels=301,
            break_minutes=1350,
        ),
    ),
    by_minutes=(
        RateIn(part="0-15", accuracy=rate(300, 340)), RateIn(part="90-", accuracy=rate(110, 160)),
        RateIn(person="ann", part="0-15", accuracy=rate(170, 180)),
        RateIn(person="ann", part="90-", accuracy=rate(40, 60)),
    ),
    by_labels_in_hour=(RateIn(person="ann", part="120-", accuracy=rate(30, 50)),),
)  # fmt: skip
RUN = PaceRun(since=AT, until=AT + MINUTE, labels=21, faster=20, words=640, seconds=25.0, words_a_minute=1536.0)
PACE = Alarm(
    id="p1", kind=AlarmKind.PACE, person="bob [b]", domain=None, raised_at=AT + DAY, since=AT, run=RUN,
    sentence="20 of 21 labels in a row came before their steps can have been read: 640 words in 25 s, 1,536 words a "
    "minute.",
)  # fmt: skip
DRIFT = Alarm(
    id="d1", kind=AlarmKind.DRIFT, person="ann", domain="law", raised_at=AT, since=AT - DAY,
    sentence="27 of 50 gold steps right since then; calibration showed at least 0.89.",
)  # fmt: skip
DECIDED = {"decision": "explained", "decided_by": "lea", "decided_at": AT + 2 * DAY, "reason": "known traces"}


def lead(server: FakeServer) -> FakeServer:
    """The same server to somebody who leads its project."""
    calibrating(server).entry |= {"pace_alarms": 1}
    server.replies |= {
        ("GET", f"{HERE}/reports/accuracy"): report,
        ("GET", f"{HERE}/reports/sessions"): dump(SESSIONS),
        ("GET", f"{HERE}/reports/alarms"): [dump(PACE), dump(DRIFT)],
        ("POST", f"{HERE}/alarms/p1/decision"): {"receipt": "0" * 64},
    }
    return server
