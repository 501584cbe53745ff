"""A request that is sent again with its key is answered again, and not done twice."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from cotlab.domain.errors import KeyReused
from cotlab.storage.engine.database import Db
from cotlab.storage.work import assignments

KEPT = 30 * 86_400 * 1_000_000
"""How long a reply is kept for a request that is sent again, in microseconds."""


@dataclass(frozen=True, slots=True)
class Request:
    """What tells one request from another: the person's id, the key, and a digest of route and body."""

    person_id: str
    key: str | None
    digest: str


def once(db: Db, request: Request, work: Callable[[], BaseModel]) -> str:
    """Do `work` and keep its reply (JSON), or return the reply kept under the key. Raises KeyReused."""
    if request.key is None:
        return work().model_dump_json()
    kept = assignments.reply(db, request.person_id, request.key)
    if kept is not None:
        if kept["digest"] != request.digest:
            raise KeyReused()
        return str(kept["body"])
    body = work().model_dump_json()
    assignments.keep_reply(db, request.person_id, request.key, request.digest, body)
    return body


def forget_old_replies(db: Db) -> None:
    """Drop the replies that are older than any request which is still sent again."""
    assignments.forget_replies(db, db.now - KEPT)
