"""Alarms that somebody chooses a side of pairs: each first choice is counted once, as it comes in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from cotlab.agreement.pairs.position_bias import watch
from cotlab.domain.answers import Question
from cotlab.domain.traces.pairs import sign
from cotlab.services.audit import event_data
from cotlab.services.consequences.alarm_scan import Alarms, Due, Events, raise_due
from cotlab.services.traces.pair_views import FIRST, SECOND
from cotlab.storage.calibration import alarms
from cotlab.storage.calibration import side_choices as stored
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.projects import projects

Counts = Mapping[str, int]
"""The columns of a person's counts."""


def raise_position_alarms(store: Store, project_id: str) -> None:
    """Raise the alarms that are due in a project: one a person at a time, until a lead has decided about it."""
    raise_due(store, project_id, POSITION)


def _due(db: Reading, project_id: str, events: Events | None) -> Due:
    level = projects.policy(db, project_id).position_alarm
    if level is None:
        return Due()
    found: list[Mapping[str, Any]] = []
    counted: dict[str, Counts] = {}
    known = {} if events is None else stored.counts(db, project_id)
    for person_id, rows in _chosen(db, project_id, events).items():
        alarm = alarms.latest_alarm(db, "position_alarms", project_id, person_id)
        if alarm is not None and alarm["decided"] is None:
            continue
        after = 0 if alarm is None else alarm["decided"]
        before = known.get(person_id)
        counts, raised = _watched(rows, before if before and before["after"] == after else None, after, level)
        counted[person_id] = counts
        if raised is not None:
            found.append({"member_id": person_id, **raised})
    return Due(found, partial(_keep, project_id=project_id, counted=counted))


def _chosen(db: Reading, project_id: str, events: Events | None) -> Mapping[str, Sequence[Row]]:
    """Person's id -> their first choices of a side that these events tell of, in order."""
    if events is None:
        rows = stored.all_choices(db, project_id)
    else:
        given = [event["data"] for event in events if event["kind"] == "answer.given"]
        rows = stored.choices(db, [data["id"] for data in given if data["question"] == Question.LABEL])
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if sign(row["value"]) in (FIRST, SECOND):
            found[row["member_id"]].append(row)
    return found


def _watched(
    rows: Sequence[Row], before: Counts | None, after: int, level: float
) -> tuple[Counts, Mapping[str, Any] | None]:  # fmt: skip
    """The counts with the choices that came after the sequence `after`, and an alarm's columns, if there is one."""
    new = [row for row in rows if row["sequence"] > after]
    lefts, choices = (0, 0) if before is None else (before["lefts"], before["choices"])
    since = before["since"] if before is not None and choices else new[0]["received_at"] if new else 0
    left = np.array([sign(row["value"]) == row["left_one"] for row in new], dtype=np.bool_)
    test = watch(left, 1.0 / level, lefts=lefts, rights=choices - lefts)
    raised = None
    if test.alarm is not None:
        until = new[test.alarm.found - choices]["received_at"]
        raised = {"since": since, "until": until, "document": test.at_alarm().model_dump_json()}
    return {"lefts": test.left, "choices": test.choices, "since": since, "after": after}, raised


def _keep(db: Db, project_id: str, counted: Mapping[str, Counts]) -> None:
    for person_id, counts in counted.items():
        stored.keep_counts(db, project_id, person_id, **counts)


POSITION = Alarms("position", event_data.POSITION_ALARM, _due, partial(alarms.add, table="position_alarms"))
