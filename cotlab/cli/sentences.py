"""The sentence that a user reads for an error."""

from pydantic import ValidationError

from cotlab.client import ApiError, ServerGone
from cotlab.domain.errors import CotlabError


def sentence(error: Exception) -> str | None:
    """One sentence for an error that a user can meet; None for one that is a fault of ours."""
    match error:
        case CotlabError():
            return error.sentence
        case ApiError():
            return error.sentence
        case ServerGone():
            return str(error)
        case ValidationError():
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            return f"{place}: {first['msg'].removeprefix('Value error, ')}"
        case OSError() if error.filename is not None:
            return f"{error.filename}: {error.strerror}"
    return None
