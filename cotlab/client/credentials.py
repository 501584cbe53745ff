"""Where a person is signed in: a file that they alone can read."""

import json
import os
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cotlab.domain.errors import BadInput


class Credentials(BaseModel):
    """Where a person is signed in."""

    server: str
    token: str


def load_credentials(path: Path) -> Credentials | None:
    """Read a credentials file; None where there is none. Raises BadInput where others can read it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if mode & 0o077:
        raise BadInput(f"{path}: others can read this file; run chmod 600 on it, or sign in anew")
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BadInput(f"{path}: this is no file that sign-in wrote") from error


def save_credentials(path: Path, credentials: Credentials) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(".part")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(credentials.model_dump(), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
