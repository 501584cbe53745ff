"""Cases with their decisions, agreement that the server takes, and cohorts."""

STATEMENTS = (
    """CREATE TABLE cases (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, number INTEGER NOT NULL,
        reasons TEXT NOT NULL, seats INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        UNIQUE (item_id, position, number)) STRICT""",
    "CREATE INDEX cases_by_project ON cases (project_id, sequence)",
    """CREATE TABLE case_passes (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        case_id TEXT NOT NULL REFERENCES cases (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        reason TEXT NOT NULL, experts TEXT NOT NULL, seats INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX case_passes_by_case ON case_passes (case_id, sequence)",
    # The answer that carries the decision; none where a later opinion undid the majority.
    """CREATE TABLE case_outcomes (
        project_id TEXT NOT NULL REFERENCES projects (id), case_id TEXT NOT NULL REFERENCES cases (id),
        answer_id TEXT REFERENCES answers (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (case_id, sequence)) STRICT""",
    "CREATE INDEX case_outcomes_by_project ON case_outcomes (project_id, sequence)",
    """CREATE TABLE guideline_gaps (
        answer_id TEXT PRIMARY KEY REFERENCES answers (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), case_id TEXT NOT NULL REFERENCES cases (id),
        text TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX guideline_gaps_by_project ON guideline_gaps (project_id, sequence)",
    """CREATE TABLE decisions_seen (
        project_id TEXT NOT NULL REFERENCES projects (id), case_id TEXT NOT NULL REFERENCES cases (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (case_id, actor_id, sequence)) STRICT""",
    "CREATE INDEX decisions_seen_by_actor ON decisions_seen (actor_id, project_id)",
    "ALTER TABLE assignments ADD COLUMN case_id TEXT REFERENCES cases (id)",
    "CREATE INDEX assignments_by_case ON assignments (case_id) WHERE case_id IS NOT NULL",
    "ALTER TABLE question_answers ADD COLUMN to_all INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX questions_by_item ON questions (item_id, position) WHERE item_id IS NOT NULL",
    """CREATE TABLE agreements_taken (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), labels INTEGER NOT NULL,
        below INTEGER NOT NULL, document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX agreements_taken_by_project ON agreements_taken (project_id, domain, sequence)",
    """CREATE TABLE agreement_decisions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX agreement_decisions_by_project ON agreement_decisions (project_id, domain, sequence)",
    # `actor_id` is who set the cohort, `member_id` who is in it.
    """CREATE TABLE cohorts (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT NOT NULL REFERENCES actors (id),
        cohort TEXT NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX cohorts_by_project ON cohorts (project_id, sequence)",
    """CREATE TABLE cohort_ends (
        cohort_id TEXT PRIMARY KEY REFERENCES cohorts (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), until INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX cohort_ends_by_project ON cohort_ends (project_id, sequence)",
    # Working state: the undecided cases of which a reason held when that was looked at last. `early`: labels are
    # missing; `since` is when the oldest case of its trace was opened that was still to be decided then.
    """CREATE TABLE due_cases (
        case_id TEXT PRIMARY KEY REFERENCES cases (id), project_id TEXT NOT NULL REFERENCES projects (id),
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, reasons TEXT NOT NULL,
        early INTEGER NOT NULL, since INTEGER NOT NULL) STRICT""",
    "CREATE INDEX due_cases_in_order ON due_cases (project_id, early, since, item_id, position)",
    "CREATE INDEX due_cases_by_item ON due_cases (item_id)",
    # Working state: how far the consequences of what was written have been drawn. Lost, they are drawn anew.
    """CREATE TABLE drawn (
        project_id TEXT NOT NULL REFERENCES projects (id), consequence TEXT NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (project_id, consequence)) STRICT""",
    # Working state too: how many labels that count for agreement a domain has under a version, up to what was drawn.
    """CREATE TABLE agreement_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), labels INTEGER NOT NULL,
        PRIMARY KEY (project_id, domain, guideline_version_id)) STRICT""",
)

APPEND_ONLY = (
    "cases", "case_passes", "case_outcomes", "guideline_gaps", "decisions_seen", "agreements_taken",
    "agreement_decisions", "cohorts", "cohort_ends",
)  # fmt: skip
