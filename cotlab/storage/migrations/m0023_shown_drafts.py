"""Which drafts people saw, which of them stood beside an answer, and rationales that were asked for."""

STATEMENTS = (
    # What somebody saw at once of a step; `drafts` is JSON, a list of ids. `how` is `always`, `on_key` or `asked`.
    """CREATE TABLE reveals (
        id TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), drafts TEXT NOT NULL, how TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX reveals_by_item ON reveals (item_id, actor_id)",
    "CREATE INDEX reveals_by_project ON reveals (project_id, sequence)",
    # The drafts that were visible when a label was given. `similarity` is of a rationale that was kept, in percent.
    """CREATE TABLE assistance (
        answer_id TEXT NOT NULL REFERENCES answers (id), draft_id TEXT NOT NULL REFERENCES drafts (id),
        item_id TEXT NOT NULL REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        similarity INTEGER, sequence INTEGER NOT NULL, PRIMARY KEY (answer_id, draft_id)) STRICT""",
    "CREATE INDEX assistance_by_item ON assistance (item_id, answer_id)",
    "CREATE INDEX assistance_by_project ON assistance (project_id, sequence)",
    # The label that a rationale is to be drafted for.
    """CREATE TABLE rationale_requests (
        request_id TEXT PRIMARY KEY REFERENCES draft_requests (id),
        project_id TEXT NOT NULL REFERENCES projects (id), answer_id TEXT NOT NULL REFERENCES answers (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (answer_id)) STRICT""",
    "CREATE INDEX rationale_requests_by_project ON rationale_requests (project_id, sequence)",
)

APPEND_ONLY = ("reveals", "assistance", "rationale_requests")
