"""What was written since a consequence was drawn last: on which items something was said, or that other rules hold."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cotlab.services.audit import event_data, verdict_events
from cotlab.storage.cases import due_cases as stored
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Db, Reading, Store
from cotlab.storage.engine.value_lists import ITEMS_A_READ, chunks
from cotlab.storage.labels import decisive_verdicts, exports

EVENTS_A_READ = 2_000
POLICY = "policy.set"
SAID = {
    "answer.given": "item_id", "assignment.ended": "item", event_data.QUESTION.kind: "item",
    event_data.GOLD.kind: "item",
    event_data.GOLD_END.kind: "item",
}  # fmt: skip
"""Kinds of events that change what is said of the item that they name, and where they name it."""
ABOUT: dict[str, tuple[stored.Naming, str]] = {
    event_data.ANSWER.kind: ("questions", "question"), "assignment.taken_over": ("assignments", "assignment"),
    event_data.OUTCOME.kind: ("cases", "case"),
}  # fmt: skip
"""The same of events that name a question, an assignment or a case: in which table, and where they name it."""


@dataclass(frozen=True, slots=True)
class News:
    """A page of events up to a sequence; None instead of events where nothing was ever drawn."""

    since: int
    until: int
    events: Sequence[Mapping[str, Any]] | None
    more: bool = False

    def kinds(self, of: Collection[str]) -> set[str]:
        """Which of some kinds there are."""
        return {event["kind"] for event in self.events or ()}.intersection(of)

    def items(self, db: Reading) -> list[str]:
        """The items on which something was said, or answered, or a check decided something, or which somebody took
        over.
        """
        events = self.events or ()
        items = {event["data"][SAID[event["kind"]]] for event in events if event["kind"] in SAID}
        for event in events:
            if event["kind"] == verdict_events.KIND:
                items.update(decisive_verdicts.items_of_event(db, event["chain"], event["sequence"]))
        for kind, (table, name) in ABOUT.items():
            named = sorted({event["data"][name] for event in events if event["kind"] == kind})
            items |= {item_id for some in chunks(named) for item_id in stored.items_of(db, table, some)}
        return sorted(item_id for item_id in items if item_id)


def news(db: Reading, project_id: str, consequence: str) -> News | None:
    """The next page of events for a consequence; None where there are none."""
    since = watermarks.drawn(db, project_id, consequence)
    if since is None:
        return News(0, exports.sequence_now(db, project_id)[0], None)
    rows = watermarks.events_after(db, project_id, since, EVENTS_A_READ)
    if not rows:
        return None
    events = [json.loads(row["body"]) for row in rows]
    return News(since, rows[-1]["sequence"], events, len(rows) == EVENTS_A_READ)


def everything(store: Store, project_id: str) -> Iterator[Sequence[str]]:
    """All items of a project, some at a time."""
    after = ""
    while items := store.read(lambda db: stored.after(db, project_id, after, ITEMS_A_READ)):  # noqa: B023
        yield items
        after = items[-1]


def drawn_until(store: Store, project_id: str, consequence: str, sequence: int) -> None:
    """Remember how far a consequence is drawn."""
    store.write(project_id, partial(_keep, project_id=project_id, consequence=consequence, sequence=sequence))


def _keep(db: Db, project_id: str, consequence: str, sequence: int) -> None:
    watermarks.keep_drawn(db, project_id, consequence, sequence)
