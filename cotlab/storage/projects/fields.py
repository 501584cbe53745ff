"""Fields in SQL: a problem's domain with those of its tags that are calibrated; see `field_of` in the domain."""

import json
from collections.abc import Collection

from cotlab.domain.calibration.qualification import PAIRS, WITHIN
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import projects

OF_TASK = f"CASE t.task WHEN 'pairs' THEN '{PAIRS}' ELSE '' END"


def expression(calibrated: Collection[str], task: str = OF_TASK) -> tuple[str, dict[str, str]]:
    """The field of a problem `p`, for the item `t` unless `task` says what stands before it; with its parameters.

    Tags are stored as a JSON list, so that one is found between its quotes, behind the bracket or the blank.
    """
    parts, named = [task, "p.domain"], dict[str, str]()
    for number, tag in enumerate(sorted(calibrated)):
        quoted = json.dumps(tag, ensure_ascii=False)
        named |= {f"first_{number}": f"[{quoted}", f"later_{number}": f" {quoted}", f"tag_{number}": WITHIN + tag}
        held = (f"replace(p.tags, :{place}_{number}, '') <> p.tags" for place in ("first", "later"))
        parts.append(f"CASE WHEN {' OR '.join(held)} THEN :tag_{number} ELSE '' END")
    return f"({' || '.join(parts)})", named


def calibrated(db: Reading, project_id: str, as_of: int | None = None) -> tuple[str, ...]:
    """The calibrated tags of a project's policy, now or as of a sequence."""
    return projects.policy(db, project_id, as_of).calibrated_tags


def of_project(db: Reading, project_id: str) -> list[str]:
    """The fields of a project's items."""
    field, named = expression(calibrated(db, project_id))
    rows = db.rows(
        f"""SELECT DISTINCT {field} AS field FROM problems p JOIN traces t ON t.problem_id = p.id
            WHERE p.project_id = :project ORDER BY field""",
        project=project_id, **named,
    )  # fmt: skip
    return [row["field"] for row in rows]


def domains(db: Reading, project_id: str) -> list[str]:
    """The domains of a project's problems."""
    rows = db.rows(
        "SELECT DISTINCT domain FROM problems WHERE project_id = :project ORDER BY domain", project=project_id
    )
    return [row["domain"] for row in rows]
