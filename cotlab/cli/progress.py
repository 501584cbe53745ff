"""Progress of a command that reads a file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bar(file: Path) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error where that is a terminal; call what it gives with the bytes that were read."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(file.name, total=file.stat().st_size)
        yield lambda size: progress.advance(task, size)
