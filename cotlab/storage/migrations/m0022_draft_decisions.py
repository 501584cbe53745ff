"""What became of drafts: dropped, accepted or turned down; and the drafts that traces of the pool were."""

STATEMENTS = (
    # `beside` is the trace or the draft that it is a duplicate of, `shared` the percentage of their numbers in common.
    """CREATE TABLE draft_drops (
        draft_id TEXT PRIMARY KEY REFERENCES drafts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), why TEXT NOT NULL, beside TEXT, shared INTEGER,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX draft_drops_by_request ON draft_drops (request_id)",
    "CREATE INDEX draft_drops_by_project ON draft_drops (project_id, sequence)",
    # `edited` is JSON, where a person changed it; `content` is a digest over all that came into the pool with it.
    """CREATE TABLE draft_decisions (
        draft_id TEXT PRIMARY KEY REFERENCES drafts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        request_id TEXT NOT NULL REFERENCES draft_requests (id), decision TEXT NOT NULL,
        item_id TEXT REFERENCES traces (id), edited TEXT, reason TEXT, content TEXT, actor_id TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX draft_decisions_by_request ON draft_decisions (request_id)",
    "CREATE INDEX draft_decisions_by_project ON draft_decisions (project_id, sequence)",
    "CREATE INDEX draft_decisions_by_item ON draft_decisions (item_id)",
    "CREATE INDEX drafts_by_problem ON drafts (problem_id, kind)",
    # What a trace or an alternative says of the draft that it was (JSON); also of one that came with a file.
    """CREATE TABLE drafted_traces (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        document TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT""",
)

APPEND_ONLY = ("draft_drops", "draft_decisions", "drafted_traces")
