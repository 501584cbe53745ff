"""Which paths a project has and lacks, and asking people to write those that are missing, through a server."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, one_line

if TYPE_CHECKING:
    from cotlab.client import Client
    from cotlab.domain.coverage.spread import Wanted
    from cotlab.domain.coverage.writing import PathMatrix, ProblemPaths, WritingTask

project_option = click.option("--project", required=True, help="The project.")
domain_option = click.option("--domain", help="Only problems of this domain.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
SHOWN = 60
"""Characters of a problem in a list."""


@click.group("coverage")
def coverage_command() -> None:
    """See what a project has of each kind of problem and path, and have people write what is missing."""


@coverage_command.command("report")
@server_option
@project_option
@click.option("--target", type=click.Path(path_type=Path, dir_okay=False), help="Wanted shares: YAML, JSON or CSV.")
@click.option(
    "--against", type=click.Path(path_type=Path, dir_okay=False), help="An unlabelled sample: problems as JSON lines."
)
@click.option("--compare", type=click.Choice(["source", "collected"]), help="One source or month against all others.")
@click.option("--settled", is_flag=True, help="Only paths of which every step is settled.")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="How many cells of each part.")
@json_option
@run
async def report_command(
    server: str | None, project: str, target: Path | None, against: Path | None, compare: str | None, settled: bool,
    most: int, as_json: bool,
) -> None:  # fmt: skip
    """Show how problems and paths are spread over domain, difficulty, strategy and tag.

    Against a --target or a sample: what is wanted and missing first, then the largest differences, with their 95 %
    interval. Shares are of problems, or of paths where strategies are looked at.
    """
    from cotlab.cli.coverage.coverage_text import report_lines
    from cotlab.domain.coverage.spread import CoverageBody

    if sum(one is not None for one in (target, against, compare)) > 1:
        raise click.UsageError("--target, --against and --compare are three reports; say one of them")
    wanted = _wanted(target, against)
    async with client(settings(server=server)) as connection:
        body = CoverageBody.model_validate({"wanted": wanted, "compare": compare, "settled": settled})
        found = await connection.coverage(await project_id(connection, project), body)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(report_lines(found, most)))


def _wanted(target: Path | None, against: Path | None) -> "tuple[Wanted, ...]":
    """The parts of a file of either kind. Raises BadInput."""
    from cotlab.domain.errors import BadInput
    from cotlab.exchange.readers.jsonl import byte_lines
    from cotlab.exchange.readers.targets import read_sample, read_target

    file = target or against
    if file is None:
        return ()
    try:
        with file.open("rb") as stream:
            return read_target(stream.read(), str(file)) if target else read_sample(byte_lines(stream), str(file))
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


@coverage_command.command("paths")
@server_option
@project_option
@domain_option
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="How many problems.")
@click.option("--after", "cursor", help="Go on after this problem's id.")
@json_option
@run
async def paths_command(
    server: str | None, project: str, domain: str | None, most: int, cursor: str | None, as_json: bool
) -> None:
    """Show which strategies of each problem have a valid path.

    A path is valid where its final answer is right and each of its steps is settled as the policy's valid_labels.
    """
    async with client(settings(server=server)) as connection:
        found = await _matrix(connection, await project_id(connection, project), domain, most, cursor)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(_paths(found)))
    if found.next_cursor is not None:
        click.echo(f"there are more; go on with --after {found.next_cursor}", err=True)


async def _matrix(
    connection: "Client", project: str, domain: str | None, most: int, cursor: str | None
) -> "PathMatrix":  # fmt: skip
    """The first `most` problems after a cursor, page by page."""
    page = await connection.path_matrix(project, domain, cursor)
    problems = list(page.problems)
    while page.next_cursor is not None and len(problems) < most:
        page = await connection.path_matrix(project, domain, page.next_cursor)
        problems += page.problems
    rest = problems[most - 1].problem_id if len(problems) > most else page.next_cursor
    return page.model_copy(update={"problems": tuple(problems[:most]), "next_cursor": rest})


def _paths(found: "PathMatrix") -> Iterator[str]:
    for one in found.problems:
        yield f"{one.problem_id}  {one.domain}  {_short(one.problem)}"
        cells = ", ".join(f"{cell.strategy}: {cell.state}" for cell in one.cells) or "its guideline names no strategies"
        yield f"  {cells}" + (f"; {one.other} of other strategies" if one.other else "")
    yield _summary(found.problems, found.wanted)


def _summary(problems: tuple["ProblemPaths", ...], wanted: int | None) -> str:
    said = counted(len(problems), "problem")
    if wanted is None:
        return said
    return f"{said}, {sum(one.valid >= wanted for one in problems)} with {wanted} valid paths of different strategies"


def _short(text: str) -> str:
    return one_line(text, SHOWN)


@coverage_command.command("ask")
@server_option
@project_option
@click.option("--problem", "problems", multiple=True, metavar="ID", help="A problem's id; repeat it for more.")
@click.option("--strategy", "strategies", multiple=True, metavar="NAME", help="A strategy; repeat it for more.")
@click.option(
    "--fill",
    type=click.IntRange(1, 9),
    help="Ask for what each problem lacks of so many strategies, of those without any path first.",
)
@domain_option
@json_option
@run
async def ask_command(
    server: str | None, project: str, problems: tuple[str, ...], strategies: tuple[str, ...], fill: int | None,
    domain: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask for paths: some strategies of some problems, or what is missing.

    With neither --problem nor --fill as many strategies are filled as the policy's paths_per_problem says.
    """
    from cotlab.domain.coverage.writing import AskBody

    if bool(problems) != bool(strategies):
        raise click.UsageError("--problem and --strategy go together")
    if problems and (fill is not None or domain is not None):
        raise click.UsageError("--fill and --domain look at all problems; leave out --problem, or them")
    async with client(settings(server=server)) as connection:
        found_project = await project_id(connection, project)
        if not problems and fill is None:
            fill = (await connection.policy(found_project)).paths_per_problem
            if fill is None:
                raise click.UsageError("say how many with --fill, or set the policy paths_per_problem")
        body = AskBody(problem_ids=problems, strategies=strategies, fill=fill, domain=domain)
        asked = await connection.ask_paths(found_project, body)
    if as_json:
        click.echo(asked.model_dump_json(indent=2))
        return
    there = f"; {asked.there} were asked for already" if asked.there else ""
    click.echo(f"asked for {counted(asked.tasks, 'path')}{there}")


@coverage_command.command("list")
@server_option
@project_option
@click.option("--most", type=click.IntRange(1), default=1000, show_default=True, help="How many.")
@json_option
@run
async def list_command(server: str | None, project: str, most: int, as_json: bool) -> None:
    """List the paths that were asked for, the newest first, with what became of them."""
    import json

    async with client(settings(server=server)) as connection:
        found_project = await project_id(connection, project)
        page = await connection.writing_tasks(found_project)
        tasks = list(page.tasks)
        while page.next_cursor is not None and len(tasks) < most:
            page = await connection.writing_tasks(found_project, page.next_cursor)
            tasks += page.tasks
    if as_json:
        rows = [one.model_dump(mode="json") for one in tasks[:most]]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in tasks[:most]:
        for line in _task(one):
            click.echo(line)
    click.echo(f"{counted(len(tasks[:most]), 'path')} asked for, the newest first", err=True)


def _task(one: "WritingTask") -> Iterator[str]:
    who = f" by {one.person}" if one.person else ""
    yield f"{one.id}  {one.state.replace('_', ' ')}{who}  {one.domain}  {one.strategy}  {_short(one.problem)}"
    if one.trace_id is not None:
        others = f"; its author was given {one.labelled_others} other paths to label" if one.labelled_others else ""
        yield f"  trace {one.trace_id}{others}"
    if one.reason is not None:
        yield f"  withdrawn: {_short(one.reason)}"
    for back in one.given_back:
        yield f"  given back by {back.person}: {_short(back.reason)}"


@coverage_command.command("withdraw")
@server_option
@click.argument("tasks", nargs=-1, required=True)
@project_option
@click.option("--reason", required=True, help="Why; who is writing one of them reads it.")
@run
async def withdraw_command(server: str | None, tasks: tuple[str, ...], project: str, reason: str) -> None:
    """Ask no longer for the paths of the TASKS of these ids."""
    from cotlab.domain.coverage.writing import WithdrawTasksBody

    async with client(settings(server=server)) as connection:
        body = WithdrawTasksBody(task_ids=tasks, reason=reason)
        await connection.withdraw_paths(await project_id(connection, project), body)
    click.echo(f"withdrew {counted(len(set(tasks)), 'path')}")
