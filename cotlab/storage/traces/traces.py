"""Problems, traces and steps."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cotlab.domain.traces.records import Passage, Problem
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import in_lists

PROBLEM_COLUMNS = (
    "id", "project_id", "digest", "text", "domain", "language", "source", "collected_at", "tags", "difficulty",
    "reference_answer", "passages", "sequence",
)  # fmt: skip
TRACE_COLUMNS = (
    "id", "project_id", "problem_id", "digest", "external_id", "origin", "generator", "strategy", "canonical",
    "final_answer", "first_position", "last_position", "parent_id", "alternative_kind", "author_id", "sequence",
)  # fmt: skip
STEP_COLUMNS = ("trace_id", "position", "text")


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step with the trace it belongs to: its own, or for an alternative's context a trace above it."""

    trace_id: str
    position: int
    text: str


def problem_ids(db: Reading, project_id: str, digests: Collection[str]) -> dict[str, str]:
    """Digest -> id, of the problems among these that a project has."""
    return {row["digest"]: row["id"] for row in _known(db, "problems", project_id, digests)}


def trace_ids(db: Reading, project_id: str, digests: Collection[str]) -> dict[str, str]:
    """Digest -> id, of the traces among these that a project has."""
    return {row["digest"]: row["id"] for row in _known(db, "traces", project_id, digests)}


def _known(db: Reading, table: str, project_id: str, digests: Collection[str]) -> Iterator[Row]:
    for names, named in in_lists("digest", digests):
        which = f"project_id = :project AND digest IN ({names})"
        yield from db.rows(f"SELECT id, digest FROM {table} WHERE {which}", project=project_id, **named)


def trace_known(db: Reading, project_id: str, digest: str) -> bool:
    found = db.row(
        "SELECT 1 AS one FROM traces WHERE project_id = :project AND digest = :digest",
        project=project_id,
        digest=digest,
    )
    return found is not None


def problem_values(problem_id: str, project_id: str, problem: Problem, digest: str) -> tuple[object, ...]:
    """The values of a problem's row in the order of PROBLEM_COLUMNS, but for the sequence, which comes last."""
    passages = json.dumps([passage.model_dump() for passage in problem.passages], ensure_ascii=False)
    return (
        problem_id, project_id, digest, problem.text, problem.domain, problem.language, problem.source,
        problem.collected_at, json.dumps(problem.tags, ensure_ascii=False), problem.difficulty,
        problem.reference_answer, passages,
    )  # fmt: skip


def problem_of(row: Row) -> Problem:
    """A problem from a row that has its columns (the text as `problem_text`)."""
    return Problem.model_construct(
        text=row["problem_text"], domain=row["domain"], language=row["language"], source=row["source"],
        collected_at=row["collected_at"], tags=tuple(json.loads(row["tags"])), difficulty=row["difficulty"],
        reference_answer=row["reference_answer"], passages=passages_of(row["passages"]),
    )  # fmt: skip


def passages_of(text: str) -> tuple[Passage, ...]:
    return () if text == "[]" else tuple(Passage(**passage) for passage in json.loads(text))


def trace(db: Reading, trace_id: str) -> Row:
    return db.rows(
        """SELECT id, project_id, problem_id, first_position, last_position, parent_id, author_id, final_answer, digest
           FROM traces WHERE id = :id""",
        id=trace_id,
    )[0]  # fmt: skip


def task(db: Reading, item_id: str) -> str:
    """What an item is to be done with: `steps` or `pairs`."""
    return str(db.rows("SELECT task FROM traces WHERE id = :id", id=item_id)[0]["task"])


def step_text(db: Reading, trace_id: str, position: int) -> str:
    row = db.row(
        "SELECT text FROM steps WHERE trace_id = :trace AND position = :position", trace=trace_id, position=position
    )
    assert row is not None
    return str(row["text"])


def steps_up_to(db: Reading, trace_id: str, last: int) -> list[StoredStep]:
    """The steps of a path up to position `last`, those of the traces above an alternative first."""
    rows = db.rows(
        "SELECT position, text FROM steps WHERE trace_id = :trace AND position <= :last ORDER BY position",
        trace=trace_id, last=last,
    )  # fmt: skip
    own = [StoredStep(trace_id, row["position"], row["text"]) for row in rows]
    above = db.row("SELECT parent_id, first_position FROM traces WHERE id = :id AND parent_id IS NOT NULL", id=trace_id)
    if above is None:
        return own
    return [*steps_up_to(db, above["parent_id"], above["first_position"] - 1), *own]


def passages(db: Reading, problem_id: str) -> tuple[Passage, ...]:
    return passages_of(problem_view_row(db, problem_id)["passages"])


def problem_view_row(db: Reading, problem_id: str) -> Row:
    return db.rows("SELECT text, domain, language, passages FROM problems WHERE id = :id", id=problem_id)[0]
