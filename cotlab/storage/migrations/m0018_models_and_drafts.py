"""Models that draft, requests for drafts, the drafts, and how requests ended."""

STATEMENTS = (
    # `options` and `sha256` (file -> hash) are JSON; a key is never among them, only where it is found.
    """CREATE TABLE models (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, driver TEXT NOT NULL, place TEXT, options TEXT NOT NULL,
        sha256 TEXT NOT NULL, actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE model_ends (
        model_id TEXT PRIMARY KEY REFERENCES models (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    # The model is named without a reference, since it stays with its server where a project moves; its name is kept.
    """CREATE TABLE draft_requests (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), kind TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), problem_id TEXT REFERENCES problems (id), position INTEGER,
        model_id TEXT NOT NULL, model TEXT NOT NULL, sampling TEXT NOT NULL, seed INTEGER NOT NULL,
        number INTEGER NOT NULL, strategy TEXT, actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX draft_requests_by_project ON draft_requests (project_id, sequence)",
    # A rerun of a request meets its ordinals, and makes no doubles.
    """CREATE TABLE drafts (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), ordinal INTEGER NOT NULL, kind TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), problem_id TEXT REFERENCES problems (id), position INTEGER,
        document TEXT NOT NULL, provenance TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (request_id, ordinal)) STRICT""",
    "CREATE INDEX drafts_by_project ON drafts (project_id, sequence)",
    "CREATE INDEX drafts_by_item ON drafts (item_id, position)",
    """CREATE TABLE draft_ends (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), project_id TEXT NOT NULL REFERENCES projects (id),
        ending TEXT NOT NULL, sentence TEXT, actor_id TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX draft_ends_by_project ON draft_ends (project_id, sequence)",
    # Working state: the requests that have not ended, and the worker that has one of them until when.
    """CREATE TABLE draft_leases (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id), asked_at INTEGER NOT NULL, worker TEXT,
        expires_at INTEGER NOT NULL) STRICT""",
    "CREATE INDEX draft_leases_in_order ON draft_leases (asked_at, request_id)",
)

APPEND_ONLY = ("models", "model_ends", "draft_requests", "drafts", "draft_ends")
