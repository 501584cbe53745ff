"""Verdicts of checks: which are missing, which are there, and which of them a person could see.

A final answer stands at position 0. `checker` is a version with its setting, so that each has verdicts of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cotlab.domain.answers import WHOLE_TRACE
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed

COLUMNS = ("item_id", "position", "checker", "project_id", "verdict", "document", "at", "sequence")
SHOWN_COLUMNS = ("item_id", "position", "checker", "actor_id", "project_id", "answer_id", "sequence")
Place = tuple[str, int]
"""An item's id and a position."""
START: Place = ("", 0)


def missing_steps(db: Reading, project_id: str, checker: str, after: Place, most: int) -> Sequence[Row]:
    """The next steps without a verdict of a checker: item_id, position, text; in the order of their places."""
    item, position = after
    return db.rows(
        """SELECT s.trace_id AS item_id, s.position, s.text FROM traces t JOIN steps s ON s.trace_id = t.id
           WHERE t.project_id = :project AND t.id >= :item AND (t.id > :item OR s.position > :position)
               AND NOT EXISTS (SELECT 1 FROM verdicts v
                   WHERE v.item_id = s.trace_id AND v.position = s.position AND v.checker = :checker)
           ORDER BY t.id, s.position LIMIT :most""",
        project=project_id, checker=checker, item=item, position=position, most=most,
    )  # fmt: skip


def missing_answers(db: Reading, project_id: str, checker: str, after: str, most: int) -> Sequence[Row]:
    """The next final answers with a reference that have no verdict of a checker: item_id, final_answer, reference."""
    return db.rows(
        """SELECT t.id AS item_id, t.final_answer, p.reference_answer AS reference
           FROM traces t JOIN problems p ON p.id = t.problem_id
           WHERE t.project_id = :project AND t.id > :after AND t.final_answer IS NOT NULL
               AND p.reference_answer IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verdicts v
                   WHERE v.item_id = t.id AND v.position = :place AND v.checker = :checker)
           ORDER BY t.id LIMIT :most""",
        project=project_id, checker=checker, after=after, place=WHOLE_TRACE, most=most,
    )  # fmt: skip


def there(db: Reading, checker: str, item_ids: Sequence[str]) -> set[Place]:
    """The places in some items that have a verdict of a checker."""
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"SELECT item_id, position FROM verdicts WHERE checker = :checker AND item_id IN ({names})",
        checker=checker, **named,
    )  # fmt: skip
    return {(row["item_id"], row["position"]) for row in rows}


def add(db: Db, rows: Iterable[Sequence[object]]) -> None:
    """Add verdicts, each with its values in the order of COLUMNS."""
    db.add_many("verdicts", COLUMNS, rows)


def verdict(db: Reading, item_id: str, position: int, checker: str) -> Row | None:
    """The verdict of a checker at a place: verdict and document."""
    return db.row(
        """SELECT verdict, document FROM verdicts
           WHERE item_id = :item AND position = :position AND checker = :checker""",
        item=item_id, position=position, checker=checker,
    )  # fmt: skip


def verdicts(db: Reading, item_id: str, checker: str) -> dict[int, Row]:
    """Position -> the verdict of a checker in an item."""
    rows = db.rows(
        "SELECT position, verdict, document FROM verdicts WHERE item_id = :item AND checker = :checker",
        item=item_id, checker=checker,
    )  # fmt: skip
    return {row["position"]: row for row in rows}


def in_force(db: Reading, item_ids: Sequence[str], checkers: Sequence[str], as_of: int) -> dict[str, list[Row]]:
    """Item -> a verdict at each place that has one as of a sequence, in order: of some checkers, else the newest."""
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    preferred, more = listed("checker", checkers)
    counts = f"CASE WHEN v.checker IN ({preferred}) THEN 1 ELSE 0 END" if checkers else "0"
    rows = db.rows(
        f"""SELECT v.item_id, v.position, v.checker, v.document, {counts} AS counts FROM verdicts v
            WHERE v.item_id IN ({names}) AND v.sequence <= :as_of ORDER BY v.item_id, v.position, counts, v.sequence""",
        as_of=as_of, **named, **more,
    )  # fmt: skip
    found: dict[str, list[Row]] = defaultdict(list)
    for row in {(row["item_id"], row["position"]): row for row in rows}.values():
        found[row["item_id"]].append(row)
    return found


def add_shown(db: Db, **columns: object) -> None:
    """Keep that a person could see a verdict when they gave an answer."""
    db.add("verdicts_shown", **columns)


def seen_before(db: Reading, item_ids: Sequence[str], as_of: int) -> dict[str, list[int]]:
    """Answer's id -> the steps whose verdicts became its person's to see before it, as of a sequence."""
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"""SELECT answer_id, position FROM verdicts_shown WHERE item_id IN ({names}) AND sequence <= :as_of
            ORDER BY answer_id, position""",
        as_of=as_of, **named,
    )  # fmt: skip
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["position"] not in found[row["answer_id"]]:
            found[row["answer_id"]].append(row["position"])
    return found


def written(db: Reading, project_id: str, sequence: int) -> Sequence[Row]:
    """The verdicts of one event in the order of their places."""
    return db.rows(
        f"""SELECT {", ".join(COLUMNS)} FROM verdicts WHERE project_id = :project AND sequence = :sequence
            ORDER BY item_id, position""",
        project=project_id, sequence=sequence,
    )  # fmt: skip


def shown(db: Reading, project_id: str, sequence: int) -> Sequence[Row]:
    """The verdicts that were visible at one answer, in the order of their places."""
    return db.rows(
        f"""SELECT {", ".join(SHOWN_COLUMNS)} FROM verdicts_shown
            WHERE project_id = :project AND sequence = :sequence ORDER BY position, checker""",
        project=project_id, sequence=sequence,
    )  # fmt: skip


def counts(db: Reading, project_id: str) -> tuple[int, int]:
    """How many verdicts a project has, of all checkers, and how many rows of what was visible."""
    row = db.rows(
        """SELECT (SELECT count(*) FROM verdicts WHERE project_id = :project) AS verdicts,
               (SELECT count(*) FROM verdicts_shown WHERE project_id = :project) AS shown""",
        project=project_id,
    )[0]
    return row["verdicts"], row["shown"]


def progress(db: Reading, project_id: str, checker: str) -> dict[str, int]:
    """Verdict -> how many steps have it, by a checker; and `steps`, how many there are."""
    rows = db.rows(
        """SELECT verdict, count(*) AS n FROM verdicts
           WHERE project_id = :project AND checker = :checker AND position > 0 GROUP BY verdict""",
        project=project_id, checker=checker,
    )  # fmt: skip
    steps = db.rows(
        "SELECT count(*) AS n FROM traces t JOIN steps s ON s.trace_id = t.id WHERE t.project_id = :project",
        project=project_id,
    )[0]["n"]
    return {"steps": steps, **{row["verdict"]: row["n"] for row in rows}}


def traces(db: Reading, project_id: str) -> int:
    """How many traces a project has; none is ever taken out."""
    return int(
        db.rows("SELECT count(*) AS n FROM traces WHERE project_id = :project AND task = 'steps'", project=project_id)[
            0
        ]["n"]
    )
