"""Releases of exports, and what each export was ordered as."""

STATEMENTS = (
    # The order as JSON with the sequence that was read, without the problems of benchmarks; none of earlier exports.
    "ALTER TABLE exports ADD COLUMN ordered TEXT",
    # An export under a name. `ordered` is the whole order, so that it can be read again.
    """CREATE TABLE releases (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), name TEXT NOT NULL,
        export_id TEXT NOT NULL REFERENCES exports (id), ordered TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (project_id, name)) STRICT""",
    "CREATE INDEX exports_by_project ON exports (project_id, sequence)",
)

APPEND_ONLY = ("releases",)
