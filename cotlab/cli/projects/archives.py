"""Whole projects out of a database and into it: on this host, or through a server where one is named."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, server_option, settings
from cotlab.cli.progress import bar, counted
from cotlab.cli.sentences import counted as said

if TYPE_CHECKING:
    from cotlab.domain.projects.archives import MovedIn
    from cotlab.settings import Settings

PIECE = 1_000_000
json_option = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


@click.command("export")
@database_option
@server_option
@click.argument("name")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else NAME.tar.")
@click.option("--pseudonyms", is_flag=True, help="Leave the names of people out.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@json_option
def project_export(
    database: str | None, server: str | None, name: str, out: Path | None, pseudonyms: bool, force: bool, as_json: bool
) -> None:
    """Write everything of the project NAME to one archive, which any cotlab takes in (project import).

    Tokens and other credentials are never in it.
    """
    from cotlab.domain.errors import AlreadyExists
    from cotlab.exchange.archive import Archive

    out = out or Path(f"{name}.tar")
    if out.exists() and not force:
        raise AlreadyExists(f"There is a file {out} already; --force replaces it.")
    found = settings(database=database, server=server)
    half = out.with_name(out.name + ".part")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            if found.server is None:
                _write_here(found, name, file, out.parent, not pseudonyms)
            else:
                asyncio.run(_write_there(found, name, file, pseudonyms))
            archive = Archive(file, str(out))
            os.fsync(file.fileno())
        os.replace(half, out)
    finally:
        half.unlink(missing_ok=True)
    if as_json:
        click.echo(archive.manifest.model_dump_json())
        return
    manifest = archive.manifest
    rows = sum(one.lines for one in manifest.members if one.name.startswith("tables/"))
    names = "with names" if manifest.named else "under pseudonyms"
    click.echo(f"{out}: {said(manifest.events, 'event')} and {said(rows, 'row')}, people {names}")
    click.echo(f"  sha256 of the manifest {archive.sha256}, head {manifest.head[:16]}… at {manifest.events:,}")


def _write_here(found: "Settings", name: str, file: BinaryIO, folder: Path, named: bool) -> None:
    from cotlab.services.projects import archive_out
    from cotlab.services.projects.projects import project_id_named
    from cotlab.storage import SERVER

    with opened(found) as store, tempfile.TemporaryFile(dir=folder) as spool:
        by, target = host(store), store.read(lambda db: project_id_named(db, name))
        with counted("parts", archive_out.STEPS) as advance:
            built = archive_out.write_out(store, target, spool, named, advance)
        for piece in built.chunks():
            file.write(piece)
        store.write(SERVER, lambda db: archive_out.record(db, by, built))


async def _write_there(found: "Settings", name: str, file: BinaryIO, pseudonyms: bool) -> None:
    from cotlab.domain.projects.archives import ArchiveOrder

    async with client(found) as connection:
        target = await project_id(connection, name)
        order = ArchiveOrder(pseudonyms=pseudonyms)
        async with connection.project_archive(target, order) as stream:
            with counted("bytes", stream.size) as advance:
                async for piece in stream.bytes():
                    file.write(piece)
                    advance(len(piece))


@click.command("import")
@database_option
@server_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@json_option
def project_import(database: str | None, server: str | None, file: Path, as_json: bool) -> None:
    """Take in the project in FILE, an archive that `project export` wrote: all of it, or nothing (an admin does).

    People keep their ids. Who comes in has no token here; whose name is taken gets another one.
    """
    found = settings(database=database, server=server)
    if found.server is None:
        report = _take_in_here(found, file)
    else:
        with bar(file) as advance:
            report = asyncio.run(_take_in_there(found, file, advance))
    if as_json:
        click.echo(report.model_dump_json())
        return
    click.echo(
        f"took in {report.project}: {said(report.events, 'event')} and {said(report.rows, 'row')}; "
        f"{report.people_added:,} people added, {report.people_known:,} known here; "
        f"{said(report.guidelines_added, 'guideline version')} added"
    )
    for before, now in report.renamed.items():
        click.echo(f"  {before} of the archive is {now} here, where the name was taken")


def _take_in_here(found: "Settings", file: Path) -> "MovedIn":
    from cotlab.exchange.archive import Archive
    from cotlab.services.projects.archive_in import take_in

    with opened(found) as store, file.open("rb") as stream:
        with bar(file) as advance:
            archive = Archive(stream, str(file), advance)
        rows = sum(one.lines for one in archive.manifest.members if one.name.startswith("tables/"))
        with counted("rows", rows) as more:
            return take_in(store, host(store), archive, more)


async def _take_in_there(found: "Settings", file: Path, advance: Callable[[int], None]) -> "MovedIn":
    async with client(found) as connection:
        return await connection.take_project_in(_sent(file, advance))


async def _sent(file: Path, advance: Callable[[int], None]) -> AsyncIterator[bytes]:
    with file.open("rb") as stream:
        while piece := await asyncio.to_thread(stream.read, PIECE):
            yield piece
            advance(len(piece))
