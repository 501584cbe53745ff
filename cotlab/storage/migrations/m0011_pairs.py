"""Pairs of responses: an item of its own task beside traces, its texts, and the sides on which people saw them."""

STATEMENTS = (
    # What an item is to be done with: `steps` of a trace, or `pairs`, whose row here is a unit with one position.
    "ALTER TABLE traces ADD COLUMN task TEXT NOT NULL DEFAULT 'steps'",
    # Who has seen a pair of a problem is looked up for each trace that is handed out.
    "CREATE INDEX pairs_by_problem ON traces (problem_id) WHERE task = 'pairs'",
    # In canonical order; `messages` and the origins are JSON.
    """CREATE TABLE pairs (
        item_id TEXT PRIMARY KEY REFERENCES traces (id), project_id TEXT NOT NULL REFERENCES projects (id),
        messages TEXT NOT NULL, first_text TEXT NOT NULL, second_text TEXT NOT NULL, first_origin TEXT NOT NULL,
        second_origin TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX pairs_by_project ON pairs (project_id, item_id)",
    # `left_one` is the response on the left, `first` or `second`. `others` are the ids of the other paths and pairs of
    # the problem that the person had been given before, as JSON. `repeats`: the pair comes back with sides swapped.
    """CREATE TABLE pair_sides (
        assignment_id TEXT PRIMARY KEY REFERENCES assignments (id), project_id TEXT NOT NULL REFERENCES projects (id),
        actor_id TEXT NOT NULL REFERENCES actors (id), left_one TEXT NOT NULL, others TEXT NOT NULL,
        repeats INTEGER NOT NULL, at INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT""",
    "CREATE INDEX pair_sides_by_project ON pair_sides (project_id, sequence)",
    "CREATE INDEX pair_sides_repeating ON pair_sides (actor_id, project_id, sequence) WHERE repeats = 1",
)

APPEND_ONLY = ("pairs", "pair_sides")
