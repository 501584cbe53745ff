"""Paths that are asked for: writing tasks, how they end, what was written, and what was given back."""

STATEMENTS = (
    # The matrix of problems and strategies is read by problem.
    "CREATE INDEX traces_by_problem ON traces (problem_id)",
    # Whether somebody has a task in hand is looked up by the task.
    "CREATE INDEX leases_by_item ON leases (item_id)",
    """CREATE TABLE writing_tasks (
        id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id),
        problem_id TEXT NOT NULL REFERENCES problems (id), strategy TEXT NOT NULL,
        actor_id TEXT NOT NULL REFERENCES actors (id), at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX writing_tasks_by_project ON writing_tasks (project_id, sequence)",
    "CREATE INDEX writing_tasks_by_problem ON writing_tasks (problem_id)",
    # A task that is withdrawn; one that was written has a row in written_paths.
    """CREATE TABLE writing_ends (
        task_id TEXT PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX writing_ends_by_project ON writing_ends (project_id, sequence)",
    # `labelled_others`: how many other paths of the problem the author had been given to label by then.
    """CREATE TABLE written_paths (
        task_id TEXT PRIMARY KEY REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        assignment_id TEXT NOT NULL REFERENCES assignments (id), trace_id TEXT NOT NULL REFERENCES traces (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), labelled_others INTEGER NOT NULL, digest TEXT NOT NULL,
        at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX written_paths_by_project ON written_paths (project_id, sequence)",
    """CREATE TABLE writing_returns (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), task_id TEXT NOT NULL
            REFERENCES writing_tasks (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), reason TEXT NOT NULL, at INTEGER NOT NULL,
        sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX writing_returns_by_task ON writing_returns (task_id)",
)

APPEND_ONLY = ("writing_tasks", "writing_ends", "written_paths", "writing_returns")
