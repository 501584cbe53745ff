"""Releases and lineage: on this host's database, or through a server where one is named."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, server_option, settings
from cotlab.cli.sentences import counted, one_line
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.projects.policy import MICROSECONDS

if TYPE_CHECKING:
    from cotlab.client import Client
    from cotlab.domain.datasets.lineage import Lineage, LineageEvent
    from cotlab.domain.datasets.releases import ReleaseDiff, ReleaseFile
    from cotlab.storage import Store

T = TypeVar("T")
project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
LISTED = 20
"""Rows of a comparison that are printed."""


@click.group("release")
def release_command() -> None:
    """List and show releases of exports, and tell two of them apart."""


def _asked(
    database: str | None, server: str | None, project: str, here: "Callable[[Store, str], T]",
    there: "Callable[[Client, str], Awaitable[T]]",
) -> T:  # fmt: skip
    """The answer of this host's database, or of the server that is named."""
    from cotlab.services.projects.projects import project_id_named

    found = settings(database=database, server=server)
    if found.server is None:
        with opened(found) as store:
            return here(store, store.read(lambda db: project_id_named(db, project)))

    async def ask() -> T:
        async with client(found) as connection:
            return await there(connection, await project_id(connection, project))

    return asyncio.run(ask())


@release_command.command("list")
@database_option
@server_option
@project_option
@json_option
def release_list(database: str | None, server: str | None, project: str, as_json: bool) -> None:
    """List the releases of a project, in the order in which they were made."""
    from cotlab.services.datasets import releases

    found = _asked(
        database, server, project, lambda store, target: store.read(lambda db: releases.listed(db, target)),
        lambda connection, target: connection.releases(target),
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.name}: {counted(one.rows, 'row')} of {one.format}, {one.labels}, as of {one.as_of}")
    click.echo(counted(len(found), "release"), err=True)


@release_command.command("show")
@database_option
@server_option
@click.argument("name")
@project_option
@json_option
def release_show(database: str | None, server: str | None, name: str, project: str, as_json: bool) -> None:
    """Show the release NAME and the command that makes its files again."""
    from cotlab.services.datasets import releases

    def here(store: "Store", target: str) -> "ReleaseFile":
        return store.read(lambda db: releases.show(db, target, releases.named(db, target, name)[0].id))

    async def there(connection: "Client", target: str) -> "ReleaseFile":
        for one in await connection.releases(target):
            if one.name == name:
                return await connection.release(target, one.id)
        raise NotFound(f"There is no release {name}.")

    found = _asked(database, server, project, here, there)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    one, manifest = found.release, found.manifest
    click.echo(f"{one.name}: {counted(one.rows, 'row')} of {one.format}, made {_time(one.made_at)}")
    click.echo(f"  as of {one.as_of}, audit head {one.audit_head}")
    click.echo(f"  event {one.sequence}, {one.hash}")
    for file in manifest.files:
        click.echo(f"  {file.path or 'the file'}: {counted(file.rows, 'row')}, sha256 {file.sha256}")
    click.echo(f"  {manifest.command}")


@release_command.command("diff")
@database_option
@server_option
@click.argument("before")
@click.argument("after")
@project_option
@click.option("--most", type=click.IntRange(0, 10_000), default=1_000, show_default=True, help="Rows that are listed.")
@json_option
def release_diff(
    database: str | None, server: str | None, before: str, after: str, project: str, most: int, as_json: bool
) -> None:
    """Say which rows were added, dropped, relabelled and changed from release BEFORE to AFTER, and why."""
    from cotlab.services.datasets.release_diff import diff

    found = _asked(
        database, server, project, lambda store, target: diff(store, target, before, after, most),
        lambda connection, target: connection.release_diff(target, before, after, most),
    )  # fmt: skip
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in _told(found):
        click.echo(line)


def _told(found: "ReleaseDiff") -> Iterator[str]:
    moved = f", {counted(found.moved, 'row')} in another split" if found.moved else ""
    yield f"{found.before.name} to {found.after.name}: {counted(found.unchanged, 'row')} as before{moved}"
    for what in ("added", "dropped", "relabelled", "changed"):
        for why, number in getattr(found, what).items():
            yield f"  {what}: {counted(number, 'row')}, {why.replace('_', ' ')}"
    for row in found.rows[:LISTED]:
        steps = "; ".join(f"step {one.position}: {one.before or 'none'} to {one.after or 'none'}" for one in row.steps)
        yield f"  {row.row_id} {row.change}, {row.because.replace('_', ' ')}" + (f" ({steps})" if steps else "")
    if len(found.rows) > LISTED or found.more:
        yield "  and others; --json lists them"


@click.command("lineage")
@database_option
@server_option
@click.argument("name", metavar="ID")
@click.option("--project", help="The project; needed but for an archive.")
@click.option(
    "--archive", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read an archive of the project in place of a database.",
)  # fmt: skip
@click.option("--thorough", is_flag=True, help="Read whole exports again where what they left out depends on all.")
@json_option
def lineage_command(
    database: str | None, server: str | None, name: str, project: str | None, archive: Path | None, thorough: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Print the history of ID: an exported row, a trace or pair (also by its id in its file), or a step (TRACE:3).

    Each event has its sequence in the project's audit trail and its hash.
    """
    from cotlab.services.datasets.lineage import lineage

    if archive is not None:
        with _taken_in(archive) as (store, target):
            found = lineage(store, target, name, gold=True, thorough=thorough)
    elif project is None:
        raise BadInput("project: name the project, or an archive of it (--archive)")
    else:
        found = _asked(
            database, server, project, lambda store, target: lineage(store, target, name, gold=True, thorough=thorough),
            lambda connection, target: connection.lineage(target, name, thorough=thorough),
        )  # fmt: skip
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in _history(found):
        click.echo(line)


@contextmanager
def _taken_in(file: Path) -> "Iterator[tuple[Store, str]]":
    """The store of a database that holds an archive's project alone, and the project's id; gone afterwards."""
    from cotlab.exchange.archive import Archive
    from cotlab.services.people.setup import initialise
    from cotlab.services.projects.archive_in import take_in
    from cotlab.settings import Settings

    with TemporaryDirectory() as folder, file.open("rb") as stream:
        place = Settings(database=str(Path(folder, "cotlab.db")), signing_key=Path(folder, "key"))
        initialise(place, "reader", days=1)
        archive = Archive(stream, str(file))
        with opened(place) as store:
            yield store, take_in(store, host(store), archive).project_id


def _history(found: "Lineage") -> Iterator[str]:
    called = "" if found.external_id is None else f" ({one_line(found.external_id)})"
    yield f"{found.id}: {found.item_id}{called}, {found.task}, {found.domain}"
    for event in found.events:
        who = "" if event.by is None else f"{event.by}: "
        yield f"{event.sequence:>7}  {_time(event.at)}  {event.hash}"
        yield f"         {event.kind}: {who}{one_line(event.what)}"
        if event.item is not None:
            yield f"           of {event.item}"
        yield from (f"           {line}" for line in _beside(event))


def _beside(event: "LineageEvent") -> Iterator[str]:
    if event.qualified is not None:
        yield f"{event.qualified.field}: {event.qualified.sentence}"
    if event.rationale:
        yield f"because: {one_line(event.rationale)}"
    if event.guidance is not None:
        yield f"under {event.guidance.version}, sha256 {event.guidance.sha256}"
        for name, text in event.guidance.rules.items():
            yield f"rule {name}: {one_line(text)}"
    for verdict in event.evidence:
        yield f"evidence: {verdict.verdict} at {verdict.position} by {verdict.checker}"
    for draft in event.drafts:
        alike = "" if draft.similarity is None else f", {draft.similarity:.0%} kept"
        yield f"draft in sight: {draft.kind} by {one_line(draft.source)}: {one_line(draft.said)}{alike}"
    if event.drafted is not None:
        told = event.drafted.provenance.model_dump(mode="json", exclude_none=True)
        yield f"{event.drafted.kind} by {event.drafted.model}, draft {event.drafted.draft}"
        yield from (f"{name}: {_field(value)}" for name, value in told.items())
    if event.informed:
        yield "informed: labels of others had been seen"
    if event.exported is not None:
        yield f"{event.exported.format}, export {event.exported.export_id}"
    if event.release is not None:
        yield f"release {event.release}"


def _field(value: object) -> str:
    """A field of provenance in a line."""
    if isinstance(value, dict):
        return ", ".join(f"{one_line(str(name))} {one_line(str(one))}" for name, one in value.items())
    return one_line(str(value))


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M:%S")
