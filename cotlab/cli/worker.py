"""Checks in a process of their own."""

import signal
import threading
from contextlib import closing

import click

from cotlab.cli.context import database_option, opened, settings

EVERY = 2.0
"""Seconds between two looks at what has come in."""


@click.command("worker")
@database_option
def worker_command(database: str | None) -> None:
    """Check the steps of all projects as they come in, until stopped.

    Of several workers and servers on one database, one is in charge of checks; the others stand by.
    """
    from cotlab.logs import set_up_logs
    from cotlab.services.coordinating import watch
    from cotlab.services.crews import crew

    found, stopping = settings(database=database), threading.Event()
    set_up_logs(found.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with opened(found) as store, closing(crew(found.cluster, found.check_threads)) as hands:
        click.echo("checks what comes in; stop it with ctrl+c or SIGTERM", err=True)
        watch(store, hands, stopping, EVERY)
