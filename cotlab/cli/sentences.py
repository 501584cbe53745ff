"""Words of sentences: what is read for an error, counts of things, and texts from data on one line."""

from pydantic import ValidationError

from cotlab.domain.errors import CotlabError


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things: `1 trace`, `2,000 traces`; `many` where it is not `one` with an s."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or one + 's'}"


def one_line(text: str, most: int | None = None) -> str:
    """A text on one line, cut after `most` characters; control characters are shown as they are written."""
    safe = printable(" ".join(text.split()))
    return safe if most is None or len(safe) <= most else f"{safe[: most - 1]}…"


def printable(text: str) -> str:
    """A text that moves no cursor and changes no colour."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


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
