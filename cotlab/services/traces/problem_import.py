"""The problems of a batch that comes in: known ones keep their ids, the others become rows."""

from collections.abc import Collection

from cotlab.domain.traces.records import Problem
from cotlab.storage.engine.database import Db
from cotlab.storage.traces import traces


class Problems:
    """Ids by content; `digests` are those of all problems that may be asked for."""

    def __init__(self, db: Db, project_id: str, digests: Collection[str]) -> None:
        self._db, self._project_id = db, project_id
        self._ids = traces.problem_ids(db, project_id, digests)
        self.rows: list[tuple[object, ...]] = []

    def id_of(self, problem: Problem, content: str) -> str:
        """The id of a problem by its digest `content`."""
        if content not in self._ids:
            self._ids[content] = self._db.new_id()
            self.rows.append(traces.problem_values(self._ids[content], self._project_id, problem, content))
        return self._ids[content]
