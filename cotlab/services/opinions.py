"""Opinions asked for in bulk: of every trace, or pair, of which a model has none yet."""

from cotlab.domain.drafting import DraftBody
from cotlab.domain.opinions import OpinionKind, OpinionProgress, OpinionsAsked, OpinionsBody
from cotlab.services import drafting, models
from cotlab.services.projects import known_project, open_project
from cotlab.services.queued import item_of
from cotlab.storage import opinions as stored
from cotlab.storage.database import Db, Reading

ITEMS_A_READ = 500
TASK = {OpinionKind.LABEL: "steps", OpinionKind.PAIR: "pairs"}


def ask(db: Db, by: str, project_id: str, body: OpinionsBody) -> OpinionsAsked:
    """Make requests for the next items without an opinion, a request each, as many as are wanted of one call.

    Raises BadInput for what cannot be drafted, and NotFound.
    """
    open_project(db, project_id)
    model, asked, after = models.named(db, body.model), 0, ""
    while rows := stored.not_asked(
        db, project_id, body.kind.value, TASK[body.kind], model.id, after, ITEMS_A_READ
    ):  # fmt: skip
        for row in rows:
            after = row["item_id"]
            if not body.where.fits(item_of(row)):
                continue
            if asked == body.most:
                return OpinionsAsked(asked=asked, more=True)
            drafting.request(db, by, project_id, _of(body, after))
            asked += 1
    return OpinionsAsked(asked=asked, more=False)


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
