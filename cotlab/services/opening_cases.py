"""Cases are opened where something was said since the last look; everywhere, once other rules are in force."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from cotlab.domain.reasons import CaseReason
from cotlab.services import checking, told
from cotlab.services.due_cases import changing, open_due
from cotlab.services.said import ITEMS_A_READ, chunks
from cotlab.storage import decisive, drawn, exports, projects
from cotlab.storage import due_cases as stored
from cotlab.storage.database import Db, Reading, Store

CONSEQUENCE = "cases"
EVENTS_A_READ = 2_000
ITEMS_A_WRITE = 50
"""As many as hold up a label that waits for its turn by some milliseconds."""
RULES = frozenset({"policy.set", told.IN_FORCE.kind})
"""The kinds of events after which a case may be due on any item."""
SAID = {"answer.given": "item_id", told.QUESTION.kind: "item"}
"""Kinds of events after which a case may be due, or due no more, on the item that they name, and where they name it."""
ABOUT: dict[str, tuple[Literal["questions", "assignments"], str]] = {
    told.ANSWER.kind: ("questions", "question"), "assignment.taken_over": ("assignments", "assignment"),
}  # fmt: skip
"""The same of events that name a question or an assignment: in which table, and where they name it."""


@dataclass(slots=True)
class _News:
    """What a page of events up to a sequence tells: the items touched, or that each item is to be looked at."""

    until: int
    more: bool = False
    everywhere: bool = False
    items: Sequence[str] = ()


def open_cases(store: Store, project_id: str) -> None:
    """Open what is due in a project, some items a write. What a crash leaves behind is done by the next call."""
    more = True
    while more and (news := store.read(lambda db: _news(db, project_id))) is not None:
        for items in _everywhere(store, project_id) if news.everywhere else chunks(news.items):
            for found in chunks(_changing(store, project_id, items), ITEMS_A_WRITE):
                store.write(project_id, partial(open_due, project_id=project_id, items=found))
        store.write(project_id, partial(_keep, project_id=project_id, sequence=news.until))
        more = news.more


def _news(db: Reading, project_id: str) -> _News | None:
    since = drawn.drawn(db, project_id, CONSEQUENCE)
    if since is None:
        return _News(exports.sequence_now(db, project_id)[0], everywhere=True)
    rows = drawn.events_after(db, project_id, since, EVENTS_A_READ)
    if not rows:
        return None
    events = [json.loads(row["body"]) for row in rows]
    everywhere = any(event["kind"] in RULES for event in events)
    items = () if everywhere else _touched(db, events)
    return _News(rows[-1]["sequence"], len(rows) == EVENTS_A_READ, everywhere, items)


def _touched(db: Reading, events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The items on which something was said, or answered, or a check decided something, or which somebody took over."""
    items = {event["data"][SAID[event["kind"]]] for event in events if event["kind"] in SAID}
    for event in events:
        if event["kind"] == checking.KIND:
            items.update(decisive.items_of_event(db, event["chain"], event["sequence"]))
    for kind, (table, name) in ABOUT.items():
        named = sorted({event["data"][name] for event in events if event["kind"] == kind})
        items |= {item_id for some in chunks(named) for item_id in stored.items_of(db, table, some)}
    return sorted(item_id for item_id in items if item_id)


def _everywhere(store: Store, project_id: str) -> Iterator[Sequence[str]]:
    """All items of a project."""
    after = ""
    while items := store.read(lambda db: stored.after(db, project_id, after, ITEMS_A_READ)):  # noqa: B023
        yield items
        after = items[-1]


def _changing(store: Store, project_id: str, items: Sequence[str]) -> list[str]:
    """Those of some items on which something changes, looked for outside the write, which looks at these alone."""

    def read(db: Reading) -> list[str]:
        policy = projects.policy(db, project_id)
        maybe = stored.maybe_due(
            db, project_id, items, policy.overlap, CaseReason.RIGHT_ANSWER_BAD_STEP in policy.open_cases_on
        )
        return changing(db, project_id, {*maybe, *stored.undecided(db, items)})

    return store.read(read)


def _keep(db: Db, project_id: str, sequence: int) -> None:
    drawn.keep_drawn(db, project_id, CONSEQUENCE, sequence)
