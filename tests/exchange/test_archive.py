"""An archive is read only where it is to the byte what cotlab would have written."""

import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from cotlab.domain.errors import BadInput
from cotlab.exchange.archive import Archive, Building, Built, header, padding, row_line

ROWS: dict[str, list[dict[str, Any]]] = {
    "keys.jsonl": [{"id": "a", "text": "é \u2028 \"x\""}, {"id": "b", "text": None}],
    "tables/steps.jsonl": [{"position": number, "text": "x" * number} for number in range(400)],
    "tables/cases.jsonl": [],
}  # fmt: skip
ABOUT = {"migration": "0001_first", "project_id": "0" * 32, "events": 3, "head": "a" * 64, "named": True}


def built() -> Built:
    building = Building(io.BytesIO())
    for name, rows in ROWS.items():
        building.add(name, map(row_line, rows))
    return building.built(**ABOUT)


WHOLE = b"".join(built().chunks())
MANIFEST = json.loads(built().text)


def read(content: bytes) -> Archive:
    return Archive(io.BytesIO(content), "p.tar")


def test_it_comes_back_as_it_went_out() -> None:
    archive = read(WHOLE)
    assert {name: list(archive.rows(name)) for name in ROWS} == ROWS
    assert archive.manifest == built().manifest and archive.sha256 == built().sha256
    assert b"".join(built().chunks()) == WHOLE and len(WHOLE) == built().size


def test_any_program_that_reads_tar_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(WHOLE), mode="r:") as tar:
        assert [one.name for one in tar] == ["manifest.json", *ROWS]
        assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in tar} == {(0, 0, 0, "", 0o644)}


def test_a_byte_changed_anywhere_is_found_or_makes_it_another_archive() -> None:
    """What the manifest says of the chain is held against the chain, when that is read."""
    for place in range(0, len(WHOLE), 41):
        changed = WHOLE[:place] + bytes([WHOLE[place] ^ 1]) + WHOLE[place + 1 :]
        try:
            archive = read(changed)
        except BadInput:
            continue
        assert 512 <= place < 512 + len(built().text), place
        assert archive.sha256 != built().sha256


def test_one_that_is_cut_off_anywhere_is_found() -> None:
    for size in range(0, len(WHOLE), 397):
        with pytest.raises(
            BadInput, match=r"^p\.tar: (it is cut off at [\w./ ]+|this is no archive of a cotlab project)\.$"
        ):
            read(WHOLE[:size])


def with_manifest(**changes: Any) -> bytes:
    """The archive with another manifest before the same files."""
    text = row_line({**MANIFEST, **changes})
    size = len(built().text)
    old = 512 + size + len(padding(size))
    return header("manifest.json", len(text)) + text + padding(len(text)) + WHOLE[old:]


def members(**changes: Any) -> list[dict[str, Any]]:
    return [MANIFEST["members"][0] | changes, *MANIFEST["members"][1:]]


def plain(*entries: tarfile.TarInfo) -> bytes:
    """What another program might have made."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(bytes(entry.size)))
    return file.getvalue()


def link() -> bytes:
    """A symbolic link in the place of a file."""
    info = tarfile.TarInfo("keys.jsonl")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    place = WHOLE.index(header("keys.jsonl", MANIFEST["members"][0]["bytes"]))
    return WHOLE[:place] + info.tobuf(tarfile.USTAR_FORMAT) + WHOLE[place + 512 :]


def of_size(size: int) -> bytes:
    """A file that says it is that large."""
    place = WHOLE.index(header("keys.jsonl", MANIFEST["members"][0]["bytes"]))
    return WHOLE[:place] + header("keys.jsonl", size) + WHOLE[place + 512 :]


CHANGED = "keys.jsonl is not what the manifest says; it was changed"
CLIMBS = "its manifest does not fit at members.0.name"
BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "this is no archive of a cotlab project"),
    "another tar": (lambda: plain(tarfile.TarInfo("x")), "this is no archive of a cotlab project"),
    "compressed": (lambda: b"\x1f\x8b" + WHOLE, "it is compressed; unpack it first"),
    "newer": (lambda: with_manifest(version=2, colour="red"), "a newer cotlab wrote it"),
    "of something else": (lambda: with_manifest(format="potlab"), "its manifest is not one of a cotlab project"),
    "no manifest": (lambda: with_manifest(version=True), "its manifest does not fit at version"),
    "a field too many": (lambda: with_manifest(colour="red"), "its manifest does not fit at colour"),
    "deep": (
        lambda: header("manifest.json", 400_000) + b"[" * 400_000 + padding(400_000),
        "its manifest is not one of a cotlab project",
    ),
    "a digest that lies": (lambda: with_manifest(members=members(sha256="b" * 64)), CHANGED),
    "a count that lies": (lambda: with_manifest(members=members(lines=9)), CHANGED),
    "a missing file": (
        lambda: with_manifest(members=[*MANIFEST["members"], MANIFEST["members"][0] | {"name": "names.jsonl"}]),
        "where names.jsonl should begin",
    ),
    "a file twice": (
        lambda: with_manifest(members=[*MANIFEST["members"], MANIFEST["members"][0]]),
        "the manifest names keys.jsonl twice",
    ),
    "a file too many": (lambda: with_manifest(members=MANIFEST["members"][:2]), "something stands after its last file"),
    "a path that climbs": (lambda: with_manifest(members=members(name="tables/../../x.jsonl")), CLIMBS),
    "an absolute path": (lambda: with_manifest(members=members(name="/etc/passwd")), CLIMBS),
    "a link": (link, "where keys.jsonl should begin"),
    "a size that lies": (lambda: of_size(8**11 - 1), "where keys.jsonl should begin"),
    "a bomb": (
        lambda: with_manifest(members=members(bytes=8**11 - 1)).replace(
            header("keys.jsonl", MANIFEST["members"][0]["bytes"]), header("keys.jsonl", 8**11 - 1)
        ),
        "it is cut off at keys.jsonl",
    ),
    "more after it": (lambda: WHOLE + b"x", "something stands after its last file"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_one_clear_sentence(name: str) -> None:
    make, sentence = BROKEN[name]
    with pytest.raises(BadInput) as refused:
        read(make())
    said = refused.value.sentence
    assert said.startswith(f"p.tar: {sentence}") and said.endswith(".") and "\n" not in said and len(said) < 300


LINES = {
    "blanks": b'{"id": 1}\n',
    "an order": b'{"b":1,"a":2}\n',
    "a key twice": b'{"a":1,"a":1}\n',
    "a fraction": b'{"a":1.5}\n',
    "a truth": b'{"a":true}\n',
    "no number": b'{"a":NaN}\n',
    "a list": b'{"a":[1]}\n',
    "no object": b"[1]\n",
    "an escape": b'{"a":"\\u00e9"}\n',
    "half a character": b'{"a":"\\ud800"}\n',
    "no text": b'{"a":"\xff"}\n',
    "NUL": b'{"a":"\\u0000"}\n',
    "too large": b'{"a":9223372036854775808}\n',
    "depth": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_is_not_as_it_would_be_written_is_refused(name: str) -> None:
    building = Building(io.BytesIO())
    building.add("keys.jsonl", [row_line({"a": 1}), LINES[name]])
    archive = read(b"".join(building.built(**ABOUT).chunks()))
    with pytest.raises(BadInput, match=r"keys\.jsonl, line 2: this is no row as cotlab writes it"):
        list(archive.rows("keys.jsonl"))


def test_a_line_without_an_end_is_refused() -> None:
    building = Building(io.BytesIO())
    building.add("keys.jsonl", [b'{"a":1}\n{"a":1}'])
    archive = read(b"".join(building.built(**ABOUT).chunks()))
    with pytest.raises(BadInput, match="has no end"):
        list(archive.rows("keys.jsonl"))


def test_the_digest_of_the_manifest_names_all_of_it() -> None:
    assert built().sha256 == sha256(built().text).hexdigest()
