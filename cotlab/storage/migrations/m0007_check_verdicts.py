"""Verdicts of checks on steps and final answers, and which of them a person could see when they labelled."""

STATEMENTS = (
    # The trace's final answer stands at position 0. `checker` is its version with its setting.
    """CREATE TABLE verdicts (
        item_id TEXT NOT NULL REFERENCES traces (id), position INTEGER NOT NULL, checker TEXT NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id), verdict TEXT NOT NULL, document TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (item_id, position, checker)) STRICT""",
    "CREATE INDEX verdicts_by_project ON verdicts (project_id, sequence)",
    "CREATE INDEX verdicts_by_checker ON verdicts (project_id, checker, verdict)",
    # One row for each verdict and person, with the first answer that they gave on the trace after it was theirs to see.
    """CREATE TABLE verdicts_shown (
        item_id TEXT NOT NULL, position INTEGER NOT NULL, checker TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), project_id TEXT NOT NULL REFERENCES projects (id),
        answer_id TEXT NOT NULL REFERENCES answers (id), sequence INTEGER NOT NULL,
        PRIMARY KEY (item_id, actor_id, position, checker),
        FOREIGN KEY (item_id, position, checker) REFERENCES verdicts (item_id, position, checker)) STRICT""",
    "CREATE INDEX verdicts_shown_by_project ON verdicts_shown (project_id, sequence)",
)

APPEND_ONLY = ("verdicts", "verdicts_shown")
