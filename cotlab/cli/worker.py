"""Checks and drafts in a process of their own."""

import signal
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, opened, settings

if TYPE_CHECKING:
    from cotlab.services.checks.executors import Crew, Hands
    from cotlab.settings import Settings
    from cotlab.storage import Store

EVERY = 2.0
"""Seconds between two looks at what has come in."""
DRAFTS_EVERY = 0.5
"""Seconds between two looks at what is to be drafted."""


@click.command("worker")
@database_option
@click.option("--checks", "only", flag_value="checks", help="Check alone.")
@click.option("--drafts", "only", flag_value="drafts", help="Draft alone.")
@click.option("--endpoint-calls", type=click.IntRange(1, 256), help="Drafts that endpoints are asked for at once; 8.")
def worker_command(database: str | None, only: str | None, endpoint_calls: int | None) -> None:
    """Check the steps of all projects as they come in, and have models draft what was asked for, until stopped.

    Of several workers and servers on one database, one is in charge of checks; the others stand by. Requests for drafts
    are shared by all workers. Each asks endpoints for several drafts at once, and a model that it runs itself for one.
    """
    from cotlab.logs import set_up_logs
    from cotlab.services.checks.executors import crew

    found, stopping = settings(database=database, endpoint_calls=endpoint_calls), threading.Event()
    set_up_logs(found.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    what = {"checks": "checks what comes in", "drafts": "drafts what is asked for"}
    with opened(found) as store, closing(crew(found.cluster, found.check_threads)) as hands:
        said = what[only] if only else " and ".join(what.values())
        click.echo(f"{said}; stop it with ctrl+c or SIGTERM", err=True)
        drafts = threading.Thread(target=_draft, args=(found, store, hands, stopping), name="cotlab-drafts")
        if only != "checks":
            drafts.start()
        try:
            if only != "drafts":
                _check(store, hands, stopping)
            stopping.wait()
        finally:
            stopping.set()
            if drafts.ident is not None:
                drafts.join()


def _check(store: "Store", hands: "Crew", stopping: threading.Event) -> None:
    from cotlab.services.checks.coordinator import watch

    watch(store, hands, stopping, EVERY)


def _draft(found: "Settings", store: "Store", hands: "Hands", stopping: threading.Event) -> None:
    from cotlab.drafting.driver import Surroundings
    from cotlab.services.drafts.worker import watch

    cluster = hands if found.cluster is not None else None
    watch(
        store, Surroundings(found.named_hosts()), stopping, DRAFTS_EVERY, found.draft_lease, found.endpoint_calls,
        cluster,
    )  # fmt: skip
