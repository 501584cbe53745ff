"""Guidelines that act: who acknowledged which version, questions to the lead, pilots, signatures, openings."""

STATEMENTS = (
    """CREATE TABLE acknowledgements (
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (project_id, actor_id, guideline_version_id)) STRICT""",
    """CREATE TABLE questions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id),
        assignment_id TEXT REFERENCES assignments (id), item_id TEXT REFERENCES traces (id), position INTEGER,
        text TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX questions_by_project ON questions (project_id, sequence)",
    "CREATE INDEX questions_by_actor ON questions (actor_id, project_id)",
    """CREATE TABLE question_answers (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        question_id TEXT NOT NULL REFERENCES questions (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        resolution TEXT NOT NULL, rule TEXT, text TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX question_answers_by_question ON question_answers (question_id)",
    """CREATE TABLE pilots (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), people INTEGER NOT NULL, seed INTEGER NOT NULL, domain TEXT,
        experts TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX pilots_by_project ON pilots (project_id, sequence)",
    """CREATE TABLE pilot_items (
        pilot_id TEXT NOT NULL REFERENCES pilots (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (pilot_id, item_id)) STRICT""",
    """CREATE TABLE sign_offs (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id),
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX sign_offs_by_project ON sign_offs (project_id, guideline_version_id)",
    """CREATE TABLE openings (
        project_id TEXT NOT NULL REFERENCES projects (id), sequence INTEGER NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), missing TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL,
        PRIMARY KEY (project_id, sequence)) STRICT""",
    # What a new version makes stale is looked for by label, and by the rules that were cited.
    "DROP INDEX answers_by_actor",
    """CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at, guideline_version_id, value)
        WHERE assignment_id IS NOT NULL""",
    "CREATE INDEX citations_by_rule ON citations (name) WHERE kind = 'rule'",
)

APPEND_ONLY = (
    "acknowledgements", "questions", "question_answers", "pilots", "pilot_items", "sign_offs", "openings",
)  # fmt: skip
