"""Who is calling: tokens in, a person with roles out."""

import hashlib
import hmac
import re
import secrets

from cotlab.domain.errors import NotSignedIn
from cotlab.domain.people import Person
from cotlab.storage.engine.database import Reading
from cotlab.storage.people import actors, deactivations

TOKEN = re.compile(r"cot_([0-9a-f]{8})_([A-Za-z0-9_-]{43})", re.ASCII)


def new_token() -> tuple[str, str]:
    """A token's public id, and the token itself, which is shown once and never stored."""
    token_id = secrets.token_hex(4)
    return token_id, f"cot_{token_id}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """SHA-256 (hex): a token has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(db: Reading, token: str) -> Person:
    """The person behind a token. Raises NotSignedIn without saying which part was wrong."""
    match = TOKEN.fullmatch(token)
    stored = actors.token(db, match[1]) if match else None
    if stored is None or not hmac.compare_digest(stored.secret_hash, token_hash(token)):
        raise NotSignedIn()
    if stored.revoked or stored.expires_at <= db.now:
        raise NotSignedIn("The token was revoked or has expired; ask for a new one.")
    return stored.person


def refuse_away(db: Reading, person: Person) -> None:
    """Raises NotSignedIn for who was deactivated since the call began."""
    if deactivations.lasting(db, person.id) is not None:
        raise NotSignedIn("You were deactivated; nothing new is handed out.")
