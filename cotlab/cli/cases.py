"""Cases for the lead, through a server: how they stand, one of them with names, handed on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, one_line
from cotlab.domain.cases import CaseState
from cotlab.domain.projects.case_reasons import CaseReason

if TYPE_CHECKING:
    from cotlab.domain.agreement.coefficients import Estimate
    from cotlab.domain.cases import Adjudicator, CaseFile, CaseReport, Opinion, PeerLabel

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
HEAD = ("adjudicator", "decisions", "seconds", "overturned", "with first", "changed")


@click.group("case")
def case_command() -> None:
    """See what adjudicators decide, and hand cases on."""


@case_command.command("report")
@server_option
@project_option
@json_option
@run
async def report_command(server: str | None, project: str, as_json: bool) -> None:
    """Show what is open, how each adjudicator decides, errors that repeat, and what the guideline lacks."""
    async with client(settings(server=server)) as connection:
        report = await connection.case_report(await project_id(connection, project))
    click.echo(report.model_dump_json(indent=2) if as_json else "\n".join(_report(project, report)))


def _report(project: str, report: "CaseReport") -> Iterator[str]:
    states = ", ".join(f"{count} {_words(state)}" for state, count in report.by_state.items())
    since = f"; the oldest is open since {_day(report.oldest_open)}" if report.oldest_open is not None else ""
    yield f"cases of {project}: {states}{since}"
    for title, counts in (("open ones by reason", report.by_reason), ("open ones by domain", report.by_domain)):
        if counts:
            yield f"  {title}: {', '.join(f'{_words(name)} {count}' for name, count in counts.items())}"
    if report.adjudicators:
        yield from _table([HEAD, *map(_row, report.adjudicators)])
    double = counted(report.double, "case was", "cases were")
    yield f"  {double} decided by two people or more; Cohen's kappa {_estimate(report.agreement)}"
    if report.patterns:
        yield "  errors that repeat:"
    for one in report.patterns:
        rules = ", ".join(f"{rule} {count}" for rule, count in one.rules.items())
        yield f"    {one.person}: {one.label} where {one.decided} was decided, {one.times} times" + (
            f"; by {rules}" if rules else ""
        )
    if report.gaps:
        yield "  gaps in the guideline, the newest first:"
    for gap in report.gaps:
        yield f"    {_day(gap.at)}  {gap.guideline_version}, {gap.domain}, {' | '.join(gap.labels)}, case {gap.case_id}"
        yield f"      {one_line(gap.text)}"


def _row(one: "Adjudicator") -> tuple[str, ...]:
    shares = (one.overturned, one.with_first, one.changed)
    seconds = "" if one.seconds is None else f"{one.seconds:.0f}"
    return (one.name, str(one.decisions), seconds, *("" if share is None else f"{share:.0%}" for share in shares))


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    for name, *counts in rows:
        cells = [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(counts, widths[1:], strict=True))]
        yield ("  " + "  ".join(cells)).rstrip()


def _estimate(found: "Estimate") -> str:
    if found.value is None:
        return f"has no value: {found.reason}"
    ends = found.interval
    return f"{found.value:z.3f}, " + (
        f"95 % interval {ends.low:z.3f} to {ends.high:z.3f}" if ends else f"no interval: {found.interval_reason}"
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%Y-%m-%d")


@case_command.command("list")
@server_option
@project_option
@click.option("--state", type=click.Choice([state.value for state in CaseState]), help="Only those in this state.")
@click.option(
    "--reason", type=click.Choice([reason.value for reason in CaseReason]), help="Only those for this reason."
)
@click.option("--domain", help="Only those of this domain.")
@click.option("--most", type=click.IntRange(1, 10_000), default=1_000, show_default=True, help="How many.")
@json_option
@run
async def list_command(
    server: str | None, project: str, state: str | None, reason: str | None, domain: str | None, most: int,
    as_json: bool,
) -> None:  # fmt: skip
    """List the cases of a project, the oldest first."""
    import json

    query = {"state": state, "reason": reason, "domain": domain, "most": most}
    async with client(settings(server=server)) as connection:
        cases = await connection.all_cases(
            await project_id(connection, project), {key: value for key, value in query.items() if value is not None}
        )
    if as_json:
        click.echo(json.dumps([case.model_dump(mode="json") for case in cases], ensure_ascii=False, indent=2))
        return
    for case in cases:
        again = f", case {case.number} on it" if case.number > 1 else ""
        again += ", split" if case.split else ""
        reasons = ", ".join(map(_words, case.reasons))
        click.echo(f"{case.case_id}  {_day(case.opened_at)}  {_words(case.state)}  {case.domain}  {reasons}{again}")
        click.echo(f"  {one_line(case.problem)}")
    click.echo(f"{counted(len(cases), 'case')}, the oldest first", err=True)


@case_command.command("show")
@server_option
@click.argument("case")
@project_option
@json_option
@run
async def show_command(server: str | None, case: str, project: str, as_json: bool) -> None:
    """Show all of the CASE of that id, with names."""
    async with client(settings(server=server)) as connection:
        found = await connection.case_file(await project_id(connection, project), case)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(_file(found)))


def _file(case: "CaseFile") -> Iterator[str]:
    place = f"step {case.position} of" if case.position else "the whole trace of"
    if case.responses is not None:
        place = "the pair"
    yield f"case {case.case_id}, {_words(case.state)}: {', '.join(map(_words, case.reasons))}"
    yield f"  opened {_day(case.opened_at)}, {case.domain}, {place} {case.item_id}, {_seats(case.seats)}"
    yield f"  problem: {one_line(case.problem)}"
    if case.step is not None:
        yield f"  step: {one_line(case.step)}"
    for which, text in zip(("first", "second"), case.responses or (), strict=False):
        yield f"  {which} response: {one_line(text)}"
    if case.checked is not None:
        yield f"  check: {case.checked.verdict}: {one_line(case.checked.reason)}"
    for title, labels in (("labels", case.labels), ("chosen before the labels were seen", case.choices)):
        if labels:
            yield f"  {title}:"
            yield from map(_label, labels)
    for title, remarks in (("asked", case.questions), ("says that the problem cannot be used", case.bad_problem)):
        for remark in remarks:
            yield f"  {remark.name} {title}: {one_line(remark.text)}"
            if remark.answer is not None:
                yield f"    answered: {one_line(remark.answer.text)}"
    for title, opinions in (("earlier decisions", case.earlier), ("decisions", case.opinions)):
        if opinions:
            yield f"  {title}:"
            for opinion in opinions:
                yield from _opinion(opinion)
    for reason in case.passed_on:
        yield f"  handed on: {one_line(reason)}"


UNSAFE = {"left": "the first", "right": "the second", "both": "both"}
"""Which responses of a pair are flagged, in its own order."""


def _seats(seats: int) -> str:
    return "one adjudicator" if seats == 1 else f"{seats} adjudicators"


def _label(one: "PeerLabel") -> str:
    marks = [*(["unsure"] if one.unsure else []), *(["stale"] if one.stale else [])]
    marks += [*([f"unsafe: {UNSAFE[one.unsafe]}"] if one.unsafe else []), *map(": ".join, one.criteria.items())]
    said = f"    {one.name}: {', '.join([one.label, *marks])} ({one.guideline_version})"
    return said + (f": {one_line(one.rationale)}" if one.rationale else "")


def _opinion(one: "Opinion") -> Iterator[str]:
    marks = [*(["dissent"] if one.dissent else []), *(["stale"] if one.stale else [])]
    rules = [citation.name for citation in one.citations if citation.kind == "rule"]
    by = f", by {', '.join(rules)}" if rules else ""
    yield f"    {one.name}: {', '.join([one.label, *marks])}{by}, {_day(one.decided_at)}: {one_line(one.rationale)}"
    if one.gap is not None:
        yield f"      gap: {one_line(one.gap)}"


@case_command.command("pass")
@server_option
@click.argument("case")
@project_option
@click.option("--to", "experts", multiple=True, metavar="NAME", help="Who decides it; repeat it for a panel.")
@click.option("--panel", type=click.IntRange(3), help="So many people, of whom more than half decide; an odd number.")
@click.option("--reason", required=True, help="Why; who gets the case reads it after their own choice.")
@run
async def pass_command(
    server: str | None, case: str, project: str, experts: tuple[str, ...], panel: int | None, reason: str
) -> None:
    """Hand on the CASE of that id to a named expert, or to a panel."""
    from cotlab.domain.cases import PassBody

    if panel is None and len(experts) != 1:
        raise click.UsageError("say one expert with --to, or the size of a --panel")
    body = PassBody(reason=reason, experts=experts, panel=panel)
    async with client(settings(server=server)) as connection:
        await connection.assign_case(await project_id(connection, project), case, body)
    to = ", ".join(experts) or "whoever adjudicates"
    click.echo(f"handed on {case} to {to}" if panel is None else f"handed on {case} to a panel of {panel}: {to}")
