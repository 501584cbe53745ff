"""The key that signs the heads of the chains: a file of its own, outside the database.

The file holds one line, `cotlab-signing-key`, a space and the 64 hex digits of an Ed25519 seed, and is readable by its
owner alone. Public keys of all generations stand in the table `signing_keys`, so that old heads can be verified after a
rotation.
"""

import os
import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cotlab.domain.errors import AlreadyExists, BadInput
from cotlab.storage.engine.database import Reading

_FILE = re.compile(r"cotlab-signing-key ([0-9a-f]{64})\n")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")


def key_id(public_key: str) -> str:
    """The name of a public key (64 hex digits): the first 16 hex digits of the sha256 of its bytes."""
    return sha256(bytes.fromhex(public_key)).hexdigest()[:16]


class Signer:
    """An Ed25519 key made of a seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw().hex()
        self.id = key_id(self.public_key)

    def sign(self, message: str) -> str:
        """The signature of the message's UTF-8 bytes, as 128 lower case hex digits."""
        return self._key.sign(message.encode()).hex()


def signature_holds(public_key: str, message: str, signature: str) -> bool:
    """Whether the signature is of this message and key; hex digits are lower case, as text."""
    if not _SIGNATURE.fullmatch(signature) or not _PUBLIC_KEY.fullmatch(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), message.encode("utf-8", "surrogateescape")
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def create_key(path: Path) -> Signer:
    """Make a new key in a new file of mode 0600. Raises AlreadyExists where there is a file."""
    seed = secrets.token_bytes(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise AlreadyExists(f"There is a signing key at {path} already.") from None
    with os.fdopen(descriptor, "w", newline="\n") as file:
        file.write(f"cotlab-signing-key {seed.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return Signer(seed)


def load_signer(path: Path) -> Signer:
    """Read a key file. Raises BadInput where it is missing, open to others, or holds something else."""
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii")
    except OSError as error:
        raise BadInput(f"The signing key {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"The file {path} holds no signing key.") from None
    if os.name == "posix" and mode & 0o077:
        raise BadInput(f"The signing key {path} is open to others; run: chmod 600 {path}")
    found = _FILE.fullmatch(text)
    if not found:
        raise BadInput(f"The file {path} holds no signing key.")
    return Signer(bytes.fromhex(found[1]))


def rotate(path: Path, register: Callable[[Signer], None]) -> Signer:
    """Replace the key at `path` by a new one.

    `register` is called with the new key while the old one is still in place; it writes the row and the event (signed
    by the old key). Only then is the file replaced, at once; if `register` raises, the old key stays.
    """
    load_signer(path)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    signer = create_key(fresh)
    try:
        register(signer)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    os.replace(fresh, path)
    return signer


def known_keys(reading: Reading) -> dict[str, str]:
    """The public keys of all generations, by their id."""
    return {row["id"]: row["public_key"] for row in reading.rows("SELECT id, public_key FROM signing_keys")}
