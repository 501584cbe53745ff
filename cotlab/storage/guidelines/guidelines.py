"""What guideline versions do in projects: acknowledged by whom, and the labels given under earlier ones."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from cotlab.domain.answers import COUNTING, HANDED_ON, REDOS, UNSEEN, Purpose
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed

PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
MINE = ", ".join(f"'{purpose.value}'" for purpose in (*COUNTING, *UNSEEN))
"""The purposes whose labels come back to their person."""
HANDED_ON_SQL = ", ".join(f"'{ending.value}'" for ending in HANDED_ON)
NOT_REPLACED = "NOT EXISTS (SELECT 1 FROM answers r WHERE r.replaces = n.id)"
OF_THE_LAST_ROUND = f"""NOT EXISTS (SELECT 1 FROM assignments l WHERE l.item_id = n.item_id
    AND l.actor_id = n.actor_id AND l.purpose = '{Purpose.GOLD.value}' AND l.sequence > n.sequence)"""
"""Gold can be given to a person a second time, as if for the first."""
LABEL = f"""SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, p.domain, p.tags, t.task
    FROM answers n JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
    WHERE n.question = 'label' AND {NOT_REPLACED}
        AND NOT EXISTS (SELECT 1 FROM assignment_ends e
            WHERE e.assignment_id = n.assignment_id AND e.ending IN ('bad_problem', {HANDED_ON_SQL}))"""
"""The labels that stand, of traces that nobody handed on or set aside."""
COUNTS = f"n.purpose IN ({PURPOSES})"
COMES_BACK = f"n.purpose IN ({MINE}) AND {OF_THE_LAST_ROUND}"
REDO = ", ".join(f"'{purpose.value}'" for purpose in REDOS)
NOT_HANDED_ON = f"""NOT EXISTS (SELECT 1 FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id
    WHERE a.item_id = n.item_id AND a.actor_id = n.actor_id AND a.purpose IN ({REDO})
        AND e.ending IN ('bad_problem', {HANDED_ON_SQL}))"""
Suspects = tuple[Collection[tuple[str, str]], Collection[str]]
"""Pairs of version and label, and rules: see Timeline.suspects."""


def versions(db: Reading) -> Sequence[Row]:
    """Every version that is stored, by guideline, the oldest publication first."""
    return db.rows(
        """SELECT id, guideline, version, change, task, head, published_at, sequence FROM guideline_versions
           ORDER BY guideline, sequence"""
    )


def versions_of(db: Reading, guideline: str) -> Sequence[Row]:
    """The versions of one guideline, in the order in which they were published."""
    return db.rows(
        "SELECT id, version, head FROM guideline_versions WHERE guideline = :guideline ORDER BY sequence",
        guideline=guideline,
    )


def texts(db: Reading, version_ids: Collection[str]) -> dict[str, str]:
    """Version's id -> its text as it was published."""
    if not version_ids:
        return {}
    names, named = listed("version", sorted(version_ids))
    rows = db.rows(f"SELECT id, text FROM guideline_versions WHERE id IN ({names})", **named)
    return {row["id"]: row["text"] for row in rows}


def in_force_for(db: Reading, project_id: str, task: str, domain: str) -> str | None:
    """The id of the version that was put in force last for exactly this domain (empty: for all)."""
    row = db.row(
        """SELECT guideline_version_id FROM guidelines_in_force
           WHERE project_id = :project AND task = :task AND domain = :domain ORDER BY sequence DESC LIMIT 1""",
        project=project_id, task=task, domain=domain,
    )  # fmt: skip
    return None if row is None else str(row["guideline_version_id"])


def put_in_force_rows(db: Reading, project_id: str) -> Sequence[Row]:
    """What came into force in a project, with the task, in order."""
    return db.rows(
        """SELECT task, domain, sequence, guideline_version_id, at FROM guidelines_in_force
           WHERE project_id = :project ORDER BY sequence""",
        project=project_id,
    )


def version_for_item(db: Reading, item_id: str) -> str | None:
    """The id of the version in force for an item's task and domain; the narrower row wins, then the newer."""
    row = db.row(
        """SELECT f.guideline_version_id FROM traces t JOIN problems p ON p.id = t.problem_id
               JOIN guidelines_in_force f ON f.project_id = t.project_id AND f.task = t.task
                   AND f.domain IN (p.domain, '')
           WHERE t.id = :item ORDER BY CASE f.domain WHEN '' THEN 1 ELSE 0 END, f.sequence DESC LIMIT 1""",
        item=item_id,
    )
    return None if row is None else str(row["guideline_version_id"])


def acknowledged(db: Reading, project_id: str, actor_id: str, version_id: str) -> int | None:
    """The sequence at which a person acknowledged a version; None where they have not."""
    row = db.row(
        """SELECT sequence FROM acknowledgements
           WHERE project_id = :project AND actor_id = :actor AND guideline_version_id = :version""",
        project=project_id, actor=actor_id, version=version_id,
    )  # fmt: skip
    return None if row is None else int(row["sequence"])


def acknowledge(db: Db, project_id: str, actor_id: str, version_id: str, sequence: int) -> None:
    db.add(
        "acknowledgements", project_id=project_id, actor_id=actor_id, guideline_version_id=version_id, at=db.now,
        sequence=sequence,
    )  # fmt: skip


def acknowledgements(db: Reading, project_id: str) -> dict[str, list[str]]:
    """Person's id -> the ids of the versions acknowledged, the last one last."""
    rows = db.rows(
        "SELECT actor_id, guideline_version_id FROM acknowledgements WHERE project_id = :project ORDER BY sequence",
        project=project_id,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["actor_id"]].append(row["guideline_version_id"])
    return found


def labels_in(db: Reading, project_id: str, suspects: Suspects) -> Sequence[Row]:
    """The labels that stand in a project and may be stale, with domain and tags of their problems."""
    return _suspected(db, suspects, f"{COUNTS} AND t.project_id = :project", project=project_id)


def labels_of(db: Reading, project_id: str, actor_id: str, suspects: Suspects) -> Sequence[Row]:
    """A person's labels that stand in a project and may be stale, on traces that they would do again."""
    here = "n.actor_id = :actor AND n.project_id = :project AND n.assignment_id IS NOT NULL"
    mine = f"{COMES_BACK} AND {here} AND {NOT_HANDED_ON}"
    return _suspected(db, suspects, mine, project=project_id, actor=actor_id)


def _suspected(db: Reading, suspects: Suspects, which: str, **parameters: str) -> list[Row]:
    pairs, rules = suspects
    found: dict[str, Row] = {}
    for version in sorted({version for version, _ in pairs}):
        values = sorted(label for one, label in pairs if one == version)
        names, named = listed("value", values)
        rows = db.rows(
            f"{LABEL} AND {which} AND n.guideline_version_id = :version AND n.value IN ({names})",
            version=version, **named, **parameters,
        )  # fmt: skip
        found |= {row["id"]: row for row in rows}
    if rules:
        names, named = listed("rule", sorted(rules))
        cited = f"n.id IN (SELECT c.answer_id FROM citations c WHERE c.kind = 'rule' AND c.name IN ({names}))"
        found |= {row["id"]: row for row in db.rows(f"{LABEL} AND {which} AND {cited}", **named, **parameters)}
    return list(found.values())


def labels_on(db: Reading, item_id: str, actor_id: str) -> Sequence[Row]:
    """A person's labels that stand on an item."""
    mine = f"{COMES_BACK} AND n.item_id = :item AND n.actor_id = :actor"
    return db.rows(f"{LABEL} AND {mine}", item=item_id, actor=actor_id)


def rules_cited(
    db: Reading, project_id: str, rules: Collection[str] | None = None, item_id: str | None = None
) -> dict[str, set[str]]:
    """Answer's id -> the rules that it cites (of `rules`, where these are given), in a project or on one item of it."""
    if rules is not None and not rules:
        return {}
    where, named = "t.project_id = :project", {"project": project_id}
    if item_id is not None:  # what an item cites is little; with the rules, an engine would look through all their uses
        where, named = f"t.id = :item AND {where}", {**named, "item": item_id}
    elif rules is not None:
        names, of_rules = listed("rule", sorted(rules))
        where, named = f"{where} AND c.name IN ({names})", {**named, **of_rules}
    rows = db.rows(
        f"""SELECT c.answer_id, c.name FROM traces t JOIN answers n ON n.item_id = t.id
                JOIN citations c ON c.answer_id = n.id
            WHERE c.kind = 'rule' AND {where}""",
        **named,
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if rules is None or row["name"] in rules:
            found[row["answer_id"]].add(row["name"])
    return found


def seconds_a_step(db: Reading, project_id: str, most: int) -> float | None:
    """Mean time from a step being shown to its first label, each up to `most` seconds; None where none is measured."""
    row = db.row(
        f"""SELECT avg(CASE WHEN n.received_at - n.shown_at > :most THEN CAST(:most AS BIGINT)
                ELSE n.received_at - n.shown_at END) AS mean
            FROM traces t JOIN answers n ON n.item_id = t.id
            WHERE t.project_id = :project AND t.task = 'steps' AND n.question = 'label' AND n.purpose IN ({PURPOSES})
                AND n.replaces IS NULL AND n.shown_at IS NOT NULL""",
        project=project_id, most=most * 1_000_000,
    )  # fmt: skip
    return None if row is None or row["mean"] is None else float(row["mean"]) / 1_000_000


def actor_of_event(db: Reading, chain: str, sequence: int) -> str:
    """The name of whoever an event is of."""
    row = db.rows("SELECT body FROM events WHERE chain = :chain AND sequence = :sequence", chain=chain,
                  sequence=sequence)[0]  # fmt: skip
    actor = db.row("SELECT name FROM actors WHERE id = :id", id=json.loads(row["body"])["actor"])
    return "" if actor is None else str(actor["name"])


GUIDED = """EXISTS (SELECT 1 FROM guidelines_in_force f JOIN problems p ON p.id = t.problem_id
    WHERE f.project_id = t.project_id AND f.task = t.task AND f.domain IN (p.domain, ''))"""
