"""Alarms of labels that came faster than the text can be read, and what leads decided about them."""

STATEMENTS = (
    # `member_id` is who labelled; `since` and `until` are the ends of the run, `document` says what it was.
    """CREATE TABLE pace_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, until INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX pace_alarms_by_project ON pace_alarms (project_id, member_id, sequence)",
    """CREATE TABLE pace_alarm_ends (
        alarm_id TEXT PRIMARY KEY REFERENCES pace_alarms (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), decision TEXT NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX pace_alarm_ends_by_project ON pace_alarm_ends (project_id, sequence)",
)

APPEND_ONLY = ("pace_alarms", "pace_alarm_ends")
