"""How a file is read that a command names: of which kind and format it is, and what it looks like before it is used."""

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from cotlab.cli.sentences import counted, one_line
from cotlab.exchange.formats import READERS
from cotlab.exchange.readers.step_splits import SPLITS

if TYPE_CHECKING:
    from cotlab.exchange.formats import Reader
    from cotlab.exchange.readers.jsonl import Broken, Line
    from cotlab.exchange.readers.sources import Source

F = TypeVar("F", bound=Callable[..., Any])

TEXT = "text"
SHOWN = 3
"""Traces of a preview."""
PROBED = 1_000
"""Rows of a table that are looked at for steps that are one text."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read: its kind, in words, its lines, and what was split so far, by the name of the split."""

    kind: str
    lines: "Iterator[Line]"
    splits: Counter[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said of a file on the command line. `source` names the labels of mapped columns."""

    format: str | None
    columns: str | None
    split: str | None
    preview: bool
    yes: bool
    source: str | None

    def source_of(self, file: Path, content: BinaryIO, advance: Callable[[int], None]) -> "Source":
        from cotlab.exchange.readers.sources import open_source

        return open_source(file, content, advance, self.format == TEXT, self.split)

    def open(self, file: Path, content: BinaryIO, advance: Callable[[int], None]) -> Opened:
        from cotlab.exchange.readers.jsonl import read_traces
        from cotlab.exchange.readers.mapped_columns import MappedReader

        found = self.source_of(file, content, advance)
        format = self._format(found.kind)
        splits = format.splits if isinstance(format, MappedReader) else found.splits
        return Opened(found.kind, read_traces(found.lines, format), splits)

    @property
    def sent_as(self) -> str | None:
        """The format that a server is told of the lines of `lines_to_send`."""
        return "native" if self.columns is not None or self.format == TEXT else self.format

    def lines_to_send(
        self, file: Path, content: BinaryIO, advance: Callable[[int], None], reject: "Callable[[Broken], bool]"
    ) -> Iterator[bytes]:
        """The lines as a server reads them. Of mapped columns native ones are made here, since it knows no map; what is
        broken in these is rejected here, and an empty line stands in its place, or the end where `reject` says no.
        """
        from cotlab.exchange.readers.jsonl import Good, dump_line

        if self.columns is None:
            yield from self.source_of(file, content, advance).lines
            return
        number = 0
        for line in self.open(file, content, advance).lines:
            yield from [b"\n"] * (line.line_number - number - 1)
            number = line.line_number
            if isinstance(line, Good):
                yield b"".join(dump_line(trace.model_dump(mode="json")) for trace in line.traces)
            elif reject(line):
                yield b"\n"
            else:
                return

    def _format(self, kind: str) -> "str | Reader | None":
        from cotlab.domain.errors import BadInput
        from cotlab.exchange.readers.mapped_columns import MappedReader, column_map

        if self.columns is not None:
            columns = column_map(self.columns)
            if "labels" in columns and self.source is None:
                raise BadInput("source: labels of mapped columns need the name of who gave them")
            return MappedReader(columns, self.source or "", self.split)
        return "native" if kind.startswith("plain text") else self.format

    def show(self, file: Path) -> None:
        """Print the first traces or pairs with their steps apart, as they would be kept, and all splits of the file."""
        with file.open("rb") as content:
            opened = self.open(file, content, lambda size: None)
            click.echo(f"{file}: {opened.kind}")
            for line in islice(opened.lines, SHOWN):
                _show(line)
            if (self.columns is not None or self._is_text(file)) and _some_split(opened):
                deque(opened.lines, maxlen=0)
                names = ", ".join(f"{how} {counted(number, 'trace')}" for how, number in opened.splits.most_common())
                click.echo(f"steps are split out of one text: {names}")

    def ask(self, file: Path) -> None:
        """Where steps are guessed from a text, show the split and ask before anything is written."""
        from cotlab.domain.errors import BadInput

        if self.yes or not self._guesses(file):
            return
        self.show(file)
        if not sys.stdin.isatty():
            raise BadInput("This is how the steps are split; --yes takes them so, --split NAME splits them otherwise.")
        click.confirm("Take the steps as they are split here?", abort=True)

    def _is_text(self, file: Path) -> bool:
        return self.format == TEXT or file.name.lower().removesuffix(".gz").removesuffix(".zst").endswith(".txt")

    def _guesses(self, file: Path) -> bool:
        """Whether the file is plain text, or a table whose steps are one text with no split named for it."""
        if self._is_text(file):
            return True
        if self.columns is None or self.split is not None:
            return False
        with file.open("rb") as content:
            return _some_split(self.open(file, content, lambda size: None))


def _some_split(opened: Opened) -> bool:
    """Whether a text was split, or is within the next PROBED lines."""
    return any(opened.splits for _ in chain([None], islice(opened.lines, PROBED)))


def _show(line: "Line") -> None:
    from cotlab.exchange.readers.jsonl import Broken

    if isinstance(line, Broken):
        click.echo(f"  {line.sentence}")
        return
    for trace in line.traces:
        click.echo(f"line {line.line_number}, read as {line.format}: {one_line(trace.problem.text, 90)}")
        for number, step in enumerate(trace.steps, start=1):
            words = "; ".join(f"{label.source}: {label.value}" for label in step.labels)
            click.echo(f"  {number:>3}  {one_line(step.text, 90)}{f'   [{words}]' if words else ''}")
        if trace.final_answer is not None:
            click.echo(f"  answer  {one_line(trace.final_answer, 90)}")
    for pair in line.pairs:
        click.echo(f"line {line.line_number}, read as {line.format}: {one_line(pair.problem.text, 90)}")
        for response in pair.responses:
            click.echo(f"       {one_line(response.text, 90)}")


def reading_options(command: F) -> F:
    """The options of a command that reads a file; it takes them as `reading`, a Reading.

    `--source` is the command's own option, since labels of several sources may be in a file too.
    """

    def wrapped(**given: Any) -> None:
        reading = Reading(
            format=given.pop("format_name"), columns=given.pop("columns"), split=given.pop("split"),
            preview=given.pop("preview"), yes=given.pop("yes"), source=given.get("source"),
        )  # fmt: skip
        command(reading=reading, **given)

    wrapped.__doc__ = command.__doc__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    options = (
        click.option(
            "--from", "--format", "format_name", type=click.Choice([*(one.name for one in READERS), TEXT]),
            help="The format of FILE; else recognised.",
        ),
        click.option("--columns", help="Read any table: FIELD=COLUMN,... such as problem=question,steps=solution."),
        click.option("--split", type=click.Choice(list(SPLITS)), help="How a solution in one text is parted in steps."),
        click.option("--preview", is_flag=True, help="Show how the first traces are read, and do nothing else."),
        click.option("--yes", is_flag=True, help="Take the steps of a text as they are split, without asking."),
    )  # fmt: skip
    for option in reversed(options):
        option(wrapped)
    return wrapped  # type: ignore[return-value]
