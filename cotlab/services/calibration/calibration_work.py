"""Calibration as it is worked on: the next trace of an attempt, and the verified label after a commit in training."""

from collections.abc import Mapping
from dataclasses import dataclass

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import Fields
from cotlab.domain.people import Person
from cotlab.domain.traces.pairs import OVERALL, ChoiceFeedback
from cotlab.domain.work.views import Feedback
from cotlab.services.calibration import attempts
from cotlab.services.gold.items import GoldReader
from cotlab.services.traces import queue_rows
from cotlab.services.traces.pair_views import LABEL, verified_as_seen
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a calibration set, for which attempt."""

    item_id: str
    number: int


def next_item(
    db: Reading, person: Person, project_id: str, asked: Mapping[str, int], overlap: int
) -> Asked | None:  # fmt: skip
    """The next item of the calibration that a person is asked for; `asked` is field -> attempt.

    An attempt that was begun comes first, then the field whose production waits.
    """
    goes = {
        domain: next((go for go in attempts.goes(db, project_id, person.id, domain) if go.number == number), None)
        for domain, number in asked.items()
    }
    begun = [domain for domain, go in goes.items() if go is not None]
    rest = [domain for domain in asked if domain not in begun]
    for domain in begun + (_by_waiting(db, person, project_id, rest, overlap) if rest else []):
        go = goes[domain] or attempts.next_go(db, project_id, person.id, domain, asked[domain])
        item_id = go.next_item()
        if item_id is not None:
            return Asked(item_id, asked[domain])
    return None


def _by_waiting(db: Reading, person: Person, project_id: str, domains: list[str], overlap: int) -> list[str]:
    """The field of the first trace that waits, then the others."""
    if len(domains) < 2:
        return domains
    waiting = queue.free_items(db, project_id, person.id, overlap, 1, Fields(only=tuple(domains)))
    first = [queue.field(db, item_id) for item_id in waiting]
    return first + [domain for domain in domains if domain not in first]


def feedback(db: Reading, row: Row, position: int, label: str | None) -> Feedback | None:
    """The verified label of a step beside mine, in the first part of calibration; None in all other work.

    `row` is one of assignments.work, `label` my label on the step. Gold that is stale is not shown.
    """
    if label is None or not _in_training(db, row):
        return None
    project_id, item_id = row["project_id"], row["item_id"]
    reader, labels = GoldReader(db, project_id), gold_items.gold_labels(db, project_id, [item_id])
    row_of_gold = next((one for one in labels if one["position"] == position), None)
    verified = reader.verified(labels).get((item_id, position))
    if row_of_gold is None or verified is None or verified.stale:
        return None
    given = {**row_of_gold, "value": label, "guideline_version_id": row["guideline_version_id"]}
    return Feedback(
        position=position, label=verified.label, justification=verified.justification,
        right=reader.sense(given).value == verified.value,
    )  # fmt: skip


def feedback_on_pair(db: Reading, row: Row, left: str, said: Mapping[str, str]) -> tuple[ChoiceFeedback, ...]:
    """What is verified of a pair beside what I said (question -> value in canonical order), in the first part of
    calibration; nothing in all other work. `left` is the response on my left.
    """
    if not said or not _in_training(db, row):
        return ()
    items, reader = [row["item_id"]], GoldReader(db, row["project_id"])
    overall = [{**one, "criterion": LABEL} for one in gold_items.gold_labels(db, row["project_id"], items)]
    found = []
    for of_gold in (*overall, *gold_items.gold_criteria(db, row["project_id"], items)):
        (((_, question), verified),) = reader.criteria([of_gold]).items()
        if verified.stale or question not in said:
            continue
        given = {**of_gold, "value": said[question], "guideline_version_id": row["guideline_version_id"]}
        found.append(ChoiceFeedback(
            question=OVERALL if question == LABEL else question, choice=verified_as_seen(verified.label, left),
            justification=verified.justification, right=reader.sense(given).value == verified.value,
        ))  # fmt: skip
    return tuple(found)


def _in_training(db: Reading, row: Row) -> bool:
    """Whether an assignment is of the first part of an attempt at calibration."""
    if row["purpose"] != Purpose.CALIBRATION:
        return False
    project_id, item_id = row["project_id"], row["item_id"]
    field = queue_rows.field_in(projects.policy(db, project_id), queue_rows.item(db, item_id))
    mine = (go for go in attempts.goes(db, project_id, row["actor_id"], field) if _holds(go, row["id"], item_id))
    go = next(mine, None)
    return go is not None and not go.items.get(item_id, True)


def _holds(go: attempts.Go, assignment_id: str, item_id: str) -> bool:
    return item_id in go.given and go.given[item_id]["id"] == assignment_id
