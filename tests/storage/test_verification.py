"""A log that was touched is found out."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cotlab.storage import SERVER, Reading, Signer, Store
from cotlab.storage.audit.verification import (
    Verdict,
    export_log,
    log_lines,
    parse_head,
    read_heads,
    verify_database,
    verify_log,
)
from cotlab.storage.engine.chain import Head, event_body, event_hash, head_message
from tests.recycled import engine, make_database, recycled, store
from tests.support import SIGNER, Clock

__all__ = ["engine", "make_database", "recycled", "store"]
CHAIN = "5f0c"
OTHER = Signer(bytes(32))
KEYS = {SIGNER.id: SIGNER.public_key}


def event_lines(count: int, chain: str = CHAIN, word: str = "é⟂\u2028") -> list[str]:
    previous, lines = chain, []
    for sequence in range(1, count + 1):
        body = event_body(chain, sequence, "label", "a1", {"value": "correct", "text": f"{word}\n{sequence}"}, sequence)
        previous = event_hash(previous, body)
        lines.append(f"{previous} {body}\n")
    return lines


def head(lines: list[str], size: int, chain: str = CHAIN, signer: Signer = SIGNER, at: int = 7) -> Head:
    digest = lines[size - 1][:64]
    return Head(chain, size, digest, at, signer.id, signer.sign(head_message(chain, size, digest, at)))


def log(chain: str = CHAIN, signer: Signer = SIGNER, word: str = "é⟂\u2028") -> list[str]:
    """Seven events in batches of 2, 1 and 4."""
    events = event_lines(7, chain, word)
    lines: list[str] = []
    for start, size in ((0, 2), (2, 3), (3, 7)):
        lines += [*events[start:size], head(events, size, chain, signer).line]
    return lines


def check(lines: list[str], chain: str = CHAIN) -> Verdict:
    return verify_log(lines, chain, public_keys=KEYS)


def test_the_log_as_it_was_written_is_good() -> None:
    verdict = check(log())
    assert verdict.good, verdict.findings
    assert (verdict.events, verdict.heads, verdict.hash) == (7, 3, event_lines(7)[-1][:64])


def without(lines: list[str], *numbers: int) -> list[str]:
    return [line for number, line in enumerate(lines) if number not in numbers]


def swapped(lines: list[str], a: int, b: int) -> list[str]:
    lines[a], lines[b] = lines[b], lines[a]
    return lines


TAMPERINGS: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    *[(f"dropped event {n}", lambda lines, n=n: without(lines, n)) for n in (0, 1, 3, 5, 8)],
    *[(f"doubled line {n}", lambda lines, n=n: lines[: n + 1] + lines[n:]) for n in range(10)],
    *[(f"swapped {a} and {b}", lambda lines, a=a, b=b: swapped(lines, a, b)) for a, b in ((0, 1), (5, 6), (1, 8))],
    *[(f"cut after {n}", lambda lines, n=n: lines[:n]) for n in (0, 1, 2, 4, 6, 8, 9)],
    *[(f"cut before {n}", lambda lines, n=n: lines[n:]) for n in (1, 3, 5)],
    ("the last head dropped", lambda lines: without(lines, 9)),
    ("the last newline dropped", lambda lines: [*lines[:-1], lines[-1][:-1]]),
    ("an empty line", lambda lines: [*lines, "\n"]),
    ("windows newlines", lambda lines: [line.replace("\n", "\r\n") for line in lines]),
    ("upper case hash", lambda lines: [lines[0][:64].upper() + lines[0][64:], *lines[1:]]),
    ("serialised again with blanks", lambda lines: [lines[0].replace('":', '": '), *lines[1:]]),
    ("rewritten without heads", lambda lines: event_lines(7, word="other")),
    ("rewritten under the old heads", lambda lines: event_lines(2, word="x") + lines[2:]),
    ("rewritten and signed by another key", lambda lines: log(signer=OTHER, word="other")),
    ("signed by another key", lambda lines: log(signer=OTHER)),
    ("the log of another chain", lambda lines: log(chain="5f0d")),
    ("another chain's head", lambda lines: [*lines[:-1], log(chain="5f0d")[-1]]),
    ("the key's name forged", lambda lines: [line.replace(OTHER.id, SIGNER.id) for line in log(signer=OTHER)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "tamper"), TAMPERINGS, ids=[name for name, _ in TAMPERINGS])
def test_tampering_is_found(name: str, tamper: Callable[[list[str]], list[str]]) -> None:
    assert not check(tamper(log())).good


def test_every_flipped_bit_is_found() -> None:
    """Of a small log all bits of every ninth byte, and one bit of each byte."""
    content = "".join(log()).encode()
    for position in range(len(content)):
        for bit in range(8) if position % 9 == 0 else (5,):
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            lines = [line.decode("utf-8", "surrogateescape") for line in io.BytesIO(changed)]
            assert not check(lines).good, (position, bit)


def test_a_byte_of_a_file_that_is_no_text_is_found(tmp_path: Path) -> None:
    path, content = tmp_path / "log", "".join(log()).encode()
    path.write_bytes(content)
    assert check(list(log_lines(path))).good
    path.write_bytes(content.replace("é".encode(), b"\xff\xff", 1))
    assert not check(list(log_lines(path))).good


def test_what_was_signed_in_a_wrong_place_is_found_too() -> None:
    """Hashes and signatures hold here: the writer was at fault."""
    first = event_lines(1)
    body = event_body(CHAIN, 3, "label", "a1", {}, 0)
    skipped = [*first, f"{event_hash(first[0][:64], body)} {body}\n"]
    found = check([*skipped, head(skipped, 2).line])
    assert [(finding.line, finding.kind) for finding in found.findings] == [(2, "place")]
    message = head_message(CHAIN, 5, first[0][:64], 7)
    misplaced = Head(CHAIN, 5, first[0][:64], 7, SIGNER.id, SIGNER.sign(message))
    assert [(f.line, f.kind) for f in check([*first, misplaced.line]).findings] == [(2, "place")]


def test_one_changed_event_is_one_finding_that_names_its_line() -> None:
    lines = log()
    lines[3] = lines[3].replace("correct", "incorrect")
    assert [(finding.line, finding.kind) for finding in check(lines).findings] == [(4, "hash")]


def test_log_and_heads_cut_together_are_found_by_receipts_and_witness() -> None:
    short = log()[:5]
    assert check(short).good
    receipts = [line[:64] for line in event_lines(7)]
    assert verify_log(log(), CHAIN, public_keys=KEYS, receipts=receipts).good
    found = verify_log(short, CHAIN, public_keys=KEYS, receipts=receipts)
    assert [finding.kind for finding in found.findings] == ["receipt"] * 4
    witness = read_heads(log())
    assert verify_log(log(), CHAIN, public_keys=KEYS, witness=witness).good
    found = verify_log(short, CHAIN, public_keys=KEYS, witness=witness)
    assert [finding.kind for finding in found.findings] == ["cut"]


def test_a_stolen_key_is_found_by_a_witness() -> None:
    rewritten = log(word="other")
    assert check(rewritten).good
    found = verify_log(rewritten, CHAIN, public_keys=KEYS, witness=read_heads(log()))
    assert {finding.kind for finding in found.findings} == {"rewritten"}


def test_a_forged_witness_is_told_from_a_rewritten_log() -> None:
    forged = [head(event_lines(7), 7, signer=OTHER)]
    assert [finding.kind for finding in verify_log(log(), CHAIN, public_keys=KEYS, witness=forged).findings] == ["key"]


def test_heads_beside_the_log_count_as_heads_in_it() -> None:
    events = event_lines(7)
    assert verify_log(events, CHAIN, [head(events, 7)], KEYS).good
    assert not verify_log(events, CHAIN, [head(events, 6)], KEYS).good


CHANGES = [
    ("\n", ""),
    ("\n", "\n\n"),
    ("\n", " \n"),
    ("cotlab", " cotlab"),
    (" 1 ", " 01 "),
    (" 7 ", " ٧ "),
    (" 7 ", "  7 "),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_head_is_read_to_the_letter(old: str, new: str) -> None:
    made = head(event_lines(1), 1)
    assert parse_head(made.line) == made
    assert parse_head(made.line.replace(old, new)) is None


def two_chains(store: Store) -> list[str]:
    receipts = []
    for number in range(3):
        for scope in (SERVER, "p1"):
            receipts.append(store.write(scope, lambda db, n=number, c=scope: db.event(c, "k", "a", {"n": n})).hash)  # type: ignore[misc]
    return receipts


def test_a_database_verifies_and_exports_what_verifies(store: Store) -> None:
    receipts = two_chains(store)

    def verify(reading: Reading) -> dict[str, Verdict]:
        return verify_database(reading, KEYS, receipts)

    verdicts = store.read(verify)
    assert {chain: (v.good, v.events, v.heads) for chain, v in verdicts.items()} == {
        SERVER: (True, 3, 3),
        "p1": (True, 3, 3),
    }
    lines = store.read(lambda reading: list(export_log(reading, "p1")))
    assert verify_log(lines, "p1", public_keys=KEYS).good
    lost = store.read(lambda reading: verify_database(reading, KEYS, ["0" * 64]))
    assert [finding.kind for finding in lost[""].findings] == ["receipt"]


def test_an_export_goes_beyond_a_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.storage.audit.verification.PAGE", 2)
    for _ in range(5):
        store.write("p", lambda db: [db.event("p", "k", "a", {}) for _ in range(3)])
    lines = store.read(lambda reading: list(export_log(reading, "p")))
    verdict = verify_log(lines, "p", public_keys=KEYS)
    assert (verdict.good, verdict.events, verdict.heads) == (True, 15, 5)


def test_the_stored_body_is_canonical(store: Store, clock: Clock) -> None:
    data = {"z": [1, None, True, "é\n\u2028"], "a": {"b": 0.5}}
    appended = store.write("p", lambda db: db.event("p", "kind", "actor", data))
    row = store.read(lambda reading: reading.row("SELECT * FROM events"))
    assert row is not None
    expected = {"actor": "actor", "at": clock.now, "chain": "p", "data": data, "kind": "kind", "sequence": 1}
    assert json.loads(row["body"]) == expected
    assert row["body"] == rfc8785.dumps(expected).decode()  # type: ignore[arg-type]
    assert row["hash"] == appended.hash == event_hash("p", row["body"])


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", object()])
def test_what_has_no_canonical_form_is_refused(store: Store, value: object) -> None:
    with pytest.raises(ValueError):
        store.write("p", lambda db: db.event("p", "kind", "actor", {"value": value}))
    assert store.read(lambda reading: reading.rows("SELECT * FROM events")) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4), st.integers(0, 3), st.integers(0, 400))
def test_any_text_survives_and_any_changed_character_is_found(texts: list[str], line: int, place: int) -> None:
    previous, lines = CHAIN, []
    for sequence, text in enumerate(["first", *texts], 1):
        body = event_body(CHAIN, sequence, "k", "a", {"text": text}, 0)
        previous = event_hash(previous, body)
        lines.append(f"{previous} {body}\n")
    heads = [head(lines, len(lines))]
    assert verify_log(lines, CHAIN, heads, KEYS).good
    line, place = line % len(lines), place % len(lines[0])
    other = "$" if lines[line][place : place + 1] == "#" else "#"
    changed = lines[line][:place] + other + lines[line][place + 1 :]
    assert not verify_log([*lines[:line], changed, *lines[line + 1 :]], CHAIN, heads, KEYS).good
