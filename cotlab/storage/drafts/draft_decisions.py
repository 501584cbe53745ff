"""What became of drafts, and what is there beside which a new one may be a duplicate."""

from collections.abc import Collection, Iterator, Sequence

from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.traces.records import Origin
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import in_lists, listed

TAKEN = """d.project_id = :project AND d.kind = :kind AND d.id <> :but
    AND NOT EXISTS (SELECT 1 FROM draft_drops x WHERE x.draft_id = d.id)"""
SEMI_SYNTHETIC = f"'{Origin.SEMI_SYNTHETIC.value}'"


def add_drop(db: Db, **columns: object) -> None:
    db.add("draft_drops", **columns)


def add_decision(db: Db, **columns: object) -> None:
    db.add("draft_decisions", **columns)


def of_request(db: Reading, request_id: str) -> Sequence[Row]:
    """The drafts of a request in order, with what became of each: drop (`why`, `beside`, `shared`) and decision."""
    return db.rows(
        """SELECT d.*, x.why, x.beside, x.shared, c.decision, c.item_id AS became, c.edited, c.reason,
                c.actor_id AS decided_by_id, c.at AS decided_at, a.name AS decided_by
            FROM drafts d LEFT JOIN draft_drops x ON x.draft_id = d.id
                LEFT JOIN draft_decisions c ON c.draft_id = d.id LEFT JOIN actors a ON a.id = c.actor_id
            WHERE d.request_id = :request ORDER BY d.ordinal""",
        request=request_id,
    )


def counts(db: Reading, request_ids: Collection[str]) -> Iterator[Row]:
    """Of some requests: request_id, what (a reason for which drafts were dropped, `accepted` or `declined`) and how
    many.
    """
    for names, named in in_lists("request", request_ids):
        yield from db.rows(
            f"""SELECT request_id, why AS what, count(*) AS number FROM draft_drops
                    WHERE request_id IN ({names}) AND NOT EXISTS (
                        SELECT 1 FROM draft_decisions c WHERE c.draft_id = draft_drops.draft_id)
                    GROUP BY request_id, why
                UNION ALL SELECT request_id, decision, count(*) FROM draft_decisions
                    WHERE request_id IN ({names}) GROUP BY request_id, decision""",
            **named,
        )


def paths(db: Reading, project_id: str, problem_id: str) -> Sequence[Row]:
    """The steps of the paths of a problem but for altered ones, in order: id, text."""
    return db.rows(
        f"""SELECT s.trace_id AS id, s.text FROM traces t JOIN steps s ON s.trace_id = t.id
            WHERE t.project_id = :project AND t.problem_id = :problem AND t.task = 'steps' AND t.parent_id IS NULL
                AND t.origin <> {SEMI_SYNTHETIC} ORDER BY t.sequence, t.id, s.position""",
        project=project_id, problem=problem_id,
    )  # fmt: skip


def at_step(db: Reading, project_id: str, item_id: str, position: int) -> Sequence[Row]:
    """What stands at a step: the step itself, its other wordings, and what it was altered to (id, text)."""
    return db.rows(
        """SELECT s.trace_id AS id, s.text FROM steps s WHERE s.trace_id = :item AND s.position = :position
            UNION ALL SELECT t.id, s.text FROM traces t JOIN steps s ON s.trace_id = t.id
                WHERE t.parent_id = :item AND t.first_position = :position AND t.last_position = :position
                    AND s.position = :position
            UNION ALL SELECT d.item_id, s.text FROM derivations d JOIN traces o ON o.digest = d.parent_digest
                    AND o.project_id = d.project_id
                JOIN steps s ON s.trace_id = d.item_id AND s.position = d.position
                WHERE d.project_id = :project AND o.id = :item AND d.position = :position""",
        project=project_id, item=item_id, position=position,
    )  # fmt: skip


def drafts_of_problem(db: Reading, project_id: str, kind: str, problem_id: str, but: str) -> Sequence[Row]:
    """The drafts of a kind of a problem that were not dropped, but for one: id, document."""
    return db.rows(
        f"SELECT d.id, d.document FROM drafts d WHERE {TAKEN} AND d.problem_id = :problem ORDER BY d.sequence",
        project=project_id, kind=kind, problem=problem_id, but=but,
    )  # fmt: skip


def drafts_at_step(db: Reading, project_id: str, kind: str, item_id: str, position: int, but: str) -> Sequence[Row]:
    """The drafts of a kind at a step that were not dropped, but for one: id, document."""
    return db.rows(
        f"""SELECT d.id, d.document FROM drafts d
            WHERE {TAKEN} AND d.item_id = :item AND d.position = :position ORDER BY d.sequence""",
        project=project_id, kind=kind, item=item_id, position=position, but=but,
    )  # fmt: skip


def problem(db: Reading, problem_id: str) -> Row:
    """A problem with the columns of storage.traces.traces.problem_of, and its digest."""
    return db.rows(
        """SELECT id, digest, text AS problem_text, domain, language, source, collected_at, tags, difficulty,
                reference_answer, passages FROM problems WHERE id = :id""",
        id=problem_id,
    )[0]  # fmt: skip


def name_of(row: Row) -> str:
    """Who decided, from a row of `of_request`."""
    return str(row["decided_by"] or (SERVER_ITSELF if row["decided_by_id"] == SERVER_ITSELF else ""))


def of_item(db: Reading, item_id: str) -> Row | None:
    """The decision by which a draft became an item, and the sequence of the draft (`drafted_at`)."""
    return db.row(
        """SELECT c.actor_id, c.edited, c.sequence, d.sequence AS drafted_at
            FROM draft_decisions c JOIN drafts d ON d.id = c.draft_id WHERE c.item_id = :item""",
        item=item_id,
    )


def altered(db: Reading, project_id: str, kind: str, item_id: str) -> Sequence[Row]:
    """What a model was asked to alter in a trace, a row a draft (one without where there is none): strategy, position,
    ending, draft_id, why, decision.
    """
    return db.rows(
        """SELECT r.strategy, r.position, e.ending, d.id AS draft_id, x.why, c.decision
            FROM draft_requests r LEFT JOIN draft_ends e ON e.request_id = r.id
                LEFT JOIN drafts d ON d.request_id = r.id LEFT JOIN draft_drops x ON x.draft_id = d.id
                LEFT JOIN draft_decisions c ON c.draft_id = d.id
            WHERE r.project_id = :project AND r.kind = :kind AND r.item_id = :item ORDER BY r.sequence, d.ordinal""",
        project=project_id, kind=kind, item=item_id,
    )  # fmt: skip


def by_model(db: Reading, project_id: str, as_of: int, kinds: Sequence[str]) -> Sequence[Row]:
    """model, what (`made`, a reason for which drafts were dropped, `accepted`, `edited`, `declined`) and how many, of
    drafts of some kinds up to a sequence.
    """
    names, named = listed("kind", kinds)
    of = f"""JOIN draft_requests r ON r.id = d.request_id
        WHERE d.project_id = :project AND d.kind IN ({names}) AND"""
    return db.rows(
        f"""SELECT r.model, 'made' AS what, count(*) AS number FROM drafts d {of} d.sequence <= :at GROUP BY r.model
            UNION ALL SELECT r.model, x.why, count(*) FROM draft_drops x JOIN drafts d ON d.id = x.draft_id {of}
                x.sequence <= :at GROUP BY r.model, x.why
            UNION ALL SELECT r.model, c.decision, count(*)
                FROM draft_decisions c JOIN drafts d ON d.id = c.draft_id {of} c.sequence <= :at
                GROUP BY r.model, c.decision
            UNION ALL SELECT r.model, 'edited', count(*)
                FROM draft_decisions c JOIN drafts d ON d.id = c.draft_id {of} c.sequence <= :at AND
                c.edited IS NOT NULL GROUP BY r.model""",
        project=project_id, at=as_of, **named,
    )  # fmt: skip
