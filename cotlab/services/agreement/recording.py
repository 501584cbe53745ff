"""The server takes agreement by itself: of a domain (or of its pairs, `pairs: DOMAIN`) under a guideline version, each
time enough labels have come in.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.measure import measure
from cotlab.domain.agreement.coefficients import Diagnosis
from cotlab.domain.answers import Question
from cotlab.domain.calibration.qualification import domain_of_field, field_of, task_of_field
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.projects.policy import Policy
from cotlab.services.agreement.labels import Labels, labels_under
from cotlab.services.agreement.measurement import diagnosis_of
from cotlab.services.audit import event_data
from cotlab.services.cases.report import gap_counts
from cotlab.storage.agreement import agreement_labels as labels
from cotlab.storage.agreement import agreement_records as stored
from cotlab.storage.agreement.agreement_records import Group
from cotlab.storage.consequences import watermarks
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.projects import projects

CONSEQUENCE = "agreement"
PAGE = 5_000
"""Events that are looked through at once."""
CELLS = 5
"""How many of the largest parts of a disagreement are kept."""


@dataclass(frozen=True, slots=True)
class _News:
    """What a page of events after `since` brings: counts that changed, and what is measured because of them."""

    since: int
    until: int
    more: bool
    counts: Mapping[Group, int]
    taken: Sequence[Mapping[str, Any]]


def take_agreement(store: Store, project_id: str) -> None:
    """Take agreement where it is due: after the policy's first labels, and again after so many more."""
    more = True
    while more and (news := store.read(lambda db: _news(db, project_id))) is not None:
        more = store.write(project_id, lambda db: _keep(db, project_id, news)) and news.more


def _news(db: Reading, project_id: str) -> _News | None:
    since = watermarks.drawn(db, project_id, CONSEQUENCE) or 0
    events = watermarks.events_after(db, project_id, since, PAGE)
    if not events:
        return None
    known, new = stored.counts(db, project_id), _counted(db, events)
    counts = {group: known.get(group, 0) + count for group, count in new.items()}
    more = len(events) == PAGE
    taken = () if more else _taken(db, project_id, {**known, **counts})
    return _News(since, events[-1]["sequence"], more, counts, taken)


def _counted(db: Reading, events: Sequence[Row]) -> Counter[Group]:
    """How many labels that count for agreement these events tell of."""
    bodies = [json.loads(row["body"]) for row in events]
    given = [body["data"] for body in bodies if body["kind"] == "answer.given"]
    found: Counter[Group] = Counter()
    for row in labels.counted(db, [data["id"] for data in given if data["question"] == Question.LABEL]):
        found[field_of(row["domain"], (), (), row["task"]), row["guideline_version_id"]] += row["labels"]
    return found


def _taken(db: Reading, project_id: str, counts: Mapping[Group, int]) -> tuple[Mapping[str, Any], ...]:
    policy, last = projects.policy(db, project_id), stored.last_taken(db, project_id)
    return tuple(
        _measured(db, project_id, policy.agreement_bar, group, count)
        for group, count in counts.items()
        if _due(policy, count, last.get(group))
    )


def _due(policy: Policy, count: int, last: int | None) -> bool:
    return count >= (policy.agreement_after if last is None else last + policy.agreement_each)


def _measured(db: Reading, project_id: str, bar: float, group: Group, count: int) -> dict[str, Any]:
    """The columns of a taking. Alpha that is undefined is not below the bar: nothing is known."""
    domain, version_id = group
    found = labels_under(db, project_id, task_of_field(domain), domain_of_field(domain, ()), version_id)
    (alpha,) = measure(found.ratings, [ALPHA], slice={"domain": domain})
    below = alpha.value is not None and alpha.value < bar
    document = {
        "bar": bar, "agreement": alpha.model_dump(mode="json"),
        "diagnosis": _diagnosis(db, project_id, group, found).model_dump(mode="json") if below else None,
    }  # fmt: skip
    return {
        "domain": domain, "guideline_version_id": version_id, "labels": count, "below": int(below),
        "document": json.dumps(document, ensure_ascii=False),
    }  # fmt: skip


def _diagnosis(db: Reading, project_id: str, group: Group, found: Labels) -> Diagnosis:
    domain, version_id = group
    task, of_problems = task_of_field(domain), domain_of_field(domain, ())
    said = diagnosis_of(db, project_id, found, CELLS, task)
    gaps = gap_counts(db, project_id, projects.version_names(db)[version_id], task)
    cells = [cell.model_copy(update={"slice": {"domain": domain}}) for cell in said.cells]
    return said.model_copy(
        update={"cells": tuple(cells), "gaps": tuple(gap for gap in gaps if gap.domain == of_problems)}
    )


def _keep(db: Db, project_id: str, news: _News) -> bool:
    """Write what was measured; nothing, and False, where it is drawn already."""
    if (watermarks.drawn(db, project_id, CONSEQUENCE) or 0) != news.since:
        return False
    for taken in news.taken:
        columns = {"id": db.new_id(), "project_id": project_id, **taken}
        appended = event_data.tell(db, event_data.TAKEN, columns, by=SERVER_ITSELF)
        stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    stored.keep_counts(db, project_id, news.counts)
    watermarks.keep_drawn(db, project_id, CONSEQUENCE, news.until)
    return True
