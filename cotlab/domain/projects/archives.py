"""A whole project as one file: what its manifest says, and what taking it in did."""

from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.people import ActorKind

FORMAT = "cotlab-project"
VERSION = 1
"""The version of the format that this program writes, and the newest that it reads."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
MemberName = Annotated[str, Field(pattern=r"^(tables/[a-z_]{1,60}\.jsonl|[a-z]{1,20}\.(jsonl|log))$")]


class ArchiveMember(Model):
    """One file of an archive: its lines, its size in bytes and its SHA-256."""

    name: MemberName
    lines: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class ArchiveManifest(Model):
    """The first file of an archive. `events` and `head` are where the project's chain stood; `named`: with names.

    `migration` is the newest of the database that it was written from: one of a newer program cannot be taken in.
    """

    format: Literal["cotlab-project"]
    version: int
    migration: str
    project_id: Id
    events: Annotated[int, Field(ge=1)]
    head: Sha256
    named: bool
    members: tuple[ArchiveMember, ...]


class ArchivedPerson(Model):
    """Somebody whom a project names; `name` is there for a source of labels alone. `away`: 1 while deactivated."""

    id: Id
    kind: ActorKind
    created_at: int
    name: str | None
    away: Annotated[int, Field(ge=0, le=1)]


class ArchivedName(Model):
    """The name of somebody, in a file of its own."""

    id: Id
    name: str


class ArchivedKey(Model):
    """A public key (Ed25519, hex) that signed heads, with the id by which they name it."""

    id: str
    public_key: Sha256


class ArchiveOrder(Model):
    """What is asked for when a project is written out: with people's names, or under pseudonyms."""

    pseudonyms: bool = False


class MovedIn(Model):
    """What an archive brought. `renamed`: the archive's name of somebody -> the name here, where that one was taken."""

    project_id: str
    project: str
    sha256: str
    events: int
    rows: int
    people_added: int
    people_known: int
    guidelines_added: int
    renamed: dict[str, str]
