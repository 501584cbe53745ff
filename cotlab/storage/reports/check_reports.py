"""What reports read of verdicts."""

from collections.abc import Iterator, Sequence

from cotlab.storage.checks.checks import START, Place
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import NOT_REPLACED, PURPOSES

PAGE = 5_000
REFUTED = """FROM verdicts v JOIN traces t ON t.id = v.item_id JOIN problems p ON p.id = t.problem_id
        JOIN steps s ON s.trace_id = v.item_id AND s.position = v.position
    WHERE v.project_id = :project AND v.checker = :checker AND v.verdict = 'refuted'"""


def refuted(
    db: Reading, project_id: str, checker: str, domain: str | None, offset: int, limit: int
) -> tuple[Sequence[Row], int]:
    """A page of refuted steps by trace and position, with their texts, and how many there are."""
    there = "" if domain is None else "AND p.domain = :domain"
    parameters = {"project": project_id, "checker": checker, **({} if domain is None else {"domain": domain})}
    rows = db.rows(
        f"""SELECT v.item_id, v.position, v.document, p.domain, p.text AS problem, s.text AS step {REFUTED} {there}
            ORDER BY v.item_id, v.position LIMIT :limit OFFSET :offset""",
        limit=limit, offset=offset, **parameters,
    )  # fmt: skip
    return rows, int(db.rows(f"SELECT count(*) AS n {REFUTED} {there}", **parameters)[0]["n"])


def labels_on(db: Reading, item_ids: Sequence[str]) -> Sequence[Row]:
    """The labels of people that stand on the steps of some items, in the order in which they were given."""
    if not item_ids:
        return ()
    names, named = listed("item", item_ids)
    return db.rows(
        f"""SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.rationale, n.unsure, n.guideline_version_id,
                n.received_at
            FROM answers n WHERE n.item_id IN ({names}) AND n.question = 'label'
                AND n.purpose NOT IN ('imported', 'adjudication') AND {NOT_REPLACED} ORDER BY n.sequence""",
        **named,
    )


def documents(db: Reading, project_id: str, checker: str) -> Iterator[Row]:
    """Every verdict of a checker on steps with claims, by trace and position: with its domain."""
    after: Place = START
    while rows := _documents(db, project_id, checker, after):
        yield from rows
        after = (rows[-1]["item_id"], rows[-1]["position"])


def _documents(db: Reading, project_id: str, checker: str, after: Place) -> Sequence[Row]:
    item, position = after
    return db.rows(
        """SELECT v.item_id, v.position, v.document, p.domain
           FROM traces t JOIN verdicts v ON v.item_id = t.id JOIN problems p ON p.id = t.problem_id
           WHERE t.project_id = :project AND v.checker = :checker AND v.position > 0
               AND t.id >= :item AND (t.id > :item OR v.position > :position)
           ORDER BY t.id, v.position LIMIT :page""",
        project=project_id, checker=checker, item=item, position=position, page=PAGE,
    )  # fmt: skip


def decisions(db: Reading, project_id: str) -> dict[Place, Row]:
    """Place -> the label that was decided there, of the latest case that is decided, and its guideline version."""
    rows = db.rows(
        """SELECT c.item_id, c.position, n.value, n.guideline_version_id
           FROM cases c JOIN case_outcomes o ON o.case_id = c.id JOIN answers n ON n.id = o.answer_id
           WHERE c.project_id = :project AND c.position > 0 AND NOT EXISTS (SELECT 1 FROM case_outcomes l
               WHERE l.case_id = o.case_id AND l.sequence > o.sequence)
           ORDER BY c.item_id, c.position, c.number""",
        project=project_id,
    )
    return {(row["item_id"], row["position"]): row for row in rows}


def by_checker(db: Reading, project_id: str) -> Sequence[Row]:
    """How many verdicts each checker gave: checker, verdict, n; the one that wrote last comes last."""
    return db.rows(
        """SELECT checker, verdict, count(*) AS n, max(sequence) AS last FROM verdicts WHERE project_id = :project
           GROUP BY checker, verdict ORDER BY last""",
        project=project_id,
    )


def wrote_last(db: Reading, project_id: str) -> str | None:
    """The checker of steps that wrote last."""
    row = db.row(
        """SELECT checker FROM verdicts WHERE project_id = :project AND position > 0
           ORDER BY sequence DESC LIMIT 1""",
        project=project_id,
    )
    return None if row is None else str(row["checker"])


def label_rows(db: Reading, project_id: str) -> Sequence[Row]:
    """Every label that counts, in order, with the value that it replaces under the same guideline version."""
    return db.rows(
        f"""SELECT n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, n.sequence, r.value AS before
            FROM traces t JOIN answers n ON n.item_id = t.id LEFT JOIN answers r ON r.id = n.replaces
                AND r.guideline_version_id = n.guideline_version_id
            WHERE t.project_id = :project AND n.question = 'label' AND n.purpose IN ({PURPOSES})
            ORDER BY n.sequence""",
        project=project_id,
    )


def shown(db: Reading, project_id: str) -> Sequence[Row]:
    """What people could see of steps: the verdict, and the sequence of the first answer after that, in order."""
    return db.rows(
        """SELECT w.item_id, w.position, w.actor_id, w.sequence, v.verdict
           FROM verdicts_shown w JOIN verdicts v ON v.item_id = w.item_id AND v.position = w.position
               AND v.checker = w.checker
           WHERE w.project_id = :project AND w.position > 0 ORDER BY w.sequence DESC""",
        project=project_id,
    )
