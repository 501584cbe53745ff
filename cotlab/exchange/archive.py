"""A project's archive: an uncompressed tar whose every byte follows from its files; see docs/archive.md.

The first file is the manifest, which lists all others in their order with size and SHA-256. What is read must be to the
byte what would have been written, so that no link, path or size that lies is ever acted upon.
"""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from cotlab.domain.errors import BadInput
from cotlab.domain.projects.archives import FORMAT, VERSION, ArchiveManifest, ArchiveMember

M = TypeVar("M", bound=BaseModel)
MANIFEST = "manifest.json"
MEDIA_TYPE = "application/x-tar"
BLOCK = 512
END = bytes(2 * BLOCK)
PIECE = 1_000_000
LONGEST_MANIFEST = 1_000_000
LONGEST_LINE = 64_000_000
LARGEST_INTEGER = 2**63 - 1

_ROW = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def header(name: str, size: int) -> bytes:
    """The 512 bytes before a file in the archive: no time, no owner, mode 0644."""
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    """The zeros that fill the last block of a file."""
    return bytes(-size % BLOCK)


def row_line(row: Mapping[str, Any]) -> bytes:
    """A row of a table as a line: JSON with sorted names, no blanks and no escapes but those that must be."""
    return f"{_ROW.encode(dict(row))}\n".encode()


@dataclass
class Building:
    """An archive while it is made: files are added one after the other to a spool that can be read and written."""

    spool: BinaryIO
    members: list[ArchiveMember] = field(default_factory=list)

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A file; call what it gives with each of its lines."""
        begin, sha, lines = self.spool.tell(), hashlib.sha256(), 0
        self.spool.write(bytes(BLOCK))

        def add(line: bytes) -> None:
            nonlocal lines
            sha.update(line)
            self.spool.write(line)
            lines += 1

        yield add
        size = self.spool.tell() - begin - BLOCK
        self.spool.write(padding(size))
        self.spool.seek(begin)
        self.spool.write(header(name, size))
        self.spool.seek(0, 2)
        self.members.append(ArchiveMember(name=name, lines=lines, bytes=size, sha256=sha.hexdigest()))

    def add(self, name: str, lines: Iterable[bytes]) -> None:
        with self.member(name) as add:
            for line in lines:
                add(line)

    def built(self, **about: Any) -> "Built":
        """Close it; `about` are the other fields of the manifest."""
        members = tuple(self.members)
        manifest = ArchiveManifest(format=FORMAT, version=VERSION, members=members, **about)
        return Built(manifest, row_line(manifest.model_dump(mode="json")), self.spool)


@dataclass(frozen=True)
class Built:
    """An archive that is whole; `sha256` of its manifest names all of it."""

    manifest: ArchiveManifest
    text: bytes
    spool: BinaryIO

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    @property
    def size(self) -> int:
        """Bytes."""
        files = (BLOCK + one.bytes + len(padding(one.bytes)) for one in self.manifest.members)
        return BLOCK + len(self.text) + len(padding(len(self.text))) + sum(files) + len(END)

    def chunks(self) -> Iterator[bytes]:
        """The archive from its first byte to its last."""
        yield header(MANIFEST, len(self.text)) + self.text + padding(len(self.text))
        self.spool.seek(0)
        while piece := self.spool.read(PIECE):
            yield piece
        yield END


class Archive:
    """An archive that was read once from end to end and found to be what its manifest says."""

    def __init__(self, file: BinaryIO, name: str, advance: Callable[[int], None] = lambda _: None) -> None:
        """`name` stands in the sentences; `advance` is called with the bytes read. Raises BadInput."""
        self.name, self._file, self._advance = name, file, advance
        self._places: dict[str, tuple[int, ArchiveMember]] = {}
        file.seek(0)
        text = self._manifest_text()
        self.sha256 = hashlib.sha256(text).hexdigest()
        self.manifest = self._manifest(text)
        for member in self.manifest.members:
            if member.name in self._places:
                self.bad(f"the manifest names {member.name} twice")
            self._member(member)
        if self._read(len(END), "its end") != END or file.read(1):
            self.bad("something stands after its last file")

    def bad(self, why: str) -> NoReturn:
        """Raise BadInput about this archive."""
        raise BadInput(f"{self.name}: {why}.")

    def has(self, name: str) -> bool:
        return name in self._places

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file with their newlines. Raises BadInput where there is no such file, or an endless line."""
        if name not in self._places:
            self.bad(f"there is no {name} in it")
        begin, member = self._places[name]
        place = begin
        while place < begin + member.bytes:
            self._file.seek(place)
            line = self._file.readline(min(LONGEST_LINE + 1, begin + member.bytes - place))
            if not line.endswith(b"\n"):
                self.bad(f"a line of {name} is longer than {LONGEST_LINE:,} bytes, or has no end")
            place += len(line)
            yield line

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows in a file. Raises BadInput for a line that is not as `row_line` writes it."""
        for number, line in enumerate(self.lines(name), 1):
            row = _row(line)
            if row is None:
                self.bad(f"{name}, line {number}: this is no row as cotlab writes it")
            yield row

    def models(self, name: str, model: type[M]) -> Iterator[M]:
        """The same as models. Raises BadInput for a row that does not fit."""
        for number, row in enumerate(self.rows(name), 1):
            try:
                yield model.model_validate_json(row_line(row), strict=True)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                self.bad(f"{name}, line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")

    def _manifest_text(self) -> bytes:
        head = self._file.read(BLOCK)
        self._advance(len(head))
        try:
            size = int(head[124:135], 8)
        except ValueError:
            size = -1
        if not 0 <= size <= LONGEST_MANIFEST or head != header(MANIFEST, size):
            packed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK"))
            self.bad("it is compressed; unpack it first" if packed else "this is no archive of a cotlab project")
        return self._content(size, MANIFEST)

    def _manifest(self, text: bytes) -> ArchiveManifest:
        try:
            found = json.loads(text)
            version = found["version"] if found["format"] == FORMAT else None
        except (ValueError, KeyError, TypeError, RecursionError):
            version = None
        if not isinstance(version, int):
            self.bad("its manifest is not one of a cotlab project")
        if version > VERSION:
            self.bad(f"a newer cotlab wrote it (format {version}; this one reads {VERSION}); install the newer version")
        try:
            manifest = ArchiveManifest.model_validate_json(text, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self.bad(f"its manifest does not fit at {'.'.join(map(str, first['loc']))}: {first['msg']}")
        if row_line(manifest.model_dump(mode="json")) != text:
            self.bad("its manifest is not as cotlab writes it")
        return manifest

    def _member(self, member: ArchiveMember) -> None:
        head = self._read(BLOCK, member.name)
        if head != header(member.name, member.bytes):
            shown = head[:100].rstrip(b"\0").decode("ascii", "backslashreplace")
            self.bad(f"where {member.name} should begin, with {member.bytes:,} bytes, stands {shown or 'nothing'}")
        self._places[member.name] = (self._file.tell(), member)
        sha, left, lines = hashlib.sha256(), member.bytes, 0
        while left:
            piece = self._read(min(PIECE, left), member.name)
            sha.update(piece)
            lines += piece.count(b"\n")
            left -= len(piece)
        if any(self._read(len(padding(member.bytes)), member.name)):
            self.bad(f"something stands behind {member.name}")
        if (sha.hexdigest(), lines) != (member.sha256, member.lines):
            self.bad(f"{member.name} is not what the manifest says; it was changed")

    def _content(self, size: int, name: str) -> bytes:
        text = self._read(size, name)
        if any(self._read(len(padding(size)), name)):
            self.bad(f"something stands behind {name}")
        return text

    def _read(self, size: int, name: str) -> bytes:
        piece = self._file.read(size)
        self._advance(len(piece))
        if len(piece) < size:
            self.bad(f"it is cut off at {name}")
        return piece


def _row(line: bytes) -> dict[str, Any] | None:
    """The row of a line, whose values are texts, whole numbers and nulls; None where it is no such line."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or row_line(row) != line:
            return None
    except (ValueError, RecursionError):
        return None
    return row if all(map(_fits, row.values())) else None


def _fits(value: Any) -> bool:
    if type(value) is int:
        return bool(-LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    return value is None or (type(value) is str and "\0" not in value)
