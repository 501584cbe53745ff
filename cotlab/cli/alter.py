"""Correct steps altered into errors, through a server."""

from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, printable
from cotlab.cli.slices import slice_of
from cotlab.domain.altering import AlterBody, CorrectBy
from cotlab.drafting.altering import WAYS

if TYPE_CHECKING:
    from cotlab.domain.altering import AlterReport, WayCount

SLICE = ("domain", "tag", "difficulty", "source", "generator", "strategy")
NAMES = [way.name for way in WAYS]
DROPPED = {
    "parent_refuted": "the checks refute the step as it was",
    "not_refuted": "the checks do not refute the altered step, though they can read what was altered",
    "refuted_though_right": "the checks refute the altered step, which is to be no false one",
    "same_text": "a trace with this text is there",
}
LEFT_OUT = {
    "gold": "gold, which people are measured by",
    "no_correct_step": "the first step is not correct, or nobody says so",
}


def _ways(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    ways = tuple(one.strip() for one in value.split(","))
    for way in ways:
        if way not in NAMES:
            raise click.BadParameter(f"there is no way {way or 'without a name'}; there are {', '.join(NAMES)}")
    return ways


@click.command("alter")
@server_option
@click.option("--project", required=True, help="The project.")
@click.option("--how", required=True, callback=_ways, metavar="WAY,...",
              help=f"In which ways: {', '.join(NAMES)}.")  # fmt: skip
@click.option("--number", type=click.IntRange(1, 10_000), default=50, show_default=True,
              help="Altered traces, with those that are there already.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Which steps are drawn.")
@click.option("--where", multiple=True, metavar="NAME=VALUE",
              help=f"Traces of a {', '.join(SLICE)} (source is the problem's); more than once.")  # fmt: skip
@click.option("--correct-by", type=click.Choice([one.value for one in CorrectBy]), default=CorrectBy.SETTLED.value,
              show_default=True,
              help="Who says that a step is correct: the settled labels, a source's labels, or you.")  # fmt: skip
@click.option("--label-source", help="The source whose labels say so, with --correct-by source.")
@click.option("--per-trace", type=click.IntRange(1, 100), default=1, show_default=True,
              help="Altered traces made of one trace, at most.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@run
async def alter_command(
    server: str | None, project: str, how: tuple[str, ...], number: int, seed: int, where: tuple[str, ...],
    correct_by: str, label_source: str | None, per_trace: int, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Alter correct steps in named ways, and put the traces that end with them into the queue.

    A step is altered where it and all before it are correct. What the checks speak against is dropped and counted.
    The label that the altered step is meant to get is kept under a source of its own; what it is, people say. Running
    it again is safe: it goes on where it was halted, and what is there already is counted.
    """
    body = AlterBody.model_validate({
        "how": how, "number": number, "seed": seed, "where": slice_of(where, SLICE),
        "correct_by": CorrectBy(correct_by), "source": label_source, "per_trace": per_trace, "dry_run": dry_run,
    })  # fmt: skip
    async with client(settings(server=server)) as connection:
        made = await connection.alter(await project_id(connection, project), body)
    click.echo(made.model_dump_json(indent=2) if as_json else "\n".join(_said(made)))


def _said(made: "AlterReport") -> list[str]:
    what = "would make" if made.dry_run else "made"
    lines = [
        f"{what} {counted(made.made, 'altered trace')}; {made.there_already:,} there already",
        f"  of {counted(made.traces, 'trace')} with {counted(made.steps, 'correct step')}",
    ]
    for way, count in made.ways.items():
        lines += _said_of(printable(way), count)
    if made.short:
        lines.append(f"  {made.short:,} fewer than asked for")
    return lines + [f"  left out: {counted(number, 'trace')}: {LEFT_OUT.get(why, why)}"
                    for why, number in made.left_out.items()]  # fmt: skip


def _said_of(way: str, count: "WayCount") -> list[str]:
    there = f", {count.there_already:,} there already" if count.there_already else ""
    lines = [f"  {way}: {count.made:,} ({count.refuted:,} refuted by the checks, {count.undecided:,} undecided){there}"]
    return lines + [f"    dropped: {number:,}, {DROPPED.get(why, why)}" for why, number in count.dropped.items()]
