"""Agreement that the server took: what it was, which domains are below the bar, and the lead's decision to go on."""

import json

from cotlab.domain.agreement.coefficients import GoOnBody, TakenAgreement
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.policy import Policy
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.agreement import agreement_records as stored
from cotlab.storage.engine.database import Db, Reading
from cotlab.storage.projects import projects


def below_bar(db: Reading, project_id: str) -> tuple[str, ...]:
    """The domains whose newest agreement under the version in force is below the bar, and nobody has decided since."""
    return tuple(row["domain"] for row in stored.below(db, project_id))


def paused(db: Reading, project_id: str, policy: Policy | None = None) -> tuple[str, ...]:
    """The domains that are handed out no more until the lead decides. `policy` is the one in force, where it is known.

    A pause ends with that decision, with agreement that is taken anew and reaches the bar, and with another version.
    """
    found = policy or projects.policy(db, project_id)
    return below_bar(db, project_id) if found.pause_below_bar else ()


def takings(db: Reading, project_id: str) -> list[TakenAgreement]:
    """All that the server took in a project, the newest first."""
    known_project(db, project_id)
    names, rows = projects.version_names(db), stored.takings(db, project_id)
    below = {row["id"] for row in stored.below(db, project_id)}
    pauses, said = projects.policy(db, project_id).pause_below_bar, {}
    for decision in stored.decisions(db, project_id):
        before = (row for row in rows if row["domain"] == decision["domain"] and row["sequence"] < decision["sequence"])
        said[next(before)["id"]] = decision["reason"]
    return [
        TakenAgreement(
            id=row["id"], domain=row["domain"], guideline_version=names[row["guideline_version_id"]],
            labels=row["labels"], taken_at=row["at"], below=bool(row["below"]),
            paused=pauses and row["id"] in below, decision=said.get(row["id"]), **json.loads(row["document"]),
        )
        for row in rows
    ]  # fmt: skip


def go_on(db: Db, by: str, project_id: str, body: GoOnBody) -> Receipt:
    """Decide that a domain goes on. Raises BadInput for one that is not below the bar, or was decided already."""
    open_project(db, project_id)
    if body.domain not in below_bar(db, project_id):
        raise BadInput(f"domain: {body.domain} is not below the bar in this project, or it was decided already")
    columns = {
        "id": db.new_id(), "project_id": project_id, "domain": body.domain, "actor_id": by, "reason": body.reason,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.GOING_ON, columns)
    stored.add_decision(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)
