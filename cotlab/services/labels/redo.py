"""What comes back to a person: labels that went stale, and the steps behind an error that was decided to be none."""

from collections.abc import Mapping

from cotlab.domain.answers import Purpose
from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.guidelines.staleness import Standing
from cotlab.services.guidelines.staleness import reader, stale_of, standing_on
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.labels import overruled_labels as stored
from cotlab.storage.projects import projects
from cotlab.storage.queue import vacated_places
from cotlab.storage.work import assignments


def coming_back(db: Reading, person_id: str, project_id: str) -> list[Row]:
    """A person's stale labels on traces that they would do again, and the labels behind which a trace goes on; none of
    a trace whose place passed to somebody else.
    """
    passed = vacated_places.passed_by(db, project_id, person_id)
    return [row for row in _whose_labels_do(db, person_id, project_id) if row["item_id"] not in passed]


def _whose_labels_do(db: Reading, person_id: str, project_id: str) -> list[Row]:
    found = stale_of(db, person_id, project_id)
    if not projects.policy(db, project_id).stop_at_first_error:
        return found
    known = {row["item_id"] for row in found}
    more = (_goes_on(db, project_id, item_id, person_id) for item_id in stored.ended_early(db, project_id, person_id)
            if item_id not in known)  # fmt: skip
    return found + [row for row in more if row is not None]


def comes_back(db: Reading, person_id: str, project_id: str, item_id: str) -> bool:
    """Whether an item does."""
    if item_id in vacated_places.passed_by(db, project_id, person_id):
        return False
    if any(one.stale for one in standing_on(db, project_id, item_id, person_id).values()):
        return True
    stops = projects.policy(db, project_id).stop_at_first_error
    early = stops and stored.ended_early(db, project_id, person_id, item_id)
    return bool(early) and _goes_on(db, project_id, item_id, person_id) is not None


def purpose_of(db: Reading, person_id: str, item_id: str) -> Purpose:
    """For what an item comes back to a person."""
    return Purpose.GOLD_REDO if assignments.rounds(db, item_id, person_id, Purpose.GOLD) else Purpose.REDO


def overruled(db: Reading, project_id: str, item_id: str, person_id: str) -> set[int]:
    """The positions where a decision that stands came after the person's label and says that the step is no error."""
    decisions = {row["position"]: row for row in stored.decided_on(db, project_id, item_id, person_id)}
    if not decisions:
        return set()
    timeline = projects.timeline(db, project_id)
    today, heads = reader(db, project_id, timeline, item_id), {row.version_id: row.head for row in timeline.rows}
    standing = {position: today.standing(row) for position, row in decisions.items()}
    return {
        position
        for position, row in decisions.items()
        if row["sequence"] < row["decided_at"]
        and not standing[position].stale
        and not _is_error(standing[position], heads)
    }


def _goes_on(db: Reading, project_id: str, item_id: str, person_id: str) -> Row | None:
    """The last error that a person labelled on an item, where all of them were decided to be none."""
    timeline = projects.timeline(db, project_id)
    today, heads = reader(db, project_id, timeline, item_id), {row.version_id: row.head for row in timeline.rows}
    rows = guidelines.labels_on(db, item_id, person_id)
    errors = {row["position"]: row for row in rows if _is_error(today.standing(row), heads)}
    all_overruled = bool(errors) and errors.keys() <= overruled(db, project_id, item_id, person_id)
    return errors[max(errors)] if all_overruled else None


def _is_error(standing: Standing, heads: Mapping[str, FrontMatter]) -> bool:
    head = heads.get(standing.version_id or "")
    return head is not None and head.labels.is_error(standing.label)
