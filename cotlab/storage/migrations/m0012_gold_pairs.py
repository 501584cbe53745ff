"""Gold pairs: verified choices on criteria; and the rows of files that choices on a pair stood in."""

STATEMENTS = (
    # The overall choice of a gold pair is its row in gold_labels, at position 1; what is verified beside it, here. The
    # highest number stands.
    """CREATE TABLE gold_criteria (
        item_id TEXT NOT NULL REFERENCES gold_items (item_id), criterion TEXT NOT NULL, number INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        value TEXT NOT NULL, justification TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (item_id, criterion, number)) STRICT""",
    "CREATE INDEX gold_criteria_by_project ON gold_criteria (project_id, sequence)",
    # The same two responses may stand in several rows of files, each with choices of its own: `number` counts the rows
    # of a pair, `row_id` is the id that the file gives the row, `left_one` the response that stood first in it.
    """CREATE TABLE source_rows (
        answer_id TEXT PRIMARY KEY REFERENCES answers (id), item_id TEXT NOT NULL REFERENCES traces (id),
        project_id TEXT NOT NULL REFERENCES projects (id), number INTEGER NOT NULL, row_id TEXT,
        left_one TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX source_rows_by_item ON source_rows (item_id, number)",
)

APPEND_ONLY = ("gold_criteria", "source_rows")
