"""Evaluations of models against settled labels, and slices that are labelled anew because of one."""

STATEMENTS = (
    # `predictions` is the SHA-256 of their file, `document` the numbers as JSON; the predictions are not kept.
    """CREATE TABLE evaluations (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), model TEXT, predictions TEXT NOT NULL, as_of INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX evaluations_by_project ON evaluations (project_id, sequence)",
    # `part` is a slice as `domain=law`; `people` are to label each item, none of whom has worked on it.
    """CREATE TABLE reopenings (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        evaluation_id TEXT NOT NULL REFERENCES evaluations (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        part TEXT NOT NULL, people INTEGER NOT NULL, seed INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX reopenings_by_project ON reopenings (project_id, sequence)",
    "CREATE INDEX reopenings_by_evaluation ON reopenings (evaluation_id)",
    """CREATE TABLE reopening_items (
        reopening_id TEXT NOT NULL REFERENCES reopenings (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (reopening_id, item_id)) STRICT""",
    "CREATE INDEX reopening_items_by_item ON reopening_items (item_id)",
)

APPEND_ONLY = ("evaluations", "reopenings", "reopening_items")
