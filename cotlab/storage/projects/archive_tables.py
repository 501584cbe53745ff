"""What of the database belongs to a project and leaves with it: one registry, which a test holds against the schema."""

from dataclasses import dataclass

OWN = "r.project_id || '' = :project"
"""Rows that name their project; written so that no index on it is used, for pages are read in the order of the key."""


def _within(parent: str, column: str, key: str = "id") -> str:
    return f"EXISTS (SELECT 1 FROM {parent} o WHERE o.{key} = r.{column} AND o.project_id = :project)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows (`r`) of a project are those with `where`, read in the order of its primary key.

    `only` are the columns that travel, where not all do but for `left_out`; what is missing is set anew where the
    project comes in. Rows that name another row of their table in `after` come in after those that name none.
    """

    name: str
    key: tuple[str, ...] = ("id",)
    where: str = OWN
    only: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    after: str | None = None

    @property
    def member(self) -> str:
        """Its file in an archive."""
        return f"tables/{self.name}.jsonl"


PROJECTS = Table("projects", where="r.id = :project", left_out=("name_folded", "sequence"))
GUIDELINES = Table("guideline_versions", left_out=("sequence",))
"""Those that anything of the project names; they are shared with other projects."""
ROLES = Table("roles")
"""A role that came with the project itself has its event in the server's chain, and travels without its sequence."""
QUEUE = Table("queue", ("item_id",), only=("item_id", "project_id", "taken", "since", "batch_id"))
"""Points, fields and what is settled are worked out anew."""
LEASES = Table(
    "leases", ("assignment_id",), only=("assignment_id", "project_id", "item_id", "actor_id", "visible")
)  # fmt: skip
"""Every lease begins anew."""

TABLES: tuple[Table, ...] = (
    GUIDELINES,
    PROJECTS,
    Table("project_ends", ("project_id",)),
    ROLES,
    Table("role_ends", ("role_id",), _within("roles", "role_id")),
    Table("policies", ("project_id", "sequence")),
    Table("guidelines_in_force", ("project_id", "task", "domain", "sequence")),
    Table("acknowledgements", ("project_id", "actor_id", "guideline_version_id")),
    Table("problems"),
    Table("traces", after="parent_id"),
    Table("steps", ("trace_id", "position"), _within("traces", "trace_id")),
    Table("pairs", ("item_id",)),
    Table("derivations", ("item_id",)),
    Table("cases"),
    Table("assignments"),
    Table("assignment_ends", ("assignment_id",), _within("assignments", "assignment_id")),
    Table("answers", after="replaces"),
    Table("citations", ("answer_id", "number"), _within("answers", "answer_id")),
    Table("source_rows", ("answer_id",)),
    Table("exports"),
    Table("releases"),
    Table("questions"),
    Table("question_answers"),
    Table("pilots"),
    Table("pilot_items", ("pilot_id", "item_id"), _within("pilots", "pilot_id")),
    Table("sign_offs"),
    Table("openings", ("project_id", "sequence")),
    Table("case_passes"),
    Table("case_outcomes", ("case_id", "sequence")),
    Table("guideline_gaps", ("answer_id",)),
    Table("decisions_seen", ("case_id", "actor_id", "sequence")),
    Table("agreements_taken"),
    Table("agreement_decisions"),
    Table("cohorts"),
    Table("cohort_ends", ("cohort_id",)),
    Table("gold_items", ("item_id",)),
    Table("gold_ends", ("item_id",)),
    Table("gold_labels", ("item_id", "position", "number")),
    Table("gold_criteria", ("item_id", "criterion", "number")),
    Table("calibration_sets"),
    Table("calibration_items", ("set_id", "item_id"), _within("calibration_sets", "set_id")),
    Table("calibration_decisions"),
    Table("drift_alarms"),
    Table("rechecks"),
    Table("recheck_items", ("recheck_id", "item_id"), _within("rechecks", "recheck_id")),
    Table("places_passed", ("item_id", "member_id")),
    Table("verdicts", ("item_id", "position", "checker")),
    Table("verdicts_shown", ("item_id", "actor_id", "position", "checker")),
    Table("pace_alarms"),
    Table("pace_alarm_ends", ("alarm_id",)),
    Table("position_alarms"),
    Table("position_alarm_ends", ("alarm_id",)),
    Table("evaluations"),
    Table("reopenings"),
    Table("reopening_items", ("reopening_id", "item_id"), _within("reopenings", "reopening_id")),
    Table("draft_requests"),
    Table("drafts"),
    Table("draft_ends", ("request_id",)),
    Table("draft_drops", ("draft_id",)),
    Table("draft_decisions", ("draft_id",)),
    Table("drafted_traces", ("item_id",)),
    Table("reveals"),
    Table("assistance", ("answer_id", "draft_id")),
    Table("rationale_requests", ("request_id",)),
    Table("writing_tasks"),
    Table("writing_ends", ("task_id",)),
    Table("written_paths", ("task_id",)),
    Table("writing_returns", ("assignment_id",)),
    Table("batches"),
    Table("batch_items", ("batch_id", "item_id"), _within("batches", "batch_id")),
    Table("batch_people", ("batch_id", "member_id"), _within("batches", "batch_id")),
    Table("batch_ends", ("batch_id",)),
    Table("pair_sides", ("assignment_id",)),
    QUEUE,
    LEASES,
)
"""In the order in which they come in: what a row refers to comes before it."""

OTHERWISE = {
    "actors": "people.jsonl and names.jsonl hold those whom anything of the project names",
    "events": "chain.log holds the project's chain",
    "heads": "chain.log holds the signed heads of the project's chain",
    "signing_keys": "keys.jsonl holds the public keys that signed these heads",
    "deactivations": "people.jsonl says who is away; where they come in new, that is told in the server's chain",
    "deactivation_ends": "who came back is not away",
}
"""Tables of the whole server, of which a part travels in a file of its own."""

STAYS = {
    "tokens": "a credential of the server that gave it",
    "token_ends": "of a credential",
    "sessions": "how long somebody has worked, wherever; a new one begins with the next claim",
    "replies": "answers to requests that might be sent again to the same server",
    "due_cases": "drawn anew from the rows, as after a crash",
    "drawn": "how far consequences are drawn; all are drawn anew, and what stands already does not change",
    "agreement_counts": "counted anew as far as consequences are drawn",
    "position_counts": "counted anew as far as consequences are drawn",
    "quota_counts": "counted anew with the queue",
    "queue_sources": "looked at anew with the queue",
    "models": "how a server reaches its models; each draft's provenance says what drafted it",
    "model_ends": "of a model",
    "draft_leases": "a request that waits here waits for a model of this server, and is drafted nowhere else",
}
"""Tables of which nothing leaves, and why."""
