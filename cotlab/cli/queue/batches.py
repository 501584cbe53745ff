"""Batches of traces for people by name, through a server."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import IO, TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, one_line, printable
from cotlab.cli.slices import slice_of
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.policy import MICROSECONDS

if TYPE_CHECKING:
    from cotlab.domain.queue.batches import Batch

SLICE = ("domain", "tag", "difficulty", "strategy")
project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("batch")
def batch_command() -> None:
    """Give traces to people by name, and see how far they are."""


@batch_command.command("make")
@server_option
@project_option
@click.option("--to", "people", multiple=True, required=True, metavar="NAME", help="Who labels them; more than once.")
@click.option("--traces", type=click.File("rb"), help="A file with an id of a trace a line.")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help=f"Traces of a {', '.join(SLICE)}; more than once.")
@click.option("--count", type=click.IntRange(1), help="The first so many of the queue, of those that --where names.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), required=True, metavar="DATE",
              help="Until when, in UTC; a day is meant to its end.")  # fmt: skip
@click.option("--note", help="What it is for; for leads.")
@json_option
@run
async def batch_make(
    server: str | None, project: str, people: tuple[str, ...], traces: IO[bytes] | None, where: tuple[str, ...],
    count: int | None, due: datetime, note: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Hand traces to the people named, before anything else of production and to nobody else.

    All other rules stay: who is not qualified is refused, and as many people label a trace as the policy asks for. What
    none of the people named can take any more goes back to everybody.
    """
    from cotlab.domain.queue.batches import BatchBody

    until = datetime.combine(due.date(), time.max) if due.time() == time.min else due
    body = BatchBody.model_validate({
        "people": people, "due": int(until.replace(tzinfo=UTC).timestamp() * MICROSECONDS), "note": note,
        "items": tuple(_lines(traces)), "where": slice_of(where, SLICE) or None, "count": count,
    })  # fmt: skip
    async with client(settings(server=server)) as connection:
        made = await connection.make_batch(await project_id(connection, project), body)
    if as_json:
        click.echo(made.model_dump_json(indent=2))
        return
    click.echo(f"batch {made.id}: {counted(made.traces, 'trace')} for {', '.join(people)}, due {_time(made.due)}")


def _lines(file: IO[bytes] | None) -> Iterator[str]:
    """The lines of a file that are not empty. Raises BadInput."""
    if file is None:
        return
    for number, line in enumerate(file, 1):
        try:
            text = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise BadInput(f"--traces {click.format_filename(file.name)}, line {number}: it is not UTF-8") from error
        if text:
            yield text


@batch_command.command("list")
@server_option
@project_option
@json_option
@run
async def batch_list(server: str | None, project: str, as_json: bool) -> None:
    """List batches with the progress of each person: open ones first, by their dates."""
    async with client(settings(server=server)) as connection:
        found = await connection.batches(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        _say(one)
    click.echo(f"{counted(len(found), 'batch', 'batches')}, open ones first", err=True)


@batch_command.command("show")
@server_option
@click.argument("batch")
@project_option
@json_option
@run
async def batch_show(server: str | None, batch: str, project: str, as_json: bool) -> None:
    """Show the batch BATCH (its id) with its traces."""
    async with client(settings(server=server)) as connection:
        found = await connection.batch(await project_id(connection, project), batch)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    _say(found.batch)
    for one in found.traces:
        states = [f"done by {', '.join(one.done_by)}"] if one.done_by else []
        states += [f"in the hands of {', '.join(one.in_hand_of)}"] if one.in_hand_of else []
        states += ["waits"] if one.waits else []
        name = printable(f"{one.external_id or one.item_id}  {one.domain}")
        click.echo(f"  {name}  {'; '.join(states) or 'given back'}")


@batch_command.command("withdraw")
@server_option
@click.argument("batch")
@project_option
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@json_option
@run
async def batch_withdraw(server: str | None, batch: str, project: str, reason: str, as_json: bool) -> None:
    """End the batch BATCH: what is in hand of it ends, and what is left is for everybody. Labels stay."""
    from cotlab.domain.queue.batches import WithdrawBody

    async with client(settings(server=server)) as connection:
        ended = await connection.withdraw_batch(
            await project_id(connection, project), batch, WithdrawBody(reason=reason)
        )
    click.echo(ended.model_dump_json(indent=2) if as_json else f"withdrew batch {ended.id}: {_progress(ended)}")


def _say(one: "Batch") -> None:
    state = "withdrawn" if one.ended_at is not None else "late" if one.late else "open"
    click.echo(f"{one.id}  due {_time(one.due)}  {state}" + (f"  {one_line(one.note)}" if one.note else ""))
    click.echo(f"  {_progress(one)}")
    for share in one.shares:
        away = " (deactivated)" if share.away else ""
        click.echo(f"  {share.person}{away}: {share.done} done, {share.in_hand} in hand, {share.waiting} waiting")
    if one.reason:
        click.echo(f"  withdrawn: {one_line(one.reason)}")


def _progress(one: "Batch") -> str:
    back = f", {one.given_back} given back" if one.given_back else ""
    return f"{one.done} of {one.what} done, {one.in_hand} in hand, {one.waiting} waiting{back}"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M UTC")
