"""At which sequence of a project's chain an export reads, and what its manifest says of that time."""

from cotlab.domain.errors import BadInput
from cotlab.storage.calibration import calibration
from cotlab.storage.engine.database import Reading
from cotlab.storage.labels import exports as stored


def opened_early(db: Reading, project_id: str, as_of: int) -> tuple[str, ...]:
    """The domains whose production was opened before the team's gate was passed, with the reasons."""
    return tuple(f"{row['domain']}: {row['reason']}" for row in calibration.opened_early(db, project_id, as_of))


def exported_at(db: Reading, project_id: str, wanted: int | None) -> tuple[int, str]:
    """The sequence that is read, and the hash of its event. Raises BadInput for one that is not there yet."""
    newest, head = stored.sequence_now(db, project_id)
    if wanted is None or wanted == newest:
        return newest, head
    if wanted > newest:
        raise BadInput(f"as_of: the project's chain ends at {newest}, so that {wanted} is not there yet")
    return wanted, stored.event_hash(db, project_id, wanted) or project_id
