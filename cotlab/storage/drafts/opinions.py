"""Items that a model was or was not asked about, and what it said of them."""

from collections.abc import Iterator, Sequence

from cotlab.storage.engine.database import Reading, Row

SAID_A_READ = 5_000
NEWEST_LABELS = """COALESCE((SELECT max(f.sequence) FROM guidelines_in_force f
    JOIN guideline_versions v ON v.id = f.guideline_version_id AND v.change <> 'clarification'
    WHERE f.project_id = t.project_id AND f.task = t.task AND f.domain IN (p.domain, '')), 0)"""
"""Since when the labels of an item mean what they mean."""


def not_asked(
    db: Reading, project_id: str, kind: str, task: str, model_id: str, after: str, most: int
) -> Sequence[Row]:
    """The next items after an id of which a model has no opinion under the labels in force, and is to give none:
    item_id, task, domain, tags, difficulty, strategy. What failed or was cancelled counts as not asked.
    """
    return db.rows(
        f"""SELECT t.id AS item_id, t.task, p.domain, p.tags, p.difficulty, t.strategy
            FROM traces t JOIN problems p ON p.id = t.problem_id
            WHERE t.project_id = :project AND t.task = :task AND t.id > :after
                AND NOT EXISTS (SELECT 1 FROM draft_requests r LEFT JOIN draft_ends e ON e.request_id = r.id
                    WHERE r.project_id = t.project_id AND r.kind = :kind AND r.item_id = t.id
                        AND r.model_id = :model AND r.position IS NULL AND COALESCE(e.ending, 'done') = 'done'
                        AND r.sequence > {NEWEST_LABELS})
            ORDER BY t.id LIMIT :most""",
        project=project_id, kind=kind, task=task, model=model_id, after=after, most=most,
    )  # fmt: skip


def progress(db: Reading, project_id: str, kinds: Sequence[str]) -> Sequence[Row]:
    """Of each kind and model how many items have an opinion (`done`), wait for one, or have none since it failed, how
    many opinions there are, and why one failed last.
    """
    names = ", ".join(f"'{kind}'" for kind in kinds)
    return db.rows(
        f"""SELECT i.kind, i.model, sum(i.done) AS done, sum(i.waiting) AS waiting,
                sum(CASE WHEN i.done + i.waiting = 0 THEN i.failed ELSE 0 END) AS failed, sum(i.opinions) AS opinions,
                (SELECT e.sentence FROM draft_requests r JOIN draft_ends e ON e.request_id = r.id
                 WHERE r.project_id = :project AND r.kind = i.kind AND r.model = i.model AND e.ending = 'failed'
                 ORDER BY e.sequence DESC LIMIT 1) AS sentence
            FROM (SELECT r.kind, r.model, r.item_id,
                      max(CASE WHEN e.ending = 'done' THEN 1 ELSE 0 END) AS done,
                      max(CASE WHEN e.ending IS NULL THEN 1 ELSE 0 END) AS waiting,
                      max(CASE WHEN e.ending = 'failed' THEN 1 ELSE 0 END) AS failed,
                      sum((SELECT count(*) FROM drafts d WHERE d.request_id = r.id)) AS opinions
                  FROM draft_requests r LEFT JOIN draft_ends e ON e.request_id = r.id
                  WHERE r.project_id = :project AND r.kind IN ({names}) AND r.position IS NULL
                  GROUP BY r.kind, r.model, r.item_id) i
            GROUP BY i.kind, i.model ORDER BY i.kind, i.model""",
        project=project_id,
    )


LABELLED = """AND (EXISTS (SELECT 1 FROM answers n WHERE n.item_id = d.item_id)
    OR EXISTS (SELECT 1 FROM gold_items g WHERE g.item_id = d.item_id))"""


def said(db: Reading, project_id: str, kind: str, as_of: int, labelled: bool = False) -> Iterator[Row]:
    """The opinions of one kind up to a sequence, each model's in the order in which they were made: model, item_id,
    position, document. With `labelled` those alone of items that somebody labelled, or that are gold.
    """
    after, which = 0, LABELLED if labelled else ""
    while True:
        rows = db.rows(
            f"""SELECT r.model, d.item_id, d.position, d.document, d.sequence
               FROM drafts d JOIN draft_requests r ON r.id = d.request_id
               WHERE d.project_id = :project AND d.kind = :kind AND d.sequence <= :as_of AND d.sequence > :after {which}
               ORDER BY d.sequence LIMIT :most""",
            project=project_id, kind=kind, as_of=as_of, after=after, most=SAID_A_READ,
        )  # fmt: skip
        yield from rows
        if len(rows) < SAID_A_READ:
            return
        after = rows[-1]["sequence"]


def beside_labels(db: Reading, project_id: str, kind: str, as_of: int) -> set[tuple[str, int]]:
    """The items and positions of which a label was given while somebody saw an opinion of this kind."""
    rows = db.rows(
        """SELECT DISTINCT n.item_id, n.position FROM assistance s JOIN answers n ON n.id = s.answer_id
               JOIN drafts d ON d.id = s.draft_id
           WHERE s.project_id = :project AND d.kind = :kind AND s.sequence <= :as_of""",
        project=project_id, kind=kind, as_of=as_of,
    )  # fmt: skip
    return {(row["item_id"], row["position"]) for row in rows}
