"""The quality of a project's dataset, through a server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, one_line, printable
from cotlab.domain.errors import BadInput
from cotlab.domain.labels.two_level import AnswerCell, Source
from cotlab.domain.reports.quality import By

if TYPE_CHECKING:
    from cotlab.domain.reports.quality import CellTrace, Share, TwoLevel, TwoLevelSlice

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
by_option = click.option("--by", type=click.Choice([one.value for one in By]), help="Slices of one kind.")
WHO = {Source.ADJUDICATED: "an adjudicator", Source.CHECKED: "the check", Source.FILE: "the file"}
LONGEST = 100
"""Characters of a problem that are shown."""


@click.group("quality")
def quality_command() -> None:
    """See how good a dataset is: answers and steps judged apart."""


@quality_command.command("two-level")
@server_option
@project_option
@by_option
@json_option
@run
async def two_level(server: str | None, project: str, by: str | None, as_json: bool) -> None:
    """Count right and wrong answers against traces with and without a bad step.

    Whether an answer is right an adjudicator says, else the check of answers, else the file that the trace is from; how
    often each is told. A trace has a bad step where one is settled as an error, and none where all its steps are
    settled otherwise.
    """
    async with client(settings(server=server)) as connection:
        found = await connection.two_level(await project_id(connection, project), By(by) if by else None)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(_lines(found)))


@quality_command.command("traces")
@server_option
@project_option
@click.option("--cell", type=click.Choice([one.value for one in AnswerCell]), required=True, help="Which traces.")
@by_option
@click.option("--slice", "name", help="Only those of this slice, with --by.")
@click.option("--after", default="", metavar="TRACE", help="Go on after this trace, the last of a page before.")
@click.option("--most", type=click.IntRange(1, 1_000), default=50, show_default=True, help="At most so many.")
@json_option
@run
async def traces(
    server: str | None, project: str, cell: str, by: str | None, name: str | None, after: str, most: int, as_json: bool
) -> None:
    """List the traces of a cell, with their bad steps and the case on them, if there is one (`cotlab case show`)."""
    if (by is None) is not (name is None):
        raise BadInput("--by and --slice name a slice together.")
    slice_ = None if by is None or name is None else (By(by), name)
    async with client(settings(server=server)) as connection:
        known = await project_id(connection, project)
        found = await connection.cell_traces(known, AnswerCell(cell), after, most, slice_)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for one in found.traces:
        click.echo("\n".join(_trace(one)))
    more = f"; more with --after {found.next_after}" if found.next_after else ""
    click.echo(f"{counted(len(found.traces), 'trace')}{more}", err=True)


def _lines(found: "TwoLevel") -> Iterator[str]:
    yield from _slice(found.whole)
    for one in found.slices:
        yield ""
        yield from _slice(one)


def _slice(one: "TwoLevelSlice") -> Iterator[str]:
    cells = {cell.cell: cell.traces for cell in one.cells}
    yield f"{'all' if one.name is None else one.name}: {_said(one.bad_among_right)} with a right answer have a bad step"
    yield f"  {'':<14}{'no bad step':>26}{'a bad step':>26}"
    for title, cell in (("right answer", "right"), ("wrong answer", "wrong")):
        none, bad = cells[AnswerCell(f"{cell}_no_bad_step")], cells[AnswerCell(f"{cell}_bad_step")]
        yield f"  {title:<14}{_cell(none):>26}{_cell(bad):>26}"
    who = ", ".join(f"{WHO[source]} {number:,}" for source, number in one.by.items() if number)
    yield f"  the answer is judged by: {who or 'nobody'}"
    yield (
        f"  left out: {one.undecided:,} whose answer nobody judges, {one.unsettled:,} with open steps, "
        f"{one.unusable:,} that cannot be used"
    )


def _said(share: "Share") -> str:
    if share.share is None or share.interval is None:
        return f"{share.count:,} of {share.of:,} traces"
    low, high = share.interval
    return f"{share.count:,} of {share.of:,} traces ({share.share:.1%}, {low:.1%} to {high:.1%})"


def _cell(share: "Share") -> str:
    if share.interval is None:
        return f"{share.count:,}"
    return f"{share.count:,} ({share.interval[0]:.1%} to {share.interval[1]:.1%})"


def _trace(one: "CellTrace") -> Iterator[str]:
    name = f" ({one.external_id})" if one.external_id else ""
    yield printable(f"{one.item_id}{name}  {one.domain}")
    yield f"  {one_line(one.problem, LONGEST)}"
    steps = ", ".join(map(str, one.bad_steps))
    bad = f"bad steps {steps}" if steps else "no bad step"
    case = f"case {one.case_id}" if one.case_id else "no case"
    yield f"  answer judged by {WHO[one.by]}; {bad}; {case}"
