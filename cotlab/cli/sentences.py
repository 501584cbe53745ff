"""Words of sentences: what is read for an error, and counts of things."""

from pydantic import ValidationError

from cotlab.domain.errors import CotlabError


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things: `1 trace`, `2,000 traces`; `many` where it is not `one` with an s."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or one + 's'}"


def sentence(error: Exception) -> str | None:
    """One sentence for an error that a user can meet; None for one that is a fault of ours."""
    from cotlab.client import ApiError, ServerGone

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
