"""Verify a chain's log, from a database or from a file, against signed heads, receipts and a witness.

The log of one chain is a UTF-8 file that holds all that verifying needs but the public keys. It has two kinds of lines,
each ended by a newline (which counts):

    <hash> <body>                                                         an event; the body is RFC 8785 JSON
    cotlab-checkpoint <chain> <size> <hash> <at> <key_id> <signature>     a signed head, after the event of its size

Hashes, key ids and signatures are lower case hex and compared as text. A chain alone does not show that its end was
cut off or that all of it was written anew: the heads show that, as long as the key is not stolen; heads and log cut
together are shown by receipts and by an outside copy of heads (the witness).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cotlab.storage.audit.audit_trail import imports_told
from cotlab.storage.engine.chain import CHECKPOINT, Head
from cotlab.storage.engine.database import Reading
from cotlab.storage.engine.signing import key_id, signature_holds

_EVENT = re.compile(r"([0-9a-f]{64}) ([^\n]+)\n")
_HEAD = re.compile(
    CHECKPOINT + r" ([^ \n]+) ([1-9][0-9]{0,15}) ([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) ([0-9a-f]{16}) ([0-9a-f]{128})\n"
)

MOST_FINDINGS = 100
"""How many findings are kept; the rest is counted."""

PAGE = 1000
"""Events a query."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written: the line (0: the whole log), a slug, and a sentence."""

    line: int
    kind: str
    sentence: str


@dataclass(slots=True)
class Verdict:
    """What was read, and what was found wrong with it; `findings` is cut after MOST_FINDINGS, `wrong` counts all."""

    chain: str
    events: int = 0
    heads: int = 0
    hash: str = ""
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.wrong == 0

    def add(self, line: int, kind: str, sentence: str) -> None:
        self.wrong += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(line, kind, sentence))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The public keys, by id, of servers where a project was before, and the size of its chain when it came in."""

    keys: Mapping[str, str]
    until: int


NOWHERE = Elsewhere({}, 0)


def verify_log(
    lines: Iterable[str],
    chain: str,
    heads: Iterable[Head] = (),
    public_keys: Mapping[str, str] | None = None,
    receipts: Iterable[str] = (),
    witness: Iterable[Head] = (),
) -> Verdict:
    """Read a log once, in constant memory beside the heads and receipts.

    `lines` keep their newlines, as `log_lines` and `export_log` give them; heads may stand among them, or come as
    `heads`. `public_keys` are by key id; without them (None) no signature is checked. `receipts` are hashes of events
    that must be in the log; `witness` are heads that were copied elsewhere in time, of which those of other chains are
    left out.
    """
    log = _Log(chain, public_keys, set(receipts))
    for head in heads:
        log.expect(head, "head")
    for head in witness:
        if head.chain == chain:
            log.expect(head, "witness")
    for number, line in enumerate(lines, 1):
        log.line(number, line)
    return log.finish()


def verify_database(
    reading: Reading,
    public_keys: Mapping[str, str] | None,
    receipts: Iterable[str] = (),
    witness: Iterable[Head] = (),
) -> dict[str, Verdict]:
    """Verify every chain of a database; a receipt may be of any of them.

    Of a project that came in from elsewhere, the keys that the server's chain tells of sign the heads up to there.
    """
    missing, witness, elsewhere = set(receipts), list(witness), _elsewhere(reading)
    verdicts: dict[str, Verdict] = {}
    for chain in sorted({*chains(reading), *(head.chain for head in witness)}):
        log = _Log(chain, public_keys, missing, elsewhere.get(chain, NOWHERE))
        for head in witness:
            if head.chain == chain:
                log.expect(head, "witness")
        for number, line in enumerate(export_log(reading, chain), 1):
            log.line(number, line)
        missing = log.missing
        log.missing = set()
        verdicts[chain] = log.finish()
    if missing:
        lost = verdicts.setdefault("", Verdict(""))
        for receipt in sorted(missing):
            lost.add(0, "receipt", f"The receipt {receipt} is of no event in any chain.")
    return verdicts


def _elsewhere(reading: Reading) -> dict[str, "Elsewhere"]:
    return {
        data["project"]: Elsewhere({key_id(key): key for key in data["keys"]}, data["events"])
        for data in imports_told(reading)
    }


def chains(reading: Reading) -> list[str]:
    """The chains that have events or heads, sorted."""
    rows = reading.rows("SELECT chain FROM events WHERE sequence = 1 UNION SELECT DISTINCT chain FROM heads")
    return sorted(row["chain"] for row in rows)


def export_log(reading: Reading, chain: str) -> Iterator[str]:
    """The lines of a chain's log, each with its newline; to be consumed before the read ends."""
    heads = _heads_in_order(reading, chain)
    head = next(heads, None)
    after = -1
    while events := reading.rows(
        "SELECT sequence, hash, body FROM events WHERE chain = :chain AND sequence > :after"
        f" ORDER BY sequence LIMIT {PAGE}",
        chain=chain,
        after=after,
    ):
        for event in events:
            after = event["sequence"]
            yield f"{event['hash']} {event['body']}\n"
            while head is not None and head.size <= after:
                yield head.line
                head = next(heads, None)
    while head is not None:
        yield head.line
        head = next(heads, None)


def log_lines(path: Path) -> Iterator[str]:
    """The lines of a log file with their newlines; bytes that are not UTF-8 survive, to be found wrong."""
    with path.open("rb") as file:
        for line in file:
            yield line.decode("utf-8", "surrogateescape")


def read_heads(lines: Iterable[str]) -> list[Head]:
    """The heads among lines, as in a log or a witness file; other lines are passed over."""
    return [head for head in map(parse_head, lines) if head is not None]


def parse_head(line: str) -> Head | None:
    """A head, or None for a line that is none to the letter."""
    found = _HEAD.fullmatch(line)
    if found is None:
        return None
    chain, size, digest, at, key, signature = found.groups()
    return Head(chain, int(size), digest, int(at), key, signature)


def _heads_in_order(reading: Reading, chain: str) -> Iterator[Head]:
    size = -1
    while rows := reading.rows(
        "SELECT chain, size, hash, at, key_id, signature FROM heads WHERE chain = :chain AND size > :size"
        f" ORDER BY size LIMIT {PAGE}",
        chain=chain,
        size=size,
    ):
        for row in rows:
            size = row["size"]
            yield Head(**row)


class _Log:
    """A log while it is read. After a wrong event it goes on from the hash that stands there, to find the next one."""

    def __init__(
        self, chain: str, public_keys: Mapping[str, str] | None, receipts: set[str], elsewhere: Elsewhere = NOWHERE
    ) -> None:
        self.verdict = Verdict(chain, hash=chain)
        self._elsewhere = elsewhere
        self.missing = set(receipts)
        self._public_keys = public_keys
        self._expected: dict[int, list[tuple[Head, str]]] = {}
        self._signed = 0
        self._last_head = 0

    def expect(self, head: Head, kind: str) -> None:
        """A head from beside the log, to be met at its size."""
        self._check_signature(0, head, kind)
        self._expected.setdefault(head.size, []).append((head, kind))

    def line(self, number: int, line: str) -> None:
        if line.startswith(CHECKPOINT):
            self._head(number, line)
        else:
            self._event(number, line)

    def finish(self) -> Verdict:
        verdict = self.verdict
        if verdict.events == 0:
            verdict.add(0, "empty", "The log holds no event.")
        if self._signed < verdict.events:
            number = verdict.events - self._signed
            verdict.add(0, "unsigned", f"The last {number} events are not covered by a signed head.")
        for size in sorted(self._expected):
            for _, kind in self._expected[size]:
                verdict.add(0, "cut", f"A {kind} says that there were {size} events; the log holds {verdict.events}.")
        for receipt in sorted(self.missing):
            verdict.add(0, "receipt", f"The receipt {receipt} is of no event in this log.")
        return verdict

    def _event(self, number: int, line: str) -> None:
        verdict = self.verdict
        verdict.events += 1
        found = _EVENT.fullmatch(line)
        if found is None:
            verdict.add(number, "malformed", f"Line {number} is neither an event nor a signed head.")
            return
        digest, body = found.groups()
        text = f"{verdict.hash} {body}".encode("utf-8", "surrogateescape")
        if sha256(text).hexdigest() != digest:
            verdict.add(number, "hash", f"Line {number} is not what was written there, or not what followed.")
        verdict.hash = digest
        self.missing.discard(digest)
        self._check_place(number, body)
        for head, kind in self._expected.pop(verdict.events, ()):
            self._check_head(number, head, kind)

    def _check_place(self, number: int, body: str) -> None:
        try:
            event = json.loads(body)
            place = (event["chain"], event["sequence"])
        except (ValueError, RecursionError, TypeError, KeyError):
            self.verdict.add(number, "malformed", f"The event on line {number} cannot be read.")
            return
        if place != (self.verdict.chain, self.verdict.events):
            sentence = f"Line {number} holds event {place[1]} of chain {place[0]}, in the place of another."
            self.verdict.add(number, "place", sentence)

    def _head(self, number: int, line: str) -> None:
        head = parse_head(line)
        if head is None:
            self.verdict.add(number, "malformed", f"Line {number} is neither an event nor a signed head.")
            return
        self.verdict.heads += 1
        if head.size != self.verdict.events or head.size <= self._last_head:
            self.verdict.add(number, "place", f"The head on line {number} does not stand after the event of its size.")
        self._last_head = head.size
        self._check_signature(number, head, "head")
        self._check_head(number, head, "head")

    def _check_signature(self, number: int, head: Head, kind: str) -> None:
        if self._public_keys is None:
            return
        public_key = self._public_keys.get(head.key_id)
        if public_key is None and head.size <= self._elsewhere.until:
            public_key = self._elsewhere.keys.get(head.key_id)
        if public_key is None:
            self.verdict.add(number, "key", f"A {kind} of size {head.size} has the unknown key {head.key_id}.")
        elif not signature_holds(public_key, head.message, head.signature):
            self.verdict.add(number, "signature", f"The signature of the {kind} of size {head.size} is wrong.")

    def _check_head(self, number: int, head: Head, kind: str) -> None:
        if (head.chain, head.hash) != (self.verdict.chain, self.verdict.hash):
            sentence = f"A {kind} names another event {head.size} than the log holds."
            self.verdict.add(number, "rewritten", sentence)
        elif kind == "head":
            self._signed = self.verdict.events
