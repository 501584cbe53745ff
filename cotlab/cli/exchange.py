"""Import and export: on this host's database, or through a server where one is named."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, server_option, settings
from cotlab.cli.progress import bar
from cotlab.cli.sentences import counted
from cotlab.domain.pair_exports import Compared
from cotlab.exchange import PAIR_READERS, PAIR_WRITERS, READERS, WRITERS

if TYPE_CHECKING:
    from cotlab.domain.exports import ExportOrder, Manifest
    from cotlab.domain.projects import BrokenLine, ImportReport
    from cotlab.exchange.jsonl import Broken
    from cotlab.settings import Settings

BYTES_A_REQUEST = 8_000_000
LINES_A_REQUEST = 2_000
WRITTEN = [*(one.name for one in WRITERS), *(one.name for one in PAIR_WRITERS)]
"""The names of the formats that are written."""


SOURCES = {"alternative": "one trace and its alternatives", "sibling": "two traces of a problem"}
"""What is compared in an export of steps, in words."""


@click.command("import")
@database_option
@server_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--project", required=True, help="The project that the traces come into.")
@click.option("--format", "format_name", type=click.Choice([one.name for one in READERS]), help="Else recognised.")
def import_command(database: str | None, server: str | None, file: Path, project: str, format_name: str | None) -> None:
    """Import the traces or pairs in FILE (JSON lines).

    Good lines are kept. Each broken one is named, and written with its reason to FILE.rejects.jsonl beside it. Running
    it again is safe: what is there already is skipped and counted.
    """
    found = settings(database=database, server=server)
    rejects = Rejects(file)
    with bar(file) as advance, rejects:
        if found.server is None:
            report = _import_here(found, project, format_name, file, rejects, advance)
        else:
            report = asyncio.run(_import_there(found, project, format_name, file, rejects, advance))
    came = f"{counted(report.traces, 'trace')} with {counted(report.steps, 'step')}"
    if report.format in [one.name for one in PAIR_READERS]:
        came = counted(report.pairs, "pair")
    click.echo(
        f"{counted(report.lines, 'line')} ({report.format}): {came} and {counted(report.problems, 'new problem')}; "
        f"{counted(report.labels, 'label')} of the file kept apart; "
        f"{report.duplicates:,} there already; {report.broken_lines:,} broken"
    )
    if report.broken_lines:
        say_broken(file, report.broken, rejects)
        sys.exit(1)


def say_broken(file: Path, lines: "Sequence[BrokenLine]", rejects: "Rejects") -> None:
    """Tell the first broken lines, and where all of them are."""
    for broken in lines[:5]:
        click.echo(f"{file}, line {broken.line}: {broken.field}{': ' if broken.field else ''}{broken.why}", err=True)
    click.echo(f"the broken lines are in {rejects.path}", err=True)


class Rejects:
    """The broken lines of a file as they stood, each with its number and reason; no file where there are none."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(file.name + ".rejects.jsonl")
        self._file: BinaryIO | None = None

    def __enter__(self) -> None:
        self.path.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def broken(self, line: "Broken") -> None:
        """Add a line that was read here."""
        self.add(line.line_number, line.field, line.why, line.raw)

    def add(self, line: int, field: str | None, why: str, raw: bytes) -> None:
        from cotlab.exchange.jsonl import dump_line

        if self._file is None:
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        text = raw.decode("utf-8", "backslashreplace")
        self._file.write(dump_line({"line": line, "field": field or "", "why": why, "text": text}))


def _import_here(
    found: "Settings", project: str, format_name: str | None, file: Path, rejects: Rejects,
    advance: Callable[[int], None],
) -> "ImportReport":  # fmt: skip
    from cotlab.exchange.jsonl import byte_lines, read_traces
    from cotlab.services.importing import import_lines
    from cotlab.services.projects import project_id_named

    with opened(found) as store, file.open("rb") as stream:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        lines = read_traces(passed_on(byte_lines(stream), advance), format_name)
        return import_lines(store, by, target, lines, reject=rejects.broken).report()


def passed_on(lines: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    """The lines, each of whose sizes is told as it passes by."""
    for line in lines:
        advance(len(line))
        yield line


async def _import_there(
    found: "Settings", project: str, format_name: str | None, file: Path, rejects: Rejects,
    advance: Callable[[int], None],
) -> "ImportReport":  # fmt: skip
    """Send the file in requests of some thousand lines, each of which the server keeps or refuses by itself."""
    total = None
    async with client(found) as connection:
        target = await project_id(connection, project)
        for first, lines in requests(file):
            report = await connection.import_lines(target, sent(lines), format_name, first)
            for broken in report.broken:
                rejects.add(broken.line, broken.field, broken.why, lines[broken.line - first].rstrip(b"\r\n"))
            total = report if total is None else total.plus(report)
            format_name = format_name or report.format
            advance(sum(map(len, lines)))
    if total is None:
        from cotlab.domain.errors import BadInput

        raise BadInput(f"{file}: there is no record in the file; it should hold one JSON object a line")
    return total


def requests(file: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Runs of lines with the number of the first of each."""
    from cotlab.exchange.jsonl import byte_lines

    first, lines, size = 1, list[bytes](), 0
    with file.open("rb") as stream:
        for number, line in enumerate(byte_lines(stream), 1):
            if lines and (len(lines) == LINES_A_REQUEST or size + len(line) > BYTES_A_REQUEST):
                yield first, lines
                first, lines, size = number, [], 0
            lines.append(line)
            size += len(line)
    if any(line.strip() for line in lines):
        yield first, lines


async def sent(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    """The body of a request that holds these lines."""
    yield b"".join(lines)


@click.command("export")
@database_option
@server_option
@click.option("--project", required=True, help="The project whose labels go out.")
@click.option("--format", "format_name", required=True, type=click.Choice(WRITTEN))
@click.option(
    "--labels", required=True, type=click.Choice(["settled", "each"]), help="Settled labels, or each person's own."
)
@click.option("--mapping", help="The guideline's mapping to target values; required where the format has one.")
@click.option("--as-of", type=click.IntRange(0), help="Read the past: a sequence of the project's audit trail.")
@click.option("--stale", is_flag=True, help="Let labels in that a newer guideline version asks for anew.")
@click.option("--doubted", is_flag=True, help="Let labels in of people whose gold became worse since.")
@click.option("--conversational", is_flag=True, help="Of pairs: prompts and responses as chat messages, not as texts.")
@click.option("--margin", is_flag=True, help="Of pairs: by how much the better one is better, where the format has it.")
@click.option("--ties", is_flag=True, help="Of pairs: those without a better one too, where the format has a place.")
@click.option(
    "--compared",
    type=click.Choice([one.value for one in Compared]),
    default=Compared.RESPONSES.value,
    show_default=True,
    help="Of pairs: responses that people compared, or steps of traces, a correct one over an incorrect one.",
)
@click.option("--redundant", is_flag=True, help="Of steps: a correct one over a redundant one too.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else PROJECT-FORMAT.jsonl."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def export_command(
    database: str | None, server: str | None, project: str, format_name: str, labels: str, mapping: str | None,
    as_of: int | None, stale: bool, doubted: bool, conversational: bool, margin: bool, ties: bool, compared: str,
    redundant: bool, out: Path | None, force: bool,
) -> None:  # fmt: skip
    """Write a dataset and, beside it, its manifest and a loader."""
    from cotlab.domain.errors import AlreadyExists
    from cotlab.domain.exports import ExportOrder, LabelChoice
    from cotlab.domain.pair_exports import PairShape

    what = format_name if compared == Compared.RESPONSES else f"{format_name}-{compared}"
    out = out or Path(re.sub(r"[^\w.-]+", "-", project).lstrip(".") + f"-{what}.jsonl")
    if out.exists() and not force:
        raise AlreadyExists(f"There is a file {out} already; --force replaces it.")
    found = settings(database=database, server=server)
    order = ExportOrder(
        format=format_name, labels=LabelChoice(labels), mapping=mapping, as_of=as_of, stale=stale, doubted=doubted,
        shape=PairShape(conversational=conversational, margin=margin, ties=ties), compared=Compared(compared),
        redundant=redundant,
    )  # fmt: skip
    write = export_here if found.server is None else _export_there
    manifest = write(found, project, order, out)
    say(manifest, out, margin)
    if manifest.rows == 0:
        sys.exit(1)


def say(manifest: "Manifest", out: Path, asked_margin: bool = False) -> None:
    """Tell what was written, and what was left out and why."""
    pairs = any(manifest.format == one.name for one in PAIR_WRITERS) and manifest.compared is not Compared.STEPS
    item = "pair" if pairs else "trace"
    steps = "" if pairs else f"with {counted(manifest.steps, 'labelled step')} "
    if manifest.rows:
        click.echo(f"{out}: {counted(manifest.rows, 'row')} {steps}of {counted(manifest.traces_kept, item)}")
    else:
        click.echo("there is nothing to export yet, and no file was written", err=True)
    for source, number in manifest.comparisons.items():
        click.echo(f"  from steps of {SOURCES.get(source, source)}: {counted(number, 'comparison')}")
    if asked_margin and manifest.shape is not None and not manifest.shape.margin:
        click.echo("  no margins: not every pair has one")
    if manifest.stale_labels:
        click.echo(f"  stale: {counted(manifest.stale_labels, 'label')} that a newer guideline version asks for anew")
    if manifest.doubted_labels:
        click.echo(f"  in doubt: {counted(manifest.doubted_labels, 'label')} since the last good point of their people")
    for what, counts in (
        (item, manifest.traces_dropped), ("step", manifest.steps_dropped), ("label", manifest.labels_dropped)
    ):  # fmt: skip
        for why, number in counts.items():
            click.echo(f"  left out: {counted(number, what)}, {why.replace('_', ' ')}")
    if manifest.rows:
        click.echo(
            f"{manifest_path(out)}: sha256 {manifest.sha256[:16]}…, audit head {manifest.audit_head[:16]}…"
            f" at {manifest.as_of}"
        )


def manifest_path(out: Path) -> Path:
    return out.with_name(out.name + ".manifest.json")


def export_here(found: "Settings", project: str, order: "ExportOrder", out: Path) -> "Manifest":
    from uuid import uuid4

    from cotlab.services.exporting import prepared, record
    from cotlab.services.projects import project_id_named
    from cotlab.storage import now_microseconds

    with opened(found) as store, _half(out) as (half, file):
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        export = store.read(lambda db: prepared(db, target, order))
        for piece in export.chunks(store):
            file.write(piece)
        manifest = export.manifest(now_microseconds())
        store.write(target, lambda db: record(db, by, uuid4().hex, manifest))
        file.close()
        publish(half, out, manifest)
    return manifest


def _export_there(found: "Settings", project: str, order: "ExportOrder", out: Path) -> "Manifest":
    return asyncio.run(_download(found, project, order, out))


async def _download(found: "Settings", project: str, order: "ExportOrder", out: Path) -> "Manifest":
    import hashlib

    from cotlab.client import ServerGone

    sha = hashlib.sha256()
    async with client(found) as connection:
        target = await project_id(connection, project)
        async with connection.export(target, order) as stream:
            with _half(out) as (half, file):
                async for piece in stream.bytes():
                    sha.update(piece)
                    file.write(piece)
                manifest = await stream.manifest()
                if manifest.sha256 != sha.hexdigest():
                    raise ServerGone("what arrived is not what the server sent; export again")
                file.close()
                publish(half, out, manifest)
    return manifest


@contextmanager
def _half(out: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file beside `out`, readable by its owner alone, that is gone afterwards unless it was published."""
    half = out.with_name(out.name + ".part")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield half, file
    finally:
        half.unlink(missing_ok=True)


def publish(half: Path, out: Path, manifest: "Manifest") -> None:
    """Give a whole file its name, with its manifest and, for what a trainer reads, a loader beside it.

    No trainer loads an empty file, so that one without rows is never published, and replaces nothing.
    """
    if manifest.rows == 0:
        return
    half.replace(out)
    manifest_path(out).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    loader = _loader(out.name, manifest)
    if loader is not None:
        out.with_name(out.name + ".load.py").write_text(loader, encoding="utf-8")


def _loader(name: str, manifest: "Manifest") -> str | None:
    """Python that loads the file of an export; None for what no trainer reads."""
    from cotlab.exchange import pair_rows, trl_stepwise

    if manifest.format == trl_stepwise.TrlStepwiseWriter.name:
        return trl_stepwise.loader_snippet(name)
    one = next((one for one in PAIR_WRITERS if one.name == manifest.format), None)
    columns = {} if one is None or manifest.shape is None else one.columns(manifest.shape)
    return pair_rows.loader_snippet(name, columns) if columns else None
