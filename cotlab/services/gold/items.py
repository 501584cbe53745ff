"""Gold as it reads today, listed with what people say of it; corrected and retired."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.errors import BadInput, Conflict, NoGuideline, NotFound
from cotlab.domain.gold import CorrectBody, GoldCriterion, GoldItem, GoldList, GoldOrigin, GoldStep, RetireBody
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.guidelines.senses import NO_RULES, Sense, Senses
from cotlab.domain.guidelines.staleness import InForce
from cotlab.domain.traces.records import TASKS
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.projects.page_cursors import next_place, place
from cotlab.services.projects.projects import known_project, open_project
from cotlab.services.traces import queue_rows
from cotlab.storage.agreement import agreement_labels
from cotlab.storage.engine.database import Appended, Db, Reading, Row
from cotlab.storage.gold import gold_items as stored
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue
from cotlab.storage.traces import pairs

PAGE = 100
Place = tuple[str, int]
"""An item and a position."""
Given = tuple[str, str]
"""A label and its justification."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The verified label of a step as it reads today, by its first level with its kind. A `stale` one scores nobody.

    It was verified under `version_id` and reads by the schema of `schema_id`.
    """

    value: str
    kind: str | None
    justification: str
    number: int
    version_id: str
    schema_id: str
    stale: bool

    @property
    def label(self) -> str:
        return self.kind or self.value


class GoldReader:
    """Reads gold labels, and the answers of people on gold, by the schema of today."""

    def __init__(self, db: Reading, project_id: str, as_of: int | None = None) -> None:
        self._senses = {task: Senses(projects.timeline(db, project_id, as_of, task)) for task in TASKS}

    def sense(self, row: Row) -> Sense:
        """`row` has a value, its guideline_version_id, and the task, domain and tags of its item."""
        senses = self._senses[row["task"]]
        here = senses.at(row["domain"], json.loads(row["tags"]) if senses.acts else ())
        return here[row["guideline_version_id"], row["value"], NO_RULES]

    def verified(self, rows: Iterable[Row]) -> dict[Place, Verified]:
        """`rows` are gold labels of storage.gold.gold_items."""
        return {(row["item_id"], row["position"]): self._verified(row) for row in rows}

    def criteria(self, rows: Iterable[Row]) -> dict[tuple[str, str], Verified]:
        """Item and criterion -> what is verified; `rows` are gold criteria of storage.gold.gold_items."""
        return {(row["item_id"], row["criterion"]): self._verified(row) for row in rows}

    def _verified(self, row: Row) -> Verified:
        sense, version_id = self.sense(row), row["guideline_version_id"]
        return Verified(
            sense.value, sense.kind, row["justification"], row["number"], version_id, sense.version_id or version_id,
            sense.stale,
        )  # fmt: skip


def verified(
    db: Reading, project_id: str, item_ids: Collection[str] | None = None, as_of: int | None = None
) -> dict[Place, Verified]:
    """The verified labels of gold that stands, of some items or of all, by item and position."""
    return GoldReader(db, project_id, as_of).verified(stored.gold_labels(db, project_id, item_ids, as_of))


def add_gold(
    db: Db, by: str, project_id: str, item_id: str, origin: GoldOrigin, version_id: str, labels: Mapping[int, Given],
    criteria: Mapping[str, Given] | None = None,
) -> Appended:  # fmt: skip
    """Make a trace or a pair gold, so that it leaves the queue: `labels` are position -> label and justification.

    A pair has its overall choice at position 1, and `criteria` beside it.
    """
    row = {"item_id": item_id, "project_id": project_id, "actor_id": by, "origin": origin.value}
    appended = event_data.tell(db, event_data.GOLD, row)
    stored.add_item(db, row | {"at": db.now, "sequence": appended.sequence})
    queue.leave(db, item_id)
    for position, (value, justification) in sorted(labels.items()):
        _add_label(db, by, project_id, (item_id, position), 1, value, justification, version_id)
    for criterion, (value, justification) in (criteria or {}).items():
        _add_label(db, by, project_id, (item_id, criterion), 1, value, justification, version_id)
    return appended


def _add_label(
    db: Db, by: str, project_id: str, at: tuple[str, int | str], number: int, value: str, justification: str,
    version_id: str,
) -> Appended:  # fmt: skip
    """Add a verified label of a step, or of a criterion, by what names the place within the item."""
    item_id, place = at
    row: dict[str, Any] = {
        "item_id": item_id, "number": number, "project_id": project_id, "actor_id": by, "value": value,
        "justification": justification, "guideline_version_id": version_id,
    }  # fmt: skip
    if isinstance(place, str):
        row, kind, add = {**row, "criterion": place}, event_data.GOLD_CRITERION, stored.add_criterion
    else:
        row, kind, add = {**row, "position": place}, event_data.GOLD_LABEL, stored.add_label
    appended = event_data.tell(db, kind, row)
    add(db, row | {"at": db.now, "sequence": appended.sequence})
    return appended


def current_version(db: Reading, project_id: str, domain: str, task: str = "steps") -> InForce:
    """The guideline version in force for a domain. Raises NoGuideline."""
    current = projects.timeline(db, project_id, task=task).current(domain)
    if current is None:
        raise NoGuideline()
    return current


def correct(db: Db, by: str, project_id: str, item_id: str, body: CorrectBody) -> Receipt:
    """Give a gold step another label, or a gold pair another choice, under the guideline of today.

    Raises NotFound, Conflict and BadInput.
    """
    _standing_item(db, project_id, item_id)
    rows: dict[int | str, Row] = {row["position"]: row for row in stored.gold_labels(db, project_id, [item_id])}
    rows |= {row["criterion"]: row for row in stored.gold_criteria(db, project_id, [item_id])}
    any_row = next(iter(rows.values()))
    current = current_version(db, project_id, any_row["domain"], any_row["task"])
    place: int | str = body.position if body.criterion is None else body.criterion
    if body.criterion is not None:
        check_criterion(current, body.criterion, body.label)
    elif place not in rows:
        raise BadInput(f"position: the {'pair' if any_row['task'] == 'pairs' else 'trace'} has no step {place}")
    elif current.head.labels.label(body.label) is None:
        known = ", ".join(label.name for label in current.head.labels.top)
        raise BadInput(f"label: {body.label} is no label of {current.head.title} ({known}) and no kind of one")
    number = rows[place]["number"] + 1 if place in rows else 1
    appended = _add_label(
        db, by, project_id, (item_id, place), number, body.label, body.justification, current.version_id
    )  # fmt: skip
    return Receipt(receipt=appended.hash)


def check_criterion(current: InForce, criterion: str, choice: str) -> None:
    """Raises BadInput for a criterion that the guideline does not have, and for what is no choice on one."""
    names = [one.name for one in current.head.labels.criteria]
    if criterion not in names:
        raise BadInput(f"criterion: {current.head.title} has no criterion {criterion} ({', '.join(names) or 'none'})")
    if choice not in CHOICES:
        raise BadInput(f"criterion {criterion}: {choice} is no choice of the scale ({', '.join(CHOICES)})")


def retire(db: Db, by: str, project_id: str, item_id: str, body: RetireBody) -> Receipt:
    """Take an item out of gold, back into the queue. Raises NotFound and Conflict."""
    _standing_item(db, project_id, item_id)
    row = {"item_id": item_id, "project_id": project_id, "actor_id": by, "reason": body.reason}
    appended = event_data.tell(db, event_data.GOLD_END, row)
    stored.add_end(db, **row, at=db.now, sequence=appended.sequence)
    queue_rows.hand_out_again(db, project_id, item_id, usable=False)
    return Receipt(receipt=appended.hash)


def _standing_item(db: Reading, project_id: str, item_id: str) -> None:
    open_project(db, project_id)
    known = stored.item(db, project_id, item_id)
    if known is None:
        raise NotFound("There is no such gold item in this project.")
    if known["retired"]:
        raise Conflict("The item was taken out of gold.")


@dataclass(frozen=True, slots=True)
class Answered:
    """Person's id -> the label of the first level that they gave first, for a gold step that is not stale."""

    verified: Verified
    answers: Mapping[str, str]

    @property
    def missed(self) -> frozenset[str]:
        """The ids of those who erred."""
        return frozenset(person for person, value in self.answers.items() if value != self.verified.value)


def answered(db: Reading, project_id: str, item_ids: Collection[str] | None = None) -> dict[Place, Answered]:
    """What people said first of the steps of gold, blind, in gold and calibration work alike."""
    reader = GoldReader(db, project_id)
    gold = reader.verified(stored.gold_labels(db, project_id, item_ids))
    said: dict[Place, dict[str, str]] = defaultdict(dict)
    for row in stored.first_answers(db, project_id, item_ids):
        sense = reader.sense(row)
        if not sense.stale:
            said[row["item_id"], row["position"]].setdefault(row["actor_id"], sense.value)
    return {at: Answered(one, said.get(at, {})) for at, one in gold.items() if not one.stale}


def listed(db: Reading, project_id: str, domain: str | None = None, after: str | None = None) -> GoldList:
    """A page of the gold that stands, the oldest first, after a cursor. Raises NotFound and BadInput."""
    known_project(db, project_id)
    rows = stored.page(db, project_id, domain, place(after) or (0, ""), PAGE + 1)
    page, more = rows[:PAGE], len(rows) > PAGE
    return GoldList(
        items=tuple(_views(db, project_id, page)),
        total=stored.total(db, project_id, domain),
        next_cursor=next_place(page[-1]["at"], page[-1]["item_id"]) if more else None,
    )


def _views(db: Reading, project_id: str, page: Sequence[Row]) -> Iterable[GoldItem]:
    ids = [row["item_id"] for row in page]
    reader, titles = GoldReader(db, project_id), projects.version_names(db)
    gold = reader.verified(stored.gold_labels(db, project_id, ids))
    beside = reader.criteria(stored.gold_criteria(db, project_id, ids))
    responses = pairs.of_items(db, ids)
    texts = {(row["item_id"], row["position"]): row["text"] for row in agreement_labels.texts_of(db, ids)}
    exposed, missed = stored.exposure(db, ids), defaultdict[str, set[str]](set)
    for (item_id, _), said in answered(db, project_id, ids).items():
        missed[item_id] |= said.missed
    steps: dict[str, list[GoldStep]] = defaultdict(list)
    for (item_id, position), one in gold.items():
        steps[item_id].append(GoldStep(
            position=position, text=texts.get((item_id, position), ""), label=one.label,
            justification=one.justification, number=one.number, guideline_version=titles[one.version_id],
            stale=one.stale,
        ))  # fmt: skip
    criteria: dict[str, list[GoldCriterion]] = defaultdict(list)
    for (item_id, criterion), one in beside.items():
        criteria[item_id].append(GoldCriterion(
            criterion=criterion, choice=one.label, justification=one.justification, number=one.number,
            guideline_version=titles[one.version_id], stale=one.stale,
        ))  # fmt: skip
    for row in page:
        pair = responses.get(row["item_id"])
        yield GoldItem(
            item_id=row["item_id"], task=row["task"],
            responses=() if pair is None else (pair["first_text"], pair["second_text"]),
            criteria=tuple(criteria[row["item_id"]]), external_id=row["external_id"], domain=row["domain"],
            tags=tuple(json.loads(row["tags"])), problem=row["problem"], origin=row["origin"],
            steps=tuple(steps[row["item_id"]]), calibration=bool(row["calibration"]),
            exposure=exposed.get(row["item_id"], 0), missed=len(missed[row["item_id"]]),
        )  # fmt: skip
