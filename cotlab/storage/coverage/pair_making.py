"""What pairs are made from: problems with paths, and the pairs that there are of them."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed


def problems(db: Reading, project_id: str, domain: str | None) -> Sequence[Row]:
    """The problems of a project, or of a domain of it, that have a path: id, digest."""
    where = "" if domain is None else "AND p.domain = :domain"
    return db.rows(
        f"""SELECT p.id, p.digest FROM problems p WHERE p.project_id = :project {where}
                AND EXISTS (SELECT 1 FROM traces t WHERE t.problem_id = p.id AND t.task = 'steps')
            ORDER BY p.id""",
        project=project_id, **({} if domain is None else {"domain": domain}),
    )  # fmt: skip


def pairs_of(db: Reading, problem_ids: Sequence[str]) -> Sequence[Row]:
    """The pairs of some problems: problem_id, digest, and where the responses came from (JSON)."""
    names, named = listed("problem", problem_ids)
    return db.rows(
        f"""SELECT t.problem_id, t.digest, p.first_origin, p.second_origin
            FROM traces t JOIN pairs p ON p.item_id = t.id WHERE t.problem_id IN ({names}) ORDER BY t.id""",
        **named,
    )


def gold(db: Reading, problem_ids: Sequence[str]) -> frozenset[str]:
    """The traces of some problems that are gold, or were: people are measured by what is said of them."""
    names, named = listed("problem", problem_ids)
    rows = db.rows(
        f"SELECT t.id FROM traces t JOIN gold_items g ON g.item_id = t.id WHERE t.problem_id IN ({names})", **named
    )
    return frozenset(row["id"] for row in rows)
