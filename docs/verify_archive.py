"""Verify a project's archive as docs/archive.md describes it, with nothing but Python's standard library.

    python verify_archive.py PROJECT.tar [PUBLIC_KEY_HEX ...]

It holds every file against the manifest, the chain of events against itself and against the signed heads, and every
answer against its event. Signatures are checked where the package `cryptography` is installed. With keys given, the
newest head must be signed by one of them. Exits 1 at the first thing that is wrong.
"""

import hashlib
import json
import sys
import tarfile

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def demand(holds, sentence):
    if not holds:
        sys.exit(f"WRONG: {sentence}")


def read(path):
    """The manifest, and the other files by name."""
    with tarfile.open(path, "r:") as tar:
        files = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isreg()}
        names = [entry.name for entry in tar]
    text = files.pop("manifest.json")
    manifest = json.loads(text)
    demand((manifest["format"], manifest["version"]) == ("cotlab-project", 1), "this is another format")
    demand(names == ["manifest.json", *(member["name"] for member in manifest["members"])], "files are missing or more")
    for member in manifest["members"]:
        content = files[member["name"]]
        said = (member["sha256"], member["bytes"], member["lines"])
        demand((sha256(content), len(content), content.count(b"\n")) == said, f"{member['name']} was changed")
    print(f"{len(files)} files are as the manifest says, whose sha256 is {sha256(text)}")
    return manifest, files


def chain(manifest, lines, keys):
    """The events by sequence; every hash and every head holds."""
    events, previous, covered, signer = {}, manifest["project_id"], 0, None
    for line in lines:
        first, _, rest = line.partition(" ")
        if first != "cotlab-checkpoint":
            event = json.loads(rest)
            demand(sha256(f"{previous} {rest}".encode()) == first, f"event {len(events) + 1} was changed")
            place = (event["chain"], event["sequence"])
            demand(place == (manifest["project_id"], len(events) + 1), f"event {place} stands in another's place")
            events[event["sequence"]], previous = event, first
            continue
        project, size, digest, at, signer, signature = rest.split(" ")
        head = (project, int(size), digest)
        demand(head == (manifest["project_id"], len(events), previous), f"the head of size {size} names another event")
        verify(keys, signer, f"cotlab-checkpoint {project} {size} {digest} {at}", signature)
        covered = len(events)
    demand((len(events), previous) == (manifest["events"], manifest["head"]), "the chain ends elsewhere")
    demand(covered == len(events), "the last events are covered by no head")
    print(f"{len(events)} events are one chain that ends in {previous}")
    return events, signer


def verify(keys, signer, message, signature):
    demand(signer in keys and sha256(bytes.fromhex(keys[signer]))[:16] == signer, f"the key {signer} is not there")
    if Ed25519PublicKey is not None:
        try:
            public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[signer]))
            public_key.verify(bytes.fromhex(signature), message.encode())
        except InvalidSignature:
            demand(False, f"a signature by {signer} is wrong: {message}")


def main(path, *trusted):
    manifest, files = read(path)
    keys = {row["id"]: row["public_key"] for row in map(json.loads, files["keys.jsonl"].splitlines())}
    events, signer = chain(manifest, files["chain.log"].decode().split("\n")[:-1], keys)
    given = {event["data"]["id"]: event for event in events.values() if event["kind"] == "answer.given"}
    for row in map(json.loads, files["tables/answers.jsonl"].splitlines()):
        if row["purpose"] != "imported":
            event = given.pop(row["id"], None)
            demand(event is not None and event["sequence"] == row["sequence"], f"no event tells of answer {row['id']}")
            told = (event["actor"], event["data"]["value"], event["data"]["rationale_sha256"])
            why = None if row["rationale"] is None else sha256(row["rationale"].encode())
            demand(told == (row["actor_id"], row["value"], why), f"the answer {row['id']} is not as its event says")
    demand(not given, "answers that events tell of are gone")
    demand(not trusted or keys[signer] in trusted, f"the newest head is signed by {signer}, which you do not trust")
    print(f"signed last by {keys[signer]}" + (" (not checked: no cryptography)" if Ed25519PublicKey is None else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
