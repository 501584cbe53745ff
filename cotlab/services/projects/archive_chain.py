"""The chain in an archive: held against its keys and its manifest before anything is taken in."""

from collections.abc import Iterable, Iterator

from cotlab.domain.projects.archives import ArchivedKey
from cotlab.exchange.archive import Archive
from cotlab.services.projects.archive_out import CHAIN, KEYS
from cotlab.storage.audit.verification import Verdict, parse_head, verify_log
from cotlab.storage.engine.chain import CHECKPOINT, Head
from cotlab.storage.projects import project_archive


def public_keys(archive: Archive) -> dict[str, str]:
    """The keys in an archive, by id. Raises BadInput for one that is none, or of another name."""
    found = {row.id: row.public_key for row in archive.models(KEYS, ArchivedKey)}
    if wrong := [named for named, key in found.items() if project_archive.by_id([key]) != {named: key}]:
        archive.bad(f"{KEYS} names the key {wrong[0][:40]} otherwise than it is")
    return found


def verify_chain(
    archive: Archive, trusted: Iterable[str] = (), receipts: Iterable[str] = (), witness: Iterable[Head] = ()
) -> Verdict:
    """A verdict on the chain in an archive, by the keys in it; `trusted` must have signed its newest head, if any is.

    Raises BadInput for keys that are none.
    """
    manifest, keys, trusted = archive.manifest, public_keys(archive), project_archive.by_id(trusted)
    verdict = verify_log(
        map(_text, archive.lines(CHAIN)), manifest.project_id, public_keys=keys | trusted, receipts=receipts,
        witness=witness,
    )  # fmt: skip
    if (verdict.events, verdict.hash) != (manifest.events, manifest.head):
        verdict.add(0, "cut", f"The manifest says that there are {manifest.events} events, ending in {manifest.head}.")
    newest = newest_key(archive)
    if trusted and newest not in trusted:
        verdict.add(0, "key", f"The newest head is signed by the key {newest}, which is not one that is trusted.")
    return verdict


def newest_key(archive: Archive) -> str:
    """The id of the key that signed the newest head; empty where there is none."""
    newest = ""
    for head in heads(archive):
        newest = head.key_id
    return newest


def heads(archive: Archive) -> Iterator[Head]:
    lines = (_text(line) for line in archive.lines(CHAIN) if line.startswith(CHECKPOINT.encode()))
    yield from (head for head in map(parse_head, lines) if head is not None)


def events(archive: Archive) -> Iterator[tuple[int, str, str]]:
    """Sequence, body and hash of each event of a chain that was verified."""
    lines = (line for line in archive.lines(CHAIN) if not line.startswith(CHECKPOINT.encode()))
    for sequence, line in enumerate(lines, 1):
        digest, _, body = line.decode().rstrip("\n").partition(" ")
        yield sequence, body, digest


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")
