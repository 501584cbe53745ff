"""Whether a model may be asked for what a request is about by now: after the request was made the rules may change."""

from collections.abc import Iterable

from cotlab.domain.drafts.requests import KnownModel
from cotlab.domain.errors import BadInput, CotlabError, ModelFailed, Refused
from cotlab.domain.projects.draft_policy import Drafters
from cotlab.domain.projects.policy import draft_rule
from cotlab.drafting.kinds import kind_named
from cotlab.services.drafts import models
from cotlab.services.drafts.requests import check_allowed
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.projects import projects

LOSSES = 3
"""Workers whose lease of a request ran out with nothing drafted, until it is held to be the cause."""


def allowed(db: Reading, row: Row) -> KnownModel:
    """The model that a request is for, whose row is as it was taken.

    Raises ModelFailed, BadInput and Refused where it may be asked for that no more.
    """
    if row["lost"] >= LOSSES:
        raise ModelFailed("Three workers that had this request were lost with it; it is not tried again.")
    model, policy = models.known(db, row["model_id"]), projects.policy(db, row["project_id"])
    if model is None:
        raise BadInput(f"The model {row['model']} was removed.")
    check_allowed(policy, model)
    rule = draft_rule(policy, *stored.slice_of(db, row["item_id"], row["problem_id"]))
    if rule.rationales is None if kind_named(row["kind"]).asked_by_labellers else rule.who is Drafters.NONE:
        raise Refused("By the policy (drafts) nobody may ask for this any more.")
    return model


def refused(db: Reading, rows: Iterable[Row]) -> list[tuple[Row, str]]:
    """Those of some requests that may not be worked on any more, with the sentence that says why."""
    found = []
    for row in rows:
        try:
            allowed(db, row)
        except CotlabError as error:
            found.append((row, error.sentence))
    return found
