"""Another format of a file: no project, no server."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.bulk import bulk
from cotlab.cli.file_reading import Reading, reading_options
from cotlab.cli.progress import bar
from cotlab.cli.sentences import counted, one_line
from cotlab.cli.traces.rejects import Rejects
from cotlab.cli.traces.trace_import import half_written
from cotlab.exchange.formats import PAIR_WRITERS, WRITERS

if TYPE_CHECKING:
    from cotlab.exchange.converting import Conversion, Told
    from cotlab.exchange.readers.jsonl import Broken

WORDS_SHOWN = 12


@click.command("convert")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--to", type=click.Choice([*(one.name for one in WRITERS), *(one.name for one in PAIR_WRITERS)]), default="native",
    show_default=True, help="The format to write.",
)  # fmt: skip
@reading_options
@click.option("--mapping", help="What each label word stands for: a named map, or a file with one; no default.")
@click.option("--source", help="Whose labels go out, where several sources labelled; also the name of mapped labels.")
@click.option("--stale", is_flag=True, help="Let labels in that are marked as asked for anew.")
@click.option("--doubted", is_flag=True, help="Let labels in that are marked as doubted.")
@click.option(
    "--on-error", type=click.Choice(["stop", "skip"]), default="stop", show_default=True,
    help="A broken line: stop and write nothing, or keep it in OUT.rejects.jsonl and go on.",
)  # fmt: skip
@click.option("--conversational", is_flag=True, help="Of pairs: prompts and responses as chat messages, not as texts.")
@click.option("--margin", is_flag=True, help="Of pairs: by how much the better one is better, where the format has it.")
@click.option("--ties", is_flag=True, help="Of pairs: those without a better one too, where the format has a place.")
@click.option("--force", is_flag=True, help="Replace OUT if it is there.")
def convert_command(
    file: Path, out: Path | None, to: str, reading: Reading, mapping: str | None, source: str | None, stale: bool,
    doubted: bool, on_error: str, conversational: bool, margin: bool, ties: bool, force: bool,
) -> None:  # fmt: skip
    """Write the traces or pairs in FILE to OUT, in another format.

    FILE may be JSON lines, a JSON document, CSV, Parquet or plain text, compressed with gzip or Zstandard. OUT ends in
    .jsonl, .jsonl.gz, .jsonl.zst or .parquet. The format of FILE is recognised by its content, and told. Labels go over
    by a named map of their words alone; without OUT, or with --preview, FILE is shown as it is read, and nothing is
    written.
    """
    from cotlab.domain.datasets.pair_exports import PairShape
    from cotlab.domain.errors import AlreadyExists
    from cotlab.exchange.converting import conversion
    from cotlab.exchange.counting_labels import Counting

    if out is None or reading.preview:
        reading.show(file)
        return
    if out.exists() and not force:
        raise AlreadyExists(f"There is a file {out} already; --force replaces it.")
    shape = PairShape(conversational=conversational, margin=margin, ties=ties)
    wanted = conversion(to, mapping, source, shape, Counting(stale, doubted))
    reading.ask(file)
    told, kind, rejects = _convert(file, out, wanted, reading, on_error == "stop")
    _say(file, out, told, kind, to)
    if told.broken:
        click.echo(rejects.sentence, err=True)
    if told.broken or not told.rows:
        sys.exit(1)


def _convert(
    file: Path, out: Path, wanted: "Conversion", reading: Reading, stop: bool
) -> "tuple[Told, str, Rejects]":  # fmt: skip
    from cotlab.domain.errors import BadInput
    from cotlab.exchange.converting import Told
    from cotlab.exchange.formats.columns import loader_snippet
    from cotlab.exchange.packing import packer, packing_named

    told, rejects, packing = Told(), Rejects(out, all_or_nothing=True), packing_named(out.name)
    if file.resolve() in (rejects.path.resolve(), out.resolve()):
        raise BadInput(f"{file} would be overwritten while it is read; give OUT another name.")
    packed = packer(packing, wanted.columns)

    def reject(line: "Broken") -> None:
        if stop:
            raise BadInput(f"{file}, {line.sentence}; --on-error skip goes on without it.")
        rejects.broken(line)

    with bulk(), rejects, bar(file) as advance, half_written(out) as (half, stream), file.open("rb") as content:
        opened = reading.open(file, content, advance)
        for row in wanted.rows(opened.lines, told, reject):
            stream.write(packed.add((row,)))
        stream.write(packed.end())
        stream.close()
        if told.rows:
            half.replace(out)
            if wanted.columns is not None:
                loader = loader_snippet(out.name, wanted.columns)
                out.with_name(out.name + ".load.py").write_text(loader, encoding="utf-8")
    return told, opened.kind, rejects


def _say(file: Path, out: Path, told: "Told", kind: str, to: str) -> None:
    """What was recognised, what was written, and what was left out and why."""
    items = [counted(number, one) for number, one in ((told.traces, "trace"), (told.pairs, "pair")) if number]
    steps = f" with {counted(told.steps, 'step')}" if told.steps else ""
    click.echo(f"{file}: {kind}, read as {told.format or 'nothing'}: {' and '.join(items) or 'no trace'}{steps}")
    for line in _words(told):
        click.echo(f"  {line}")
    if told.rows:
        click.echo(f"{out}: {counted(told.rows, 'row')} of {to}")
    else:
        click.echo("there is nothing to write, and no file was written", err=True)
    for why, number in told.left_out.items():
        click.echo(f"  left out: {counted(number, 'item')}, {why.replace('_', ' ')}")
    for why, number in told.labels_left_out.items():
        click.echo(f"  counts for nothing: {counted(number, 'label')}, {why.replace('_', ' ')}")
    if told.steps_without_a_label:
        click.echo(f"  without a label, or after such a step: {counted(told.steps_without_a_label, 'step')}")
    if told.broken:
        click.echo(f"  broken: {counted(told.broken, 'line')}", err=True)


def _words(told: "Told") -> Iterator[str]:
    """The label words of each source, the most frequent first."""
    for source in dict.fromkeys(source for source, _ in told.words):
        words = [(word, number) for (of, word), number in told.words.most_common() if of == source]
        shown = ", ".join(f"{one_line(word, 40)} {number:,}" for word, number in words[:WORDS_SHOWN])
        more = f" and {len(words) - WORDS_SHOWN} more words" if len(words) > WORDS_SHOWN else ""
        yield f"labels of {one_line(source, 60)}: {shown}{more}"
