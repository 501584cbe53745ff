"""Drafts that stood beside an answer, as an export tells of them."""

import json

from cotlab.domain.drafts.opinions import most_probable
from cotlab.domain.provenance import Provenance
from cotlab.domain.shown_drafts import OPINION, VisibleDraft
from cotlab.storage.engine.database import Row


def visible(row: Row) -> VisibleDraft:
    """A draft that stood beside an answer: a row with draft_id, kind, model, document, provenance and similarity (in
    percent).
    """
    document, per = json.loads(row["document"]), row["similarity"]
    said = (
        most_probable(document["probabilities"])
        if row["kind"] == OPINION
        else document.get("text") or document["preference"]
    )
    return VisibleDraft(
        draft=row["draft_id"], kind=row["kind"], source=row["model"], said=said,
        similarity=None if per is None else per / 100,
        provenance=Provenance.model_validate_json(row["provenance"]),
    )  # fmt: skip
