"""Reports on people's labels, and alarms about them, through a server."""

from typing import Any

import click

from cotlab.cli.agreement.text import say, say_all
from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.evaluations.anchoring_text import anchoring_lines
from cotlab.cli.evaluations.draft_quality_text import draft_quality_lines
from cotlab.cli.reports.generators_text import generator_lines
from cotlab.cli.reports.pair_reports_text import comparing_lines, ranking_lines
from cotlab.cli.reports.reports_text import (
    accuracy_lines,
    alarm_lines,
    drift_lines,
    pace_lines,
    selection_lines,
    sessions_lines,
)

project_option = click.option("--project", required=True, help="The project; you lead it.")
person_option = click.option("--person", help="Of this person alone.")
domain_option = click.option("--domain", help="Of this domain alone.")
as_of_option = click.option("--as-of", type=click.IntRange(0), help="Up to this sequence of the project's chain.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("report")
def report_command() -> None:
    """See how good labels are, how people work, and alarms about them (docs/reports.md)."""


@report_command.command("accuracy")
@server_option
@project_option
@click.option("--against", type=click.Choice(["gold", "settled"]), default="gold", show_default=True, help="What.")
@click.option(
    "--by", metavar="COLUMN,...", default="person,domain,version", show_default=True,
    help="Slices; tag, difficulty, origin, strategy, position, cohort, minutes and chosen too; empty for none.",
)  # fmt: skip
@person_option
@click.option("--table", "with_tables", is_flag=True, help="Print recall, precision and the confusions of each slice.")
@json_option
@run
async def report_accuracy(
    server: str | None, project: str, against: str, by: str, person: str | None, with_tables: bool, as_json: bool
) -> None:
    """Say how often labels are right, against gold or against what others have settled."""
    async with client(settings(server=server)) as connection:
        query = _query(against=against, by=by, person=person)
        found = await connection.accuracy(await project_id(connection, project), query)
    say(found, accuracy_lines(found, with_tables), False, as_json)


@report_command.command("sessions")
@server_option
@project_option
@person_option
@json_option
@run
async def report_sessions(server: str | None, project: str, person: str | None, as_json: bool) -> None:
    """Say when people worked, and how accuracy on gold changes as a session goes on."""
    async with client(settings(server=server)) as connection:
        found = await connection.sessions(await project_id(connection, project), _query(person=person))
    say(found, sessions_lines(found), False, as_json)


@report_command.command("pace")
@server_option
@project_option
@person_option
@json_option
@run
async def report_pace(server: str | None, project: str, person: str | None, as_json: bool) -> None:
    """Say how long labels take by the words of a step, which runs were fastest, and accuracy on gold by pace."""
    async with client(settings(server=server)) as connection:
        found = await connection.pace(await project_id(connection, project), _query(person=person))
    say(found, pace_lines(found), False, as_json)


@report_command.command("drift")
@server_option
@project_option
@domain_option
@click.option("--steps", type=click.IntRange(10, 100_000), default=200, show_default=True, help="Gold steps a window.")
@click.option("--days", type=click.IntRange(1, 1_000), help="Windows of so many days instead.")
@click.option("--first", type=click.IntRange(1, 100), default=1, show_default=True, help="Windows to compare with.")
@json_option
@run
async def report_drift(
    server: str | None, project: str, domain: str | None, steps: int, days: int | None, first: int, as_json: bool
) -> None:
    """Say whether everybody slides together: accuracy of all on gold by time, with their agreement beside it."""
    async with client(settings(server=server)) as connection:
        query = _query(domain=domain, steps=steps, days=days, first=first)
        found = await connection.group_drift(await project_id(connection, project), query)
    say(found, drift_lines(found), False, as_json)


@report_command.command("selection")
@server_option
@project_option
@json_option
@run
async def report_selection(server: str | None, project: str, as_json: bool) -> None:
    """Say how traces were handed out, and which shares of labels hold for all of them (docs/selection.md)."""
    async with client(settings(server=server)) as connection:
        found = await connection.selection(await project_id(connection, project))
    say(found, selection_lines(found), False, as_json)


@report_command.command("comparing")
@server_option
@project_option
@person_option
@domain_option
@as_of_option
@json_option
@run
async def report_comparing(
    server: str | None, project: str, person: str | None, domain: str | None, as_of: int | None, as_json: bool
) -> None:  # fmt: skip
    """Say how people compare pairs: by position, by length, again with the sides swapped, by criteria."""
    async with client(settings(server=server)) as connection:
        query = _query(person=person, domain=domain, as_of=as_of)
        found = await connection.comparing(await project_id(connection, project), query)
    say(found, comparing_lines(found), False, as_json)


@report_command.command("ranking")
@server_option
@project_option
@click.option(
    "--by", type=click.Choice(["choices", "settled"]), default="choices", show_default=True,
    help="Each choice that counts, or what pairs are settled on.",
)  # fmt: skip
@domain_option
@as_of_option
@json_option
@run
async def report_ranking(
    server: str | None, project: str, by: str, domain: str | None, as_of: int | None, as_json: bool
) -> None:  # fmt: skip
    """Rank the generators of responses by what was chosen (the Bradley-Terry model)."""
    async with client(settings(server=server)) as connection:
        query = _query(by=by, domain=domain, as_of=as_of)
        found = await connection.ranking(await project_id(connection, project), query)
    say(found, ranking_lines(found), False, as_json)


@report_command.command("drafts")
@server_option
@project_option
@click.option("--table", "with_tables", is_flag=True, help="Print each label, the confusions and the reliability too.")
@as_of_option
@json_option
@run
async def report_drafts(
    server: str | None, project: str, with_tables: bool, as_of: int | None, as_json: bool
) -> None:  # fmt: skip
    """Say how good the opinions of models are, and whether they are better than chance (docs/drafting.md)."""
    async with client(settings(server=server)) as connection:
        found = await connection.draft_quality(await project_id(connection, project), _query(as_of=as_of))
    say(found, draft_quality_lines(found, with_tables), False, as_json)


@report_command.command("generators")
@server_option
@project_option
@as_of_option
@json_option
@run
async def report_generators(server: str | None, project: str, as_of: int | None, as_json: bool) -> None:
    """Set what each generator writes beside what people write, and say where it differs."""
    async with client(settings(server=server)) as connection:
        found = await connection.generators(await project_id(connection, project), _query(as_of=as_of))
    say(found, generator_lines(found), False, as_json)


@report_command.command("anchoring")
@server_option
@project_option
@click.option("--task", type=click.Choice(["steps", "pairs"]), default="steps", show_default=True, help="Of what.")
@as_of_option
@json_option
@run
async def report_anchoring(server: str | None, project: str, task: str, as_of: int | None, as_json: bool) -> None:
    """Say whether people take over the drafts that they see, and what the data allow to be said of it."""
    async with client(settings(server=server)) as connection:
        found = await connection.anchoring(await project_id(connection, project), _query(task=task, as_of=as_of))
    say(found, anchoring_lines(found), False, as_json)


@report_command.command("alarms")
@server_option
@project_option
@click.option("--open", "only_open", is_flag=True, help="Those alone on which no lead has acted.")
@json_option
@run
async def report_alarms(server: str | None, project: str, only_open: bool, as_json: bool) -> None:
    """List alarms of drift, of pace and of position, the newest first."""
    async with client(settings(server=server)) as connection:
        found = await connection.alarms(await project_id(connection, project), only_open)
    say_all(found, alarm_lines(found), as_json)


@report_command.command("decide")
@server_option
@click.argument("alarm")
@project_option
@click.option(
    "--decision", type=click.Choice(["explained", "confirmed"]), required=True,
    help="Explained: nothing is wrong. Confirmed: the labels were not read, or a side was chosen.",
)  # fmt: skip
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@json_option
@run
async def report_decide(
    server: str | None, alarm: str, project: str, decision: str, reason: str, as_json: bool
) -> None:  # fmt: skip
    """Decide about the alarm of pace or of position with the id ALARM. Nothing else follows; see also cotlab
    calibration decide.
    """
    from cotlab.domain.reports.people import AlarmDecision, AlarmDecisionBody

    body = AlarmDecisionBody(decision=AlarmDecision(decision), reason=reason)
    async with client(settings(server=server)) as connection:
        receipt = await connection.decide_alarm(await project_id(connection, project), alarm, body)
    click.echo(receipt.model_dump_json() if as_json else f"{decision}: {alarm}")


def _query(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
