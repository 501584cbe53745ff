"""The queue by fields: how many people a trace wants, what its place in the order follows from, and what is settled."""

STATEMENTS = (
    # Working state. `places`: how many people the trace wants, 0 where it follows the policy's overlap. `since` is when
    # it came in, `points` what it has but for its age, and `priority` the key that both make (the smallest is first).
    # `field` is its domain with those of its tags that are calibrated, `known` what the points follow from, as JSON.
    # What is of a batch is handed out to those whom the batch names alone.
    "ALTER TABLE queue RENAME TO queue_until_4",
    """CREATE TABLE queue (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        taken INTEGER NOT NULL, places INTEGER NOT NULL, since INTEGER NOT NULL, points REAL NOT NULL,
        priority INTEGER NOT NULL, field TEXT NOT NULL, known TEXT NOT NULL, settled INTEGER NOT NULL,
        batch_id TEXT) STRICT""",
    """INSERT INTO queue (item_id, project_id, taken, places, since, points, priority, field, known, settled)
        SELECT q.item_id, q.project_id, q.taken, 0, q.priority, 0, q.priority, p.domain, '{}', 0
        FROM queue_until_4 q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id""",
    "DROP TABLE queue_until_4",
    # A claim reads one range of it for each field, number of places and number of places taken.
    """CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, priority, item_id)
        WHERE batch_id IS NULL""",
    "CREATE INDEX queue_by_project ON queue (project_id, item_id)",
    "CREATE INDEX queue_settled ON queue (project_id, item_id) WHERE settled = 1",
    # Working state too: how many traces of a quota's slice were settled when that was counted last.
    """CREATE TABLE quota_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), quota TEXT NOT NULL, filled INTEGER NOT NULL,
        PRIMARY KEY (project_id, quota)) STRICT""",
)

APPEND_ONLY: tuple[str, ...] = ()
