"""Pilots, questions to the lead, signatures, the opening of production, and hard cases, through a server."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.guidelines.files import stored_version
from cotlab.cli.sentences import counted, one_line

if TYPE_CHECKING:
    from cotlab.client import Client
    from cotlab.domain.calibration.pilots import HardCase, Pilot, PilotReport
    from cotlab.domain.guidelines.questions import QuestionView
    from cotlab.domain.work.views import GuidelineView

FILE = click.Path(path_type=Path, dir_okay=False)
project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("pilot")
def pilot_command() -> None:
    """Let several people label a sample before production."""


@pilot_command.command("start")
@server_option
@project_option
@click.option("--task", type=click.Choice(["steps", "pairs"]), default="steps", help="A pilot of traces, or of pairs.")
@click.option("--traces", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many in the sample.")
@click.option("--people", type=click.IntRange(2, 20), default=3, show_default=True, help="People for each trace.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same sample.")
@click.option("--domain", help="Only traces of this domain.")
@click.option("--expert", "experts", multiple=True, metavar="NAME", help="Who signs off a new or changed schema.")
@run
async def pilot_start(server: str | None, project: str, **sample: Any) -> None:
    """Draw a sample, stratified by domain and tag, and hand it out in the place of production.

    Only traces, or pairs, that nobody has worked on are drawn. Authors of the guideline version do not label them.
    """
    from cotlab.domain.calibration.pilots import PilotBody

    body = PilotBody.model_validate(sample)
    async with client(settings(server=server)) as connection:
        pilot = await connection.start_pilot(await project_id(connection, project), body)
    domains = ", ".join(f"{domain} {count}" for domain, count in pilot.by_domain.items())
    click.echo(f"started a pilot of {', '.join(pilot.guideline_versions)}: {_size(pilot)}")
    click.echo(f"{domains}; production waits until you open it")
    if pilot.experts:
        click.echo(f"the schema is signed off by {', '.join(pilot.experts)}")


@pilot_command.command("report")
@server_option
@project_option
@json_option
@run
async def pilot_report(server: str | None, project: str, as_json: bool) -> None:
    """Show how the newest pilot stands: disagreements, questions, what lint says, and what is missing."""
    async with client(settings(server=server)) as connection:
        report = await connection.pilot_report(await project_id(connection, project))
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        _show_report(report)


def _show_report(report: "PilotReport") -> None:
    pilot = report.pilot
    click.echo(f"pilot of {', '.join(pilot.guideline_versions)}: {_size(pilot)}")
    click.echo(f"  {report.assignments_finished} of {report.assignments_wanted} assignments are finished")
    unit = "pair" if pilot.task == "pairs" else "step"
    click.echo(f"  {report.steps_agreed} of {report.steps_compared} {unit}s with two labels or more agree")
    for one in report.criteria:
        click.echo(f"    {one.criterion}: {one.agreed} of {one.pairs} agree")
    for boundary in report.boundaries:
        cited = "; cited: " + _counts(boundary.rules) if boundary.rules else ""
        click.echo(f"    {' | '.join(boundary.labels):<26}  {counted(boundary.steps, unit)}{cited}")
    if report.rules or report.uncited:
        click.echo(
            f"  rules cited where people disagree: {_counts(report.rules) or 'none'}; {report.uncited} {unit}s without"
        )
    if report.step_sizes:
        click.echo(f"  step sizes: {_counts(report.step_sizes)}")
    _show_questions(report.questions)
    for finding in report.findings:
        click.echo(f"  lint: {finding.severity} {finding.code}, line {finding.line}: {finding.message}")
    if not report.findings:
        click.echo("  lint: nothing")
    if pilot.experts:
        click.echo(f"  signed off by {', '.join(report.signed_off) or 'nobody'}, of {', '.join(pilot.experts)}")
    for sentence in report.missing:
        click.echo(f"  missing: {sentence}")
    click.echo("production is open" if report.open else "production is closed; cotlab guideline open opens it")


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in numbers.items())


def _show_questions(questions: "tuple[QuestionView, ...] | list[QuestionView]") -> None:
    for one in questions:
        day = datetime.fromtimestamp(one.asked_at / 1e6).strftime("%Y-%m-%d")
        place = f", {one.domain}, step {one.position}" if one.position else f", {one.domain}" if one.domain else ""
        click.echo(f"  question {one.id} of {one.person}, {day}, {one.guideline_version}{place}")
        click.echo(f"    {one_line(one.text)}")
        if one.step:
            click.echo(f"    step: {one_line(one.step)}")
        if one.answer is None:
            click.echo("    open")
        else:
            by = f"{one.answer.resolution.value.replace('_', ' ')} {one.answer.rule or ''}".strip()
            to_all = ", for all" if one.answer.to_all else ""
            click.echo(f"    answered by {by}{to_all}: {one_line(one.answer.text)}")


@click.command("questions")
@server_option
@project_option
@click.option("--open", "only_open", is_flag=True, help="Only those without an answer.")
@json_option
@run
async def questions_command(server: str | None, project: str, only_open: bool, as_json: bool) -> None:
    """List what people asked, the newest first."""
    async with client(settings(server=server)) as connection:
        questions = await connection.questions(await project_id(connection, project), only_open)
    if as_json:
        _echo_json(questions)
        return
    _show_questions(questions)
    click.echo(f"{counted(len(questions), 'question')}, the newest first", err=True)


def _echo_json(rows: "list[QuestionView] | list[HardCase]") -> None:
    import json

    click.echo(json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False, indent=2))


@click.command("answer")
@server_option
@click.argument("question")
@project_option
@click.option("--rule", help="The rule that decides it.")
@click.option("--default", help="The rule whose default for honest doubt decides it.")
@click.option("--no-change", is_flag=True, help="Nothing in the guideline changes.")
@click.option("--text", required=True, help="What it means here; whoever asked reads this.")
@click.option("--to-all", is_flag=True, help="Everybody who labels there reads question and answer, without the name.")
@run
async def answer_command(
    server: str | None, question: str, project: str, rule: str | None, default: str | None, no_change: bool, text: str,
    to_all: bool,
) -> None:  # fmt: skip
    """Answer the QUESTION of that id, by a rule or no change."""
    from cotlab.domain.guidelines.questions import AnswerBody, Resolution

    given = {Resolution.RULE: rule, Resolution.DEFAULT: default, Resolution.NO_CHANGE: no_change or None}
    chosen = [resolution for resolution, value in given.items() if value is not None]
    if len(chosen) != 1:
        raise click.UsageError("say one of --rule, --default and --no-change")
    body = AnswerBody(resolution=chosen[0], rule=rule or default, text=text, to_all=to_all)
    async with client(settings(server=server)) as connection:
        await connection.answer_question(await project_id(connection, project), question, body)
    click.echo(f"answered {question}" + (", for all" if to_all else ""))


@click.command("sign-off")
@server_option
@project_option
@click.option("--file", type=FILE, help="The file that you have filled in.")
@click.option("--template", is_flag=True, help="Print a file to fill in, and sign nothing.")
@click.option("--domain", help="The template of the version for this domain; else of the one for all.")
@click.option("--task", type=click.Choice(["steps", "pairs"]), default="steps", help="The template of that guideline.")
@run
async def sign_off_command(
    server: str | None, project: str, file: Path | None, template: bool, domain: str | None, task: str
) -> None:
    """Sign the labels of a guideline version, or the criteria of one for pairs, as its expert.

    Each label is walked against use cases: is it needed, how is it told from its neighbours, what does the model do
    with it. The pilot names who signs.
    """
    from cotlab.exchange.guideline.sign_off import read_sign_off, sign_off_template

    if (file is None) != template:
        raise click.UsageError("say one of --file and --template")
    if (domain is not None or task != "steps") and not template:
        raise click.UsageError("--domain and --task go with --template; the file names its version")
    body = read_sign_off(file.read_bytes(), str(file)) if file is not None else None
    async with client(settings(server=server)) as connection:
        found = await project_id(connection, project)
        if body is None:
            narrow = domain is not None or task != "steps"
            guideline = await (_in_force(connection, project, domain, task) if narrow else connection.guideline(found))
            click.echo(sign_off_template(guideline.guideline, guideline.version, guideline.labels), nl=False)
            return
        await connection.sign_off(found, body)
    click.echo(f"signed off the schema of {body.guideline} {body.version}")


async def _in_force(connection: "Client", project: str, domain: str | None, task: str) -> "GuidelineView":
    """The version for steps, or pairs, of a domain or of all; the narrower one wins. Raises NotFound."""
    from cotlab.domain.errors import NotFound

    own = [one for one in (await connection.guidelines()).projects if one.project.casefold() == project.casefold()]
    versions = {one.domain: one for one in own if one.task == task}
    found = versions.get(domain or "") or versions.get("")
    if found is None:
        of = f" for the domain {domain}" if domain else ""
        raise NotFound(f"No guideline version for {task} is in force in {project}{of}.")
    return await stored_version(connection, found.guideline, found.version)


@click.command("open")
@server_option
@project_option
@click.option("--reason", help="Why it opens all the same, where something is missing; kept in the audit trail.")
@run
async def open_command(server: str | None, project: str, reason: str | None) -> None:
    """Open production, which ends the pilot."""
    from cotlab.domain.calibration.pilots import OpenBody

    async with client(settings(server=server)) as connection:
        opened = await connection.open_production(await project_id(connection, project), OpenBody(reason=reason))
    click.echo(f"production of {project} is open")
    for sentence in opened.missing:
        click.echo(f"  passed over: {sentence}")


@click.command("hard-cases")
@server_option
@project_option
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@json_option
@run
async def hard_cases_command(server: str | None, project: str, most: int, as_json: bool) -> None:
    """List the steps nearest a boundary between labels.

    These are contested, flagged as unsure or of a wrong size, or asked about.
    """
    async with client(settings(server=server)) as connection:
        cases = await connection.hard_cases(await project_id(connection, project), most)
    if as_json:
        _echo_json(cases)
        return
    for case in cases:
        decided = f"decided: {case.decided}" if case.decided else "not decided"
        click.echo(f"{case.id}  {case.domain}  {', '.join(case.why)}  {_counts(case.votes) or 'no labels'}  {decided}")
        click.echo(f"  step: {one_line(case.step)}")
        if case.rules:
            click.echo(f"  cited: {', '.join(case.rules)}")
        for reason in case.reasons:
            click.echo(f"  reason: {one_line(reason)}")
    click.echo(f"{counted(len(cases), 'hard case')}, the nearest first", err=True)


@click.command("example")
@server_option
@click.argument("draft", type=FILE)
@project_option
@click.option("--case", "case_id", required=True, metavar="ID", help="A hard case, as hard-cases lists it.")
@click.option("--rule", required=True, help="The rule of the draft that it goes into.")
@click.option("--counter", is_flag=True, help="As a counter-example.")
@click.option("--label", help="Its label; else the one that was decided.")
@click.option("--reason", help="Why; else the lead's answer, or what was written under the decided label.")
@run
async def example_command(
    server: str | None, draft: Path, project: str, case_id: str, rule: str, counter: bool, label: str | None,
    reason: str | None,
) -> None:  # fmt: skip
    """Put a hard case into the file DRAFT as an example."""
    from cotlab.services.guidelines.examples import example_of, with_example

    data = draft.read_bytes()
    async with client(settings(server=server)) as connection:
        case = await connection.hard_case(await project_id(connection, project), case_id)
    example = example_of(case, counter, label, reason)
    _replace(draft, with_example(data, str(draft), rule, example))
    click.echo(f"{draft}: {rule} has one more {example.kind}: {example.label} ({example.reason})")


def _replace(file: Path, text: str) -> None:
    """Write a file anew, whole or not at all."""
    import os
    import shutil
    import tempfile

    target = file.resolve()
    half = tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False)  # noqa: SIM115
    try:
        with half:
            half.write(text.encode())
            half.flush()
            os.fsync(half.fileno())
        shutil.copymode(target, half.name)
        os.replace(half.name, target)
    except BaseException:
        Path(half.name).unlink(missing_ok=True)
        raise


COMMANDS = (
    pilot_command, questions_command, answer_command, sign_off_command, open_command, hard_cases_command,
    example_command,
)  # fmt: skip
"""The commands of `cotlab guideline` that stand here."""


def _size(pilot: "Pilot") -> str:
    what = "pair" if pilot.task == "pairs" else "trace"
    return f"{counted(pilot.traces, what)}, {counted(pilot.people, 'person', 'people')} each"
