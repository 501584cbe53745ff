"""Labels in doubt: given after the last good point of somebody whose gold became worse, and before they qualified anew.

An alarm ends what is handed out, so that what was claimed after it is of somebody who has qualified anew.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.answers import COUNTING, Ending, Purpose
from cotlab.domain.calibration.qualification import field_of
from cotlab.storage.calibration.drift import NOW, OVERRULED
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.projects import fields

PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
STANDS = f"({OVERRULED}) IS NULL"
IN_DOUBT = f"""a.actor_id = d.member_id AND a.project_id = d.project_id AND a.sequence < d.sequence
    AND a.purpose IN ({PURPOSES}) AND n.assignment_id = a.id AND n.received_at > d.since"""
"""An answer `n` of the assignment `a` on a trace of the field of the alarm `d` is in doubt for it."""
FILLED = f"('{Ending.FINISHED.value}', '{Ending.BAD_PROBLEM.value}')"
RECHECKED = f"""EXISTS (SELECT 1 FROM assignments b JOIN assignment_ends f ON f.assignment_id = b.id
    WHERE b.item_id = i.item_id AND b.purpose = '{Purpose.RECHECK.value}' AND b.sequence > r.sequence
        AND f.ending IN {FILLED} AND f.sequence <= :as_of)"""
"""Whether somebody has labelled an item `i` of the recheck `r`."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """`answers` is item -> the ids of answers in doubt, `under_recheck` the items of those that wait for a recheck."""

    answers: Mapping[str, frozenset[str]]
    under_recheck: frozenset[str]


NONE = Doubts({}, frozenset())


def doubts(
    db: Reading, which: str, parameters: Mapping[str, Any], traces: Sequence[Row], answers: Sequence[Row]
) -> Doubts:  # fmt: skip
    """What is in doubt as of a sequence, of some answers on some traces.

    `which` says which traces `t`, with its parameters, of which `project` and `as_of` are two; `traces` are theirs: id,
    domain, tags. A field is read by the calibrated tags of when the alarm was raised.
    """
    raised: dict[str, list[tuple[Row, frozenset[str]]]] = defaultdict(list)
    for alarm in _alarms(db, parameters["project"], parameters["as_of"]):
        raised[alarm["member_id"]].append((alarm, _in_field(db, parameters["project"], alarm, traces)))
    if not raised:
        return NONE
    claimed = _claimed(db, which, parameters, list(raised))
    found: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        alarms = raised.get(answer["actor_id"], ()) if claimed else ()
        if any(answer["item_id"] in there and _in_doubt(answer, alarm, claimed) for alarm, there in alarms):
            found[answer["item_id"]].add(answer["id"])
    waiting = _waiting(db, which, parameters) if found else frozenset()
    return Doubts({item_id: frozenset(ids) for item_id, ids in found.items()}, waiting & found.keys())


def _in_field(db: Reading, project_id: str, alarm: Row, traces: Sequence[Row]) -> frozenset[str]:
    """The ids of those traces that are of an alarm's field."""
    calibrated = fields.calibrated(db, project_id, alarm["sequence"])
    return frozenset(
        row["id"]
        for row in traces
        if alarm["domain"]
        == field_of(row["domain"], json.loads(row["tags"]) if calibrated else (), calibrated, row["task"])
    )


def answers_in_doubt(db: Reading, project_id: str) -> frozenset[str]:
    """The ids of all answers of a project that are in doubt now."""
    return frozenset(
        row["id"] for alarm in _alarms(db, project_id, NOW) for row in of_alarm(db, project_id, alarm, "n.id")
    )


def of_alarm(db: Reading, project_id: str, alarm: Row, columns: str, where: str = "") -> Sequence[Row]:
    """The answers `n` that are in doubt for an alarm: some columns of theirs and of their assignments `a`."""
    field, named = fields.expression(fields.calibrated(db, project_id, alarm["sequence"]))
    return db.rows(
        f"""SELECT {columns} FROM drift_alarms d JOIN assignments a ON a.actor_id = d.member_id
                JOIN answers n ON n.assignment_id = a.id JOIN traces t ON t.id = n.item_id
                JOIN problems p ON p.id = t.problem_id
            WHERE d.id = :alarm AND {field} = d.domain AND a.project_id = :project AND {IN_DOUBT} {where}""",
        project=project_id, alarm=alarm["id"], **named,
    )  # fmt: skip


def _in_doubt(answer: Row, alarm: Row, claimed: Mapping[str, int]) -> bool:
    since = claimed.get(answer["assignment_id"])
    return since is not None and since < alarm["sequence"] and answer["received_at"] > alarm["since"]


def _alarms(db: Reading, project_id: str, as_of: int) -> Sequence[Row]:
    """The alarms that stand."""
    return db.rows(
        f"""SELECT d.id, d.member_id, d.domain, d.since, d.sequence FROM drift_alarms d
            WHERE d.project_id = :project AND d.sequence <= :as_of AND {STANDS}""",
        project=project_id, as_of=as_of,
    )  # fmt: skip


def _claimed(db: Reading, which: str, parameters: Mapping[str, Any], people: Sequence[str]) -> dict[str, int]:
    """The sequences of people's assignments on traces, by id, of those whose labels count."""
    names, named = listed("person", sorted({*people}))
    rows = db.rows(
        f"""SELECT a.id, a.sequence FROM traces t JOIN assignments a ON a.item_id = t.id AND a.actor_id IN ({names})
            WHERE {which} AND a.purpose IN ({PURPOSES})""",
        **parameters, **named,
    )  # fmt: skip
    return {row["id"]: row["sequence"] for row in rows}


def _waiting(db: Reading, which: str, parameters: Mapping[str, Any]) -> frozenset[str]:
    """Those of some traces that others are still to label."""
    rows = db.rows(
        f"""SELECT DISTINCT i.item_id FROM rechecks r JOIN recheck_items i ON i.recheck_id = r.id
                JOIN traces t ON t.id = i.item_id
            WHERE {which} AND r.project_id = :project AND r.sequence <= :as_of AND NOT {RECHECKED}""",
        **parameters,
    )
    return frozenset(row["item_id"] for row in rows)
