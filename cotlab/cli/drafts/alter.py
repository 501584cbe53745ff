"""Correct steps altered into errors, through a server."""

from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, printable
from cotlab.cli.slices import slice_of
from cotlab.domain.drafts.altering import AlterBody, CorrectBy
from cotlab.drafting.altering import PROSE, WAYS

if TYPE_CHECKING:
    from cotlab.domain.drafts.altering import AlterReport, WayCount

SLICE = ("domain", "tag", "difficulty", "source", "generator", "strategy")
NAMES = [way.name for way in WAYS]
OF_A_MODEL = [way.name for way in PROSE]
DROPPED = {
    "parent_refuted": "the checks refute the step as it was",
    "not_refuted": "the checks do not refute the altered step, though they can read what was altered",
    "refuted_though_right": "the checks refute the altered step, which is to be no false one",
    "same_text": "a trace with this text is there",
    "says_the_same": "it says what the step said before",
    "cut_off": "the model was cut off before its end",
}
LEFT_OUT = {
    "gold": "gold, which people are measured by",
    "no_correct_step": "the first step is not correct, or nobody says so",
}


def _ways(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    ways = tuple(one.strip() for one in value.split(","))
    for way in ways:
        if way not in (*NAMES, *OF_A_MODEL):
            there = ", ".join(dict.fromkeys((*NAMES, *OF_A_MODEL)))
            raise click.BadParameter(f"there is no way {way or 'without a name'}; there are {there}")
    return ways


@click.command("alter")
@server_option
@click.option("--project", required=True, help="The project.")
@click.option("--how", required=True, callback=_ways, metavar="WAY,...",
              help=f"In which ways: {', '.join(NAMES)}; of a model {', '.join(OF_A_MODEL)}.")  # fmt: skip
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
@click.option("--model", help="Ask this model for them, in the place of templates.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@run
async def alter_command(
    server: str | None, project: str, how: tuple[str, ...], number: int, seed: int, where: tuple[str, ...],
    correct_by: str, label_source: str | None, per_trace: int, model: str | None,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Alter correct steps in named ways, and put the traces that end with them into the queue.

    A step is altered where it and all before it are correct. What the checks speak against is dropped and counted.
    The label that the altered step is meant to get is kept under a source of its own; what it is, people say. Running
    it again is safe: it goes on where it was halted, and what is there already is counted.

    With --model a worker has the model alter the steps; cotlab draft accept lets them into the pool.
    """
    body = AlterBody.model_validate({
        "how": how, "number": number, "seed": seed, "where": slice_of(where, SLICE),
        "correct_by": CorrectBy(correct_by), "source": label_source, "per_trace": per_trace, "model": model,
        "dry_run": dry_run,
    })  # fmt: skip
    async with client(settings(server=server)) as connection:
        made = await connection.alter(await project_id(connection, project), body)
    click.echo(made.model_dump_json(indent=2) if as_json else "\n".join(_said(made, model is not None)))


def _said(made: "AlterReport", by_model: bool) -> list[str]:
    what, did = ("would make", "would ask") if made.dry_run else ("made", "asked")
    first = f"{what} {counted(made.made, 'altered trace')}"
    if by_model:
        first = f"{did} for {counted(made.asked, 'altered step')}"
    lines = [
        f"{first}; {made.there_already:,} there already",
        f"  of {counted(made.traces, 'trace')} with {counted(made.steps, 'correct step')}",
    ]
    for way, count in made.ways.items():
        lines += _said_of(printable(way), count, by_model)
    if made.short:
        lines.append(f"  {made.short:,} fewer than asked for")
    return lines + [f"  left out: {counted(number, 'trace')}: {LEFT_OUT.get(why, why)}"
                    for why, number in made.left_out.items()]  # fmt: skip


def _said_of(way: str, count: "WayCount", by_model: bool) -> list[str]:
    there = f", {count.there_already:,} there already" if count.there_already else ""
    checked = f"{count.made:,} ({count.refuted:,} refuted by the checks, {count.undecided:,} undecided)"
    lines = [f"  {way}: {f'{count.asked:,} asked for' if by_model else checked}{there}"]
    return lines + [f"    dropped: {number:,}, {DROPPED.get(why, why)}" for why, number in count.dropped.items()]
