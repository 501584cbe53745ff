"""Gold with its versions, calibration sets, what leads decide about people and teams, drift and rechecks."""

STATEMENTS = (
    """CREATE TABLE gold_items (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), origin TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX gold_items_by_project ON gold_items (project_id, sequence)",
    """CREATE TABLE gold_ends (
        item_id TEXT PRIMARY KEY REFERENCES gold_items (item_id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    # A correction is a row with the next number; the highest number stands.
    """CREATE TABLE gold_labels (
        item_id TEXT NOT NULL REFERENCES gold_items (item_id), position INTEGER NOT NULL, number INTEGER NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        value TEXT NOT NULL, justification TEXT NOT NULL,
        guideline_version_id TEXT NOT NULL REFERENCES guideline_versions (id), at INTEGER NOT NULL,
        sequence INTEGER NOT NULL, PRIMARY KEY (item_id, position, number)) STRICT""",
    "CREATE INDEX gold_labels_by_project ON gold_labels (project_id, sequence)",
    # The newest set of a domain is the one that is served; `training` items come first, with feedback.
    """CREATE TABLE calibration_sets (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), seed INTEGER NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX calibration_sets_by_project ON calibration_sets (project_id, domain, sequence)",
    """CREATE TABLE calibration_items (
        set_id TEXT NOT NULL REFERENCES calibration_sets (id), item_id TEXT NOT NULL REFERENCES gold_items (item_id),
        counted INTEGER NOT NULL, PRIMARY KEY (set_id, item_id)) STRICT""",
    # A lead's word about a person (`member_id`) or the whole team (none) in a domain: kind says what.
    """CREATE TABLE calibration_decisions (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT REFERENCES actors (id), kind TEXT NOT NULL,
        reason TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX calibration_decisions_by_project ON calibration_decisions (project_id, domain, sequence)",
    """CREATE TABLE drift_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX drift_alarms_by_project ON drift_alarms (project_id, domain, sequence)",
    """CREATE TABLE rechecks (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), domain TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), member_id TEXT NOT NULL REFERENCES actors (id),
        seed INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX rechecks_by_project ON rechecks (project_id, sequence)",
    """CREATE TABLE recheck_items (
        recheck_id TEXT NOT NULL REFERENCES rechecks (id), item_id TEXT NOT NULL REFERENCES traces (id),
        PRIMARY KEY (recheck_id, item_id)) STRICT""",
    # How many traces lie between two gold ones is counted for a person at each claim.
    "CREATE INDEX assignments_by_actor ON assignments (actor_id, project_id, sequence)",
)

APPEND_ONLY = (
    "gold_items", "gold_ends", "gold_labels", "calibration_sets", "calibration_items", "calibration_decisions",
    "drift_alarms", "rechecks", "recheck_items",
)  # fmt: skip
