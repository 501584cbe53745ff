"""What is right of a step, or pair, whose labels are compared with drafts in sight and without."""

from collections.abc import Iterable, Iterator

from cotlab.domain.answers import Purpose
from cotlab.domain.projects.draft_policy import Task
from cotlab.services.gold.items import GoldReader
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.evaluations import anchoring as stored
from cotlab.storage.gold import gold_items

Place = tuple[str, int]
"""An item and a position."""


class Truths:
    """What gold says, and what people decided, as it reads today; what is stale says nothing."""

    def __init__(self, db: Reading, project_id: str, task: Task, as_of: int, reader: GoldReader) -> None:
        self._task, self._reader = task, reader
        self._gold = dict(self._read(gold_items.gold_labels(db, project_id, as_of=as_of)))
        self._decided = dict(self._read(stored.decisions(db, project_id, task, as_of)))
        self._made_here = stored.made_of_labels(db, project_id)

    def _read(self, rows: Iterable[Row]) -> Iterator[tuple[Place, str]]:
        for row in (one for one in rows if one["task"] == self._task):
            sense = self._reader.sense(row)
            if not sense.stale:
                yield (row["item_id"], row["position"]), sense.value

    def of(self, label: Row) -> tuple[str | None, str | None]:
        """What gold says is right of what was labelled, else what people decided.

        Gold that was made of the labels of an item is as decided for them: what they agreed on is what drafts made them
        agree on.
        """
        place = label["item_id"], label["position"]
        verified, decided = self._gold.get(place), self._decided.get(place)
        if label["purpose"] == Purpose.PRODUCTION and label["item_id"] in self._made_here:
            return None, verified or decided
        return verified, decided if verified is None else None
