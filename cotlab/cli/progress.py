"""Progress of a command, on standard error where that is a terminal."""

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


@contextmanager
def counted(what: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A progress bar of things that are counted, of which some are done already; call it with how many more are."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        yield lambda more: progress.advance(task, more)
