"""The cases that are due: which a person may decide, how many there are, and in which order they are handed out.

Most were in nobody's hands yet, so that nothing but whose trace it is has to be looked at; those are found and counted
here. The others are few; services.cases.seats looks at each.
"""

from cotlab.domain.cases import CaseState
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.storage.cases.cases import ADJUDICATION, DECISION, OUTCOME, SAW_A_PAIR
from cotlab.storage.engine.database import Reading

UNSPOKEN = """NOT EXISTS (SELECT 1 FROM assignments b WHERE b.case_id = d.case_id)
    AND NOT EXISTS (SELECT 1 FROM case_passes w WHERE w.case_id = d.case_id)"""
"""Nobody had the case of the row `d` in their hands, or handed it on."""
OF_OTHERS = f"""NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = d.item_id AND a.actor_id = :me
        AND a.purpose <> {ADJUDICATION})
    AND NOT EXISTS (SELECT 1 FROM traces h WHERE h.id = d.item_id AND h.author_id = :me)
    AND NOT {SAW_A_PAIR.format("d.item_id")}"""
"""The person did not work on the trace of the row `d`, and did not write it."""


DUE = f"FROM due_cases d JOIN cases c ON c.id = d.case_id WHERE d.project_id = :project AND {UNSPOKEN} AND {OF_OTHERS}"
IS_DECIDED = f"""EXISTS (SELECT 1 FROM case_outcomes o WHERE o.case_id = c.id AND o.sequence = {OUTCOME}
    AND o.answer_id IS NOT NULL)"""
LISTED = {
    CaseState.OPEN: DUE,
    CaseState.DECIDED: f"""FROM cases c WHERE c.project_id = :project AND {IS_DECIDED} AND c.id IN (
        SELECT m.case_id FROM assignments m JOIN answers n ON n.assignment_id = m.id
        WHERE m.actor_id = :me AND m.project_id = :project AND m.case_id IS NOT NULL AND n.question = {DECISION})""",
    CaseState.SETTLED_OTHERWISE: f"""FROM cases c WHERE c.project_id = :project AND NOT {IS_DECIDED}
        AND NOT EXISTS (SELECT 1 FROM due_cases d WHERE d.case_id = c.id)
        AND {OF_OTHERS.replace("d.item_id", "c.item_id")}""",
}
"""Cases in a person's list: due ones in nobody's hands yet, those they decided, and those that need no decision."""


def spoken_of(db: Reading, project_id: str) -> set[str]:
    """The due cases that somebody had in their hands or handed on."""
    rows = db.rows(
        f"SELECT d.case_id FROM due_cases d WHERE d.project_id = :project AND NOT ({UNSPOKEN})", project=project_id
    )
    return {row["case_id"] for row in rows}


def unspoken(db: Reading, project_id: str, actor_id: str, most: int) -> list[str]:
    """Due cases that nobody had yet and that a person may decide, in the order in which they are handed out."""
    rows = db.rows(
        f"""SELECT d.case_id FROM due_cases d WHERE d.project_id = :project AND {UNSPOKEN} AND {OF_OTHERS}
            ORDER BY d.early, d.since, d.item_id, d.position LIMIT :most""",
        project=project_id, me=actor_id, most=most,
    )  # fmt: skip
    return [row["case_id"] for row in rows]


def count_unspoken(db: Reading, project_id: str, actor_id: str, most: int) -> int:
    """How many due cases nobody had yet that a person may decide, counted up to `most`."""
    row = db.row(
        f"""SELECT count(*) AS n FROM (SELECT 1 AS one FROM due_cases d
                WHERE d.project_id = :project AND {UNSPOKEN} AND {OF_OTHERS} LIMIT :most) m""",
        project=project_id, me=actor_id, most=most,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def page(
    db: Reading, project_id: str, actor_id: str, state: CaseState, reason: CaseReason | None, domain: str | None,
    after: tuple[int, str], most: int,
) -> tuple[list[str], int]:  # fmt: skip
    """The next `most` cases LISTED in a state after a time and an id, the oldest first; and how many there are."""
    which, named = _filtered(state, reason, domain)
    rows = db.rows(
        f"SELECT c.id, c.at {which} AND (c.at, c.id) > (:at, :last) ORDER BY c.at, c.id LIMIT :most",
        project=project_id, me=actor_id, at=after[0], last=after[1], most=most, **named,
    )  # fmt: skip
    total = db.rows(f"SELECT count(*) AS n {which}", project=project_id, me=actor_id, **named)[0]["n"]
    return [row["id"] for row in rows], int(total)


def _filtered(state: CaseState, reason: CaseReason | None, domain: str | None) -> tuple[str, dict[str, str]]:
    which, named = LISTED[state], dict[str, str]()
    if reason is not None:
        reasons = "d.reasons" if state is CaseState.OPEN else "c.reasons"
        which, named["reason"] = f"{which} AND {reasons} LIKE :reason", f'%"{reason.value}"%'
    if domain is not None:
        named["domain"] = domain
        which += """ AND EXISTS (SELECT 1 FROM traces t JOIN problems p ON p.id = t.problem_id
            WHERE t.id = c.item_id AND p.domain = :domain)"""
    return which, named
