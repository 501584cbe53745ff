"""Items picked ahead of claims."""

from collections import deque
from dataclasses import dataclass, field

from cotlab.domain.people import Person
from cotlab.services.staleness import coming_back, left_behind
from cotlab.storage import assignments
from cotlab.storage import projects as stored
from cotlab.storage.database import Reading

AHEAD = 64


@dataclass(slots=True)
class Ahead:
    """Items to try from the left: `redo` are my traces with stale labels, `free` those with a free place.

    `left_behind` have stale labels of people who cannot give them anew; they are looked for where nothing is free.
    """

    redo: deque[str] = field(default_factory=deque)
    free: deque[str] = field(default_factory=deque)
    left_behind: deque[str] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return bool(self.redo or self.free or self.left_behind)


class Candidates:
    """Items picked ahead of a claim, per person and project, so that looking for them is rare.

    Every one is checked anew inside the write; a stale one costs nothing but that check.
    """

    def __init__(self) -> None:
        self._ahead: dict[tuple[str, str], Ahead] = {}

    def ahead(self, db: Reading, person: Person, project_id: str) -> Ahead:
        """Item ids to try from the left; whoever tries one takes it off."""
        ahead = self._ahead.setdefault((person.id, project_id), Ahead())
        if not ahead.redo:
            back = coming_back(db, person.id, project_id)
            ahead.redo.extend(dict.fromkeys(row["item_id"] for row in back))
        if not ahead.free:
            overlap = stored.policy(db, project_id).overlap
            ahead.free.extend(assignments.free_items(db, project_id, person.id, overlap, AHEAD))
        if not ahead.free and not ahead.left_behind:
            ahead.left_behind.extend(left_behind(db, project_id))
        return ahead
