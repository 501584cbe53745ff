"""All that a project's tables say of one item, in the order of its chain."""

from collections.abc import Collection, Sequence

from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed

EVENTS_A_READ = 500


def item(db: Reading, project_id: str, item_id: str) -> Row | None:
    return db.row(
        """SELECT t.id, t.external_id, t.task, t.sequence, t.author_id, t.parent_id, t.origin, t.first_position,
               p.domain, p.tags
           FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.project_id = :project AND t.id = :item""",
        project=project_id, item=item_id,
    )  # fmt: skip


def items_called(db: Reading, project_id: str, external_id: str) -> list[str]:
    """The ids of the items that came with this id of their file."""
    rows = db.rows(
        "SELECT id FROM traces WHERE project_id = :project AND external_id = :name ORDER BY id",
        project=project_id, name=external_id,
    )  # fmt: skip
    return [row["id"] for row in rows]


def items_of_problem(db: Reading, project_id: str, problem_id: str) -> list[str]:
    """The ids of the traces and pairs of a problem."""
    rows = db.rows(
        "SELECT id FROM traces WHERE project_id = :project AND problem_id = :problem ORDER BY id",
        project=project_id, problem=problem_id,
    )  # fmt: skip
    return [row["id"] for row in rows]


def events(db: Reading, project_id: str, sequences: Collection[int]) -> dict[int, Row]:
    """Sequence -> hash and body."""
    found: dict[int, Row] = {}
    wanted = sorted(sequences)
    for start in range(0, len(wanted), EVENTS_A_READ):
        named = {f"at_{number}": one for number, one in enumerate(wanted[start : start + EVENTS_A_READ])}
        names = ", ".join(f":{name}" for name in named)
        rows = db.rows(
            f"SELECT sequence, hash, body FROM events WHERE chain = :chain AND sequence IN ({names})",
            chain=project_id, **named,
        )  # fmt: skip
        found |= {row["sequence"]: row for row in rows}
    return found


def assignments(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        """SELECT a.id, a.actor_id, a.purpose, a.guideline_version_id, a.informed, a.claimed_at, a.sequence
           FROM assignments a WHERE a.item_id = :item ORDER BY a.sequence""",
        item=item_id,
    )


def endings(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        """SELECT e.ending, e.sequence, a.actor_id, a.purpose FROM assignment_ends e
               JOIN assignments a ON a.id = e.assignment_id WHERE a.item_id = :item ORDER BY e.sequence""",
        item=item_id,
    )


def answers(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        """SELECT n.id, n.position, n.question, n.value, n.actor_id, n.purpose, n.guideline_version_id, n.rationale,
               n.unsure, n.informed, n.visible_until, n.sequence, r.sequence AS replaced
           FROM answers n LEFT JOIN answers r ON r.id = n.replaces
           WHERE n.item_id = :item ORDER BY n.sequence, n.position, n.id""",
        item=item_id,
    )


def citations(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        """SELECT c.answer_id, c.kind, c.name, c.start, c.stop FROM citations c JOIN answers n ON n.id = c.answer_id
           WHERE n.item_id = :item ORDER BY c.answer_id, c.number""",
        item=item_id,
    )


def shown(db: Reading, item_id: str) -> Sequence[Row]:
    """The verdicts that were there to see at each answer."""
    return db.rows(
        """SELECT w.answer_id, v.position, v.checker, v.document FROM verdicts_shown w
               JOIN verdicts v ON v.item_id = w.item_id AND v.position = w.position AND v.checker = w.checker
           WHERE w.item_id = :item ORDER BY w.answer_id, v.position, v.checker""",
        item=item_id,
    )


def verdicts(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        """SELECT position, checker, document, sequence FROM verdicts WHERE item_id = :item
           ORDER BY sequence, position""",
        item=item_id,
    )


def cases(db: Reading, item_id: str) -> Sequence[Row]:
    return db.rows(
        "SELECT id, position, reasons, sequence FROM cases WHERE item_id = :item ORDER BY sequence", item=item_id
    )


def outcomes(db: Reading, item_id: str) -> Sequence[Row]:
    """What was decided of cases; `value` is None where the majority that decided was undone."""
    return db.rows(
        """SELECT c.position, o.sequence, n.value, n.rationale, n.guideline_version_id, n.id AS answer_id
           FROM case_outcomes o JOIN cases c ON c.id = o.case_id LEFT JOIN answers n ON n.id = o.answer_id
           WHERE c.item_id = :item ORDER BY o.sequence""",
        item=item_id,
    )


def questions(db: Reading, item_id: str) -> Sequence[Row]:
    """Questions about an item with their answers, which have an event of their own."""
    return db.rows(
        """SELECT q.position, q.actor_id, q.text, q.sequence, w.text AS answer, w.rule, w.sequence AS answered
           FROM questions q LEFT JOIN question_answers w ON w.question_id = q.id
           WHERE q.item_id = :item ORDER BY q.sequence, w.sequence""",
        item=item_id,
    )


def gold(db: Reading, item_id: str) -> Sequence[Row]:
    """What was said of an item as gold: `what` is added, labelled or retired."""
    return db.rows(
        """SELECT 'added' AS what, 0 AS position, origin AS value, '' AS said, sequence FROM gold_items
               WHERE item_id = :item
           UNION ALL SELECT 'labelled', position, value, justification, sequence FROM gold_labels WHERE item_id = :item
           UNION ALL SELECT 'retired', 0, '', reason, sequence FROM gold_ends WHERE item_id = :item
           ORDER BY sequence, position""",
        item=item_id,
    )


def versions(db: Reading, project_id: str, task: str, domain: str) -> Sequence[Row]:
    """The versions that came into force for an item's task and domain."""
    return db.rows(
        """SELECT guideline_version_id, domain, sequence FROM guidelines_in_force
           WHERE project_id = :project AND task = :task AND domain IN ('', :domain) ORDER BY sequence""",
        project=project_id, task=task, domain=domain,
    )  # fmt: skip


def doubts(db: Reading, project_id: str, people: Collection[str], fields: Collection[str]) -> Sequence[Row]:
    """Alarms of drift about some people in some fields, and what leads decided of them there."""
    if not people or not fields:
        return []
    names, named = listed("person", sorted(people))
    these, more = listed("field", sorted(fields))
    return db.rows(
        f"""SELECT member_id, domain AS field, 'alarm' AS what, '' AS reason, sequence FROM drift_alarms
                WHERE project_id = :project AND member_id IN ({names}) AND domain IN ({these})
            UNION ALL SELECT member_id, domain, kind, reason, sequence FROM calibration_decisions
                WHERE project_id = :project AND member_id IN ({names}) AND domain IN ({these})
            ORDER BY sequence""",
        project=project_id, **named, **more,
    )  # fmt: skip
