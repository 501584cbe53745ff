"""Cohorts of people in a project, through a server."""

import json
from datetime import UTC, datetime

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted
from cotlab.domain.agreement.coefficients import CohortBody
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.policy import MICROSECONDS

project_option = click.option("--project", required=True, help="The project.")
DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group("cohort")
def cohort_command() -> None:
    """Put people in cohorts (a team, a vendor, a training class), and list them."""


@cohort_command.command("set")
@server_option
@click.argument("person")
@click.argument("cohort")
@project_option
@click.option("--from", "since", type=DATE, metavar="DATE", help="In it from then on, in UTC; else from now on.")
@click.option("--until", type=DATE, metavar="DATE", help="In it no more since then, in UTC.")
@run
async def cohort_set(
    server: str | None, person: str, cohort: str, project: str, since: datetime | None, until: datetime | None
) -> None:
    """Put PERSON in COHORT from a date on, or end that. Agreement can be sliced by cohort."""
    if since is not None and until is not None:
        raise BadInput("--from begins a cohort and --until ends it: two commands.")
    if since is None and until is None:
        since = datetime.now(UTC)
    body = CohortBody(person=person, cohort=cohort, since=_microseconds(since), until=_microseconds(until))
    async with client(settings(server=server)) as connection:
        await connection.set_cohort(await project_id(connection, project), body)
    when = f"from {_day(body.since)} on" if body.since is not None else f"until {_day(body.until or 0)}"
    click.echo(f"{person} is in {cohort} {when}")


@cohort_command.command("list")
@server_option
@project_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@run
async def cohort_list(server: str | None, project: str, as_json: bool) -> None:
    """List who was in which cohort, by person."""
    async with client(settings(server=server)) as connection:
        members = await connection.cohorts(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in members], indent=2, ensure_ascii=False))
        return
    for one in members:
        until = "" if one.until is None else f" to {_day(one.until)}"
        click.echo(f"{one.person:<20}  {one.cohort:<20}  {_day(one.since)}{until}")
    click.echo(f"{counted(len(members), 'membership')}, by person", err=True)


def _microseconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.replace(tzinfo=UTC).timestamp()) * MICROSECONDS


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d")
