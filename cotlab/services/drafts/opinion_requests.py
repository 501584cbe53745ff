"""Opinions asked for in bulk: of every trace, or pair, of which a model has none yet."""

from cotlab.domain.drafts.opinions import OpinionKind, OpinionProgress, OpinionsAsked, OpinionsBody
from cotlab.domain.drafts.requests import DraftBody
from cotlab.domain.errors import Refused
from cotlab.services.drafts import models, requests
from cotlab.services.projects.projects import known_project, open_project
from cotlab.services.traces.queue_rows import item_of
from cotlab.storage.drafts import opinions as stored
from cotlab.storage.engine.database import Db, Reading

ITEMS_A_CALL = 2_000
"""That are looked at in one transaction."""
TASK = {OpinionKind.LABEL: "steps", OpinionKind.PAIR: "pairs"}


def ask(db: Db, by: str, project_id: str, body: OpinionsBody) -> OpinionsAsked:
    """Make requests for the next items without an opinion, a request each, as many as are wanted of one call.

    What the policy refuses is left out and counted. Raises BadInput for what cannot be drafted, and NotFound.
    """
    open_project(db, project_id)
    model, kind, task = models.named(db, body.model), body.kind.value, TASK[body.kind]
    rows = stored.not_asked(db, project_id, kind, task, model.id, body.after or "", ITEMS_A_CALL)
    asked, refused, last, why = 0, 0, rows[-1]["item_id"] if rows else "", None
    for row in rows:
        if asked == body.most:
            break
        last = row["item_id"]
        if not body.where.fits(item_of(row)):
            continue
        try:
            requests.request(db, by, project_id, _of(body, last))
        except Refused as error:
            refused, why = refused + 1, error.sentence
        else:
            asked += 1
    more = bool(rows) and (last != rows[-1]["item_id"] or len(rows) == ITEMS_A_CALL)
    return OpinionsAsked(asked=asked, refused=refused, sentence=why, next=last if more else None)


def _of(body: OpinionsBody, item_id: str) -> DraftBody:
    return DraftBody(
        kind=body.kind.value, model=body.model, item_id=item_id, seed=body.seed, sampling=body.sampling,
        answers=body.answers,
    )  # fmt: skip


def progress(db: Reading, project_id: str) -> list[OpinionProgress]:
    """How far the opinions of each kind and model are."""
    known_project(db, project_id)
    return [
        OpinionProgress(
            kind=OpinionKind(row["kind"]), model=row["model"], done=row["done"], waiting=row["waiting"],
            failed=row["failed"], opinions=row["opinions"], sentence=row["sentence"] if row["failed"] else None,
        )
        for row in stored.progress(db, project_id, [kind.value for kind in OpinionKind])
    ]  # fmt: skip
