"""What follows from what was written, as later writes: derived from rows, so that a crash only delays it."""

from collections.abc import Callable

from cotlab.services.agreement.recording import take_agreement
from cotlab.services.calibration.drift_alarms import raise_alarms
from cotlab.services.calibration.pace_alarms import raise_pace_alarms
from cotlab.services.calibration.position_alarms import raise_position_alarms
from cotlab.services.cases.opening import open_cases
from cotlab.services.queue.batch_release import release_batches
from cotlab.services.queue.opinion_sources import take_sources
from cotlab.services.queue.order import keep_scores
from cotlab.storage.engine.database import Store

Consequence = Callable[[Store, str], None]
"""Draws what is due in one project; done twice it changes nothing more."""

CONSEQUENCES: tuple[Consequence, ...] = (
    open_cases, take_agreement, raise_alarms, raise_pace_alarms, raise_position_alarms, take_sources,
    keep_scores, release_batches,
)  # fmt: skip


def catch_up(store: Store, project_id: str) -> None:
    """Draw all consequences in a project up to now."""
    for consequence in CONSEQUENCES:
        consequence(store, project_id)
