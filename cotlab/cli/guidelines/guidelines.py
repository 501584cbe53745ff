"""Guideline versions: checked as files, published through a server, and what they do to labels."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.calibration.pilots import COMMANDS
from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.guidelines.files import diff_command, lint_command, stored_version
from cotlab.cli.sentences import counted

if TYPE_CHECKING:
    from cotlab.domain.guidelines.publishing import GuidelineList, Impact, ProjectVersion, StaleCounts

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("guideline")
def guideline_command() -> None:
    """Check, publish and pilot guideline versions, and see what they change."""


for command in (lint_command, diff_command, *COMMANDS):
    guideline_command.add_command(command)


@guideline_command.command("publish")
@server_option
@click.argument("file", type=FILE)
@click.option("--project", "projects", multiple=True, required=True, help="A project it comes into force in.")
@click.option("--domain", help="Only for this domain; else for all.")
@run
async def guideline_publish(server: str | None, file: Path, projects: tuple[str, ...], domain: str | None) -> None:
    """Store the version in FILE, and put it in force in the projects named."""
    from cotlab.domain.guidelines.publishing import PublishBody
    from cotlab.exchange.guideline.front_matter import parse_guideline

    body = PublishBody(
        text=parse_guideline(file.read_bytes(), str(file)).text, file_name=file.name, projects=projects, domain=domain
    )
    async with client(settings(server=server)) as connection:
        published = await connection.publish_guideline(body)
    for warning in published.warnings:
        click.echo(f"{file}:{warning.line}: {warning.severity} {warning.code}: {warning.message}", err=True)
    click.echo(f"{published.guideline} {published.version} is in force in {', '.join(published.projects)}")
    for project, labels in published.stale.items():
        if labels:
            click.echo(f"{project}: {_labels(labels, 'is', 'are')} to be given anew, by those who gave them")


@guideline_command.command("impact")
@server_option
@click.argument("file", type=FILE)
@click.option("--project", "projects", multiple=True, help="A project to look at; else all of yours that have it.")
@click.option("--domain", help="As if it were published for this domain alone.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@run
async def guideline_impact(
    server: str | None, file: Path, projects: tuple[str, ...], domain: str | None, as_json: bool
) -> None:
    """Say what publishing FILE would do: labels going stale, of whom, where, and the hours it costs."""
    import json

    from cotlab.domain.guidelines.publishing import ImpactBody
    from cotlab.exchange.guideline.front_matter import parse_guideline

    body = ImpactBody(
        text=parse_guideline(file.read_bytes(), str(file)).text, file_name=file.name, projects=projects, domain=domain
    )
    async with client(settings(server=server)) as connection:
        found = await connection.impact(body)
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return
    for one in found:
        _show_impact(one)
    if not found:
        click.echo("no project of yours has this guideline; name one with --project", err=True)


def _show_impact(impact: "Impact") -> None:
    click.echo(f"{impact.project}   {impact.in_force or 'no guideline'} is in force")
    click.echo(f"  {_labels(impact.going_stale.labels, 'goes', 'go')} stale" + _already(impact))
    _show_counts(impact.going_stale)
    if impact.hours is not None and impact.seconds_a_step is not None and impact.going_stale.labels:
        time = f"{impact.hours:.1f} hours" if impact.hours >= 1 else f"{impact.hours * 60:.0f} minutes"
        click.echo(f"  about {time}, at {impact.seconds_a_step:.0f} s a step as measured here")
    elif impact.going_stale.labels:
        click.echo("  no step was timed here yet, so that hours cannot be estimated")
    if impact.unfinished:
        open_now = counted(impact.unfinished, "trace is", "traces are")
        click.echo(f"  {open_now} open now and will be finished under the version in force")


def _labels(number: int, one: str, many: str) -> str:
    return counted(number, f"label {one}", f"labels {many}")


def _already(impact: "Impact") -> str:
    return f", beside {impact.now.labels:,} that are stale already" if impact.now.labels else ""


def _show_counts(counts: "StaleCounts") -> None:
    for what, numbers in (("by person", counts.people), ("by domain", counts.domains), ("by label", counts.by_label)):
        if numbers:
            click.echo(f"  {what:<10} " + ", ".join(f"{name} {number:,}" for name, number in numbers.items()))


@guideline_command.command("stale")
@server_option
@click.option("--project", required=True, help="A project that you lead.")
@run
async def guideline_stale(server: str | None, project: str) -> None:
    """Count the labels that are to be given anew and are not yet."""
    async with client(settings(server=server)) as connection:
        counts = await connection.stale(await project_id(connection, project))
    click.echo(f"{project}: {_labels(counts.labels, 'is', 'are')} stale")
    _show_counts(counts)


@guideline_command.command("list")
@server_option
@run
async def guideline_list(server: str | None) -> None:
    """List the versions that are stored, what is in force in your projects, and who is behind."""
    async with client(settings(server=server)) as connection:
        found = await connection.guidelines()
    _show_versions(found)
    for one in found.projects:
        click.echo("  ".join(_in_force(one)))
    click.echo(
        f"{counted(len(found.versions), 'version')} by guideline; {len(found.projects)} in force, by project", err=True
    )


def _show_versions(found: "GuidelineList") -> None:
    for version in found.versions:
        day = datetime.fromtimestamp(version.published_at / 1e6).strftime("%Y-%m-%d")
        click.echo(f"{version.guideline + ' ' + version.version:<28}  {version.change:<14}  {day}  by {version.by}")


def _in_force(one: "ProjectVersion") -> list[str]:
    parts = [f"{one.project:<20}", f"{one.domain or 'all domains':<14}", f"{one.guideline} {one.version}"]
    if one.version != one.newest:
        parts.append(f"behind: {one.newest} is published")
    if one.not_acknowledged:
        parts.append(f"not read by {', '.join(one.not_acknowledged)}")
    if one.stale:
        parts.append(f"{_labels(one.stale, 'is', 'are')} stale")
    return parts


@guideline_command.command("show")
@server_option
@click.argument("guideline")
@click.argument("version", required=False)
@click.option("--json", "as_json", is_flag=True, help="Schema, rules and glossary, for machines.")
@run
async def guideline_show(server: str | None, guideline: str, version: str | None, as_json: bool) -> None:
    """Print a version of GUIDELINE that is stored: VERSION, or the newest."""
    async with client(settings(server=server)) as connection:
        found = await stored_version(connection, guideline, version)
    click.echo(found.model_dump_json(indent=2, by_alias=True, exclude={"text"}) if as_json else found.text, nl=as_json)
