"""Places of the overlap that passed from one person to another."""

STATEMENTS = (
    # `member_id` is whose place it was, `actor_id` who took it, with that assignment.
    """CREATE TABLE places_passed (
        item_id TEXT NOT NULL REFERENCES traces (id), member_id TEXT NOT NULL REFERENCES actors (id),
        project_id TEXT NOT NULL REFERENCES projects (id), actor_id TEXT NOT NULL REFERENCES actors (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (item_id, member_id)) STRICT""",
    "CREATE INDEX places_passed_by_member ON places_passed (member_id, project_id)",
    # An audit reads all assignments in the order of their events.
    "CREATE INDEX assignments_by_project ON assignments (project_id, sequence)",
)

APPEND_ONLY = ("places_passed",)
