"""Alarms as a consequence: looked for in the events since a watermark, and written once each, by the server itself."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.people import SERVER_ITSELF
from cotlab.services.audit import event_data as told
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Db, Reading, Store
from cotlab.storage.labels import exports

EVENTS_A_READ = 5_000
Events = Sequence[Mapping[str, Any]]


def nothing_else(db: Db) -> None:
    """What goes with alarms that rest on the rows alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """The columns of alarms that are due; `beside` writes the working state that goes with them, in the same write."""

    alarms: Iterable[Mapping[str, Any]] = field(default=())
    beside: Callable[[Db], None] = nothing_else


@dataclass(frozen=True, slots=True)
class Alarms:
    """What raises alarms of one kind.

    `due` answers what is due after some events of a project, or after anything at all where there are None; `add`
    writes one alarm.
    """

    consequence: str
    told: told.Told
    due: Callable[[Reading, str, Events | None], Due]
    add: Callable[..., None]


@dataclass(frozen=True, slots=True)
class _News:
    """What the events after `since` bring."""

    since: int | None
    until: int
    more: bool
    due: Due


def raise_due(store: Store, project_id: str, of: Alarms) -> None:
    """Raise the alarms that are due in a project."""
    more = True
    while more and (news := store.read(lambda db: _news(db, project_id, of))) is not None:
        more = store.write(project_id, lambda db: _keep(db, project_id, of, news)) and news.more


def _news(db: Reading, project_id: str, of: Alarms) -> _News | None:
    since = watermarks.drawn(db, project_id, of.consequence)
    if since is None:
        return _News(since, exports.sequence_now(db, project_id)[0], False, of.due(db, project_id, None))
    rows = watermarks.events_after(db, project_id, since, EVENTS_A_READ)
    if not rows:
        return None
    due = of.due(db, project_id, [json.loads(row["body"]) for row in rows])
    return _News(since, rows[-1]["sequence"], len(rows) == EVENTS_A_READ, due)


def _keep(db: Db, project_id: str, of: Alarms, news: _News) -> bool:
    """Write the alarms; nothing, and False, where they are drawn already."""
    if watermarks.drawn(db, project_id, of.consequence) != news.since:
        return False
    for alarm in news.due.alarms:
        columns = {"id": db.new_id(), "project_id": project_id, **alarm}
        appended = told.tell(db, of.told, columns, by=SERVER_ITSELF)
        of.add(db, **columns, at=db.now, sequence=appended.sequence)
    news.due.beside(db)
    watermarks.keep_drawn(db, project_id, of.consequence, news.until)
    return True
