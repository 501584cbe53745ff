"""A project taken in from an archive: all of it, in one transaction, or nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cotlab.domain.errors import AlreadyExists, BadInput
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.projects.archives import ArchivedName, ArchivedPerson, MovedIn
from cotlab.domain.text import folded
from cotlab.exchange.archive import Archive
from cotlab.services.audit import event_data
from cotlab.services.audit.texts import guidelines_that_differ
from cotlab.services.audit.verification import project_that_differs
from cotlab.services.projects import archive_chain
from cotlab.services.projects.archive_out import CHAIN, KEYS, NAMES, PEOPLE
from cotlab.services.traces.queue_rows import item_of, rules
from cotlab.storage.engine.database import SERVER, Db, Row, Store
from cotlab.storage.migrations import MIGRATIONS
from cotlab.storage.people import deactivations
from cotlab.storage.projects import project_archive, projects
from cotlab.storage.projects.archive_tables import GUIDELINES, LEASES, PROJECTS, QUEUE, ROLES, TABLES, Table
from cotlab.storage.queue import queue

MINUTE = 60 * 1_000_000
ROWS_A_READ = 500
AWAY = "was away where the project came from"
FILES = frozenset({CHAIN, KEYS, PEOPLE, NAMES, *(table.member for table in TABLES)})

Advance = Callable[[int], None]


def take_in(store: Store, by: str, archive: Archive, advance: Advance = lambda _: None) -> MovedIn:
    """Take a project in; `advance` is called with the number of rows that came in.

    Raises BadInput for an archive that does not hold what it says, or not all of what its chain tells of, and
    AlreadyExists where the project is here, or its name or one of its guideline versions stands for another.
    """
    _check_files(archive)
    verdict = archive_chain.verify_chain(archive)
    if not verdict.good:
        archive.bad(f"the history in it does not hold: {verdict.findings[0].sentence.removesuffix('.')}")
    project_id = archive.manifest.project_id
    return store.write([SERVER, project_id], lambda db: _TakingIn(db, by, archive, advance).run())


def _check_files(archive: Archive) -> None:
    manifest = archive.manifest
    if manifest.migration not in {one.name for one in MIGRATIONS}:
        archive.bad(f"a newer cotlab wrote it ({manifest.migration}); install the newer version")
    tables = (table.member for table in project_archive.tables_at(manifest.migration))
    for name in (CHAIN, KEYS, PEOPLE, *tables, *([NAMES] if manifest.named else [])):
        if not archive.has(name):
            archive.bad(f"there is no {name} in it")
    if strange := [one.name for one in manifest.members if one.name not in FILES]:
        archive.bad(f"nobody knows what {strange[0]} is")


def _pseudonym(one: ArchivedPerson) -> str:
    """What somebody is called whose name did not come."""
    return f"{one.kind.value}-{one.id[-12:]}"


@dataclass(slots=True)
class _TakingIn:
    """One project on its way in."""

    db: Db
    by: str
    archive: Archive
    advance: Advance
    rows: int = 0
    guidelines: list[int] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def project_id(self) -> str:
        return self.archive.manifest.project_id

    def run(self) -> MovedIn:
        try:
            return self._run()
        except (ValueError, KeyError, TypeError, IndexError) as error:  # of a document within a row
            raise BadInput(f"{self.archive.name}: a row in it cannot be read: {type(error).__name__}.") from error

    def _run(self) -> MovedIn:
        name = self._free_name()
        self._add_guidelines()
        people, known = list(self.archive.models(PEOPLE, ArchivedPerson)), project_archive.known_people(self.db)
        given = self.archive.models(NAMES, ArchivedName) if self.archive.has(NAMES) else ()
        names = {one.id: one.name for one in given}
        new = [one for one in people if one.id not in known]
        sequence = self._tell(new)
        self._add_people(new, names, sequence)
        self._name_people([one for one in people if known.get(one.id) == _pseudonym(one)], names)
        for table in project_archive.owned():
            if self.archive.has(table.member):
                self._add(table, sequence, name)
        heads = ((one.size, one.hash, one.at, one.key_id, one.signature) for one in archive_chain.heads(self.archive))
        project_archive.add_chain(self.db, self.project_id, archive_chain.events(self.archive), heads)
        self._check()
        return MovedIn(
            project_id=self.project_id, project=name, sha256=self.archive.sha256,
            events=self.archive.manifest.events, rows=self.rows, people_added=len(new),
            people_known=len(people) - len(new), guidelines_added=len(self.guidelines), renamed=self.renamed,
        )  # fmt: skip

    def _free_name(self) -> str:
        found = list(self.archive.rows(PROJECTS.member))
        if len(found) != 1 or found[0].get("id") != self.project_id or not isinstance(found[0].get("name"), str):
            self.archive.bad(f"{PROJECTS.member} does not hold the one project of the manifest")
        name = str(found[0]["name"])
        if projects.project(self.db, self.project_id) is not None or project_archive.has_chain(
            self.db, self.project_id
        ):
            raise AlreadyExists(f"The project {name} is here already; an archive is taken in only where it is not.")
        if projects.project_named(self.db, name) is not None:
            raise AlreadyExists(f"There is another project named {name} here.")
        return name

    def _tell(self, new: list[ArchivedPerson]) -> int:
        manifest = self.archive.manifest
        data = {
            "project": self.project_id, "events": manifest.events, "head": manifest.head,
            "sha256": self.archive.sha256, "keys": sorted(archive_chain.public_keys(self.archive).values()),
            "people": [one.id for one in new],
        }  # fmt: skip
        return self.db.event(SERVER, "project.imported", self.by, data).sequence

    def _add_guidelines(self) -> None:
        """Guideline versions are shared: what is here under the same id has the same text, and stays."""
        for row in self.archive.rows(GUIDELINES.member):
            title, sha256 = f"{row['guideline']} {row['version']}", hashlib.sha256(row["text"].encode()).hexdigest()
            known = projects.guideline_version_named(self.db, row["guideline"], row["version"])
            if known is not None and known["text"] != row["text"]:
                raise AlreadyExists(f"{title} is published here with another text than in {self.archive.name}.")
            if known is not None and known["id"] != row["id"]:
                raise AlreadyExists(
                    f"{title} was published here by an earlier cotlab, under another id than in {self.archive.name};"
                    " take the project in on a server of its own."
                )
            if known is None:
                data = {
                    "guideline_version": row["id"], "guideline": row["guideline"], "version": row["version"],
                    "change": row["change"], "sha256": sha256,
                }  # fmt: skip
                sequence = self.db.event(SERVER, "guideline.published", self.by, data).sequence
                project_archive.add_rows(self.db, GUIDELINES, [row], sequence=sequence)
                self.guidelines.append(sequence)

    def _add_people(self, new: list[ArchivedPerson], names: Mapping[str, str], sequence: int) -> None:
        for one in new:
            kind = one.kind.value
            wanted = one.name or names.get(one.id) or _pseudonym(one)
            name = self._name_here(kind, wanted, one.id)
            carried = None if name == wanted else wanted
            project_archive.add_person(self.db, one.id, kind, name, carried, one.created_at, sequence)
            if one.away:
                self._send_away(one.id)

    def _name_people(self, nameless: list[ArchivedPerson], names: Mapping[str, str]) -> None:
        """Name those whom an archive without names brought."""
        for one in nameless:
            wanted = names.get(one.id)
            if wanted is not None:
                name = self._name_here(one.kind.value, wanted, one.id)
                project_archive.rename_person(self.db, one.id, name, None if name == wanted else wanted)

    def _name_here(self, kind: str, wanted: str, person_id: str) -> str:
        name = wanted
        for more in (person_id[-8:], person_id):
            if not project_archive.name_taken(self.db, kind, name):
                break
            self.renamed[wanted] = name = f"{wanted} ({more})"
        return name

    def _send_away(self, person_id: str) -> None:
        columns = {"id": self.db.new_id(), "member_id": person_id, "actor_id": self.by, "reason": AWAY}
        appended = event_data.tell(self.db, event_data.DEACTIVATION, columns)
        deactivations.add(self.db, **columns, at=self.db.now, sequence=appended.sequence)

    def _add(self, table: Table, sequence: int, name: str) -> None:
        beside: dict[str, Any] = {}
        rows: Iterator[Row] = self._counted(table)
        if table is PROJECTS:
            beside = {"name_folded": folded(name), "sequence": sequence}
        elif table is ROLES:
            rows = ({**row, "sequence": sequence if row["sequence"] is None else row["sequence"]} for row in rows)
        elif table is LEASES:
            minutes = projects.policy(self.db, self.project_id).lease_minutes
            beside = {"expires_at": self.db.now + minutes * MINUTE, "shown_at": self.db.now}
        elif table is QUEUE:
            self._queue(rows)
            return
        later: list[Row] = []
        project_archive.add_rows(self.db, table, self._first(table, rows, later), **beside)
        project_archive.add_rows(self.db, table, sorted(later, key=lambda row: row["sequence"]), **beside)

    def _counted(self, table: Table) -> Iterator[Row]:
        for row in self.archive.rows(table.member):
            if row.get("project_id", self.project_id) != self.project_id:
                self.archive.bad(f"{table.member} holds a row of another project")
            self.rows += 1
            self.advance(1)
            yield row

    def _first(self, table: Table, rows: Iterable[Row], later: list[Row]) -> Iterator[Row]:
        """Those that name no other row of their table, which come in before those that do, these as they were made."""
        for row in rows:
            if table.after is None or row.get(table.after) is None:
                yield row
            else:
                later.append(row)

    def _queue(self, rows: Iterator[Row]) -> None:
        """Rows of the queue with what follows from the policy; what people said is brought in by the consequences."""
        now = rules(self.db, self.project_id)
        while some := list(islice(rows, ROWS_A_READ)):
            facts = queue.facts_of(self.db, [row["item_id"] for row in some])
            kept = [{**row, **now.kept(item_of(facts[row["item_id"]]), row["since"])} for row in some]
            project_archive.add_rows(self.db, QUEUE, kept, also=queue.KEPT)

    def _check(self) -> None:
        """Hold what came in against the chain, and count it: no row may have gone to another project."""
        for table in project_archive.owned():
            came = sum(one.lines for one in self.archive.manifest.members if one.name == table.member)
            if project_archive.count(self.db, table, self.project_id) != came:
                self.archive.bad(f"{table.member} holds rows that are not of the project")
        known = project_archive.known_people(self.db).keys() | {SERVER_ITSELF}
        for sequence, body, _ in archive_chain.events(self.archive):
            if json.loads(body)["actor"] not in known:
                self.archive.bad(f"{PEOPLE} lacks somebody who did what event {sequence} tells of")
        for sequence, sentence in guidelines_that_differ(self.db):
            if sequence in self.guidelines:
                self.archive.bad(f"{GUIDELINES.member}: {sentence}")
        for sequence, sentence in project_that_differs(self.db, self.project_id):
            raise BadInput(f"{self.archive.name}: event {sequence} of its history: {sentence}.")
