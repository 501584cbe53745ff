"""The broken lines of a file, which can be mended and fed again."""

import filecmp
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

if TYPE_CHECKING:
    from cotlab.domain.projects.projects import BrokenLine
    from cotlab.exchange.readers.jsonl import Broken


def sentence(broken: "BrokenLine") -> str:
    return f"line {broken.line}: {broken.field}{': ' if broken.field else ''}{broken.why}"


def say_broken(file: Path, lines: "Sequence[BrokenLine]", rejects: "Rejects") -> None:
    """Tell the first broken lines, and where all of them are."""
    for broken in lines[:5]:
        click.echo(f"{file}, {sentence(broken)}", err=True)
    click.echo(rejects.sentence, err=True)


class Rejects:
    """The broken lines of a file as they stood, each with its number and reason; no file where there are none.

    They are there once all of them are, at `path`. What an earlier run left, mended or not, is never written over:
    where it is not the same, they get a name with a number. Of a run that fails on the way they are there too, as its
    good lines are; but not where it writes `all_or_nothing`.
    """

    def __init__(self, file: Path, all_or_nothing: bool = False) -> None:
        self._all_or_nothing = all_or_nothing
        self.path = file.with_name(file.name + ".rejects.jsonl")
        self._part = file.with_name(self.path.name + ".part")
        self._name = file.name
        self._file: BinaryIO | None = None

    @property
    def sentence(self) -> str:
        """Where they are."""
        return f"the broken lines are in {self.path}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            if kind is None or not self._all_or_nothing:
                self._settle()
            self._part.unlink(missing_ok=True)
            if kind is not None and not self._all_or_nothing:
                click.echo(f"up to where it ended, {self.sentence}", err=True)
        elif kind is None and self.path.exists():
            click.echo(f"{self.path} is of an earlier run", err=True)

    def _settle(self) -> None:
        for number in count(2):
            if not self.path.exists():
                self._part.replace(self.path)
                return
            if filecmp.cmp(self._part, self.path, shallow=False):
                return
            self.path = self.path.with_name(f"{self._name}.rejects.{number}.jsonl")

    def broken(self, line: "Broken") -> None:
        """Add a line that was read here."""
        self.add(line.line_number, line.field, line.why, line.raw)

    def add(self, line: int, field: str | None, why: str, raw: bytes) -> None:
        from cotlab.exchange.readers.jsonl import dump_line

        if self._file is None:
            self._part.unlink(missing_ok=True)
            self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        text = raw.decode("utf-8", "backslashreplace")
        self._file.write(dump_line({"line": line, "field": field or "", "why": why, "text": text}))
