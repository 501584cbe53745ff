"""Drafts of what somebody has committed: which there are, which they saw, and which stood beside an answer."""

from collections.abc import Iterable, Sequence

from cotlab.domain.shown_drafts import ALTERNATIVES, OPINION, PAIR_OPINION, RATIONALE
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.traces.drafted_traces import NAMES

DRAFT = """SELECT d.id, d.kind, d.position, d.document, d.provenance, d.sequence, r.model FROM drafts d
    JOIN draft_requests r ON r.id = d.request_id"""
OF_STEPS, OF_PAIRS = (OPINION, ALTERNATIVES), (PAIR_OPINION,)
ASSISTANCE = ("answer_id", "draft_id", "item_id", "project_id", "similarity", "sequence")


def of_step(db: Reading, item_id: str, position: int) -> Sequence[Row]:
    """The drafts of a step that may be revealed, the oldest first: opinions, and other wordings of it.

    Wordings that were dropped, declined, or entered the pool, also as somebody's own, are not: the last are labelled by
    who cannot tell them.
    """
    kinds, named = listed("kind", OF_STEPS)
    return db.rows(
        f"""{DRAFT} WHERE d.item_id = :item AND d.position = :position AND d.kind IN ({kinds})
                AND NOT EXISTS (SELECT 1 FROM draft_drops x WHERE x.draft_id = d.id)
                AND NOT EXISTS (SELECT 1 FROM draft_decisions c WHERE c.draft_id = d.id)
                AND NOT EXISTS (SELECT 1 FROM traces o JOIN drafted_traces x ON x.item_id = o.id
                    WHERE o.parent_id = d.item_id AND {NAMES})
            ORDER BY d.sequence""",
        item=item_id, position=position, **named,
    )  # fmt: skip


def of_pair(db: Reading, item_id: str) -> Sequence[Row]:
    """The opinions on a pair, the oldest first."""
    return db.rows(
        f"{DRAFT} WHERE d.item_id = :item AND d.kind = :kind ORDER BY d.sequence", item=item_id, kind=PAIR_OPINION
    )


def add(db: Db, **columns: object) -> None:
    """Keep that somebody saw drafts."""
    db.add("reveals", **columns)


def seen(db: Reading, item_id: str, actor_id: str) -> Sequence[Row]:
    """What a person saw of an item, the oldest first: position, and drafts as JSON."""
    return db.rows(
        "SELECT position, drafts FROM reveals WHERE item_id = :item AND actor_id = :actor ORDER BY sequence",
        item=item_id, actor=actor_id,
    )  # fmt: skip


def drafts(db: Reading, draft_ids: Sequence[str]) -> Sequence[Row]:
    """Drafts by their ids, the oldest first."""
    if not draft_ids:
        return ()
    names, named = listed("draft", draft_ids)
    return db.rows(f"{DRAFT} WHERE d.id IN ({names}) ORDER BY d.sequence", **named)


def of_item(db: Reading, item_id: str) -> Sequence[Row]:
    """What people saw of an item, the oldest first, with the purpose of their assignment."""
    return db.rows(
        """SELECT u.position, u.drafts, u.actor_id, u.sequence, a.purpose FROM reveals u
               JOIN assignments a ON a.id = u.assignment_id
           WHERE u.item_id = :item ORDER BY u.sequence""",
        item=item_id,
    )


def beside_answers(db: Reading, item_id: str) -> Sequence[Row]:
    """The drafts that stood beside the answers on an item: answer_id, draft_id, kind, model, document,
    provenance, similarity.
    """
    return db.rows(
        """SELECT s.answer_id, s.draft_id, s.similarity, d.kind, d.document, d.provenance, r.model FROM assistance s
               JOIN drafts d ON d.id = s.draft_id JOIN draft_requests r ON r.id = d.request_id
           WHERE s.item_id = :item ORDER BY s.answer_id, s.draft_id""",
        item=item_id,
    )


def add_assistance(db: Db, rows: Iterable[Sequence[object]]) -> None:
    """Keep which drafts were visible when an answer was given; values in the order of ASSISTANCE."""
    db.add_many("assistance", ASSISTANCE, rows)


def assistance_of(db: Reading, project_id: str, sequence: int) -> Sequence[Row]:
    """The drafts beside the answer of one event, by their ids."""
    return db.rows(
        f"""SELECT {", ".join(ASSISTANCE)} FROM assistance
            WHERE project_id = :project AND sequence = :sequence ORDER BY draft_id""",
        project=project_id, sequence=sequence,
    )  # fmt: skip


def count_assistance(db: Reading, project_id: str) -> int:
    row = db.rows("SELECT count(*) AS n FROM assistance WHERE project_id = :project", project=project_id)[0]
    return int(row["n"])


def rationale_requests(db: Reading, answer_id: str) -> list[str]:
    """The requests for a rationale of a label, in the order in which they came."""
    rows = db.rows(
        "SELECT request_id FROM rationale_requests WHERE answer_id = :answer ORDER BY sequence", answer=answer_id
    )
    return [row["request_id"] for row in rows]


def add_rationale_request(db: Db, **columns: object) -> None:
    db.add("rationale_requests", **columns)


def labelled_for(db: Reading, request_id: str) -> Row | None:
    """The label that a rationale is to be drafted for: value, and the guideline version it was given under."""
    return db.row(
        """SELECT n.value, n.guideline_version_id FROM rationale_requests q JOIN answers n ON n.id = q.answer_id
           WHERE q.request_id = :request""",
        request=request_id,
    )


def rationale(db: Reading, request_id: str) -> Row | None:
    """The rationale that was drafted for a request."""
    return db.row(f"{DRAFT} WHERE d.request_id = :request AND d.kind = :kind", request=request_id, kind=RATIONALE)
