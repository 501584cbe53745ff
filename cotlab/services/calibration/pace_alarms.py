"""Alarms that somebody's labels come faster than steps can be read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from cotlab.domain.answers import Question
from cotlab.domain.calibration.pace import REACH, PaceRun, Timed, timed, too_fast
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit import event_data
from cotlab.services.consequences.alarm_scan import Alarms, Due, Events, raise_due
from cotlab.storage.calibration import alarms
from cotlab.storage.calibration import label_times as stored
from cotlab.storage.engine.database import Reading, Store
from cotlab.storage.projects import projects

EVERYTHING = 2**31


def raise_pace_alarms(store: Store, project_id: str) -> None:
    """Raise the alarms that are due in a project: one a person at a time, until a lead has decided about it."""
    raise_due(store, project_id, PACE)


def _due(db: Reading, project_id: str, events: Events | None) -> Due:
    return Due(tuple(_alarms(db, project_id, events)))


def _alarms(db: Reading, project_id: str, events: Events | None) -> Iterator[Mapping[str, Any]]:
    policy = projects.policy(db, project_id)
    if policy.pace_alarm is None:
        return
    for person_id, new in _labelled(db, project_id, events).items():
        alarm = alarms.latest_alarm(db, "pace_alarms", project_id, person_id)
        if alarm is not None and alarm["decided"] is None:
            continue
        run = _run(db, project_id, person_id, new, 0 if alarm is None else alarm["decided"], policy, policy.pace_alarm)
        if run is not None:
            document = run.model_dump_json()
            yield {"member_id": person_id, "since": run.since, "until": run.until, "document": document}


def _labelled(db: Reading, project_id: str, events: Events | None) -> Mapping[str, int]:
    """Person's id -> how many first labels these events tell of."""
    if events is None:
        return dict.fromkeys(stored.people(db, project_id), EVERYTHING)
    given = [event for event in events if event["kind"] == "answer.given"]
    return Counter(event["actor"] for event in given if _first(event["data"]))


def _first(data: Mapping[str, Any]) -> bool:
    return data["question"] == Question.LABEL and data["replaces"] is None and data["purpose"] in stored.PURPOSES


def _run(
    db: Reading, project_id: str, person_id: str, new: int, after: int, policy: Policy, test: PaceTest
) -> PaceRun | None:  # fmt: skip
    """The run in a person's labels after a sequence. It ends with one that is too fast, so that few look further."""

    def newest(most: int) -> list[Timed]:
        rows = stored.newest(db, project_id, person_id, after, most)
        cap = policy.step_time_cap_seconds
        return [timed(row["text"], row["shown_at"], row["received_at"], cap) for row in reversed(rows)]

    if not any(one.unreadable(test) for one in newest(new)):
        return None
    return too_fast(newest(min(EVERYTHING, new + REACH * test.labels)), test)


PACE = Alarms("pace", event_data.PACE_ALARM, _due, partial(alarms.add, table="pace_alarms"))
