"""What brought a trace to its first person: its points, the random draw, or its age."""

STATEMENTS = (
    # Of the first hand-out in production alone, and of none before this was kept.
    "ALTER TABLE assignments ADD COLUMN brought_by TEXT",
    # Working state: 1 where points would have brought a trace of the random share before they changed.
    "ALTER TABLE queue ADD COLUMN reached INTEGER NOT NULL DEFAULT 0",
    # The points of the random share's rows are those that they would have if they were none: each is looked at anew.
    "DELETE FROM drawn WHERE consequence = 'scores'",
)

APPEND_ONLY: tuple[str, ...] = ()
