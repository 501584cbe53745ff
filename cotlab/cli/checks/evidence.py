"""What checks found in a project, through a server."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click
from pydantic import BaseModel

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, one_line

if TYPE_CHECKING:
    from cotlab.domain.reports.checks import (
        EvidenceKinds,
        EvidenceProgress,
        EvidenceRevisions,
        RefutedSteps,
        RevisionRate,
        ShownAgreement,
    )

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
WIDTH = 100


@click.group("evidence")
def evidence_command() -> None:
    """See what checks found, how often they were right, and what showing it changed."""


@evidence_command.command("list")
@server_option
@project_option
@click.option("--domain", help="Of this domain alone.")
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@run
async def evidence_list(
    server: str | None, project: str, domain: str | None, offset: int, limit: int, as_json: bool
) -> None:
    """List the steps in which a claim was refuted, with the labels beside."""
    query = {"offset": offset, "limit": limit, **({} if domain is None else {"domain": domain})}
    async with client(settings(server=server)) as connection:
        found = await connection.refuted_steps(await project_id(connection, project), query)
    _say(found, _steps(found, offset), as_json)


@evidence_command.command("kinds")
@server_option
@project_option
@json_option
@run
async def evidence_kinds(server: str | None, project: str, as_json: bool) -> None:
    """Show claims and verdicts by kind and domain, and how often refutations agree with what was decided."""
    async with client(settings(server=server)) as connection:
        found = await connection.evidence_kinds(await project_id(connection, project))
    _say(found, _kinds(found), as_json)


@evidence_command.command("progress")
@server_option
@project_option
@json_option
@run
async def evidence_progress(server: str | None, project: str, as_json: bool) -> None:
    """Show how many steps are checked."""
    async with client(settings(server=server)) as connection:
        found = await connection.evidence_progress(await project_id(connection, project))
    _say(found, _progress(found), as_json)


@evidence_command.command("revisions")
@server_option
@project_option
@json_option
@run
async def evidence_revisions(server: str | None, project: str, as_json: bool) -> None:
    """Compare how often people think again, and agree, where evidence was shown and where not."""
    async with client(settings(server=server)) as connection:
        found = await connection.evidence_revisions(await project_id(connection, project))
    _say(found, _revisions(found), as_json)


def _say(found: BaseModel, lines: Iterable[str], as_json: bool) -> None:
    for line in [found.model_dump_json(indent=2)] if as_json else lines:
        click.echo(line)


def _steps(found: "RefutedSteps", offset: int) -> Iterator[str]:
    for one in found.steps:
        labels = ", ".join(f"{label.person}: {label.label}" for label in one.labels) or "no label yet"
        yield f"trace {one.item_id}, step {one.position}, {one.domain}: {labels}" + (
            f"; case {one.case_id} {str(one.case_state).replace('_', ' ')}" if one.case_id else ""
        )
        yield f"  {one_line(one.step, WIDTH)}"
        yield f"  {one_line(one.evidence.reason, WIDTH)}"
    last = offset + len(found.steps)
    shown = f"{offset + 1}-{last} of " if found.steps and len(found.steps) < found.total else ""
    yield f"{shown}{counted(found.total, 'refuted step')}, checks {found.checker or 'none'}"


def _kinds(found: "EvidenceKinds") -> Iterator[str]:
    yield f"{'kind':<14} {'domain':<16} {'claims':>9} {'verified':>9} {'refuted':>9} {'undecided':>9}"
    for one in found.kinds:
        yield (
            f"{one.kind:<14} {one.domain:<16} {one.claims:>9,} {one.verified:>9,} {one.refuted:>9,} {one.undecided:>9,}"
        )
    for kind in found.precision:
        if kind.interval is None:
            yield f"{kind.kind}: {counted(kind.refuted, 'step')} refuted, none of them decided"
            continue
        low, high = kind.interval
        yield (
            f"{kind.kind}: {kind.wrong:,} of {kind.decided:,} refuted steps decided to be wrong, {kind.precision:.1%} "
            f"({low:.1%} to {high:.1%})" + ("; warning: below 95 %" if kind.below else "")
        )


def _progress(found: "EvidenceProgress") -> Iterator[str]:
    if found.checker is None:
        yield f"checks are off in the policy; {found.steps:,} steps"
    else:
        yield f"checks {found.checker}: {found.checked:,} of {found.steps:,} steps"
    for one in found.checkers:
        yield f"{one.checker}: {one.verified:,} verified, {one.refuted:,} refuted, {one.undecided:,} undecided"


def _revisions(found: "EvidenceRevisions") -> Iterator[str]:
    yield from (f"evidence {one.evidence}: {_revised(one)}" for one in found.revisions)
    yield from (f"evidence {one.evidence}: {_alphas(one)}" for one in found.agreement)


def _revised(one: "RevisionRate") -> str:
    if one.share is None or one.interval is None:
        return "no labels"
    low, high = one.interval
    return f"{one.revised:,} of {one.labels:,} labels revised, {one.share:.1%} ({low:.1%} to {high:.1%})"


def _alphas(one: "ShownAgreement") -> str:
    first, latest = (
        "none" if measured.value is None else f"{measured.value:.3f}" for measured in (one.first, one.latest)
    )
    return f"alpha of first labels {first}, of latest {latest}, on {one.steps:,} steps"
