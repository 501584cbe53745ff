"""Calibration sets: drawn by a lead from the gold of a domain, with what they do not cover in words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from cotlab.domain.calibration.qualification import CalibrationSet, CalibrationSetBody, task_of_field, things
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import Gate
from cotlab.services.audit import event_data
from cotlab.services.calibration.attempts import domain_in
from cotlab.services.calibration.set_draw import Drawn, Piece, draw, levels, rules_in, split
from cotlab.services.gold.items import verified
from cotlab.services.guidelines.versions import parsed
from cotlab.services.projects.projects import open_project
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Db, Reading
from cotlab.storage.projects import projects


def set_calibration(db: Db, by: str, project_id: str, body: CalibrationSetBody) -> CalibrationSet:
    """Draw the set that a domain is served from now on. Attempts that were begun go on with theirs.

    Raises BadInput where the domain has no gold for it.
    """
    open_project(db, project_id)
    gate = projects.policy(db, project_id).gate or Gate()
    steps = body.steps or gate.steps
    pieces = _pieces(db, project_id, body.domain)
    drawn = _named(pieces, body) if body.items else draw(pieces, body.training, steps, body.seed)
    if not drawn.counted:
        raise BadInput(f"domain: there is no gold in {body.domain} to calibrate with")
    items = [(one.item_id, False) for one in drawn.training] + [(one.item_id, True) for one in drawn.counted]
    columns: dict[str, Any] = {
        "id": db.new_id(), "project_id": project_id, "domain": body.domain, "actor_id": by, "seed": body.seed,
    }  # fmt: skip
    drawn_items = {
        "items": sorted(item_id for item_id, _ in items),
        "counted": sorted(item_id for item_id, counts in items if counts),
    }
    appended = event_data.tell(db, event_data.CALIBRATION_SET, columns | drawn_items)
    stored.add_set(db, items, **columns, at=db.now, sequence=appended.sequence)
    labels = Counter(label for one in drawn.counted for label in one.labels)
    return CalibrationSet(
        id=columns["id"], domain=body.domain, training=len(drawn.training), counted=len(drawn.counted),
        counted_steps=labels.total(), labels=dict(sorted(labels.items())),
        warnings=tuple(_warnings(db, project_id, body, gate, pieces, drawn)),
    )  # fmt: skip


def _pieces(db: Reading, project_id: str, domain: str) -> list[Piece]:
    """The gold of a domain whose labels are not stale."""
    pool = stored.pool(db, project_id, domain)
    version_id = _in_force(db, project_id, domain)
    known = {rule.id for rule in parsed(db, version_id).rules} if version_id else set()
    labels: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[str]] = defaultdict(list)
    for (item_id, _), one in verified(db, project_id, [row["item_id"] for row in pool]).items():
        if not one.stale:
            labels[item_id].append(one.value)
            texts[item_id].append(one.justification)
    return [
        Piece(
            row["item_id"], tuple(labels[row["item_id"]]), rules_in(texts[row["item_id"]], known), row["difficulty"],
            bool(row["worked"]),
        )
        for row in pool if labels[row["item_id"]]
    ]  # fmt: skip


def _in_force(db: Reading, project_id: str, field: str) -> str | None:
    """The id of the guideline version in force for a field."""
    return projects.in_force(db, project_id, domain_in(db, project_id, field), task_of_field(field))


def _named(pieces: Sequence[Piece], body: CalibrationSetBody) -> Drawn:
    known = {one.item_id: one for one in pieces}
    for item_id in body.items:
        if item_id not in known:
            raise BadInput(f"items: {item_id} is no gold of {body.domain} that can be used")
    return split([known[item_id] for item_id in dict.fromkeys(body.items)], body.training, body.seed)


def _warnings(
    db: Reading, project_id: str, body: CalibrationSetBody, gate: Gate, pieces: Sequence[Piece], drawn: Drawn
) -> Iterator[str]:
    """What the set does not cover, and what is left of the gold beside it."""
    labels = Counter(label for one in drawn.counted for label in one.labels)
    unit = "pair" if task_of_field(body.domain) == "pairs" else "step"
    if labels.total() < gate.steps:
        yield f"The counted part has {labels.total():,} {unit}s and the gate asks for {gate.steps:,}: nobody can pass."
    version_id = _in_force(db, project_id, body.domain)
    for label in projects.guideline_head(db, version_id).labels.top if version_id else ():
        found = labels[label.name]
        if found < gate.recall_steps:
            steps = f"{found} counted {unit}{'' if found == 1 else 's'}"
            yield f"{label.name} has {steps}; its recall is asked from {gate.recall_steps} on."
    yield from _uncovered(pieces, drawn)
    if len(drawn.training) < body.training:
        yield f"Only {len(drawn.training)} of {body.training} {things(body.domain)} were left for training."
    if any(one.worked for one in (*drawn.training, *drawn.counted)):
        yield f"Some {things(body.domain)} were labelled here before; they are left out for those who did."
    taken = {one.item_id for one in (*drawn.training, *drawn.counted)}
    left = sum(len(one.labels) for one in pieces if one.item_id not in taken)
    if left < labels.total():
        yield f"{left:,} {unit}s of gold are left in {body.domain}, for production and another set: too few for that."


def _uncovered(pieces: Sequence[Piece], drawn: Drawn) -> Iterator[str]:
    """Rules and difficulties that the counted part is without."""
    named = {rule for one in drawn.counted for rule in one.rules}
    missing = sorted({rule for one in pieces for rule in one.rules} - named)
    if missing:
        yield f"No justification in the counted part names {', '.join(missing)}."
    if not named:
        yield "No justification names a rule, so that nothing is known of the boundaries that are covered."
    there = {level for one in drawn.counted for level in levels(one.difficulty)}
    for level in ("easy", "hard"):
        if level not in there:
            yield f"No problem of the counted part is known to be {level}."
