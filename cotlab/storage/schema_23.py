"""Which drafts people saw, which of them stood beside an answer, and rationales that were asked for."""

STATEMENTS = (
    # One row a draft and person: what was revealed after the commit; `how` is `always` or `on_key`.
    """CREATE TABLE drafts_shown (
        draft_id TEXT NOT NULL REFERENCES drafts (id), item_id TEXT NOT NULL REFERENCES traces (id),
        position INTEGER NOT NULL, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), assignment_id TEXT NOT NULL REFERENCES assignments (id),
        how TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (draft_id, actor_id)) STRICT""",
    "CREATE INDEX drafts_shown_by_item ON drafts_shown (item_id, actor_id)",
    "CREATE INDEX drafts_shown_by_project ON drafts_shown (project_id, sequence)",
    # The answers that were given while a draft was visible. `similarity` is of a rationale that was kept.
    """CREATE TABLE assistance (
        answer_id TEXT NOT NULL REFERENCES answers (id), draft_id TEXT NOT NULL REFERENCES drafts (id),
        item_id TEXT NOT NULL REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        similarity REAL, sequence INTEGER NOT NULL, PRIMARY KEY (answer_id, draft_id)) STRICT""",
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

APPEND_ONLY = ("drafts_shown", "assistance", "rationale_requests")
