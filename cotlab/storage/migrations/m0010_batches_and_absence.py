"""Work given to people by name, and people who leave for a time or for good."""

STATEMENTS = (
    # `due` is a time (microseconds UTC); `note` is for leads.
    """CREATE TABLE batches (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), due INTEGER NOT NULL, note TEXT, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX batches_by_project ON batches (project_id, sequence)",
    """CREATE TABLE batch_items (
        batch_id TEXT NOT NULL REFERENCES batches (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (batch_id, item_id)) STRICT""",
    """CREATE TABLE batch_people (
        batch_id TEXT NOT NULL REFERENCES batches (id), member_id TEXT NOT NULL REFERENCES actors (id),
        PRIMARY KEY (batch_id, member_id)) STRICT""",
    "CREATE INDEX batch_people_by_member ON batch_people (member_id)",
    """CREATE TABLE batch_ends (
        batch_id TEXT PRIMARY KEY REFERENCES batches (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX batch_ends_by_project ON batch_ends (project_id)",
    "CREATE INDEX queue_by_batch ON queue (batch_id, priority, item_id) WHERE batch_id IS NOT NULL",
    # In the server's chain; `member_id` is who is away from `at` on, until the end.
    """CREATE TABLE deactivations (
        id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES actors (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX deactivations_by_member ON deactivations (member_id)",
    """CREATE TABLE deactivation_ends (
        deactivation_id TEXT PRIMARY KEY REFERENCES deactivations (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
)

APPEND_ONLY = ("batches", "batch_items", "batch_people", "batch_ends", "deactivations", "deactivation_ends")
