"""Requests for drafts by their model and rank, and how often the worker of one was lost; reasons asked for anew."""

STATEMENTS = (
    # Working state, of what no worker has ended and whose project is open. The smallest `rank` goes first. `lost` is
    # how many workers let their lease run out since the last draft was made. A worker has none that waits (NULL).
    "ALTER TABLE draft_leases RENAME TO draft_leases_until_26",
    """CREATE TABLE draft_leases (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), model_id TEXT NOT NULL, rank INTEGER NOT NULL,
        asked_at INTEGER NOT NULL, worker TEXT, expires_at INTEGER NOT NULL, lost INTEGER NOT NULL) STRICT""",
    """INSERT INTO draft_leases (request_id, model_id, rank, asked_at, worker, expires_at, lost)
        SELECT l.request_id, r.model_id, CASE WHEN r.kind = 'rationale' THEN 0 ELSE 1 END, l.asked_at,
            CASE WHEN l.expires_at = 0 THEN NULL ELSE l.worker END, l.expires_at, 0
        FROM draft_leases_until_26 l JOIN draft_requests r ON r.id = l.request_id
        WHERE NOT EXISTS (SELECT 1 FROM project_ends p WHERE p.project_id = r.project_id)""",
    "DROP TABLE draft_leases_until_26",
    "CREATE INDEX draft_leases_in_order ON draft_leases (model_id, rank, asked_at, request_id)",
    # The label that a rationale is to be drafted for; asked for anew where the one before failed or was cancelled.
    "ALTER TABLE rationale_requests RENAME TO rationale_requests_until_26",
    """CREATE TABLE rationale_requests (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT NOT NULL REFERENCES projects (id), answer_id TEXT NOT NULL REFERENCES answers (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """INSERT INTO rationale_requests (request_id, project_id, answer_id, actor_id, at, sequence)
        SELECT request_id, project_id, answer_id, actor_id, at, sequence FROM rationale_requests_until_26""",
    "DROP TABLE rationale_requests_until_26",
    "CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence)",
    "CREATE INDEX rationale_requests_by_answer ON rationale_requests (answer_id, sequence)",
)

APPEND_ONLY = ("rationale_requests",)
