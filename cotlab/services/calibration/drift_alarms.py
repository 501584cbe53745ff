"""Alarms are raised where gold was finished, or corrected, since the last look: one for each fall of a person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cotlab.domain.answers import Ending
from cotlab.services.audit import event_data
from cotlab.services.calibration.drift import drift_of
from cotlab.services.calibration.qualification import standing
from cotlab.services.consequences.alarm_scan import Alarms, Due, Events, raise_due
from cotlab.storage.calibration import drift as stored
from cotlab.storage.engine.database import Reading, Row, Store
from cotlab.storage.projects import projects


def raise_alarms(store: Store, project_id: str) -> None:
    """Raise the alarms that are due in a project."""
    raise_due(store, project_id, DRIFT)


def _due(db: Reading, project_id: str, events: Events | None) -> Due:
    return Due(tuple(_alarms(db, project_id, events)))


def _alarms(db: Reading, project_id: str, events: Events | None) -> Iterator[Mapping[str, Any]]:
    policy = projects.policy(db, project_id)
    for row in () if policy.gate is None else _touched(db, project_id, events):
        person_id, domain = row["actor_id"], row["domain"]
        found = standing(db, project_id, person_id, domain)
        seen = drift_of(db, project_id, person_id, domain, found, policy)
        if seen is not None and seen.since is not None:
            document = seen.result.model_dump_json()
            yield {"domain": domain, "member_id": person_id, "since": seen.since, "document": document}


def _touched(db: Reading, project_id: str, events: Events | None) -> Sequence[Row]:
    """The people and domains whose gold these events change."""
    if events is None or any(_corrects(event) for event in events):
        return stored.of_project(db, project_id)
    ended = [event["data"] for event in events if event["kind"] == "assignment.ended"]
    finished = [data["assignment"] for data in ended if data["ending"] in (Ending.FINISHED, Ending.BAD_PROBLEM)]
    return stored.of_assignments(db, project_id, finished)


def _corrects(event: Mapping[str, Any]) -> bool:
    again = event["kind"] == event_data.GOLD_LABEL.kind and event["data"]["number"] > 1
    return bool(again or event["kind"] == event_data.GOLD_END.kind)


DRIFT = Alarms("drift", event_data.ALARM, _due, stored.add)
