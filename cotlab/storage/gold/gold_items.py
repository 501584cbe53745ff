"""Gold: the items, the versions of their labels, and what people said of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cotlab.domain.answers import COUNTING, UNSEEN, Ending, Purpose
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed

STANDS = "NOT EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = g.item_id)"
MIXED = f"{STANDS} AND NOT EXISTS (SELECT 1 FROM calibration_items c WHERE c.item_id = g.item_id)"
"""Gold that is mixed into production; that of a calibration set, of any time, is not."""
ON_GOLD = "({})".format(", ".join(f"'{purpose.value}'" for purpose in (*UNSEEN, Purpose.CALIBRATION)))
"""The purposes of work that is held against gold."""
GIVEN_FIRST = """NOT EXISTS (SELECT 1 FROM answers b WHERE b.id = n.replaces AND b.assignment_id = n.assignment_id)"""
"""Whether an answer `n` was given first in its assignment."""
COUNTED = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
IN_CALIBRATION = """EXISTS (SELECT 1 FROM calibration_items c JOIN calibration_sets s ON s.id = c.set_id
    WHERE c.item_id = g.item_id AND NOT EXISTS (SELECT 1 FROM calibration_sets n
        WHERE n.project_id = s.project_id AND n.domain = s.domain AND n.sequence > s.sequence))"""
"""Whether the item `g` is in the calibration set that its domain is served."""
ITEM = f"""SELECT g.item_id, g.origin, g.at, p.domain, p.tags, p.difficulty, t.external_id, t.task, p.text AS problem,
        CASE WHEN {IN_CALIBRATION} THEN 1 ELSE 0 END AS calibration
    FROM gold_items g JOIN traces t ON t.id = g.item_id JOIN problems p ON p.id = t.problem_id"""
ITEMS_A_READ = 500


def is_gold(db: Reading, item_id: str) -> bool:
    """Whether an item is gold now."""
    found = db.row(f"SELECT 1 AS one FROM gold_items g WHERE g.item_id = :item AND {STANDS}", item=item_id)
    return found is not None


def item(db: Reading, project_id: str, item_id: str) -> Row | None:
    """An item that is gold now, or was: `retired` says which."""
    return db.row(
        f"""SELECT g.item_id, CASE WHEN {STANDS} THEN 0 ELSE 1 END AS retired FROM gold_items g
            WHERE g.project_id = :project AND g.item_id = :item""",
        project=project_id, item=item_id,
    )  # fmt: skip


def items(db: Reading, project_id: str, domain: str | None = None) -> Sequence[Row]:
    """The gold of a project that stands, in the order in which it was added: item_id, domain, tags, difficulty, ..."""
    return page(db, project_id, domain, (0, ""), 2**31)


def page(db: Reading, project_id: str, domain: str | None, after: tuple[int, str], most: int) -> Sequence[Row]:
    """The next `most` gold items that stand, after a time and an id."""
    in_domain, named = _of_domain(domain)
    return db.rows(
        f"""{ITEM} WHERE g.project_id = :project AND {STANDS} {in_domain} AND (g.at, g.item_id) > (:at, :last)
            ORDER BY g.at, g.item_id LIMIT :most""",
        project=project_id, at=after[0], last=after[1], most=most, **named,
    )  # fmt: skip


def total(db: Reading, project_id: str, domain: str | None) -> int:
    """How many gold items stand."""
    in_domain, named = _of_domain(domain)
    row = db.row(
        f"""SELECT count(*) AS n FROM gold_items g JOIN traces t ON t.id = g.item_id
                JOIN problems p ON p.id = t.problem_id
            WHERE g.project_id = :project AND {STANDS} {in_domain}""",
        project=project_id, **named,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def _of_domain(domain: str | None) -> tuple[str, dict[str, str]]:
    return ("", {}) if domain is None else ("AND p.domain = :domain", {"domain": domain})


def gold_labels(
    db: Reading, project_id: str, item_ids: Collection[str] | None = None, as_of: int | None = None
) -> list[Row]:
    """The labels of gold items that stand, of some or of all, the newest version of each step: item_id, position,
    value, number, justification, guideline_version_id, with the task of the item and domain and tags of the problem; by
    item and position. That of a pair is its overall choice.

    `as_of` is a sequence of the project's chain: the versions and the items as they stood then.
    """
    if item_ids is None:
        return list(_labels(db, project_id, as_of, "1 = 1", {}))
    found: list[Row] = []
    wanted = sorted(item_ids)
    for start in range(0, len(wanted), ITEMS_A_READ):
        names, named = listed("item", wanted[start : start + ITEMS_A_READ])
        found += _labels(db, project_id, as_of, f"l.item_id IN ({names})", named)
    return found


def _labels(db: Reading, project_id: str, as_of: int | None, which: str, named: Mapping[str, str]) -> Sequence[Row]:
    return db.rows(
        f"""SELECT l.item_id, l.position, l.value, l.number, l.justification, l.guideline_version_id, l.sequence,
                p.domain, p.tags, t.task
            FROM gold_labels l JOIN traces t ON t.id = l.item_id JOIN problems p ON p.id = t.problem_id
            WHERE l.project_id = :project AND l.sequence <= :as_of AND {which}
                AND NOT EXISTS (SELECT 1 FROM gold_labels n WHERE n.item_id = l.item_id
                    AND n.position = l.position AND n.number > l.number AND n.sequence <= :as_of)
                AND NOT EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = l.item_id AND e.sequence <= :as_of)
            ORDER BY l.item_id, l.position""",
        project=project_id, as_of=2**62 if as_of is None else as_of, **named,
    )  # fmt: skip


def gold_criteria(
    db: Reading, project_id: str, item_ids: Collection[str], as_of: int | None = None
) -> list[Row]:  # fmt: skip
    """The verified choices on criteria of gold pairs that stand, the newest version of each: item_id, criterion and as
    `gold_labels`; by item and in the order in which they were given.
    """
    found: list[Row] = []
    wanted = sorted(item_ids)
    for start in range(0, len(wanted), ITEMS_A_READ):
        names, named = listed("item", wanted[start : start + ITEMS_A_READ])
        found += db.rows(
            f"""SELECT l.item_id, l.criterion, l.value, l.number, l.justification, l.guideline_version_id, l.sequence,
                    p.domain, p.tags, t.task
                FROM gold_criteria l JOIN traces t ON t.id = l.item_id JOIN problems p ON p.id = t.problem_id
                WHERE l.project_id = :project AND l.sequence <= :as_of AND l.item_id IN ({names})
                    AND NOT EXISTS (SELECT 1 FROM gold_criteria n WHERE n.item_id = l.item_id
                        AND n.criterion = l.criterion AND n.number > l.number AND n.sequence <= :as_of)
                    AND NOT EXISTS (SELECT 1 FROM gold_ends e WHERE e.item_id = l.item_id AND e.sequence <= :as_of)
                ORDER BY l.item_id, l.sequence""",
            project=project_id, as_of=2**62 if as_of is None else as_of, **named,
        )  # fmt: skip
    return found


def first_answers(db: Reading, project_id: str, item_ids: Collection[str] | None = None) -> list[Row]:
    """What people said first of the steps of gold that stands, in gold and calibration work, blind: item_id, position,
    actor_id, value, guideline_version_id, domain, tags, task; the first answer of each first, then those of later
    rounds.
    """
    if item_ids is None:
        return list(_answers(db, project_id, "1 = 1", {}))
    found: list[Row] = []
    wanted = sorted(item_ids)
    for start in range(0, len(wanted), ITEMS_A_READ):
        names, named = listed("item", wanted[start : start + ITEMS_A_READ])
        found += _answers(db, project_id, f"g.item_id IN ({names})", named)
    return found


def _answers(db: Reading, project_id: str, which: str, named: Mapping[str, str]) -> Sequence[Row]:
    return db.rows(
        f"""SELECT n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, p.domain, p.tags, t.task
            FROM gold_items g JOIN answers n ON n.item_id = g.item_id JOIN traces t ON t.id = g.item_id
                JOIN problems p ON p.id = t.problem_id
            WHERE g.project_id = :project AND {STANDS} AND {which} AND n.question = 'label' AND n.informed = 0
                AND n.purpose IN {ON_GOLD} AND {GIVEN_FIRST}
            ORDER BY n.item_id, n.position, n.sequence""",
        project=project_id, **named,
    )  # fmt: skip


def called_unusable(db: Reading, project_id: str) -> Sequence[Row]:
    """Who said of gold that stands, in work against gold, that its problem cannot be used: item_id, actor_id."""
    return db.rows(
        f"""SELECT DISTINCT a.item_id, a.actor_id FROM gold_items g JOIN assignments a ON a.item_id = g.item_id
                JOIN assignment_ends f ON f.assignment_id = a.id
            WHERE g.project_id = :project AND {STANDS} AND a.purpose IN {ON_GOLD} AND a.informed = 0
                AND f.ending = '{Ending.BAD_PROBLEM.value}'
            ORDER BY a.item_id, a.actor_id""",
        project=project_id,
    )


def exposure(db: Reading, item_ids: Sequence[str]) -> dict[str, int]:
    """Item's id -> how many people were given it as gold or in calibration."""
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"""SELECT item_id, count(DISTINCT actor_id) AS n FROM assignments
            WHERE item_id IN ({names}) AND purpose IN {ON_GOLD} GROUP BY item_id""",
        **named,
    ) if item_ids else []  # fmt: skip
    return {row["item_id"]: row["n"] for row in rows}


def item_with_digest(db: Reading, project_id: str, digest: str) -> str | None:
    """The id of the trace or the pair that has this content."""
    row = db.row(
        "SELECT id FROM traces WHERE project_id = :project AND digest = :digest", project=project_id, digest=digest
    )
    return None if row is None else str(row["id"])


def item_of(db: Reading, project_id: str, item_id: str) -> Row | None:
    """A trace or a pair of a project: its task, parent_id and domain."""
    return db.row(
        """SELECT t.id, t.task, t.parent_id, p.domain FROM traces t JOIN problems p ON p.id = t.problem_id
           WHERE t.project_id = :project AND t.id = :id""",
        project=project_id,
        id=item_id,
    )


def touched(db: Reading, item_id: str) -> Row:
    """What was done with an item: `assigned` how often, whether `open` now, and `piloted`, in samples of pilots."""
    return db.rows(
        """SELECT (SELECT count(*) FROM assignments a WHERE a.item_id = :item) AS assigned,
               (SELECT count(*) FROM leases l WHERE l.item_id = :item) AS open,
               (SELECT count(*) FROM pilot_items i WHERE i.item_id = :item) AS piloted""",
        item=item_id,
    )[0]


def add_item(db: Db, columns: Mapping[str, Any]) -> None:
    db.add("gold_items", **columns)


def add_label(db: Db, columns: Mapping[str, Any]) -> None:
    db.add("gold_labels", **columns)


def add_criterion(db: Db, columns: Mapping[str, Any]) -> None:
    db.add("gold_criteria", **columns)


def add_end(db: Db, **columns: Any) -> None:
    db.add("gold_ends", **columns)


def labelled_items(db: Reading, project_id: str, domain: str | None, after: str, most: int) -> Sequence[Row]:
    """The next traces and pairs on which somebody's answer counts, and which never were gold: id, task, domain,
    first_position, last_position, external_id, problem; alternatives are left out.
    """
    in_domain, named = _of_domain(domain)
    return db.rows(
        f"""SELECT t.id, t.external_id, t.task, t.first_position, t.last_position, p.domain, p.text AS problem
            FROM traces t JOIN problems p ON p.id = t.problem_id
            WHERE t.project_id = :project AND t.id > :after AND t.parent_id IS NULL {in_domain}
                AND EXISTS (SELECT 1 FROM answers n WHERE n.item_id = t.id AND n.position = t.last_position
                    AND n.question = 'label' AND n.purpose IN ({COUNTED}))
                AND NOT EXISTS (SELECT 1 FROM gold_items g WHERE g.item_id = t.id)
            ORDER BY t.id LIMIT :most""",
        project=project_id, after=after, most=most, **named,
    )  # fmt: skip


def said_of_answers(db: Reading, project_id: str, values: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Item's id -> each source, and which of `values` it said of the whole trace, in order; for gold that stands."""
    names, named = listed("value", sorted(values))
    rows = db.rows(
        f"""SELECT g.item_id, n.actor_id, n.value FROM gold_items g JOIN answers n ON n.item_id = g.item_id
            WHERE g.project_id = :project AND {STANDS} AND n.position = 0 AND n.purpose = '{Purpose.IMPORTED.value}'
                AND n.question = 'outcome' AND n.value IN ({names}) ORDER BY g.item_id, n.sequence, n.id""",
        project=project_id, **named,
    )  # fmt: skip
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        said[row["item_id"]].append((row["actor_id"], row["value"]))
    return said


def on_gold(db: Reading, project_id: str, checkers: Sequence[str]) -> Sequence[Row]:
    """The verdicts of some checkers on gold that stands that decide something: item_id, position, verdict, document."""
    names, named = listed("checker", checkers)
    return db.rows(
        f"""SELECT v.item_id, v.position, v.verdict, v.document
            FROM gold_items g JOIN verdicts v ON v.item_id = g.item_id
            WHERE g.project_id = :project AND {STANDS} AND v.checker IN ({names}) AND v.verdict <> 'undecided'
            ORDER BY v.item_id, v.position""",
        project=project_id, **named,
    )  # fmt: skip
