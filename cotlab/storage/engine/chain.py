"""The hash chain of events, and the signed heads that close each batch of it.

`hash = sha256(previous + " " + body)` as lower case hex, where the first `previous` is the chain's id and `body` is the
RFC 8785 text of `{actor, at, chain, data, kind, sequence}`. The text is stored and hashed as it is stored; nothing is
serialised again to verify it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import rfc8785

from cotlab.storage.engine.database import Appended, Row
from cotlab.storage.engine.signing import Signer

CHECKPOINT = "cotlab-checkpoint"
LARGEST = 2**53 - 1

_TAIL = "SELECT sequence, hash FROM events WHERE chain = :chain ORDER BY sequence DESC LIMIT 1"
_ADD_EVENT = "INSERT INTO events (chain, sequence, body, hash) VALUES (:chain, :sequence, :body, :hash)"
_ADD_HEAD = (
    "INSERT INTO heads (chain, size, hash, at, key_id, signature)"
    " VALUES (:chain, :size, :hash, :at, :key_id, :signature)"
)


class Statements(Protocol):
    """The part of a connection that appending needs."""

    def row(self, sql: str, parameters: Mapping[str, Any]) -> Row | None: ...

    def run(self, sql: str, parameters: Mapping[str, Any]) -> int: ...


@dataclass(frozen=True, slots=True)
class Head:
    """A signed statement: at `at` (microseconds UTC) a chain had `size` events, the last of them with this hash."""

    chain: str
    size: int
    hash: str
    at: int
    key_id: str
    signature: str

    @property
    def message(self) -> str:
        return head_message(self.chain, self.size, self.hash, self.at)

    @property
    def line(self) -> str:
        """`cotlab-checkpoint chain size hash at key_id signature` and a newline."""
        return f"{self.message} {self.key_id} {self.signature}\n"


def head_message(chain: str, size: int, digest: str, at: int) -> str:
    """The text that is signed."""
    return f"{CHECKPOINT} {chain} {size} {digest} {at}"


def event_body(chain: str, sequence: int, kind: str, actor: str, data: Mapping[str, Any], at: int) -> str:
    """The canonical text of an event. Raises ValueError for what RFC 8785 has no form of (NaN, integers of 2^53)."""
    event: dict[str, Any] = {
        "actor": actor,
        "at": at,
        "chain": chain,
        "data": dict(data),
        "kind": kind,
        "sequence": sequence,
    }
    return canonical(event)


_COMPACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: Any) -> str:
    """The RFC 8785 text of a JSON value. Raises ValueError where it has none.

    For ASCII text and whole numbers alone, which is what nearly every event holds, the encoder of the standard library
    writes the same text in a fifth of the time; it differs in fractions and in the order of other names.
    """
    return _COMPACT.encode(value) if _is_simple(value) else rfc8785.dumps(value).decode()


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return bool(value.isascii())
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        for name, inner in value.items():
            if type(name) is not str or not name.isascii() or not _is_simple(inner):
                return False
        return True
    return value is None or kind is bool


def event_hash(previous: str, body: str) -> str:
    """The hash of an event after the one of hash `previous` (for the first: the chain's id)."""
    return sha256(f"{previous} {body}".encode()).hexdigest()


class Chains:
    """The tails of the chains that grew in one batch; each is looked up once."""

    def __init__(self) -> None:
        self._tails: dict[str, Appended] = {}

    def mark(self) -> Mapping[str, Appended]:
        """Where the chains stand, for `restore`."""
        return dict(self._tails)

    def restore(self, mark: Mapping[str, Appended]) -> None:
        """Forget the events since `mark`, whose rows a savepoint has taken back."""
        self._tails = dict(mark)

    def append(
        self, connection: Statements, chain: str, kind: str, actor: str, data: Mapping[str, Any], at: int
    ) -> Appended:
        tail = self._tails.get(chain) or _look_up(connection, chain)
        sequence = tail.sequence + 1
        body = event_body(chain, sequence, kind, actor, data, at)
        appended = Appended(sequence, event_hash(tail.hash, body))
        connection.run(_ADD_EVENT, {"chain": chain, "sequence": sequence, "body": body, "hash": appended.hash})
        self._tails[chain] = appended
        return appended

    def sign(self, connection: Statements, signer: Signer, at: int) -> None:
        """Add a head for each chain that grew."""
        for chain, tail in self._tails.items():
            signature = signer.sign(head_message(chain, tail.sequence, tail.hash, at))
            head = {"chain": chain, "size": tail.sequence, "hash": tail.hash, "at": at}
            connection.run(_ADD_HEAD, {**head, "key_id": signer.id, "signature": signature})


def _look_up(connection: Statements, chain: str) -> Appended:
    row = connection.row(_TAIL, {"chain": chain})
    return Appended(row["sequence"], row["hash"]) if row else Appended(0, chain)
