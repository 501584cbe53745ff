"""Gold as it reads today, listed with what people say of it; corrected and retired."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.errors import BadInput, Conflict, NoGuideline, NotFound
from cotlab.domain.gold import CorrectBody, GoldItem, GoldList, GoldOrigin, GoldStep, RetireBody
from cotlab.domain.senses import NO_RULES, Sense, Senses
from cotlab.domain.staleness import InForce
from cotlab.domain.views import Receipt
from cotlab.services import queued, told
from cotlab.services.cursors import next_place, place
from cotlab.services.projects import known_project, open_project
from cotlab.storage import agreement, projects, queue
from cotlab.storage import gold as stored
from cotlab.storage.database import Appended, Db, Reading, Row

PAGE = 100
Place = tuple[str, int]
"""An item and a position."""


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
        self._senses = Senses(projects.timeline(db, project_id, as_of))

    def sense(self, row: Row) -> Sense:
        """`row` has a value, its guideline_version_id, domain and tags."""
        here = self._senses.at(row["domain"], json.loads(row["tags"]) if self._senses.acts else ())
        return here[row["guideline_version_id"], row["value"], NO_RULES]

    def verified(self, rows: Iterable[Row]) -> dict[Place, Verified]:
        """`rows` are gold labels of storage.gold."""
        found = {}
        for row in rows:
            sense = self.sense(row)
            version_id = row["guideline_version_id"]
            found[row["item_id"], row["position"]] = Verified(
                sense.value, sense.kind, row["justification"], row["number"], version_id,
                sense.version_id or version_id, sense.stale,
            )  # fmt: skip
        return found


def verified(
    db: Reading, project_id: str, item_ids: Collection[str] | None = None, as_of: int | None = None
) -> dict[Place, Verified]:
    """The verified labels of gold that stands, of some items or of all, by item and position."""
    return GoldReader(db, project_id, as_of).verified(stored.gold_labels(db, project_id, item_ids, as_of))


def add_gold(
    db: Db, by: str, project_id: str, item_id: str, origin: GoldOrigin, version_id: str,
    labels: Mapping[int, tuple[str, str]],
) -> Appended:  # fmt: skip
    """Make a trace gold, so that it leaves the queue: `labels` are position -> label and justification."""
    row = {"item_id": item_id, "project_id": project_id, "actor_id": by, "origin": origin.value}
    appended = told.tell(db, told.GOLD, row)
    stored.add_item(db, row | {"at": db.now, "sequence": appended.sequence})
    queue.leave(db, item_id)
    for position, (value, justification) in sorted(labels.items()):
        _add_label(db, by, project_id, (item_id, position), 1, value, justification, version_id)
    return appended


def _add_label(
    db: Db, by: str, project_id: str, at: Place, number: int, value: str, justification: str, version_id: str
) -> Appended:
    row: dict[str, Any] = {
        "item_id": at[0], "position": at[1], "number": number, "project_id": project_id, "actor_id": by,
        "value": value, "justification": justification, "guideline_version_id": version_id,
    }  # fmt: skip
    appended = told.tell(db, told.GOLD_LABEL, row)
    stored.add_label(db, row | {"at": db.now, "sequence": appended.sequence})
    return appended


def current_version(db: Reading, project_id: str, domain: str) -> InForce:
    """The guideline version in force for a domain. Raises NoGuideline."""
    current = projects.timeline(db, project_id).current(domain)
    if current is None:
        raise NoGuideline()
    return current


def correct(db: Db, by: str, project_id: str, item_id: str, body: CorrectBody) -> Receipt:
    """Give a gold step another label, under the guideline of today. Raises NotFound, Conflict and BadInput."""
    _standing_item(db, project_id, item_id)
    rows = {row["position"]: row for row in stored.gold_labels(db, project_id, [item_id])}
    if body.position not in rows:
        raise BadInput(f"position: the trace has no step {body.position}")
    row = rows[body.position]
    current = current_version(db, project_id, row["domain"])
    if current.head.labels.label(body.label) is None:
        known = ", ".join(label.name for label in current.head.labels.top)
        raise BadInput(f"label: {body.label} is no label of {current.head.title} ({known}) and no kind of one")
    appended = _add_label(
        db, by, project_id, (item_id, body.position), row["number"] + 1, body.label, body.justification,
        current.version_id,
    )  # fmt: skip
    return Receipt(receipt=appended.hash)


def retire(db: Db, by: str, project_id: str, item_id: str, body: RetireBody) -> Receipt:
    """Take an item out of gold, back into the queue. Raises NotFound and Conflict."""
    _standing_item(db, project_id, item_id)
    row = {"item_id": item_id, "project_id": project_id, "actor_id": by, "reason": body.reason}
    appended = told.tell(db, told.GOLD_END, row)
    stored.add_end(db, **row, at=db.now, sequence=appended.sequence)
    queued.hand_out_again(db, project_id, item_id, usable=False)
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
    gold, titles = verified(db, project_id, ids), projects.version_names(db)
    texts = {(row["item_id"], row["position"]): row["text"] for row in agreement.texts_of(db, ids)}
    exposed, missed = stored.exposure(db, ids), defaultdict[str, set[str]](set)
    for (item_id, _), said in answered(db, project_id, ids).items():
        missed[item_id] |= said.missed
    steps: dict[str, list[GoldStep]] = defaultdict(list)
    for (item_id, position), one in gold.items():
        steps[item_id].append(GoldStep(
            position=position, text=texts[item_id, position], label=one.label, justification=one.justification,
            number=one.number, guideline_version=titles[one.version_id], stale=one.stale,
        ))  # fmt: skip
    for row in page:
        yield GoldItem(
            item_id=row["item_id"], external_id=row["external_id"], domain=row["domain"],
            tags=tuple(json.loads(row["tags"])), problem=row["problem"], origin=row["origin"],
            steps=tuple(steps[row["item_id"]]), calibration=bool(row["calibration"]),
            exposure=exposed.get(row["item_id"], 0), missed=len(missed[row["item_id"]]),
        )  # fmt: skip
