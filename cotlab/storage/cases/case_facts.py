"""What was said of a step or a trace that a case is about."""

from collections import defaultdict
from collections.abc import Sequence

from cotlab.domain.answers import Citation
from cotlab.domain.traces.pairs import THE_PAIR
from cotlab.storage.cases.cases import ADJUDICATION, BAD_PROBLEM, DECISION
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import HANDED_ON_SQL, NOT_REPLACED, PURPOSES
from cotlab.storage.guidelines.questions import QUESTION

SAID = """n.id, n.actor_id, n.question, n.value, n.rationale, n.unsure, n.guideline_version_id, n.received_at,
    n.sequence, n.assignment_id"""


def labellers(db: Reading, item_id: str) -> list[str]:
    """Who worked on an item and did not adjudicate, in the order in which they came to it."""
    rows = db.rows(
        f"""SELECT actor_id FROM assignments WHERE item_id = :item AND purpose <> {ADJUDICATION}
            GROUP BY actor_id ORDER BY min(sequence)""",
        item=item_id,
    )
    return [row["actor_id"] for row in rows]


def labels(db: Reading, item_id: str, position: int) -> Sequence[Row]:
    """Labels and step sizes that stand, in the order in which they were given; not of who gave the trace up."""
    return db.rows(
        f"""SELECT {SAID} FROM answers n WHERE n.item_id = :item AND n.position = :position
                AND n.question IN ('label', 'step_size') AND n.purpose IN ({PURPOSES}) AND {NOT_REPLACED}
                AND NOT EXISTS (SELECT 1 FROM assignment_ends e WHERE e.assignment_id = n.assignment_id
                    AND e.ending IN ({HANDED_ON_SQL}))
            ORDER BY n.sequence""",
        item=item_id, position=position,
    )  # fmt: skip


def beside(db: Reading, item_id: str) -> Sequence[Row]:
    """What stands of a pair beside the overall choices: criteria and safety, in the order in which it was said."""
    return db.rows(
        f"""SELECT {SAID} FROM answers n WHERE n.item_id = :item AND n.position = {THE_PAIR}
                AND n.question <> 'label' AND n.purpose IN ({PURPOSES}) AND {NOT_REPLACED} ORDER BY n.sequence""",
        item=item_id,
    )


def unusable(db: Reading, item_id: str) -> Sequence[Row]:
    """Who said that the problem cannot be used, and why."""
    return db.rows(
        f"""SELECT {SAID} FROM answers n WHERE n.item_id = :item AND n.question = 'outcome' AND n.value = {BAD_PROBLEM}
                AND n.purpose IN ({PURPOSES}) ORDER BY n.sequence""",
        item=item_id,
    )


def questions(db: Reading, item_id: str, position: int) -> Sequence[Row]:
    """What was asked about a step (position 0: about the whole trace), with the lead's latest answers."""
    return db.rows(
        f"{QUESTION} WHERE q.item_id = :item AND COALESCE(q.position, 0) = :position ORDER BY q.sequence",
        item=item_id, position=position,
    )  # fmt: skip


def opinions(db: Reading, item_id: str, position: int) -> Sequence[Row]:
    """The decision of each adjudicator that stands, over all cases there, in order: with `case_id`, `number` and `gap`.

    `outcome_id` is the answer that carries the decision of its case, None while that is open.
    """
    return db.rows(
        f"""SELECT {SAID}, c.id AS case_id, c.number, g.text AS gap, o.answer_id AS outcome_id
            FROM answers n JOIN assignments a ON a.id = n.assignment_id JOIN cases c ON c.id = a.case_id
                LEFT JOIN guideline_gaps g ON g.answer_id = n.id
                LEFT JOIN case_outcomes o ON o.case_id = c.id
                    AND o.sequence = (SELECT max(l.sequence) FROM case_outcomes l WHERE l.case_id = c.id)
            WHERE n.item_id = :item AND n.position = :position AND n.question = {DECISION} AND {NOT_REPLACED}
            ORDER BY n.sequence""",
        item=item_id, position=position,
    )  # fmt: skip


def choices(db: Reading, case_id: str) -> Sequence[Row]:
    """What adjudicators chose on a case before they saw what others said, in order."""
    return db.rows(
        f"""SELECT {SAID} FROM assignments a JOIN answers n ON n.assignment_id = a.id
            WHERE a.case_id = :case AND n.question IN ('label', 'outcome') ORDER BY n.sequence""",
        case=case_id,
    )


def passes(db: Reading, case_id: str) -> Sequence[Row]:
    """How a case was handed on, in order: actor_id, reason, experts (JSON), seats, at."""
    return db.rows(
        "SELECT actor_id, reason, experts, seats, at FROM case_passes WHERE case_id = :case ORDER BY sequence",
        case=case_id,
    )


def cited(db: Reading, answer_ids: Sequence[str]) -> dict[str, tuple[Citation, ...]]:
    """Answer's id -> what it cites, in its order."""
    if not answer_ids:
        return {}
    names, named = listed("answer", answer_ids)
    rows = db.rows(
        f"""SELECT answer_id, kind, name, start, stop FROM citations WHERE answer_id IN ({names})
            ORDER BY answer_id, number""",
        **named,
    )
    found: dict[str, list[Citation]] = defaultdict(list)
    for row in rows:
        one = Citation(kind=row["kind"], name=row["name"], start=row["start"], stop=row["stop"])
        found[row["answer_id"]].append(one)
    return {answer_id: tuple(citations) for answer_id, citations in found.items()}
