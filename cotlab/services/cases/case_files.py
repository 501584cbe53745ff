"""The lead's view of cases: the list of them, and all of one with names."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.cases import CaseFile, CaseState, ProjectCase
from cotlab.domain.errors import NotFound
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.services.cases import facts
from cotlab.services.cases.due_cases import due
from cotlab.services.projects.projects import known_project
from cotlab.storage.cases import case_reports as stored
from cotlab.storage.cases import cases
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.people import actors
from cotlab.storage.traces import pairs, traces


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases to list; None for any."""

    state: CaseState | None = None
    reason: CaseReason | None = None
    domain: str | None = None
    most: int = 1_000


def entries(db: Reading, project_id: str, wanted: Wanted) -> list[ProjectCase]:
    """The cases of a project, the oldest first. An open one has the reasons that hold now, others those it had."""
    known_project(db, project_id)
    found = list(islice(_entries(db, project_id, wanted), wanted.most))
    texts = cases.problems(db, [one.case_id for one in found])
    return [one.model_copy(update={"problem": texts[one.case_id]}) for one in found]


def _entries(db: Reading, project_id: str, wanted: Wanted) -> Iterator[ProjectCase]:
    rows = [row for row in stored.cases_in(db, project_id) if wanted.domain in (None, row["domain"])]
    taken = {row["case_id"] for row in cases.leases(db, project_id) if row["expires_at"] >= db.now}
    for some in chunks(rows):
        holds = due(db, project_id, {row["item_id"] for row in some if row["answer_id"] is None})
        given = cases.deciders(db, [row["id"] for row in some if row["answer_id"] is None])
        for row in some:
            split = len(given.get(row["id"], ())) >= row["seats"]
            one = _entry(row, holds.get((row["item_id"], row["position"]), ()), taken, split)
            if wanted.state in (None, one.state) and (wanted.reason is None or wanted.reason in one.reasons):
                yield one


def _entry(row: Row, now: tuple[CaseReason, ...], taken: Collection[str], split: bool) -> ProjectCase:
    return ProjectCase(
        case_id=row["id"], state=facts.state(row, now), task=row["task"], reasons=facts.reasons(row, now),
        domain=row["domain"], problem="", opened_at=row["at"], number=row["number"], taken=row["id"] in taken,
        decided_at=row["decided_at"] if row["answer_id"] is not None else None,
        split=split and bool(now),
    )  # fmt: skip


def case_file(db: Reading, project_id: str, case_id: str) -> CaseFile:
    """All of one case, with names. Raises NotFound."""
    known_project(db, project_id)
    case = cases.case(db, project_id, case_id)
    if case is None:
        raise NotFound("There is no such case in this project.")
    named = actors.names(db).__getitem__
    now = due(db, project_id, [case["item_id"]]).get((case["item_id"], case["position"]), ())
    whole, pair = case["position"] == WHOLE_TRACE, case["task"] == "pairs"
    texts = pairs.texts(db, case["item_id"]) if pair else None
    return CaseFile(
        case_id=case["id"],
        state=facts.state(case, now),
        reasons=facts.reasons(case, now),
        opened_at=case["at"],
        number=case["number"],
        seats=case["seats"],
        item_id=case["item_id"],
        domain=case["domain"],
        problem=traces.problem_view_row(db, case["problem_id"])["text"],
        position=case["position"],
        step=None if whole or pair else traces.step_text(db, case["item_id"], case["position"]),
        responses=None if texts is None else (texts["first_text"], texts["second_text"]),
        labels=facts.labels(db, case, named),
        checked=facts.checked(db, case),
        questions=facts.questions(db, case, named),
        bad_problem=facts.bad_problem(db, case, named),
        opinions=facts.opinions(db, case, named),
        choices=facts.choices(db, case, named),
        passed_on=facts.passed_on(db, case),
        earlier=facts.earlier(db, case, named),
    )
