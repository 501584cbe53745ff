"""Models held against settled labels: on this host's database, through a server, or against the labels of a file."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, run, server_option, settings
from cotlab.cli.traces.trace_import import sent

if TYPE_CHECKING:
    from cotlab.domain.evaluations.evaluations import (
        Evaluation,
        EvaluationOrder,
        ReopenBody,
        ReopenedSlice,
        ReopenEstimate,
    )
    from cotlab.services.evaluations.evaluation import Measured
    from cotlab.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.command("evaluate")
@database_option
@server_option
@click.argument("predictions", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--project", help="The project whose settled labels count.")
@click.option(
    "--labels",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Instead of a project: a file of traces with labels.",
)
@click.option("--source", help="Of --labels: whose labels count, where the file has several.")
@click.option("--error", "errors", multiple=True, help="Of --labels: a label that is an error; else incorrect, error.")
@click.option("--mapping", help="Of --labels: a map whose false words are the errors, by its name or of a file.")
@click.option("--model", help="A name for the model, for the reader.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="A step whose score is below is predicted to be an error.",
)
@click.option("--level", type=click.Choice(["label", "error"]), help="Compare labels, or error against none alone.")
@click.option("--by", help="Slices, parted by commas; else domain,tag,difficulty,strategy,position,settled.")
@click.option(
    "--fewest",
    type=click.IntRange(1, 1_000_000),
    default=10,
    show_default=True,
    help="Problems in a slice that is told.",
)
@click.option("--replicates", type=click.IntRange(0, 10_000), default=1_000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the resamples.")
@json_option
def evaluate_command(
    database: str | None, server: str | None, predictions: Path, project: str | None, labels: Path | None,
    source: str | None, errors: tuple[str, ...], mapping: str | None, model: str | None, threshold: float,
    level: str | None, by: str | None, fewest: int, replicates: int, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Hold the judgement in PREDICTIONS (JSON lines) against settled labels.

    Each line names a trace by its id, or by problem and steps, and has scores, verdicts or first_error. With a project
    the numbers are kept, and the id that is printed is what `cotlab reopen` takes.
    """
    from cotlab.cli.evaluations.evaluate_text import broken_lines, evaluation_lines, scored_lines
    from cotlab.domain.evaluations.evaluations import EvaluationOrder, PredictionLevel
    from cotlab.services.evaluations.evaluation import dimensions

    if (project is None) == (labels is None):
        raise click.UsageError("Name either --project or --labels.")
    if errors and mapping is not None:
        raise click.UsageError("Name either --error or --mapping.")
    order = EvaluationOrder(
        model=model, threshold=threshold, level=PredictionLevel(level) if level else None, by=dimensions(by),
        fewest=fewest, replicates=replicates, seed=seed,
    )  # fmt: skip
    if labels is not None:
        measured = _of_file(predictions, labels, source, errors, mapping, order)
        broken, scored, said = measured.broken, measured.scored, scored_lines(measured.scored)
        text = measured.scored.model_dump_json(indent=2)
    else:
        found = settings(database=database, server=server)
        made = _here(found, str(project), predictions, order) if found.server is None else asyncio.run(
            _there(found, str(project), predictions, order)
        )  # fmt: skip
        broken, scored, said = made.broken, made.scores, evaluation_lines(made)
        text = made.model_dump_json(indent=2)
    for line in [text] if as_json else said:
        click.echo(line)
    for line in broken_lines(str(predictions), broken, scored.broken_lines):
        click.echo(line, err=True)
    sys.exit(1 if scored.broken_lines else 0)


def _of_file(
    predictions: Path, labels: Path, source: str | None, errors: tuple[str, ...], mapping: str | None,
    order: "EvaluationOrder",
) -> "Measured":  # fmt: skip
    from cotlab.exchange.readers.jsonl import byte_lines
    from cotlab.exchange.readers.sources import open_source
    from cotlab.exchange.readers.word_maps import word_map
    from cotlab.services.evaluations.evaluation import of_file
    from cotlab.services.evaluations.truths import of_file as truths_of

    wrong = (errors or ("incorrect", "error")) if mapping is None else word_map(mapping)
    with labels.open("rb") as truths, predictions.open("rb") as lines:
        found, words = truths_of(open_source(labels, truths, lambda size: None).lines, wrong, source)
        return of_file(found, words, byte_lines(lines), order)


def _here(found: "Settings", project: str, predictions: Path, order: "EvaluationOrder") -> "Evaluation":
    from cotlab.exchange.readers.jsonl import byte_lines
    from cotlab.services.evaluations.evaluation import of_project, record
    from cotlab.services.projects.projects import project_id_named

    with opened(found) as store, predictions.open("rb") as file:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        lines = list(byte_lines(file))
        measured = store.read(lambda db: of_project(db, target, lines, order))
        return store.write(target, lambda db: record(db, by, target, order, measured))


async def _there(found: "Settings", project: str, predictions: Path, order: "EvaluationOrder") -> "Evaluation":
    body = predictions.read_bytes()
    async with client(found) as connection:
        return await connection.evaluate(await project_id(connection, project), sent([body]), order)


@click.command("evaluations")
@server_option
@click.argument("evaluation", required=False)
@click.option("--project", required=True, help="The project.")
@json_option
@run
async def evaluations_command(server: str | None, evaluation: str | None, project: str, as_json: bool) -> None:
    """List the evaluations of a project, or show the one of the id EVALUATION with what was reopened because of it."""
    import json

    from cotlab.cli.evaluations.evaluate_text import evaluation_lines, listed_lines

    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        if evaluation is not None:
            made = await connection.evaluation(target, evaluation)
            lines = [made.model_dump_json(indent=2)] if as_json else evaluation_lines(made)
        else:
            found = await connection.evaluations(target)
            rows = [one.model_dump(mode="json") for one in found]
            lines = [json.dumps(rows, indent=2, ensure_ascii=False)] if as_json else listed_lines(found)
    for line in lines:
        click.echo(line)


@click.command("reopen")
@database_option
@server_option
@click.option("--project", required=True, help="The project.")
@click.option("--where", required=True, help="A slice of the evaluation, as domain=law or position=11-20.")
@click.option("--because", required=True, help="The id of the evaluation that speaks for it.")
@click.option(
    "--people", type=click.IntRange(1, 20), default=1, show_default=True, help="How many label each trace anew."
)
@click.option("--count", type=click.IntRange(1, 10_000), help="Draw so many traces of the slice; else all.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draw.")
@click.option("--yes", is_flag=True, help="Do it; else only the estimate is printed.")
@json_option
def reopen_command(
    database: str | None, server: str | None, project: str, where: str, because: str, people: int, count: int | None,
    seed: int, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say what it takes to have a slice of an evaluation labelled anew, and with --yes have it done.

    People label who have not worked on its traces, and learn nothing of what was said before. The settled labels stand
    until a new one speaks against them, which opens a case.
    """
    from cotlab.cli.evaluations.evaluate_text import estimate_lines, reopened_lines
    from cotlab.domain.evaluations.evaluations import ReopenBody

    body = ReopenBody(where=where, people=people, count=count, seed=seed)
    found = settings(database=database, server=server)
    if found.server is None:
        estimate, made = _reopened_here(found, project, because, body, yes)
    else:
        estimate, made = asyncio.run(_reopened_there(found, project, because, body, yes))
    if as_json:
        click.echo((made or estimate).model_dump_json(indent=2))
        return
    done = reopened_lines(made) if made else ("nothing is changed; --yes does it",)
    for line in (*estimate_lines(estimate), *done):
        click.echo(line)


def _reopened_here(
    found: "Settings", project: str, because: str, body: "ReopenBody", yes: bool
) -> "tuple[ReopenEstimate, ReopenedSlice | None]":
    from cotlab.services.projects.projects import project_id_named
    from cotlab.services.queue import reopening

    with opened(found) as store:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        estimate = store.read(lambda db: reopening.estimate(db, target, because, body))
        if not yes:
            return estimate, None
        items = store.read(lambda db: reopening.picked(db, target, because, body))
        return estimate, store.write(target, lambda db: reopening.reopen(db, by, target, because, body, items))


async def _reopened_there(
    found: "Settings", project: str, because: str, body: "ReopenBody", yes: bool
) -> "tuple[ReopenEstimate, ReopenedSlice | None]":
    async with client(found) as connection:
        target = await project_id(connection, project)
        estimate = await connection.reopening(target, because, body)
        return estimate, await connection.reopen(target, because, body) if yes else None
