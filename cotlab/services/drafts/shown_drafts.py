"""Drafts shown to who has committed what they are of: what policy allows, what is there, and what was seen."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from cotlab.domain.answers import Purpose
from cotlab.domain.drafts.opinions import most_probable
from cotlab.domain.projects.draft_policy import REVEALED, DraftRule, Reveal, blind, drawn_at_claim
from cotlab.domain.projects.policy import Policy, draft_rule
from cotlab.domain.shown_drafts import (
    ALTERNATIVES,
    OPINION,
    PAIR_OPINION,
    RATIONALE,
    ShownAlternative,
    ShownDraft,
    ShownOpinion,
    ShownPreference,
    ShownRationale,
)
from cotlab.services.audit import event_data
from cotlab.storage.drafts import shown_drafts as stored
from cotlab.storage.engine.database import Appended, Db, Reading, Row
from cotlab.storage.projects import projects

MOST_ALTERNATIVES = 9
"""Other wordings of a step that are shown, the newest of them."""
OPINIONS = frozenset({OPINION, PAIR_OPINION})
ASKED = "asked"
"""How a rationale came to be seen: by who asked for it."""


def rule_of(row: Row, policy: Policy) -> DraftRule:
    """What policy says of drafts for an assignment (`row` is one of assignments.work)."""
    place = row["task"], row["domain"], json.loads(row["tags"])
    return drawn_at_claim(draft_rule(policy, *place), draft_rule(projects.parsed_policy(row["policy_then"]), *place))


def hidden(row: Row, rule: DraftRule) -> bool:
    """Whether no draft of an assignment is ever shown, whatever policy says: people or guidelines are measured by it,
    it is a case, or its person is of the arm that sees none.
    """
    purpose, case = Purpose(row["purpose"]), row["case_id"]
    return purpose not in REVEALED or case is not None or blind(row["actor_id"], row["item_id"], rule.blind_share)


def seen(db: Reading, row: Row) -> dict[int, list[Row]]:
    """Position -> the drafts that the person of an assignment saw of its item, in this assignment or before."""
    if not row["revealed"]:
        return {}
    places = {
        draft: one["position"]
        for one in stored.seen(db, row["item_id"], row["actor_id"])
        for draft in json.loads(one["drafts"])
    }
    found: dict[int, list[Row]] = defaultdict(list)
    for draft in stored.drafts(db, list(places)):
        found[places[draft["id"]]].append(draft)
    return dict(found)


def reveal(
    db: Db, row: Row, rule: DraftRule, position: int, before: Sequence[Row], how: Reveal
) -> tuple[list[Row], Appended | None]:
    """Show what there is of a committed step or pair beside what was seen `before`, and keep that it was seen."""
    if not row["drafted"] or rule.reveal is Reveal.NEVER or hidden(row, rule):
        return [], None
    there = (
        stored.of_pair(db, row["item_id"])
        if row["task"] == "pairs"
        else stored.of_step(db, row["item_id"], position)
    )  # fmt: skip
    known = {draft["id"] for draft in before}
    fresh = [draft for draft in _newest(there) if draft["id"] not in known]
    return fresh, record(db, row, position, fresh, how.value) if fresh else None


def _newest(rows: Sequence[Row]) -> list[Row]:
    """The last opinion of each model, and the last wordings that differ."""
    opinions = {row["model"]: row for row in rows if row["kind"] != ALTERNATIVES}
    texts = {json.loads(row["document"])["text"]: row for row in rows if row["kind"] == ALTERNATIVES}
    return [*opinions.values(), *[*texts.values()][-MOST_ALTERNATIVES:]]


def record(db: Db, row: Row, position: int, drafts: Iterable[Row], how: str) -> Appended:
    """Keep that the person of an assignment saw drafts, with its event."""
    columns: dict[str, Any] = {
        "id": db.new_id(), "item_id": row["item_id"], "position": position, "project_id": row["project_id"],
        "actor_id": row["actor_id"], "assignment_id": row["id"],
        "drafts": event_data.as_json([draft["id"] for draft in drafts]), "how": how,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.REVEAL, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    return appended


def beside(seen: Mapping[int, Sequence[Row]], position: int, kept: Mapping[str, int]) -> list[tuple[str, int | None]]:
    """The drafts that stood beside an answer on a step or pair, by id: opinions and wordings that were seen, and
    rationales that were kept (`kept` is id -> similarity in percent).
    """
    visible = [row["id"] for row in seen.get(position, ()) if row["kind"] != RATIONALE]
    return sorted([*((one, None) for one in visible), *kept.items()])


def shown(rows: Iterable[Row], left: str | None = None, kinds: Collection[str] | None = None) -> tuple[ShownDraft, ...]:
    """Drafts of a step or pair as somebody sees them, the newest opinion alone of each model; `left` is the response of
    a pair that stands on their left.
    """
    given = [row for row in rows if kinds is None or row["kind"] in kinds]
    newest = {row["model"]: row["id"] for row in given if row["kind"] in OPINIONS}
    return tuple(
        _shown(row, left) for row in given if row["kind"] not in OPINIONS or newest[row["model"]] == row["id"]
    )  # fmt: skip


def _shown(row: Row, left: str | None) -> ShownDraft:
    document = json.loads(row["document"])
    if row["kind"] == OPINION:
        return ShownOpinion(
            id=row["id"],
            label=most_probable(document["probabilities"]),
            probabilities=document["probabilities"],
            by=document.get("by"),
        )
    if row["kind"] == ALTERNATIVES:
        return ShownAlternative(id=row["id"], text=document["text"])
    if row["kind"] == RATIONALE:
        return ShownRationale(id=row["id"], text=document["text"])
    right = "second" if left == "first" else "first"
    sides = {left: "left", right: "right", "none": "none"}
    return ShownPreference.model_validate({
        "id": row["id"], "preference": sides[document["preference"]], "left": document[left or "first"],
        "right": document[right], "by": document.get("by"),
    })  # fmt: skip
