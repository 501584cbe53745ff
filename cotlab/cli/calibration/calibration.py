"""Calibration: who is qualified and why, sets, and a lead's decisions, through a server."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cotlab.cli.calibration.calibration_text import board_lines, set_lines, standing_lines
from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.domain.errors import NotFound

if TYPE_CHECKING:
    from cotlab.client import Client

project_option = click.option("--project", required=True, help="The project.")
domain_option = click.option("--domain", required=True, help="The domain.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
KINDS = click.Choice(["qualify", "suspend", "overrule_alarm", "another_attempt", "open_team"])


@click.group("calibration")
def calibration_command() -> None:
    """See who is qualified in which domain and why, draw calibration sets, and decide."""


@calibration_command.command("set")
@server_option
@project_option
@domain_option
@click.option("--training", type=click.IntRange(0, 1000), default=10, show_default=True, help="Traces with feedback.")
@click.option("--steps", type=click.IntRange(1), help="Counted steps, at least; else what the gate asks for.")
@click.option("--item", "items", multiple=True, help="A gold trace by its id, instead of a draw; several times.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same draw.")
@json_option
@run
async def calibration_set(
    server: str | None, project: str, domain: str, training: int, steps: int | None, items: tuple[str, ...], seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Draw the calibration set of a domain from its gold: every label and rule, easy and hard problems."""
    from cotlab.domain.calibration.qualification import CalibrationSetBody

    body = CalibrationSetBody(domain=domain, training=training, steps=steps, items=items, seed=seed)
    async with client(settings(server=server)) as connection:
        found = await connection.set_calibration(await project_id(connection, project), body)
    _say([found.model_dump_json(indent=2)] if as_json else set_lines(found))


@calibration_command.command("board")
@server_option
@project_option
@json_option
@run
async def calibration_board(server: str | None, project: str, as_json: bool) -> None:
    """Show where everybody stands in each domain, and whether it is open to the team."""
    async with client(settings(server=server)) as connection:
        found = await connection.board(await project_id(connection, project))
    _say([found.model_dump_json(indent=2)] if as_json else board_lines(found))


@calibration_command.command("explain")
@server_option
@click.argument("person")
@project_option
@click.option("--domain", help="In this domain alone.")
@json_option
@run
async def calibration_explain(
    server: str | None, person: str, project: str, domain: str | None, as_json: bool
) -> None:  # fmt: skip
    """Say why PERSON stands as they do, with what the gate asks and the table of gold against their labels."""
    async with client(settings(server=server)) as connection:
        found_project = await project_id(connection, project)
        found = await connection.standings(found_project, await _person_id(connection, found_project, person))
    chosen = [one for one in found if domain in (None, one.domain)]
    if not chosen:
        raise NotFound(f"There is no problem of the domain {domain} in {project}." if domain else "There is no trace.")
    if as_json:
        _say([json.dumps([one.model_dump(mode="json") for one in chosen], indent=2, ensure_ascii=False)])
    else:
        _say([line for one in chosen for line in standing_lines(one)])


@calibration_command.command("decide")
@server_option
@click.argument("kind", type=KINDS)
@project_option
@domain_option
@click.option("--person", help="Whom it is about; nobody to open the domain for the team.")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@json_option
@run
async def calibration_decide(
    server: str | None, kind: str, project: str, domain: str, person: str | None, reason: str, as_json: bool
) -> None:
    """Decide about a person in a domain, or open it for the team before it agrees."""
    from cotlab.domain.calibration.qualification import CalibrationDecisionBody, DecisionKind

    body = CalibrationDecisionBody(domain=domain, kind=DecisionKind(kind), person=person, reason=reason)
    async with client(settings(server=server)) as connection:
        receipt = await connection.decide_calibration(await project_id(connection, project), body)
    about = f"{person} in {domain}" if person else domain
    _say([receipt.model_dump_json() if as_json else f"{kind.replace('_', ' ')}: {about}"])


async def _person_id(connection: "Client", found_project: str, name: str) -> str:
    for member in await connection.members(found_project):
        if member.name.casefold() == name.casefold():
            return member.person_id
    raise NotFound(f"There is no {name} among the members.")


def _say(lines: "list[str] | Iterator[str]") -> None:
    for line in lines:
        click.echo(line)
