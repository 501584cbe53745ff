"""What every text in cotlab must be, and how two texts are compared."""

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

MAX_TEXT = 200_000


def storable(text: str) -> str:
    """Return `text` as it is; raise ValueError where it holds a NUL or a lone surrogate."""
    if "\x00" in text:
        raise ValueError("the text holds a NUL character, which no database keeps")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("the text holds half of a surrogate pair, which is no character") from error
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text


Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(storable)]
FilledText = Annotated[Text, AfterValidator(not_blank)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$"), AfterValidator(storable)]


def composed(text: str) -> str:
    """The text in NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(name: str) -> str:
    """The form under which two names are the same: NFC, case folded."""
    return composed(name).casefold()


def squeezed(text: str) -> str:
    """The form under which two texts say the same: NFC, each run of white space as one blank, none at the ends."""
    return " ".join(composed(text).split())


def sha256(text: str) -> str:
    """SHA-256 (hex) of a text as it stands."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(parts: Iterable[str | None]) -> str:
    """SHA-256 (hex) over texts in NFC, each with its length in front, so that no two lists share one."""
    framed = []
    for part in parts:
        encoded = b"-" if part is None else composed(part).encode()
        framed.append(b"%d:%b" % (-1 if part is None else len(encoded), encoded))
    return hashlib.sha256(b"".join(framed)).hexdigest()
