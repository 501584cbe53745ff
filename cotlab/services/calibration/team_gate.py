"""Whether production of a domain is open to the team: alpha over calibration among those who passed."""

import numpy as np

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.calibration.qualification import DecisionKind, TeamGate
from cotlab.domain.people import LABELLERS
from cotlab.domain.projects.policy import Policy
from cotlab.services.calibration.attempts import Go
from cotlab.services.calibration.qualification import course_of
from cotlab.services.gold.items import GoldReader
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Reading
from cotlab.storage.people import actors


def team_gate(db: Reading, project_id: str, domain: str, policy: Policy) -> TeamGate:
    """The gate of a domain, with alpha and alpha of each label against the rest where it is asked for."""
    if policy.team_bar is None or policy.gate is None:
        return TeamGate(domain=domain, open=True, people=0, sentence="This project asks no agreement of the team.")
    goes = _finished(db, project_id, domain, policy)
    overall, labels = _measured(db, project_id, goes)
    reached = overall.value is not None and overall.value >= policy.team_bar
    because = _opened(db, project_id, domain)
    return TeamGate(
        domain=domain, open=reached or because is not None, people=len(goes), agreement=overall, labels=labels,
        opened_because=because, sentence=_sentence(overall, policy.team_bar, len(goes), because),
    )  # fmt: skip


def is_open(db: Reading, project_id: str, domain: str, policy: Policy) -> bool:
    """The same in one word, without the intervals that nobody looks at."""
    if policy.team_bar is None or policy.gate is None or _opened(db, project_id, domain) is not None:
        return True
    (alpha,) = measure(_ratings(db, project_id, _finished(db, project_id, domain, policy)), [ALPHA], replicates=0)
    return alpha.value is not None and alpha.value >= policy.team_bar


def _opened(db: Reading, project_id: str, domain: str) -> str | None:
    rows = [row for row in stored.decisions(db, project_id, domain, None) if row["kind"] == DecisionKind.OPEN_TEAM]
    return str(rows[-1]["reason"]) if rows else None


def _finished(db: Reading, project_id: str, domain: str, policy: Policy) -> dict[str, Go]:
    """The last attempt passed by each person who labels here, by their name.

    Who was suspended later is still one of them, so that it closes the domain for nobody else.
    """
    assert policy.gate is not None
    labellers = {row["id"]: row["name"] for row in actors.members(db, project_id) if row["role"] in LABELLERS}
    found = {}
    for person_id in stored.workers(db, project_id, domain):
        if person_id in labellers:
            course = course_of(db, project_id, person_id, domain, policy.gate)
            passed = [go for go in course.goes if go.ended is not None and course.results[go.number].passed]
            if passed:
                found[labellers[person_id]] = passed[-1]
    return found


def _measured(db: Reading, project_id: str, goes: dict[str, Go]) -> tuple[Agreement, tuple[Agreement, ...]]:
    ratings = _ratings(db, project_id, goes)
    (overall,) = measure(ratings, [ALPHA])
    labels = ratings.labels if overall.units else ()
    return overall, tuple(one for label in labels for one in measure(ratings, [ALPHA], label=label))


def _ratings(db: Reading, project_id: str, goes: dict[str, Go]) -> Ratings:
    """First labels of counted steps as they read today; stale ones are left out."""
    reader = GoldReader(db, project_id)
    names, rows = list(goes), []
    for code, go in enumerate(goes.values()):
        ids = [row["id"] for item_id, row in go.given.items() if go.items.get(item_id)]
        for row in stored.first_labels(db, ids):
            sense = reader.sense(row)
            if not sense.stale:
                rows.append((row["item_id"], row["position"], code, sense.value))
    labels = sorted({row[3] for row in rows}) or ["(none)"]
    units = {place: number for number, place in enumerate(sorted({row[:2] for row in rows}))}
    items = {item_id: number for number, item_id in enumerate(sorted({row[0] for row in rows}))}
    table = np.array(
        [(units[row[:2]], row[2], labels.index(row[3]), items[row[0]]) for row in rows], dtype=np.int64
    ).reshape(-1, 4)
    return build(*table.T, people=names, labels=labels)


def _sentence(alpha: Agreement, bar: float, people: int, because: str | None) -> str:
    if alpha.value is None:
        said = f"Alpha among {people} who passed is undefined: {alpha.reason}; {bar:g} is asked."
    else:
        said = f"Alpha among {people} who passed is {alpha.value:.3f}; {bar:g} is asked."
    return said if because is None else f"{said} A lead opened it: {because}"
