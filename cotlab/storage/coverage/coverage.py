"""The paths of a project with what they are counted by, page by page."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines.guidelines import PURPOSES

LABELLED = f"""AND EXISTS (SELECT 1 FROM answers n WHERE n.item_id = t.id AND n.question = 'label'
    AND n.purpose IN ({PURPOSES}))"""


def paths(db: Reading, project_id: str, after: str, most: int, labelled: bool) -> Sequence[Row]:
    """The next paths after an id, alternatives left out; where `labelled` those that somebody labelled: id, problem_id,
    strategy, and of the problem domain, difficulty, tags, source, collected_at.
    """
    return db.rows(
        f"""SELECT t.id, t.problem_id, t.strategy, p.domain, p.difficulty, p.tags, p.source, p.collected_at
            FROM traces t JOIN problems p ON p.id = t.problem_id
            WHERE t.project_id = :project AND t.id > :after AND t.parent_id IS NULL AND t.task = 'steps'
                {LABELLED if labelled else ""}
            ORDER BY t.id LIMIT :most""",
        project=project_id, after=after, most=most,
    )  # fmt: skip
