"""The queue with a share of traces that is handed out at random, and the models whose opinions order the rest."""

STATEMENTS = (
    # Working state. `at_random` is 1 for a trace of the random share. Each range of the index that a claim reads is of
    # either kind, and holds all that the claim reads of a row.
    "ALTER TABLE queue ADD COLUMN at_random INTEGER NOT NULL DEFAULT 0",
    "DROP INDEX queue_in_order",
    """CREATE INDEX queue_in_order ON queue (project_id, field, places, taken, at_random, priority, item_id,
        points) WHERE batch_id IS NULL""",
    # Working state too: the sources of opinions that were found better than chance when they were looked at last.
    """CREATE TABLE queue_sources (
        project_id TEXT NOT NULL REFERENCES projects (id), source TEXT NOT NULL,
        PRIMARY KEY (project_id, source)) STRICT""",
    # Every row is looked at anew.
    "DELETE FROM drawn WHERE consequence = 'scores'",
)

APPEND_ONLY: tuple[str, ...] = ()
