"""The queue of a project, for its lead, through a server."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.domain.projects.policy import MICROSECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cotlab.domain.queue.depth import Explanation, QueueDepth

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("queue")
def queue_command() -> None:
    """See how much of the queue is open, and why a trace is handed out or not."""


@queue_command.command("depth")
@server_option
@project_option
@json_option
@run
async def queue_depth(server: str | None, project: str, as_json: bool) -> None:
    """Show the traces and the pairs of each slice by how far they are, and how far the quotas of traces are filled.

    What somebody has open is counted as leased alone.
    """
    async with client(settings(server=server)) as connection:
        found = await connection.queue_depth(await project_id(connection, project))
    click.echo(found.model_dump_json(indent=2) if as_json else depth_text(found))
    if found.following and not as_json:
        click.echo("the queue still follows what was said or set last; look again in some seconds", err=True)


@queue_command.command("explain")
@server_option
@click.argument("trace")
@project_option
@json_option
@run
async def queue_explain(server: str | None, trace: str, project: str, as_json: bool) -> None:
    """Show where TRACE (its id, or a pair's) stands in the queue, term by term, and why it is or is not handed out."""
    async with client(settings(server=server)) as connection:
        found = await connection.explain_trace(await project_id(connection, project), trace)
    click.echo(found.model_dump_json(indent=2) if as_json else explanation_text(found))


def depth_text(found: "QueueDepth") -> str:
    """Both tables; of quotas none where there are none."""
    rows: list[tuple[str | int, ...]] = [
        (one.field, one.open, one.begun, one.leased, one.done, one.settled) for one in found.slices
    ]
    total: tuple[str | int, ...] = ("all", *(sum(int(row[at]) for row in rows) for at in range(1, 6)))
    text = _table(("slice", "open", "begun", "leased", "done", "settled"), [*rows, total] if len(rows) != 1 else rows)
    quotas = [(one.slice, one.wanted, one.filled, one.open, one.waiting) for one in found.quotas]
    return f"{text}\n\n{_table(('quota', 'wanted', 'filled', 'open', 'waiting'), quotas)}" if quotas else text


def explanation_text(found: "Explanation") -> str:
    name = found.trace_id + (f" ({found.external_id})" if found.external_id else "")
    lines = [name, f"  {', '.join([found.domain, *found.tags])}; to be qualified for: {found.field}"]
    lines.append(f"  {found.taken} of {found.people} places are taken ({found.because})")
    if found.since is not None:
        came = datetime.fromtimestamp(found.since / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M UTC")
        lines.append(f"  {found.points:.1f} points, in the queue since {came}")
        if found.at_random:
            lines.append("  It is of the random share: its age alone counts")
        lines += [f"  {found.unread}"] if found.unread else []
        lines += [
            f"  {one.points:8.1f}  {one.term}: {one.words} ({one.amount:g} x {one.weight:g})" for one in found.terms
        ]
    lines += ["  It is not handed out:", *(f"    {reason}" for reason in found.reasons)] if found.reasons else []
    free = [one.person for one in found.who if not one.why_not]
    if not found.reasons:
        lines.append(f"  It waits for {', '.join(free)}." if free else "  It waits, but for nobody who is here:")
    lines += [f"    {one.person} {one.why_not}" for one in found.who if one.why_not]
    return "\n".join(lines)


def _table(head: "Sequence[str]", rows: "Sequence[Sequence[str | int]]") -> str:
    """Names to the left, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(head))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in texts
    )
