"""Export: on this host's database, or through a server where one is named."""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, server_option, settings
from cotlab.cli.datasets.export_order import order_of, order_options
from cotlab.cli.sentences import counted
from cotlab.domain.datasets.pair_exports import Compared
from cotlab.exchange.formats import PAIR_WRITERS, WRITERS

if TYPE_CHECKING:
    from cotlab.cli.datasets.export_files import Writing
    from cotlab.domain.datasets.exports import ExportOrder, Manifest, Packing
    from cotlab.exchange.lengths import Tokens
    from cotlab.settings import Settings

WRITTEN = [*(one.name for one in WRITERS), *(one.name for one in PAIR_WRITERS)]
"""The names of the formats that are written."""
SOURCES = {
    "alternative": "from steps of one trace and its alternatives", "sibling": "from steps of two traces of a problem",
    "left_out": "left out, being more than --most-per-step",
}  # fmt: skip
"""What is compared in an export of steps, in words."""


@click.command("export")
@database_option
@server_option
@click.option("--project", required=True, help="The project whose labels go out.")
@click.option("--format", "format_name", required=True, type=click.Choice(WRITTEN))
@click.option(
    "--labels", required=True, type=click.Choice(["adjudicated", "settled", "each"]),
    help="Settled labels, of these the ones that an adjudicator decided, or each person's own.",
)  # fmt: skip
@order_options
@click.option(
    "--out", "-o", type=click.Path(),
    help="The file to write, or with splits the folder; else PROJECT-FORMAT. A name that ends in .parquet becomes"
    " Parquet, and a folder that is there, or a name that ends in /, a folder.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file, or the export in the folder, that is there.")
def export_command(
    database: str | None, server: str | None, project: str, format_name: str, labels: str, out: str | None,
    force: bool, compress: str | None, parquet: bool, tokenizer: Path | None, **more: Any,
) -> None:  # fmt: skip
    """Write a dataset with its manifest and its card.

    With --split, --hold-out, --balance, --max-share or --paired a folder, which the datasets library opens as it is.
    """
    from cotlab.cli.datasets.export_files import Writing
    from cotlab.domain.errors import BadInput

    as_folder = out is not None and (out.endswith(("/", os.sep)) or Path(out).is_dir())
    found, order = settings(database=database, server=server), order_of(format_name, labels, **more)
    if tokenizer is not None and found.server is not None:
        raise BadInput("tokenizer: lengths are counted where the database is; leave it out with a server")
    several = order.splits is not None or order.paired
    packing = _packing(None if out is None or as_folder or several else Path(out), compress, parquet)
    order = order.model_copy(update={"packing": packing})
    name = re.sub(r"[^\w.-]+", "-", project).lstrip(".") + f"-{format_name}"
    name = name if order.compared is Compared.RESPONSES else f"{name}-{order.compared}"
    writing = Writing(
        Path(out or (name if several else f"{name}.{packing}")), order, folder=several or as_folder, force=force
    )
    write = export_here if found.server is None else _export_there
    manifest = write(found, project, order, writing, *([_tokens(tokenizer)] if found.server is None else []))
    say(manifest, writing, order.shape.margin)
    if manifest.rows == 0:
        sys.exit(1)


def _tokens(tokenizer: Path | None) -> "Tokens | None":
    from cotlab.exchange.lengths import of_tokenizer

    return None if tokenizer is None else of_tokenizer(tokenizer)


def _packing(out: Path | None, compress: str | None, parquet: bool) -> "Packing":
    """By the name of the file, else as it is asked for. BadInput where both are told and differ."""
    from cotlab.domain.datasets.exports import Packing
    from cotlab.domain.errors import BadInput
    from cotlab.exchange.packing import packing_named

    if parquet and compress is not None:
        raise BadInput("compress: Parquet is compressed already; name one of both")
    asked = None if compress is None else {"gzip": Packing.GZIP, "zstd": Packing.ZSTD}[compress]
    asked = Packing.PARQUET if parquet else asked
    named = None if out is None else packing_named(out.name)
    if asked is not None and named not in (None, asked):
        how = "Parquet" if parquet else f"a file compressed with {compress}"
        raise BadInput(f"compress: {out} is not the name of {how}; name it .{asked}")
    return asked or named or Packing.LINES


def say(manifest: "Manifest", writing: "Writing", asked_margin: bool = False) -> None:
    """Tell what was written, and what was left out and why."""
    pairs = any(manifest.format == one.name for one in PAIR_WRITERS) and manifest.compared is not Compared.STEPS
    item = "pair" if pairs else "trace"
    steps = "" if pairs else f"with {counted(manifest.steps, 'labelled step')} "
    if manifest.rows:
        click.echo(f"{writing.out}: {counted(manifest.rows, 'row')} {steps}of {counted(manifest.traces_kept, item)}")
    else:
        click.echo("there is nothing to export yet, and no file was written", err=True)
    for file in manifest.files if len(manifest.files) > 1 else ():
        click.echo(f"  {file.path}: {counted(file.rows, 'row')} of {counted(file.traces, item)}")
    for source, number in manifest.comparisons.items():
        click.echo(f"  {SOURCES.get(source, source)}: {counted(number, 'comparison')}")
    if asked_margin and manifest.shape is not None and not manifest.shape.margin:
        click.echo("  no margins: not every pair has one")
    if manifest.stale_labels:
        click.echo(f"  stale: {counted(manifest.stale_labels, 'label')} that a newer guideline version asks for anew")
    if manifest.doubted_labels:
        click.echo(f"  in doubt: {counted(manifest.doubted_labels, 'label')} since the last good point of their people")
    for what, counts in (
        (item, manifest.traces_dropped), ("step", manifest.steps_dropped), ("label", manifest.labels_dropped),
        ("outcome", manifest.outcome_dropped),
    ):  # fmt: skip
        for why, number in counts.items():
            click.echo(f"  left out: {counted(number, what)}, {why.replace('_', ' ')}")
    for one in manifest.benchmarks:
        click.echo(f"  {one.name}: {one.found:,} of our problems are near to one of its {one.problems:,}")
    if manifest.lengths is not None and manifest.lengths.rows_cut:
        cut = f"{counted(manifest.lengths.rows_cut, 'row')} with {counted(manifest.lengths.steps_cut, 'step')}"
        click.echo(f"  longer than {manifest.lengths.max_length:,} tokens: {cut} beyond it")
    for warning in manifest.warnings:
        click.echo(f"  warning: {warning}", err=True)
    if manifest.rows:
        click.echo(
            f"{writing.manifest}: sha256 {manifest.sha256[:16]}…, audit head {manifest.audit_head[:16]}…"
            f" at {manifest.as_of}"
        )


def export_here(
    found: "Settings", project: str, order: "ExportOrder", writing: "Writing", tokens: "Tokens | None" = None
) -> "Manifest":  # fmt: skip
    """Write an export of the database on this host."""
    from uuid import uuid4

    from cotlab.services.datasets.export import begin, prepared, record
    from cotlab.services.projects.projects import project_id_named
    from cotlab.storage import now_microseconds

    with opened(found) as store, writing:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        export = store.read(lambda db: prepared(db, target, order, tokens))
        export_id = uuid4().hex
        store.write(target, lambda db: begin(db, by, export_id, export))
        for file, piece in export.pieces(store):
            writing.write(file.path, piece)
        manifest = export.manifest(now_microseconds())
        store.write(target, lambda db: record(db, by, export_id, manifest, order))
        writing.publish(manifest)
    return manifest


def _export_there(found: "Settings", project: str, order: "ExportOrder", writing: "Writing") -> "Manifest":
    return asyncio.run(_download(found, project, order, writing))


async def _download(found: "Settings", project: str, order: "ExportOrder", writing: "Writing") -> "Manifest":
    async with client(found) as connection:
        target = await project_id(connection, project)
        with writing:
            async with connection.export_files(target, order) as stream:
                async for path, piece in stream.pieces():
                    writing.write(path, piece)
                manifest = await stream.manifest()
            writing.publish(manifest)
    return manifest
