"""How many answers a request for opinions takes, and which requests an item has."""

STATEMENTS = (
    # Answers for each order of the options; 0 for what is no opinion.
    "ALTER TABLE draft_requests ADD COLUMN answers INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX draft_requests_by_item ON draft_requests (project_id, kind, item_id)",
)

APPEND_ONLY: tuple[str, ...] = ()
