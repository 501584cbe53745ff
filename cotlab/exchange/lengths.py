"""How long texts are in tokens, by a tokenizer's file or by an estimate."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cotlab.domain.errors import BadInput

PIECE = re.compile(r"\d|[^\W\d_]{1,6}|[^\w\s]|_")
ESTIMATED = "estimate: digits, signs, and words in pieces of six letters"


class Tokens:
    """Counts tokens; `by` says how."""

    def __init__(self, by: str, count: Callable[[str], int]) -> None:
        self.by, self.count = by, count


def estimated() -> Tokens:
    """Close to what tokenizers of English and mathematics give; far off for scripts without blanks."""
    return Tokens(ESTIMATED, lambda text: _pieces(text.encode()) if text.isascii() else len(PIECE.findall(text)))


_KINDS = bytes(
    ord("a") if chr(code).isalpha() else ord(" ") if chr(code).isspace() else ord("1") for code in range(128)
).ljust(256)
"""A letter, a blank, or a piece of its own, for each character of ASCII."""
_SIX = b"a" * 6


def _pieces(text: bytes) -> int:
    """How often PIECE is found in a text of ASCII, several times as fast; letters that remain of a word end a piece."""
    kinds = text.translate(_KINDS).replace(_SIX, b"6")
    ends = kinds.count(b"a ") + kinds.count(b"a1") + kinds.endswith(b"a")
    return kinds.count(b"1") + kinds.count(b"6") + ends


def of_tokenizer(path: Path) -> Tokens:
    """Counts with a `tokenizer.json`. BadInput where it cannot be read, or the library is not installed."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise BadInput("tokenizer: counting tokens needs the library tokenizers; install it.") from error
    try:
        content = path.read_bytes()
        tokenizer = Tokenizer.from_buffer(content)
    except OSError as error:
        raise BadInput(f"tokenizer: {path} cannot be read: {error.strerror}") from error
    except Exception as error:  # the library raises plain exceptions for whatever is wrong in a file
        raise BadInput(f"tokenizer: {path} is no tokenizer.json that the library tokenizers reads") from error
    by = f"{path.name}, sha256 {sha256(content).hexdigest()}"
    return Tokens(by, lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids))
