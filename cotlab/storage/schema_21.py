"""How many answers a request for opinions takes, and which requests an item has."""

STATEMENTS = (
    # Answers for each order of the options; of requests for opinions alone.
    "ALTER TABLE draft_requests ADD COLUMN answers INTEGER",
    "CREATE INDEX draft_requests_by_item ON draft_requests (project_id, kind, item_id)",
)

APPEND_ONLY: tuple[str, ...] = ()
