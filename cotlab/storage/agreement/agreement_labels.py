"""The labels that agreement is computed from."""

from collections.abc import Collection, Iterator, Sequence

from cotlab.domain.answers import Purpose, Question
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import in_lists
from cotlab.storage.guidelines.guidelines import PURPOSES

BLIND = f"""n.purpose IN ({PURPOSES}) AND n.informed = 0
        AND NOT EXISTS (SELECT 1 FROM answers b WHERE b.id = n.replaces
            AND b.guideline_version_id = n.guideline_version_id)"""
"""The first answer that a person gave of a unit under a guideline version; what came with a look ahead is none."""
SAID = """SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, n.received_at,
        p.domain, p.tags, p.difficulty, t.origin, t.strategy{more}
    FROM traces t JOIN answers n ON n.item_id = t.id JOIN problems p ON p.id = t.problem_id {join}
    WHERE t.project_id = :project AND t.task = :task AND n.question = :question AND {which}"""
FIRST = SAID.format(more=", 1 AS number, 'first' AS left_one", join="", which=BLIND)
OF_FILES = SAID.format(
    more=", coalesce(r.number, 1) AS number, coalesce(r.left_one, 'first') AS left_one",
    join="LEFT JOIN source_rows r ON r.answer_id = n.id",
    which=f"n.purpose = '{Purpose.IMPORTED.value}'",
)
ORDER = "ORDER BY n.item_id, n.position, number, n.sequence, n.id"


def first_labels(
    db: Reading, project_id: str, task: str = "steps", question: str = Question.LABEL, domain: str | None = None
) -> Sequence[Row]:
    """First, blind labels with what their traces and problems say, in the order of traces and steps; or what people
    first answered to a question about pairs.
    """
    named = {"project": project_id, "task": task, "question": str(question)}
    if domain is None:
        return db.rows(f"{FIRST} {ORDER}", **named)
    return db.rows(f"{FIRST} AND p.domain = :domain {ORDER}", domain=domain, **named)


def of_files(db: Reading, project_id: str, task: str, question: str) -> Sequence[Row]:
    """The same of what files say, whose sources are the people here. `number` counts the rows of files that held a
    pair, and `left_one` is the response that stood first there.
    """
    return db.rows(f"{OF_FILES} {ORDER}", project=project_id, task=task, question=question)


def questions(db: Reading, project_id: str) -> list[str]:
    """What was ever asked of a pair of a project, for whatever purpose, by name."""
    rows = db.rows(
        """SELECT DISTINCT n.question FROM traces t JOIN answers n ON n.item_id = t.id
           WHERE t.project_id = :project AND t.task = 'pairs' ORDER BY n.question""",
        project=project_id,
    )
    return [row["question"] for row in rows]


def first_labels_of(db: Reading, item_ids: Collection[str], as_of: int, version: str | None = None) -> Iterator[Row]:
    """As `first_labels`, of some traces or pairs up to a sequence: item_id, position, actor_id, value, version.

    With `version` those alone that were given under it.
    """
    under, of_version = ("", {}) if version is None else ("AND n.guideline_version_id = :version", {"version": version})
    for names, named in in_lists("id", item_ids):
        yield from db.rows(
            f"""SELECT n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id FROM answers n
                WHERE n.item_id IN ({names}) AND n.question = '{Question.LABEL.value}' AND n.sequence <= :as_of
                    AND {BLIND} {under} ORDER BY n.item_id, n.position, n.sequence, n.id""",
            as_of=as_of, **named, **of_version,
        )  # fmt: skip


def counted(db: Reading, answer_ids: Collection[str]) -> Iterator[Row]:
    """How many of these answers are first, blind labels or overall choices: task, domain, guideline_version_id and
    `labels`, in several rows.
    """
    for names, named in in_lists("id", answer_ids):
        yield from db.rows(
            f"""SELECT t.task, p.domain, n.guideline_version_id, count(*) AS labels
                FROM answers n JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
                WHERE n.id IN ({names}) AND n.question = 'label' AND {BLIND}
                GROUP BY t.task, p.domain, n.guideline_version_id""",
            **named,
        )


def times_of_work(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """When a person was shown something (None for what needs no step) and answered, in order, with the answer's id."""
    return db.rows(
        """SELECT id, shown_at, received_at FROM answers
           WHERE actor_id = :actor AND project_id = :project AND assignment_id IS NOT NULL
           ORDER BY received_at, sequence""",
        actor=actor_id, project=project_id,
    )  # fmt: skip


def words_of(db: Reading, answer_ids: Collection[str]) -> dict[str, Row]:
    """Answer's id -> its rationale and whether its person was unsure."""
    return {
        row["id"]: row
        for names, named in in_lists("id", answer_ids)
        for row in db.rows(f"SELECT id, rationale, unsure FROM answers WHERE id IN ({names})", **named)
    }


def texts_of(db: Reading, item_ids: Collection[str]) -> Iterator[Row]:
    """The steps of these traces: item_id, position, text, and their `problem`."""
    for names, named in in_lists("id", item_ids):
        yield from db.rows(
            f"""SELECT s.trace_id AS item_id, s.position, s.text, p.text AS problem
                FROM steps s JOIN traces t ON t.id = s.trace_id JOIN problems p ON p.id = t.problem_id
                WHERE s.trace_id IN ({names})""",
            **named,
        )


def texts_of_pairs(db: Reading, item_ids: Collection[str]) -> Iterator[Row]:
    """The responses of these pairs: item_id, position, `text` of both in their order, and their `problem`."""
    for names, named in in_lists("id", item_ids):
        for row in db.rows(
            f"""SELECT x.item_id, t.first_position AS position, x.first_text, x.second_text, p.text AS problem
                FROM pairs x JOIN traces t ON t.id = x.item_id JOIN problems p ON p.id = t.problem_id
                WHERE x.item_id IN ({names})""",
            **named,
        ):
            yield {**row, "text": f"first: {row['first_text']}\n\nsecond: {row['second_text']}"}


def newest_cases(db: Reading, item_ids: Collection[str]) -> dict[tuple[str, int], Row]:
    """(item, position) -> the newest case there: its id, and the answer that carries its decision, if one does."""
    return {
        (row["item_id"], row["position"]): row
        for names, named in in_lists("id", item_ids)
        for row in db.rows(
            f"""SELECT c.id, c.item_id, c.position, (SELECT o.answer_id FROM case_outcomes o WHERE o.case_id = c.id
                    ORDER BY o.sequence DESC LIMIT 1) AS answer_id
                FROM cases c WHERE c.item_id IN ({names}) ORDER BY c.number""",
            **named,
        )
    }
