"""Rechecks of labels in doubt, through a server."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted
from cotlab.domain.projects.policy import MICROSECONDS

if TYPE_CHECKING:
    from cotlab.domain.calibration.qualification import Recheck

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("recheck")
def recheck_command() -> None:
    """Have others label what somebody labelled since their gold became worse."""


@recheck_command.command("sample")
@server_option
@click.argument("person")
@project_option
@click.option("--domain", required=True, help="The domain in which their labels are in doubt.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.2,
    show_default=True,
    help="Of the traces in doubt.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same sample.")
@json_option
@run
async def recheck_sample(
    server: str | None, person: str, project: str, domain: str, share: float, seed: int, as_json: bool
) -> None:
    """Draw traces of PERSON whose labels are in doubt, each label in proportion, and hand them to others.

    Only people who are qualified and have not worked on a trace get it. A label that differs opens a case.
    """
    from cotlab.domain.calibration.qualification import RecheckBody

    body = RecheckBody(person=person, domain=domain, share=share, seed=seed)
    async with client(settings(server=server)) as connection:
        found = await connection.draw_recheck(await project_id(connection, project), body)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    drawn = f"drew {found.traces_drawn} of {counted(found.traces_in_doubt, 'trace')}"
    click.echo(f"{drawn} that {person} labelled in {domain} since {_time(found.since)}")


@recheck_command.command("list")
@server_option
@project_option
@json_option
@run
async def recheck_list(server: str | None, project: str, as_json: bool) -> None:
    """Show what rechecks found so far, the newest first."""
    async with client(settings(server=server)) as connection:
        found = await connection.rechecks(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        _show(one)
    click.echo(f"{counted(len(found), 'recheck')}, the newest first", err=True)


def _show(one: "Recheck") -> None:
    click.echo(f"{one.person}, {one.domain}: labels since {_time(one.since)}")
    click.echo(
        f"  {counted(one.traces_in_doubt, 'trace')} in doubt, {one.traces_drawn} drawn, "
        f"{one.traces_finished} labelled by others"
    )
    if one.steps_compared:
        share = one.steps_differing / one.steps_compared
        click.echo(f"  {one.steps_differing} of {one.steps_compared} steps differ ({share:.0%})")


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M UTC")
