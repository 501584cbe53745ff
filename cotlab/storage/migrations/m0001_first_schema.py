"""The first schema: plain SQL that both engines read after the dialect's few replacements."""

STATEMENTS = (
    """CREATE TABLE actors (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL,
        created_at INTEGER NOT NULL, sequence INTEGER NOT NULL, UNIQUE (kind, name_folded)) STRICT""",
    """CREATE TABLE tokens (
        id TEXT PRIMARY KEY, actor_id TEXT NOT NULL REFERENCES actors (id), name TEXT NOT NULL,
        secret_hash TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE token_ends (
        token_id TEXT PRIMARY KEY REFERENCES tokens (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE projects (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_folded TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE project_ends (
        project_id TEXT PRIMARY KEY REFERENCES projects (id), at INTEGER NOT NULL, reason TEXT NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE roles (
        id TEXT PRIMARY KEY, project_id TEXT REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        role TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX roles_by_actor ON roles (actor_id, project_id)",
    "CREATE INDEX roles_by_project ON roles (project_id)",
    """CREATE TABLE role_ends (
        role_id TEXT PRIMARY KEY REFERENCES roles (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE policies (
        project_id TEXT NOT NULL REFERENCES projects (id), sequence INTEGER NOT NULL, at INTEGER NOT NULL,
        document TEXT NOT NULL, PRIMARY KEY (project_id, sequence)) STRICT""",
    """CREATE TABLE guideline_versions (
        id TEXT PRIMARY KEY, guideline TEXT NOT NULL, version TEXT NOT NULL, change TEXT NOT NULL, task TEXT NOT NULL,
        head TEXT NOT NULL, quick_reference TEXT NOT NULL, text TEXT NOT NULL, published_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (guideline, version)) STRICT""",
    """CREATE TABLE guidelines_in_force (
        project_id TEXT NOT NULL REFERENCES projects (id), task TEXT NOT NULL, domain TEXT NOT NULL,
        sequence INTEGER NOT NULL, guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id),
        at INTEGER NOT NULL, PRIMARY KEY (project_id, task, domain, sequence)) STRICT""",
    """CREATE TABLE problems (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), digest TEXT NOT NULL,
        text TEXT NOT NULL, domain TEXT NOT NULL, language TEXT NOT NULL, source TEXT, collected_at TEXT,
        tags TEXT NOT NULL, difficulty INTEGER, reference_answer TEXT, passages TEXT NOT NULL,
        sequence INTEGER NOT NULL, UNIQUE (project_id, digest)) STRICT""",
    """CREATE TABLE traces (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        problem_id TEXT NOT NULL REFERENCES problems (id), digest TEXT NOT NULL, external_id TEXT,
        origin TEXT NOT NULL, generator TEXT, strategy TEXT, canonical INTEGER NOT NULL, final_answer TEXT,
        first_position INTEGER NOT NULL, last_position INTEGER NOT NULL,
        parent_id TEXT REFERENCES traces (id), alternative_kind TEXT, author_id TEXT REFERENCES actors (id),
        sequence INTEGER NOT NULL, UNIQUE (project_id, digest)) STRICT""",
    "CREATE INDEX traces_by_project ON traces (project_id, id)",
    "CREATE INDEX traces_by_parent ON traces (parent_id) WHERE parent_id IS NOT NULL",
    """CREATE TABLE steps (
        trace_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (trace_id, position)) STRICT""",
    """CREATE TABLE assignments (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), item_id TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), purpose TEXT NOT NULL, round INTEGER NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), informed INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (item_id, actor_id, purpose, round)) STRICT""",
    """CREATE TABLE assignment_ends (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), ending TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE answers (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), item_id TEXT NOT NULL,
        position INTEGER NOT NULL, question TEXT NOT NULL, value TEXT NOT NULL,
        replaces TEXT REFERENCES answers (id), actor_id TEXT NOT NULL REFERENCES actors (id), purpose TEXT NOT NULL,
        assignment_id TEXT REFERENCES assignments (id),
        guideline_version_id TEXT REFERENCES guideline_versions (id),
        rationale TEXT, unsure INTEGER NOT NULL, informed INTEGER NOT NULL, visible_until INTEGER,
        shown_at INTEGER, chosen_at INTEGER, received_at INTEGER NOT NULL, elapsed_ms INTEGER,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE UNIQUE INDEX answers_replaced_once ON answers (replaces) WHERE replaces IS NOT NULL",
    "CREATE INDEX answers_by_item ON answers (item_id, position)",
    "CREATE INDEX answers_by_assignment ON answers (assignment_id, position) WHERE assignment_id IS NOT NULL",
    "CREATE INDEX answers_by_actor ON answers (actor_id, project_id, received_at) WHERE assignment_id IS NOT NULL",
    """CREATE TABLE citations (
        answer_id TEXT NOT NULL REFERENCES answers (id), number INTEGER NOT NULL, kind TEXT NOT NULL,
        name TEXT NOT NULL, start INTEGER, stop INTEGER, PRIMARY KEY (answer_id, number)) STRICT""",
    """CREATE TABLE exports (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL,
        manifest TEXT NOT NULL, made_at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE signing_keys (
        id TEXT PRIMARY KEY, public_key TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    """CREATE TABLE events (
        chain TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
        PRIMARY KEY (chain, sequence)) STRICT""",
    """CREATE TABLE heads (
        chain TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, key_id TEXT NOT NULL,
        signature TEXT NOT NULL, PRIMARY KEY (chain, size)) STRICT""",
    # The working state of the queue: the only tables whose rows are updated or deleted.
    """CREATE TABLE queue (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        taken INTEGER NOT NULL, priority INTEGER NOT NULL) STRICT""",
    "CREATE INDEX queue_by_priority ON queue (project_id, taken, priority, item_id)",
    """CREATE TABLE leases (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), project_id TEXT NOT NULL, item_id TEXT NOT NULL,
        actor_id TEXT NOT NULL, expires_at INTEGER NOT NULL, visible INTEGER NOT NULL,
        shown_at INTEGER NOT NULL) STRICT""",
    "CREATE INDEX leases_by_actor ON leases (actor_id, project_id)",
    "CREATE INDEX leases_by_expiry ON leases (project_id, expires_at)",
    """CREATE TABLE sessions (
        actor_id TEXT PRIMARY KEY REFERENCES actors (id), started_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
        worked INTEGER NOT NULL, step_open INTEGER NOT NULL) STRICT""",
    """CREATE TABLE replies (
        actor_id TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (actor_id, key)) STRICT""",
    "CREATE INDEX replies_by_time ON replies (at)",
)

APPEND_ONLY = (
    "tokens", "token_ends", "projects", "project_ends", "roles", "role_ends", "policies", "guideline_versions",
    "guidelines_in_force", "problems", "traces", "steps", "assignments", "assignment_ends", "answers", "citations",
    "exports", "signing_keys", "events", "heads",
)  # fmt: skip
