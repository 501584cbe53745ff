"""The audit trail: verified against heads, receipts and the rows that it speaks of; written out; its key rotated."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain as chain_of
from typing import Any

from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.audit.texts import guidelines_that_differ, texts_that_differ
from cotlab.storage.audit import audit_trail as stored
from cotlab.storage.audit.verification import Verdict, verify_database
from cotlab.storage.engine.chain import Head
from cotlab.storage.engine.database import SERVER, Db, Reading, Row
from cotlab.storage.engine.signing import Signer, key_id, known_keys

COMPARED = (
    "item_id", "position", "question", "value", "replaces", "assignment_id", "guideline_version_id", "unsure",
    "informed", "visible_until", "shown_at", "chosen_at", "elapsed_ms", "purpose",
)  # fmt: skip


def verify(db: Reading, trusted: Iterable[str], receipts: Iterable[str], witness: Iterable[Head]) -> dict[str, Verdict]:
    """A verdict a chain; `trusted` are the public keys (hex) that the reader knows from elsewhere.

    Keys of earlier generations are taken from the server's chain, as long as a trusted key signed its newest head.
    Beside the chains themselves, every answer that a person gave, every text, every label that came with a file, every
    guideline version with where it is in force and who read it, every deactivation, and every question, pilot,
    signature, opening, batch, verdict of a check and so on is held against its event.
    """
    known = {key_id(key): key for key in trusted}
    told = {key_id(key): key for key in _keys_told(db)}
    verdicts = verify_database(db, told | known, receipts, witness)
    server = verdicts.setdefault(SERVER, Verdict(SERVER))
    newest = [head for head in stored.newest_heads(db) if head.chain == SERVER]
    if not newest or newest[0].key_id not in known:
        server.add(0, "key", "the newest head of the server's chain is not signed by a key that is trusted")
    for key in known_keys(db).keys() - told.keys():
        server.add(0, "key", f"the key {key} stands in the table of keys, and no event tells of it")
    for line, sentence in guidelines_that_differ(db):
        server.add(line, "row", sentence)
    for line, sentence in rows_that_differ(db, SERVER):
        server.add(line, "row", sentence)
    for chain, verdict in verdicts.items():
        if chain not in (SERVER, ""):
            for line, sentence in project_that_differs(db, chain):
                verdict.add(line, "row", sentence)
    return verdicts


def project_that_differs(db: Reading, chain: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event of a project's chain, and which answer, text or row is no longer as it tells."""
    return chain_of(_answers_that_differ(db, chain), texts_that_differ(db, chain), rows_that_differ(db, chain))


def _keys_told(db: Reading) -> Iterator[str]:
    """The public keys that the server's chain tells of; it is verified under a trusted key itself."""
    for event in map(json.loads, stored.bodies(db, SERVER)):
        if event["kind"] == "key.added":
            yield event["data"]["public_key"]


def _answers_that_differ(db: Reading, chain: str) -> Iterator[tuple[int, str]]:
    given = 0
    for row in stored.answers_with_events(db, chain):
        given += 1
        wrong = _difference(row, json.loads(row["body"])) if row["body"] is not None else "all, since there is none"
        if wrong is not None:
            yield row["sequence"], f"the answer {row['id']} differs from its event in {wrong}"
    told = sum(json.loads(body)["kind"] == "answer.given" for body in stored.bodies(db, chain))
    if told != given:
        yield 0, f"the chain tells of {told} answers and the table has {given}"


def _difference(row: Row, event: Mapping[str, Any]) -> str | None:
    data = event["data"]
    if event["kind"] != "answer.given" or data["id"] != row["id"] or event["actor"] != row["actor_id"]:
        return "who gave it"
    if row["received_at"] != event["at"]:
        return "when it was received"
    if data["rationale_sha256"] != sha256_or_none(row["rationale"]):
        return "rationale"
    return next((name for name in COMPARED if data[name] != row[name]), None)


def sha256_or_none(text: str | None) -> str | None:
    """SHA-256 (hex) of a text that an event speaks of without holding it."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def add_key(db: Db, by: str, signer: Signer) -> None:
    """Make a signing key's public half known. The event is signed by the key that was in force before."""
    appended = db.event(SERVER, "key.added", by, {"key": signer.id, "public_key": signer.public_key})
    stored.add_key(db, signer.id, signer.public_key, appended.sequence)
