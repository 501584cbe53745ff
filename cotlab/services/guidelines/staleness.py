"""Which labels are to be given anew, worked out from the versions in force."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cotlab.domain.guidelines.publishing import StaleCounts
from cotlab.domain.guidelines.staleness import Standing, Timeline
from cotlab.domain.traces.records import TASKS
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines as stored
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.traces import traces


@dataclass(frozen=True, slots=True)
class Reader:
    """What became of labels under a timeline; `rules` is answer's id -> rules cited."""

    timeline: Timeline
    rules: Mapping[str, set[str]]

    def standing(self, row: Row) -> Standing:
        """`row` is one of the labels of storage.guidelines.guidelines."""
        tags = json.loads(row["tags"]) if row["tags"] != "[]" else ()
        return self.timeline.standing(
            row["guideline_version_id"], row["domain"], tags, row["value"], self.rules.get(row["id"], ())
        )

    def stale(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if self.standing(row).stale]


def reader(db: Reading, project_id: str, timeline: Timeline, item_id: str | None = None) -> Reader:
    """Citations are read only of rules whose labels a version asks for."""
    return Reader(timeline, stored.rules_cited(db, project_id, timeline.suspects()[1], item_id))


def stale_in(db: Reading, project_id: str, timeline: Timeline | None = None) -> list[Row]:
    """The labels of a project that are stale now, or would be under another timeline."""
    return [
        row
        for found in ([timeline] if timeline else _timelines(db, project_id))
        if found.acts
        for row in reader(db, project_id, found).stale(stored.labels_in(db, project_id, found.suspects()))
    ]


def _timelines(db: Reading, project_id: str) -> list[Timeline]:
    """One a task."""
    return [projects.timeline(db, project_id, task=task) for task in TASKS]


def stale_of(db: Reading, person_id: str, project_id: str) -> list[Row]:
    """A person's stale labels on traces that they would do again, by item and position."""
    rows: list[Row] = []
    for timeline in _timelines(db, project_id):
        if timeline.acts:
            labels = stored.labels_of(db, project_id, person_id, timeline.suspects())
            rows += reader(db, project_id, timeline).stale(labels)
    return sorted(rows, key=lambda row: (row["item_id"], row["position"]))


def standing_on(
    db: Reading, project_id: str, item_id: str, person_id: str, version_id: str | None = None
) -> dict[str, Standing]:
    """Answer's id -> what became of it, for a person's labels on one item: now, or when a version came into force."""
    timeline = projects.timeline(db, project_id, task=traces.task(db, item_id))
    found = reader(db, project_id, timeline.until(version_id) if version_id else timeline, item_id)
    return {row["id"]: found.standing(row) for row in stored.labels_on(db, item_id, person_id)}


def counts(db: Reading, rows: Iterable[Row]) -> StaleCounts:
    """Labels counted by the names of people, by domain and by label."""
    listed = list(rows)
    names = actors.names(db)
    return StaleCounts(
        labels=len(listed),
        people=_sorted(Counter(names[row["actor_id"]] for row in listed)),
        domains=_sorted(Counter(row["domain"] for row in listed)),
        by_label=_sorted(Counter(row["value"] for row in listed)),
    )


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))
