"""The queue that production is claimed from: what is free in which order, and places taken and given back."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.qualification import EVERYWHERE, Fields
from cotlab.domain.queue.priority import DAY, BroughtBy, Placed, interleaved, what_brings
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.gold.gold_items import MIXED, STANDS
from cotlab.storage.guidelines.guidelines import HANDED_ON_SQL
from cotlab.storage.projects.fields import calibrated, expression
from cotlab.storage.traces.queue_conditions import APART, PASSED, UNTOUCHED_BY_ME

COLUMNS = (
    "item_id", "project_id", "taken", "places", "since", "points", "priority", "field", "known", "settled",
    "at_random",
)  # fmt: skip
AT_RANDOM_AHEAD = 4
"""Of the random share that many more are read than are expected among what is asked for."""
PRODUCTION = f"'{Purpose.PRODUCTION.value}'"
FINISHED, BAD_PROBLEM = f"'{Ending.FINISHED.value}'", f"'{Ending.BAD_PROBLEM.value}'"
ENDED = """EXISTS (SELECT 1 FROM assignments b JOIN assignment_ends f ON f.assignment_id = b.id
    WHERE b.item_id = a.item_id AND b.actor_id = a.actor_id AND f.ending IN ({endings}))"""
"""Whether the person of the assignment `a` ended it, or another one of its item, in one of some ways."""


FOR_ME = """(q.batch_id IS NULL OR EXISTS (
    SELECT 1 FROM batch_people p WHERE p.batch_id = q.batch_id AND p.member_id = :me))"""
"""What is of a batch is for its people alone."""
HERE = "q.project_id = :project AND q.batch_id IS NULL"
NEXT = f"SELECT q.item_id FROM queue q WHERE {HERE}"
PEOPLE = "CASE q.places WHEN 0 THEN :overlap ELSE q.places END"
GROUPS = f"""WITH RECURSIVE groups (item_id, field, places, taken) AS (
        SELECT n.item_id, n.field, n.places, n.taken FROM queue n WHERE n.item_id = (
            {NEXT} ORDER BY q.field, q.places, q.taken LIMIT 1)
        UNION ALL SELECT n.item_id, n.field, n.places, n.taken FROM groups g JOIN queue n ON n.item_id = COALESCE(
            ({NEXT} AND q.field = g.field AND q.places = g.places AND q.taken > g.taken ORDER BY q.taken LIMIT 1),
            ({NEXT} AND q.field = g.field AND q.places > g.places ORDER BY q.places, q.taken LIMIT 1),
            ({NEXT} AND q.field > g.field ORDER BY q.field, q.places, q.taken LIMIT 1)))
    SELECT g.field, g.places, g.taken, p.domain, t.task
    FROM groups g JOIN traces t ON t.id = g.item_id JOIN problems p ON p.id = t.problem_id
    WHERE g.taken < {PEOPLE.replace("q.", "g.")}"""
"""The ranges of the queue's index that hold a free place: a probe or three lead from each range to the next.

One comparison of three columns would say the same, but SQLite walks through the range that it begins in.
"""


FIRST_CHOSEN = """SELECT min(n.priority) FROM queue n WHERE n.project_id = q.project_id AND n.batch_id IS NULL
    AND n.field = q.field AND n.places = q.places AND n.taken = 0 AND n.at_random = 0"""
"""The first key of those that nobody has had yet, beside a row `q`, and that are not of the random share."""


def free_items(
    db: Reading, project_id: str, actor_id: str, overlap: int, most: int, fields: Fields = EVERYWHERE,
    random_share: float = 0.0,
) -> list[str]:  # fmt: skip
    """Items with a free place that this person has not worked on, those that others began first; of these, those of the
    random share among the rest.

    `overlap` and `random_share` are the policy's. What the policy wants otherwise stands in the rows, seconds after it
    was set.
    """
    groups = _groups(db, project_id, overlap, fields)
    found: list[str] = []
    for taken in sorted({row["taken"] for row in groups}, reverse=True):
        some, left = [row for row in groups if row["taken"] == taken], most - len(found)
        few = min(left, AT_RANDOM_AHEAD + ceil(random_share * left))
        chosen = _first(db, project_id, actor_id, some, left, 0)
        at_random = _first(db, project_id, actor_id, some, few, 1)
        both = interleaved(chosen, at_random, random_share, actor_id)
        # what comes after the last that was read might come after one that was not
        known = both.index(at_random[-1].item_id) + 1 if len(at_random) == few else left
        found += both[: min(known, left)]
        if known < left or len(found) >= most:
            break
    return found


def still_free(db: Reading, items: Sequence[str], overlap: int) -> list[str]:
    """Those of some items that have a free place, in their order; `overlap` as in `free_items`."""
    if not items:
        return []
    names, named = listed("item", items)
    rows = db.rows(
        f"SELECT q.item_id FROM queue q WHERE q.item_id IN ({names}) AND q.taken < {PEOPLE}", overlap=overlap, **named
    )
    free = {row["item_id"] for row in rows}
    return [item for item in items if item in free]


def _groups(db: Reading, project_id: str, overlap: int, fields: Fields) -> list[Row]:
    """Field, places and places taken of where something is free, in fields with a guideline in force."""
    rows = db.rows(
        "SELECT DISTINCT task, domain FROM guidelines_in_force WHERE project_id = :project", project=project_id
    )
    guided = {(row["task"], row["domain"]) for row in rows}
    return [
        row
        for row in db.rows(GROUPS, project=project_id, overlap=overlap)
        if row["field"] in fields and not guided.isdisjoint(((row["task"], ""), (row["task"], row["domain"])))
    ]


def _first(
    db: Reading, project_id: str, actor_id: str, groups: Sequence[Row], most: int, at_random: int
) -> list[Placed]:  # fmt: skip
    """The first items of some groups together, of the random share (1) or of the rest (0)."""
    parts = (
        f"""SELECT * FROM (SELECT q.item_id, q.priority, q.points FROM queue q JOIN traces t ON t.id = q.item_id
            WHERE {HERE} AND q.field = :field_{n} AND q.places = :places_{n} AND q.taken = :taken
                AND q.at_random = :at_random AND {UNTOUCHED_BY_ME}
            ORDER BY q.priority, q.item_id LIMIT :most) g{n}"""
        for n, _ in enumerate(groups)
    )
    named = {f"{name}_{n}": row[name] for n, row in enumerate(groups) for name in ("field", "places")}
    rows = db.rows(
        f"{' UNION ALL '.join(parts)} ORDER BY 2, 1 LIMIT :most",
        project=project_id, me=actor_id, taken=groups[0]["taken"], most=most, at_random=at_random, **named,
    )  # fmt: skip
    return [Placed(row["priority"], row["item_id"], row["points"]) for row in rows]


def waiting(db: Reading, project_id: str, actor_id: str, overlap: int, fields: Fields = EVERYWHERE) -> bool:
    """Whether a claim would find something new in these fields."""
    free = free_items(db, project_id, actor_id, overlap, 1, fields)
    return bool(free) or dead_lease(db, project_id, actor_id, fields) is not None


def dead_lease(db: Reading, project_id: str, actor_id: str, fields: Fields = EVERYWHERE) -> Row | None:
    """The lease of somebody else that ran out first, on an item that this person has not worked on: with the purpose,
    production or gold that stands.
    """
    field, named = expression(calibrated(db, project_id))
    rows = db.rows(
        f"""SELECT l.assignment_id, l.item_id, o.purpose, {field} AS field FROM leases l
                JOIN traces t ON t.id = l.item_id JOIN problems p ON p.id = t.problem_id
                JOIN assignments o ON o.id = l.assignment_id
            WHERE l.project_id = :project AND l.expires_at < :now AND l.actor_id <> :me AND {UNTOUCHED_BY_ME}
                AND (o.purpose = {PRODUCTION}
                        AND EXISTS (SELECT 1 FROM queue q WHERE q.item_id = l.item_id AND {FOR_ME})
                    OR o.purpose = '{Purpose.GOLD.value}'
                        AND EXISTS (SELECT 1 FROM gold_items g WHERE g.item_id = l.item_id AND {MIXED}))
            ORDER BY l.expires_at, l.assignment_id""",
        project=project_id, now=db.now, me=actor_id, **named,
    )  # fmt: skip
    return next((row for row in rows if row["field"] in fields), None)


def brought_by(db: Reading, item_id: str) -> BroughtBy | None:
    """What brings an item to its first person now, among those of its field that want as many people; None where
    somebody was there before, for one of a batch, and for one of the random share before its points were first counted:
    after an upgrade it has none for some seconds.
    """
    row = db.row(
        f"""SELECT q.points, q.priority, q.at_random, q.reached, ({FIRST_CHOSEN}) AS first
            FROM queue q WHERE q.item_id = :item AND q.taken = 0 AND q.batch_id IS NULL AND (q.at_random = 0 OR EXISTS (
                SELECT 1 FROM drawn d WHERE d.project_id = q.project_id AND d.consequence = 'scores'))""",
        item=item_id,
    )
    if row is None:
        return None
    return what_brings(row["points"], row["priority"], row["at_random"] == 1, row["first"], row["reached"] == 1)


def keep_reached(db: Db, project_id: str, item_ids: Sequence[str] | None = None) -> None:
    """Keep which of the random share, of some items or of all, points would bring by now, before they change."""
    names, named = listed("item", item_ids or ())
    db.run(
        f"""UPDATE queue AS q SET reached = 1 WHERE q.project_id = :project AND q.at_random = 1 AND q.reached = 0
                AND q.taken = 0 AND q.batch_id IS NULL AND q.points > 0 {f"AND q.item_id IN ({names})" if names else ""}
                AND q.priority - q.points * {DAY} <= COALESCE(({FIRST_CHOSEN}), q.priority)""",
        project=project_id, **named,
    )  # fmt: skip


def take_place(db: Db, item_id: str, actor_id: str, people: int, places: int = 1) -> bool:
    """Take a place of an item that `people` are to label, if one is still free, it is of no batch of others, and the
    person has not worked on it; none with `places` 0.
    """
    return bool(
        db.run(
            f"""UPDATE queue AS q SET taken = taken + :places WHERE q.item_id = :item AND q.taken < :people AND {FOR_ME}
                AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = :item AND a.actor_id = :me)
                AND EXISTS (SELECT 1 FROM traces t WHERE t.id = :item AND {APART})""",
            item=item_id, people=people, me=actor_id, places=places,
        )
    )  # fmt: skip


def free_place(db: Db, item_id: str, actor_id: str) -> None:
    """Give back the place that a person has of an item; who rechecked it never took one."""
    db.run(
        f"""UPDATE queue SET taken = taken - 1 WHERE item_id = :item AND EXISTS (SELECT 1 FROM assignments a
            WHERE a.item_id = :item AND a.actor_id = :me AND a.purpose = {PRODUCTION})""",
        item=item_id, me=actor_id,
    )  # fmt: skip


def add(db: Db, rows: Iterable[Sequence[object]]) -> None:
    """Put items into the queue; each row has its values in the order of COLUMNS."""
    db.add_many("queue", COLUMNS, rows)


def leave(db: Db, item_id: str) -> None:
    """Hand an item out no more."""
    db.run("DELETE FROM queue WHERE item_id = :item", item=item_id)


def back(db: Db, row: Sequence[object], usable: bool) -> None:
    """Hand an item out again, `row` being of COLUMNS: the places of those who hold it are taken.

    Where it is `usable`, the places of those who said otherwise are free.
    """
    values = dict(zip(COLUMNS, row, strict=True))
    filled = FINISHED if usable else f"{FINISHED}, {BAD_PROBLEM}"
    gone = f"{HANDED_ON_SQL}, {BAD_PROBLEM}" if usable else HANDED_ON_SQL
    found = db.row(
        f"""SELECT count(DISTINCT a.actor_id) AS n FROM assignments a
                LEFT JOIN assignment_ends e ON e.assignment_id = a.id
            WHERE a.item_id = :item AND a.purpose = {PRODUCTION} AND (e.ending IS NULL OR e.ending IN ({filled}))
                AND NOT {PASSED.format(item="a.item_id", member="a.actor_id")} AND NOT {ENDED.format(endings=gone)}""",
        item=values["item_id"],
    )
    values["taken"] = found["n"] if found else 0
    names = ", ".join(COLUMNS)
    db.run(
        f"""INSERT INTO queue ({names}) VALUES ({", ".join(f":{name}" for name in COLUMNS)})
            ON CONFLICT (item_id) DO UPDATE SET taken = excluded.taken""",
        **values,
    )


ROWS = """SELECT q.item_id, q.taken, q.places, q.since, q.points, q.priority, q.field, q.known, q.settled,
        q.at_random, p.domain, p.tags, p.difficulty, t.strategy, t.task, t.first_position, t.last_position
    FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id"""
KEPT = ("places", "points", "priority", "field", "known", "settled", "at_random")
"""The columns that follow from what is known of an item, and from the policy."""


def rows(db: Reading, project_id: str, item_ids: Sequence[str]) -> Sequence[Row]:
    """Those of some items that are in the queue, with what decides their place: KEPT, domain, tags and so on."""
    names, named = listed("item", item_ids)
    return db.rows(f"{ROWS} WHERE q.project_id = :project AND q.item_id IN ({names})", project=project_id, **named)


def page(db: Reading, project_id: str, after: str, most: int) -> Sequence[Row]:
    """The next `most` rows after an item's id."""
    return db.rows(
        f"{ROWS} WHERE q.project_id = :project AND q.item_id > :after ORDER BY q.item_id LIMIT :most",
        project=project_id, after=after, most=most,
    )  # fmt: skip


def keep(db: Db, item_id: str, kept: Mapping[str, object]) -> None:
    """Set the columns KEPT of an item; one that is of the random share no more was not `reached` either."""
    columns = ", ".join(f"{name} = :{name}" for name in KEPT)
    db.run(
        f"UPDATE queue SET {columns}, reached = CASE :at_random WHEN 0 THEN 0 ELSE reached END WHERE item_id = :item",
        item=item_id,
        **kept,
    )


def facts(db: Reading, item_id: str) -> Row:
    """What of a trace decides its place in the queue: domain, tags, difficulty, strategy; in the queue or not."""
    return db.rows(
        """SELECT t.id AS item_id, t.project_id, p.domain, p.tags, p.difficulty, t.strategy, t.task
           FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.id = :item""",
        item=item_id,
    )[0]  # fmt: skip


def facts_of(db: Reading, item_ids: Sequence[str]) -> dict[str, Row]:
    """The same of several traces, by their ids."""
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"""SELECT t.id AS item_id, p.domain, p.tags, p.difficulty, t.strategy, t.task
            FROM traces t JOIN problems p ON p.id = t.problem_id WHERE t.id IN ({names})""",
        **named,
    )
    return {row["item_id"]: row for row in rows}


def fields(db: Reading, project_id: str) -> list[str]:
    """The fields of all that is in the queue."""
    rows = db.rows("SELECT DISTINCT field FROM queue WHERE project_id = :project ORDER BY field", project=project_id)
    return [row["field"] for row in rows]


def field(db: Reading, item_id: str) -> str:
    """The field of an item of the queue."""
    return str(db.rows("SELECT field FROM queue WHERE item_id = :item", item=item_id)[0]["field"])


def answered(db: Reading, item_ids: Sequence[str]) -> list[str]:
    """Those of some items on which anybody said anything."""
    if not item_ids:
        return []
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"""SELECT t.id FROM traces t WHERE t.id IN ({names})
            AND EXISTS (SELECT 1 FROM answers n WHERE n.item_id = t.id)""",
        **named,
    )
    return [row["id"] for row in rows]


def own_traces(db: Reading, project_id: str, after: str, most: int) -> list[str]:
    """The next traces of a project after an id that are neither gold nor alternatives."""
    rows = db.rows(
        f"""SELECT t.id FROM traces t WHERE t.project_id = :project AND t.id > :after AND t.parent_id IS NULL
            AND t.task = 'steps' AND NOT EXISTS (SELECT 1 FROM gold_items g WHERE g.item_id = t.id AND {STANDS})
            ORDER BY t.id LIMIT :most""",
        project=project_id, after=after, most=most,
    )  # fmt: skip
    return [row["id"] for row in rows]
