"""Pairs made of traces, through a server."""

from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.sentences import counted, printable
from cotlab.cli.slices import slice_of
from cotlab.domain.coverage.pair_making import Balance, MakePairsBody

if TYPE_CHECKING:
    from cotlab.domain.coverage.pair_making import PairsMade

SLICE = ("domain", "tag", "difficulty", "source", "generator", "strategy")
LEFT_OUT = {
    "gold": "gold, which people are measured by",
    "same_text": "two traces with the same text",
    "too_long": "longer than a response may be",
}


@click.group("pairs")
def pairs_command() -> None:
    """Make preference pairs of the traces of a problem."""


@pairs_command.command("make")
@server_option
@click.option("--project", required=True, help="The project.")
@click.option("--where", multiple=True, metavar="NAME=VALUE",
              help=f"Traces of a {', '.join(SLICE)} (source is the problem's); more than once.")  # fmt: skip
@click.option("--per-problem", type=click.IntRange(1, 100), default=1, show_default=True,
              help="Pairs of each problem, with those that are there already.")  # fmt: skip
@click.option("--balance", multiple=True, type=click.Choice([one.value for one in Balance]),
              default=[one.value for one in Balance], show_default=True,
              help="By what pairs are to be evenly spread; more than once.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Which pairs are drawn.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@run
async def pairs_make(
    server: str | None, project: str, where: tuple[str, ...], per_problem: int, balance: tuple[str, ...], seed: int,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make pairs of two traces of one problem, and put them into the queue.

    Those are made first of which there are the fewest, by the strategies of the two traces and by whether their final
    answers are right. The same seed over the same traces makes the same pairs. Running it again is safe: it goes on
    where it was halted, and pairs that are there already are counted.
    """
    body = MakePairsBody.model_validate({
        "where": slice_of(where, SLICE), "per_problem": per_problem, "balance": tuple(Balance(one) for one in balance),
        "seed": seed, "dry_run": dry_run,
    })  # fmt: skip
    async with client(settings(server=server)) as connection:
        made = await connection.make_pairs(await project_id(connection, project), body)
    click.echo(made.model_dump_json(indent=2) if as_json else "\n".join(_said(made)))


def _said(made: "PairsMade") -> list[str]:
    what = "would make" if made.dry_run else "made"
    alone = f", {counted(made.alone, 'problem')} with fewer than two" if made.alone else ""
    lines = [
        f"{what} {counted(made.made, 'pair')}; {made.there_already:,} there already",
        f"  of {counted(made.traces, 'trace')} of {counted(made.problems, 'problem')}{alone}",
    ]
    answers = ", ".join(f"{number:,} {name}" for name, number in made.answers.items())
    by = ", ".join(f"{number:,} {name}" for name, number in made.answers_by.items())
    lines += [f"  final answers: {answers}" + (f" (known by: {by})" if by else "")] if answers else []
    for name, kinds in (("final answers", made.by_correctness), ("strategies", made.by_strategy)):
        lines += [f"  pairs by {name}: {printable(kind)}: {number:,}" for kind, number in kinds.items()]
    if made.short:
        lines.append(f"  {counted(made.short, 'problem')} with fewer pairs than asked for")
    return lines + [f"  left out: {number:,}, {LEFT_OUT.get(why, why)}" for why, number in made.left_out.items()]
