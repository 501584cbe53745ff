"""Import: on this host's database, or through a server where one is named."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click

from cotlab.cli.bulk import bulk
from cotlab.cli.context import client, database_option, host, opened, project_id, server_option, settings
from cotlab.cli.file_reading import Reading, reading_options
from cotlab.cli.progress import bar
from cotlab.cli.sentences import counted
from cotlab.cli.traces.rejects import Rejects, say_broken, sentence
from cotlab.exchange.formats import PAIR_READERS

if TYPE_CHECKING:
    from cotlab.domain.projects.projects import ImportReport
    from cotlab.settings import Settings

BYTES_A_REQUEST = 8_000_000
LINES_A_REQUEST = 2_000
"""As many as a report names, were all of them broken (MOST_BROKEN)."""


@click.command("import")
@database_option
@server_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--project", required=True, help="The project that the traces come into.")
@reading_options
@click.option("--source", help="The name of the labels, where --columns maps them.")
@click.option(
    "--on-error", type=click.Choice(["stop", "skip"]), default="skip", show_default=True,
    help="A broken line: keep it in FILE.rejects.jsonl and go on, or stop there; what came before it is kept.",
)  # fmt: skip
def import_command(
    database: str | None, server: str | None, file: Path, project: str, reading: Reading, source: str | None,
    on_error: str,
) -> None:  # fmt: skip
    """Import the traces or pairs in FILE.

    FILE may be JSON lines, a JSON document, CSV, Parquet or plain text, compressed with gzip or Zstandard. Good lines
    are kept. Each broken one is named, and written with its reason to FILE.rejects.jsonl beside it, which can be mended
    and imported. Running it again is safe: what is there already is skipped and counted.
    """
    if reading.preview:
        reading.show(file)
        return
    reading.ask(file)
    found = settings(database=database, server=server)
    rejects, stop = Rejects(file), on_error == "stop"
    with rejects, bar(file) as advance:
        if found.server is None:
            report = _import_here(found, project, reading, file, None if stop else rejects, advance)
        else:
            report = asyncio.run(_import_there(found, project, reading, file, None if stop else rejects, advance))
    came = f"{counted(report.traces, 'trace')} with {counted(report.steps, 'step')}"
    if report.format in [one.name for one in PAIR_READERS]:
        came = counted(report.pairs, "pair")
    on_known = f" ({report.labels_on_known:,} of them on what was there)" if report.labels_on_known else ""
    click.echo(
        f"{counted(report.lines, 'line')} ({report.format}): {came} and {counted(report.problems, 'new problem')}; "
        f"{counted(report.labels, 'label')} of the file kept apart{on_known}; "
        f"{report.duplicates:,} there already; {report.broken_lines:,} broken"
    )
    if report.broken_lines and stop:
        from cotlab.domain.errors import BadInput

        raise BadInput(f"{file}, {sentence(report.broken[0])}; what stands before it is kept,"
                       " and --on-error skip goes on without it.")  # fmt: skip
    if report.broken_lines:
        say_broken(file, report.broken, rejects)
        sys.exit(1)


def _import_here(
    found: "Settings", project: str, reading: Reading, file: Path, rejects: Rejects | None,
    advance: Callable[[int], None],
) -> "ImportReport":  # fmt: skip
    """Without `rejects` the first broken line ends it."""
    from cotlab.services.projects.projects import project_id_named
    from cotlab.services.traces.trace_import import import_lines

    with bulk(), opened(found) as store, file.open("rb") as content:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        lines = reading.open(file, content, advance).lines
        if rejects is None:
            return import_lines(store, by, target, lines, stop=True).report()
        return import_lines(store, by, target, lines, reject=rejects.broken).report()


def passed_on(lines: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    """The lines, each of whose sizes is told as it passes by."""
    for line in lines:
        advance(len(line))
        yield line


async def _import_there(
    found: "Settings", project: str, reading: Reading, file: Path, rejects: Rejects | None,
    advance: Callable[[int], None],
) -> "ImportReport":  # fmt: skip
    """Send the file in requests of some thousand lines, each of which the server keeps or refuses by itself.

    Without `rejects` the first broken line ends it.
    """
    from cotlab.domain.errors import BadInput
    from cotlab.domain.projects.projects import BrokenLine, ImportReport
    from cotlab.exchange.readers.jsonl import Broken

    nothing = ImportReport(
        format="", lines=0, traces=0, problems=0, steps=0, labels=0, duplicates=0, broken=(), broken_lines=0
    )
    total, format_name = nothing, reading.sent_as
    on_error: Literal["skip", "stop"] = "stop" if rejects is None else "skip"

    def reject(line: Broken) -> bool:
        """Count a line that is broken here already; whether to go on."""
        nonlocal total
        one = BrokenLine(line=line.line_number, field=line.field or "", why=line.why)
        total = total.plus(nothing.model_copy(update={"lines": 1, "broken": (one,), "broken_lines": 1}))
        if rejects is not None:
            rejects.broken(line)
        return rejects is not None

    async with client(found) as connection:
        target = await project_id(connection, project)
        with file.open("rb") as content:
            for first, lines in requests(reading.lines_to_send(file, content, advance, reject)):
                report = await connection.import_lines(target, sent(lines), format_name, first, on_error)
                total, format_name = total.plus(report), format_name or report.format or None
                if rejects is not None:
                    for one in report.broken:
                        rejects.add(one.line, one.field, one.why, lines[one.line - first].rstrip(b"\r\n"))
                elif report.broken_lines:
                    break
    if not total.lines:
        raise BadInput(f"{file}: there is no record in the file that can be read")
    return total


def requests(stream: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Runs of lines with the number of the first of each; none that is blank, which a server would refuse."""
    return ((first, lines) for first, lines in _runs(stream) if any(line.strip() for line in lines))


def _runs(stream: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    first, lines, size = 1, list[bytes](), 0
    for number, line in enumerate(stream, 1):
        if lines and (len(lines) == LINES_A_REQUEST or size + len(line) > BYTES_A_REQUEST):
            yield first, lines
            first, lines, size = number, [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield first, lines


async def sent(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    """The body of a request that holds these lines."""
    yield b"".join(lines)


@contextmanager
def half_written(out: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file beside `out`, readable by its owner alone, that is gone afterwards unless it was published."""
    half = out.with_name(out.name + ".part")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield half, file
    finally:
        half.unlink(missing_ok=True)
