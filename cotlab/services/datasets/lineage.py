"""The history of a row, a trace, a pair or a step: what the project's tables tell, each with the event that says so."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from cotlab.domain.answers import COUNTING, UNSEEN, WHOLE_TRACE, Citation, Purpose
from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.checks import KeptVerdict
from cotlab.domain.datasets.lineage import Guidance, Lineage, LineageEvent, Qualified
from cotlab.domain.datasets.row_ids import STEPS, RowId, parsed
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.people import SERVER_ITSELF
from cotlab.exchange.guideline.markdown import rule_text
from cotlab.services.calibration.qualification import standing_then
from cotlab.services.datasets.item_exports import ExportsOf
from cotlab.services.guidelines import versions
from cotlab.services.labels.assistance import visible
from cotlab.services.people.pseudonyms import PSEUDONYM, Names
from cotlab.services.projects.projects import known_project
from cotlab.storage.datasets import lineage as stored
from cotlab.storage.drafts import draft_decisions
from cotlab.storage.drafts import shown_drafts as revealed
from cotlab.storage.engine.database import Reading, Row, Store
from cotlab.storage.guidelines.guidelines import texts
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.traces import drafted_traces

MEASURED = (*UNSEEN, Purpose.CALIBRATION)
"""The purposes that tell which items are gold."""
Told = tuple[int, dict[str, Any]]
"""The sequence of an event, and the fields of what it meant."""


def lineage(store: Store, project_id: str, name: str, *, gold: bool, thorough: bool = False) -> Lineage:
    """The history of what is called `name`: the id of a row, an item or a step, or an item's id in its file.

    Without `gold` nothing tells whether the item is gold, or was labelled in calibration. Raises NotFound and BadInput.
    """
    project, wanted, parts = store.read(partial(_found, project_id=project_id, name=name))
    told = store.read(lambda db: _told(db, project_id, parts, wanted, gold))
    since = min(one.row["sequence"] for one in parts)
    for found in ExportsOf(store, project_id, thorough).with_rows(wanted, since):
        exported = found.exported
        told.append((found.at, {"what": _exported(exported.rows, exported.certain), "exported": exported}))
        told += [(at, {"what": "the export became a release", "release": one}) for at, one in found.released]
    return store.read(lambda db: _whole(db, project, name, wanted, parts[0].row, told))


class _Part(NamedTuple):
    """A trace or pair, or the steps of a trace up to position `last`."""

    row: Row
    last: int | None = None


def _exported(rows: tuple[str, ...], certain: bool) -> str:
    doubt = "" if certain else ", unless it was left out for what else went out"
    return f"exported as {', '.join(rows)}{doubt}"


def _found(db: Reading, project_id: str, name: str) -> tuple[Row, RowId, list[_Part]]:
    """The project, what is asked for, and what that lies in."""
    project, wanted = known_project(db, project_id), parsed(name)
    if wanted is not None and (wanted.labels or "").startswith(f"{STEPS}-"):
        rows = [stored.item(db, project_id, one) for one in stored.items_of_problem(db, project_id, wanted.item_id)]
        parts = [_Part(row) for row in rows if row is not None and row["task"] == STEPS]
        if not parts:
            raise NotFound(f"There is no row {name} in this project.")
        return project, wanted, parts
    if wanted is None or stored.item(db, project_id, wanted.item_id) is None:
        items = stored.items_called(db, project_id, name)
        if not items and wanted is not None:
            items = stored.items_of_problem(db, project_id, wanted.item_id)
        if len(items) > 1:
            raise BadInput(f"id: {len(items)} traces or pairs are called {name}; name one: {', '.join(items[:5])}")
        if not items:
            raise NotFound(f"There is no row, trace, pair or step {name} in this project.")
        wanted = RowId(items[0])
    return project, wanted, _with_parents(db, project_id, wanted.item_id)


def _with_parents(db: Reading, project_id: str, item_id: str) -> list[_Part]:
    """A trace or pair; of an alternative also the steps of other traces that it begins with."""
    found: list[_Part] = []
    parent: str | None = item_id
    while parent is not None:
        row = stored.item(db, project_id, parent)
        assert row is not None
        found.append(_Part(row, found[-1].row["first_position"] - 1 if found else None))
        parent = row["parent_id"]
    return found


def _told(db: Reading, project_id: str, parts: Sequence[_Part], wanted: RowId, gold: bool) -> list[Told]:
    """What is told of all parts; what several tell alike, as a file that they all came with, stands once."""
    found: dict[int, list[dict[str, Any]]] = {}
    for part in parts:
        for at, fields in _Reading(db, project_id, part.row, wanted, gold, part.last).told():
            here = found.setdefault(at, [])
            alike = [one for one in here if one | {"item": None} == fields | {"item": None}]
            for one in alike:
                one["item"] = None
            if not alike:
                here.append({**fields, "item": part.row["id"] if len(parts) > 1 else None})
    return [(at, fields) for at, here in found.items() for fields in here]


def _whole(db: Reading, project: Row, name: str, wanted: RowId, row: Row, told: list[Told]) -> Lineage:
    chain, as_of = stored.events(db, project["id"], {at for at, _ in told}), exports.sequence_now(db, project["id"])
    return Lineage(
        id=name, item_id=wanted.item_id, external_id=row["external_id"] if row["id"] == wanted.item_id else None,
        task=row["task"], domain=row["domain"],
        project=project["name"], as_of=as_of[0], audit_head=as_of[1],
        events=tuple(_event(chain[at], fields) for at, fields in sorted(told, key=lambda one: one[0]) if at in chain),
    )  # fmt: skip


def _event(row: Row, fields: Mapping[str, Any]) -> LineageEvent:
    body = json.loads(row["body"])
    return LineageEvent(sequence=row["sequence"], hash=row["hash"], at=body["at"], kind=body["kind"], **fields)


@dataclass(slots=True)
class _Reading:
    """One snapshot of all that is told of an item; what is asked for may be one person's row, or one step.

    With `last` it is told of the steps up to that position, and not of the whole.
    """

    db: Reading
    project_id: str
    row: Row
    wanted: RowId
    gold: bool
    last: int | None = None
    _names: Names = field(init=False)
    _guidance: dict[tuple[str, tuple[str, ...]], Guidance] = field(default_factory=dict)
    _fields: set[str] = field(default_factory=set)
    _people: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        db = self.db
        self._names = Names(self.project_id, exports.source_names(db), projects.version_names(db))

    def told(self) -> Iterator[Told]:
        yield from self._came()
        yield from self._versions()
        yield from self._assignments()
        yield from self._endings()
        yield from self._answers()
        yield from self._reveals()
        yield from self._cases()
        yield from self._questions()
        yield from self._checks()
        yield from self._doubts()
        if self.gold:
            yield from self._gold()

    def _came(self) -> Iterator[Told]:
        item_id, author = self.row["id"], self.row["author_id"]
        row = drafted_traces.of_items(self.db, [item_id]).get(item_id)
        drafted = None if row is None else drafted_traces.drafted_of(row)
        accepted = draft_decisions.of_item(self.db, item_id)
        if accepted is not None:
            by = None if accepted["actor_id"] == SERVER_ITSELF else self._names.of(accepted["actor_id"])
            how = "edited and accepted" if accepted["edited"] is not None else "accepted"
            yield accepted["drafted_at"], {"what": "drafted by a model", "drafted": drafted}
            yield accepted["sequence"], {"what": f"the draft was {how}{'' if by else ' by the policy'}", "by": by}
            return
        how = "imported" if author is None else "written by an expert"
        by = None if author is None else self._names.of(author)
        yield self.row["sequence"], {"what": how, "by": by, "drafted": drafted}

    def _versions(self) -> Iterator[Told]:
        for one in stored.versions(self.db, self.project_id, self.row["task"], self.row["domain"]):
            what = f"a guideline version came into force for {one['domain'] or 'all domains'}"
            yield one["sequence"], {"what": what, "guidance": self._under(one["guideline_version_id"], ())}

    def _assignments(self) -> Iterator[Told]:
        for one in stored.assignments(self.db, self.row["id"]):
            if self._left_out(one["actor_id"], one["purpose"]):
                continue
            self._people.add(one["actor_id"])
            yield one["sequence"], {
                "what": f"handed out for {one['purpose']}", "by": self._names.of(one["actor_id"]),
                "purpose": one["purpose"], "informed": one["informed"] == 1,
                "guidance": self._under(one["guideline_version_id"], ()), "qualified": self._qualified(one),
            }  # fmt: skip

    def _qualified(self, one: Row) -> Qualified | None:
        """Where the person stood when work was handed to them that counts."""
        if one["purpose"] not in COUNTING:
            return None
        calibrated = projects.policy(self.db, self.project_id, one["sequence"]).calibrated_tags
        field_ = field_of(self.row["domain"], json.loads(self.row["tags"]), calibrated, self.row["task"])
        self._fields.add(field_)
        state, sentence = standing_then(
            self.db, self.project_id, one["actor_id"], field_, one["sequence"], one["claimed_at"]
        )
        return Qualified(field=field_, state=state.value, sentence=sentence)

    def _endings(self) -> Iterator[Told]:
        for one in stored.endings(self.db, self.row["id"]):
            if not self._left_out(one["actor_id"], one["purpose"]):
                what = f"ended: {one['ending'].replace('_', ' ')}"
                yield one["sequence"], {
                    "what": what, "by": self._names.of(one["actor_id"]), "purpose": one["purpose"]
                }  # fmt: skip

    def _answers(self) -> Iterator[Told]:
        cited, seen = defaultdict(list), defaultdict(list)
        for row in stored.citations(self.db, self.row["id"]):
            cited[row["answer_id"]].append(row)
        for row in stored.shown(self.db, self.row["id"]):
            seen[row["answer_id"]].append(_verdict(row))
        drafts = defaultdict(list)
        for row in revealed.beside_answers(self.db, self.row["id"]):
            drafts[row["answer_id"]].append(visible(row))
        for one in stored.answers(self.db, self.row["id"]):
            if self._left_out(one["actor_id"], one["purpose"]) or not self._at(one["position"]):
                continue
            citations = [Citation(**{name: row[name] for name in Citation.model_fields}) for row in cited[one["id"]]]
            rules = tuple(sorted({row.name for row in citations if row.kind == "rule"}))
            version = one["guideline_version_id"]
            yield one["sequence"], {
                "what": _answered(one), "by": self._names.of(one["actor_id"]), "position": one["position"],
                "question": one["question"], "value": one["value"], "rationale": one["rationale"],
                "purpose": one["purpose"], "unsure": one["unsure"] == 1, "informed": one["informed"] == 1,
                "visible_until": one["visible_until"], "replaces": one["replaced"], "citations": tuple(citations),
                "guidance": None if version is None else self._under(version, rules),
                "evidence": tuple(seen[one["id"]]), "drafts": tuple(drafts[one["id"]]),
            }  # fmt: skip

    def _reveals(self) -> Iterator[Told]:
        for one in revealed.of_item(self.db, self.row["id"]):
            if self._left_out(one["actor_id"], one["purpose"]) or not self._at(one["position"]):
                continue
            drafts = revealed.drafts(self.db, json.loads(one["drafts"]))
            yield one["sequence"], {
                "what": f"saw what models drafted of {_place(one['position'])}", "by": self._names.of(one["actor_id"]),
                "position": one["position"], "purpose": one["purpose"],
                "drafts": tuple(visible({**row, "draft_id": row["id"], "similarity": None}) for row in drafts),
            }  # fmt: skip

    def _cases(self) -> Iterator[Told]:
        for one in stored.cases(self.db, self.row["id"]):
            if self._at(one["position"]):
                reasons = ", ".join(json.loads(one["reasons"])).replace("_", " ")
                yield one["sequence"], {"what": f"a case was opened: {reasons}", "position": one["position"]}
        for one in stored.outcomes(self.db, self.row["id"]):
            if self._at(one["position"]):
                what = "the case was decided" if one["value"] is not None else "the majority that decided was undone"
                yield one["sequence"], {"what": what, "position": one["position"], "value": one["value"]}

    def _questions(self) -> Iterator[Told]:
        asked = set[int]()
        for one in stored.questions(self.db, self.row["id"]):
            if self._other(one["actor_id"]) or not self._at(one["position"] or WHOLE_TRACE):
                continue
            if one["sequence"] not in asked:
                asked.add(one["sequence"])
                yield one["sequence"], {
                    "what": "asked a question", "by": self._names.of(one["actor_id"]), "position": one["position"],
                    "rationale": one["text"],
                }  # fmt: skip
            if one["answered"] is not None:
                yield one["answered"], {
                    "what": "the question was answered", "position": one["position"], "value": one["rule"],
                    "rationale": one["answer"],
                }  # fmt: skip

    def _checks(self) -> Iterator[Told]:
        found = defaultdict(list)
        for row in stored.verdicts(self.db, self.row["id"]):
            if self._at(row["position"]):
                found[row["sequence"]].append(_verdict(row))
        for sequence, verdicts in found.items():
            yield sequence, {"what": "a check looked at it", "evidence": tuple(verdicts)}

    def _doubts(self) -> Iterator[Told]:
        """Of those who were handed the item, what put their labels in doubt, and what leads decided of them."""
        for one in stored.doubts(self.db, self.project_id, self._people, self._fields):
            what = "an alarm of drift" if one["what"] == "alarm" else f"a lead decided: {one['what'].replace('_', ' ')}"
            yield one["sequence"], {
                "what": f"{what} ({one['field']})", "by": self._names.of(one["member_id"]),
                "rationale": one["reason"] or None,
            }  # fmt: skip

    def _gold(self) -> Iterator[Told]:
        for one in stored.gold(self.db, self.row["id"]):
            if self._at(one["position"]):
                yield one["sequence"], {
                    "what": f"gold: {one['what']}", "position": one["position"], "value": one["value"] or None,
                    "rationale": one["said"] or None,
                }  # fmt: skip

    def _left_out(self, actor_id: str, purpose: str) -> bool:
        return self._other(actor_id) or (purpose in MEASURED and not self.gold)

    def _other(self, actor_id: str) -> bool:
        """Whether it is somebody else than the one whose row was asked for."""
        labels = self.wanted.labels or ""
        return labels.startswith(PSEUDONYM) and self._names.of(actor_id) != labels

    def _at(self, position: int) -> bool:
        if self.last is not None and not WHOLE_TRACE < position <= self.last:
            return False
        return self.wanted.position in (None, position) or position == WHOLE_TRACE

    def _under(self, version_id: str, rules: tuple[str, ...]) -> Guidance:
        key = (version_id, rules)
        if key not in self._guidance:
            sha = hashlib.sha256(texts(self.db, [version_id])[version_id].encode()).hexdigest()
            said: dict[str, str] = {}
            if rules:
                guideline = versions.parsed(self.db, version_id)
                said = {name: rule_text(rule) for name in rules if (rule := guideline.rule(name)) is not None}
            self._guidance[key] = Guidance(version=self._names.versions[version_id], sha256=sha, rules=said)
        return self._guidance[key]


def _verdict(row: Row) -> KeptVerdict:
    return KeptVerdict(position=row["position"], checker=row["checker"], **json.loads(row["document"]))


def _answered(one: Row) -> str:
    if one["purpose"] == Purpose.IMPORTED:
        return f"came with a file: {one['value']}"
    said = "corrected" if one["replaced"] is not None else "said"
    return f"{said} of {_place(one['position'])}, {one['question'].replace('_', ' ')}: {one['value']}"


def _place(position: int) -> str:
    return "the whole" if position == WHOLE_TRACE else f"step {position}"
