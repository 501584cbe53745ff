"""Every error that a user can meet.

CotlabError                     anything below, with an HTTP status, a slug and a sentence
├── BadInput                    422 what was sent does not fit: names file, line or field
│   ├── BadRequestBody          400 the body is not JSON that can be read
│   ├── UnsupportedMediaType    415 the content type is not the one of the route
│   └── BodyTooLarge            413
├── NotSignedIn                 401 no token, or one that is unknown, expired or revoked
├── Refused                     403 the role does not allow it
├── TooManyAttempts             429
├── NotFound                    404
├── Conflict                    409
│   ├── AlreadyExists           a name that is taken
│   ├── LeaseTaken              the assignment was handed to somebody else, or has ended
│   ├── AlreadyLabelled         a label of yours stands; a correction names it
│   ├── OutOfOrder              a step that was not shown yet, or a finish before its time
│   ├── BreakRequired           nothing new is shown before the break is over
│   ├── ProjectClosed
│   ├── NoGuideline             no guideline version is in force
│   └── KeyReused               the idempotency key came before with another body
├── ModelFailed                 502 a model that drafts cannot be used, or answers nonsense
└── Unavailable                 503 the database is gone, locked or full
    └── WrongDatabase           the file is no cotlab database, or one of a newer cotlab
"""

from typing import Any, ClassVar


class CotlabError(Exception):
    """Something went wrong in cotlab."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"

    def __init__(self, sentence: str | None = None, **details: Any) -> None:
        self.sentence = sentence or (type(self).__doc__ or "").strip()
        self.details = details
        super().__init__(self.sentence)


class BadInput(CotlabError):
    """What was sent does not fit what is asked for."""

    status, slug = 422, "bad-input"


class BadRequestBody(BadInput):
    """The body is not JSON that can be read."""

    status, slug = 400, "bad-request-body"


class UnsupportedMediaType(BadInput):
    """The content type is not the one that this route reads."""

    status, slug = 415, "unsupported-media-type"


class BodyTooLarge(BadInput):
    """The body is larger than this route takes."""

    status, slug = 413, "body-too-large"


class NotSignedIn(CotlabError):
    """The token is missing, unknown, expired or revoked."""

    status, slug = 401, "not-signed-in"


class Refused(CotlabError):
    """Your roles do not allow this."""

    status, slug = 403, "refused"


class TooManyAttempts(CotlabError):
    """Too many failed attempts from here; wait a minute."""

    status, slug = 429, "too-many-attempts"


class NotFound(CotlabError):
    """There is nothing of that name or id."""

    status, slug = 404, "not-found"


class Conflict(CotlabError):
    """The state does not allow this now."""

    status, slug = 409, "conflict"


class AlreadyExists(Conflict):
    """The name is taken."""

    slug = "already-exists"


class LeaseTaken(Conflict):
    """The assignment was handed to somebody else or has ended."""

    slug = "lease-taken"


class AlreadyLabelled(Conflict):
    """You have labelled this step already; a correction names the label that it replaces."""

    slug = "already-labelled"


class OutOfOrder(Conflict):
    """The step has not been shown yet, or the trace is not ready to be finished."""

    slug = "out-of-order"


class BreakRequired(Conflict):
    """A break is due; nothing new is shown before it is over."""

    slug = "break-required"


class ProjectClosed(Conflict):
    """The project is closed and takes no more work."""

    slug = "project-closed"


class NoGuideline(Conflict):
    """No guideline version is in force for this project; a lead publishes one."""

    slug = "no-guideline"


class KeyReused(Conflict):
    """The idempotency key was used before with another request."""

    slug = "key-reused"


class ModelFailed(CotlabError):
    """The model cannot be used, or does not answer as it should."""

    status, slug = 502, "model-failed"


class Unavailable(CotlabError):
    """The database cannot be reached or written just now; try again in a moment."""

    status, slug = 503, "unavailable"


class WrongDatabase(Unavailable):
    """The database is not one that this cotlab can use."""

    slug = "wrong-database"
