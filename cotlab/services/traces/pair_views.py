"""What a person may see of a pair: texts on the sides that were drawn for them. Nothing else builds these views."""

from collections.abc import Mapping

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES, FrontMatter
from cotlab.domain.projects.policy import Policy
from cotlab.domain.shown_drafts import ShownDraft
from cotlab.domain.traces.pairs import (
    BOTH_BAD,
    CANNOT_JUDGE,
    ChoiceFeedback,
    CriterionView,
    MyPreference,
    PairView,
    choices,
    swapped,
)
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.traces import pairs

LABEL, UNSAFE = "label", "unsafe"
WITHDRAWN = "none"
"""The value of an answer to a criterion, or on safety, that says no more what the one before it said."""
FIRST, SECOND, BOTH = "first", "second", "both"


def pair_view(
    db: Reading, item_id: str, left: str, policy: Policy, head: FrontMatter, said: Mapping[str, Row],
    feedback: tuple[ChoiceFeedback, ...] = (), drafts: tuple[ShownDraft, ...] = (),
) -> PairView:  # fmt: skip
    """`left` is the response that stands on the left, `said` what the person said of the pair, by question."""
    row = pairs.texts(db, item_id)
    first, second = row["first_text"], row["second_text"]
    return PairView(
        messages=pairs.messages_of(row),
        left=first if left == FIRST else second,
        right=second if left == FIRST else first,
        criteria=tuple(
            CriterionView(name=one.name, key=one.key, meaning=one.meaning, rules=one.rules, anchors=one.anchors)
            for one in head.labels.criteria
        ),
        choices=choices(policy.scale_points, policy.ties_allowed),
        justify=policy.justify,
        mine=my_preference(said, left),
        feedback=feedback,
        drafts=drafts,
    )


def refuse_off_scale(policy: Policy, field: str, choice: str) -> None:
    """Raises BadInput for a choice that the policy does not offer."""
    scale = choices(policy.scale_points, policy.ties_allowed)
    if choice not in (*scale, BOTH_BAD, CANNOT_JUDGE):
        raise BadInput(f"{field}: {choice} is not on the scale of this project ({', '.join(scale)})")


def my_preference(said: Mapping[str, Row], left: str) -> MyPreference | None:
    """What a person said of a pair, as they saw it; None where they have said nothing."""
    overall, unsafe = said.get(LABEL), said.get(UNSAFE)
    if overall is None:
        return None
    given = {name: row["value"] for name, row in said.items() if name != LABEL and row["value"] in CHOICES}
    return MyPreference.model_validate({
        "id": overall["id"], "overall": as_seen(overall["value"], left),
        "criteria": {name: as_seen(value, left) for name, value in given.items()},
        "safety": None if unsafe is None or unsafe["value"] == WITHDRAWN else side_of(unsafe["value"], left),
        "rationale": overall["rationale"], "unsure": bool(overall["unsure"]), "received_at": overall["received_at"],
    })  # fmt: skip


def on_sides(row: Row, left: str | None = None) -> tuple[str, str] | None:
    """`first_text` and `second_text` of a row as they stood, or as they stand with `left` there; None of no pair."""
    if row["first_text"] is None:
        return None
    texts = {FIRST: row["first_text"], SECOND: row["second_text"]}
    stands = left or row["left_one"] or FIRST
    return texts[stands], texts[other(stands)]


def as_seen(value: str, left: str) -> str:
    """A choice between first and second as one between left and right, or the other way round."""
    return value if left == FIRST else swapped(value)


def said_of(row: Row) -> str:
    """A label; of a pair as the person saw the responses."""
    return as_seen(row["value"], row["left_one"] or FIRST) if row["task"] == "pairs" else str(row["value"])


def verified_as_seen(value: str, left: str) -> str:
    """A verified choice, or the sign of one, as a person says it of left and right: `left` and `right` are signs."""
    seen = as_seen(value, left)
    return {FIRST: "left", SECOND: "right"}.get(seen, seen)


def side_of(which: str, left: str) -> str:
    """The side on which a response stands."""
    return which if which == BOTH else "left" if which == left else "right"


def response_on(side: str, left: str) -> str:
    """The response that stands on a side."""
    return side if side == BOTH else left if side == "left" else other(left)


def other(which: str) -> str:
    return SECOND if which == FIRST else FIRST
