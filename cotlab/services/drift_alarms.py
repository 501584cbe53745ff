"""Alarms are raised where gold was finished, or corrected, since the last look: one for each fall of a person."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.answers import Ending
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.policy import Policy
from cotlab.services import told
from cotlab.services.drift import drift_of
from cotlab.services.standing import standing
from cotlab.storage import drawn, exports, projects
from cotlab.storage import drift as stored
from cotlab.storage.database import Db, Reading, Row, Store

CONSEQUENCE = "drift"
EVENTS_A_READ = 5_000


@dataclass(frozen=True, slots=True)
class _News:
    """What the events after `since` bring: the columns of alarms that are due."""

    since: int | None
    until: int
    more: bool
    alarms: Sequence[Mapping[str, Any]]


def raise_alarms(store: Store, project_id: str) -> None:
    """Raise the alarms that are due in a project."""
    more = True
    while more and (news := store.read(lambda db: _news(db, project_id))) is not None:
        more = store.write(project_id, lambda db: _keep(db, project_id, news)) and news.more


def _news(db: Reading, project_id: str) -> _News | None:
    since = drawn.drawn(db, project_id, CONSEQUENCE)
    if since is None:
        everybody = stored.of_project(db, project_id)
        return _News(since, exports.sequence_now(db, project_id)[0], False, _due(db, project_id, everybody))
    events = drawn.events_after(db, project_id, since, EVENTS_A_READ)
    if not events:
        return None
    alarms = _due(db, project_id, _touched(db, project_id, [json.loads(row["body"]) for row in events]))
    return _News(since, events[-1]["sequence"], len(events) == EVENTS_A_READ, alarms)


def _touched(db: Reading, project_id: str, events: Sequence[Mapping[str, Any]]) -> Sequence[Row]:
    """The people and domains whose gold these events change."""
    if any(_corrects(event) for event in events):
        return stored.of_project(db, project_id)
    ended = [event["data"] for event in events if event["kind"] == "assignment.ended"]
    finished = [data["assignment"] for data in ended if data["ending"] == Ending.FINISHED]
    return stored.of_assignments(db, project_id, finished)


def _corrects(event: Mapping[str, Any]) -> bool:
    again = event["kind"] == told.GOLD_LABEL.kind and event["data"]["number"] > 1
    return bool(again or event["kind"] == told.GOLD_END.kind)


def _due(db: Reading, project_id: str, whom: Sequence[Row]) -> tuple[Mapping[str, Any], ...]:
    policy = projects.policy(db, project_id)
    return () if policy.gate is None else tuple(_alarms(db, project_id, whom, policy))


def _alarms(db: Reading, project_id: str, whom: Sequence[Row], policy: Policy) -> Iterator[Mapping[str, Any]]:
    for row in whom:
        person_id, domain = row["actor_id"], row["domain"]
        found = standing(db, project_id, person_id, domain)
        seen = drift_of(db, project_id, person_id, domain, found, policy)
        if seen is not None and seen.since is not None:
            document = seen.result.model_dump_json()
            yield {"domain": domain, "member_id": person_id, "since": seen.since, "document": document}


def _keep(db: Db, project_id: str, news: _News) -> bool:
    """Write the alarms; nothing, and False, where they are drawn already."""
    if drawn.drawn(db, project_id, CONSEQUENCE) != news.since:
        return False
    for alarm in news.alarms:
        columns = {"id": db.new_id(), "project_id": project_id, **alarm}
        appended = told.tell(db, told.ALARM, columns, by=SERVER_ITSELF)
        stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    drawn.keep_drawn(db, project_id, CONSEQUENCE, news.until)
    return True
