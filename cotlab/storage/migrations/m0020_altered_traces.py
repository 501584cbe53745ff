"""What altered traces were made of."""

STATEMENTS = (
    # `parent_digest` is the content of the trace whose step at `position` was altered; `changes` is JSON.
    """CREATE TABLE derivations (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        parent_digest TEXT NOT NULL, position INTEGER NOT NULL, way TEXT NOT NULL, changes TEXT NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX derivations_by_parent ON derivations (project_id, parent_digest)",
)

APPEND_ONLY = ("derivations",)
