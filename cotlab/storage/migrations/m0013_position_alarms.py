"""Alarms that somebody chooses a side of pairs and not a response, and what leads decided about them."""

STATEMENTS = (
    # As `pace_alarms`: `since` and `until` are the times of the choices that the alarm rests on.
    """CREATE TABLE position_alarms (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        member_id TEXT NOT NULL REFERENCES actors (id), since INTEGER NOT NULL, until INTEGER NOT NULL,
        document TEXT NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX position_alarms_by_project ON position_alarms (project_id, member_id, sequence)",
    """CREATE TABLE position_alarm_ends (
        alarm_id TEXT PRIMARY KEY REFERENCES position_alarms (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), decision TEXT NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX position_alarm_ends_by_project ON position_alarm_ends (project_id, sequence)",
    # Working state of the watch: choices of a side after the sequence `after`, the first of them at `since`, up to
    # where the consequence is drawn.
    """CREATE TABLE position_counts (
        project_id TEXT NOT NULL REFERENCES projects (id), member_id TEXT NOT NULL REFERENCES actors (id),
        lefts INTEGER NOT NULL, choices INTEGER NOT NULL, since INTEGER NOT NULL, after INTEGER NOT NULL,
        PRIMARY KEY (project_id, member_id)) STRICT""",
)

APPEND_ONLY = ("position_alarms", "position_alarm_ends")
