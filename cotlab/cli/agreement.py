"""Agreement between people over any table of ratings, no project needed."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from click.core import ParameterSource
from pydantic import BaseModel

from cotlab.agreement import ALPHA_ORDINAL, COEFFICIENTS, NOMINAL, Coefficient, coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Codes, Ratings, build
from cotlab.agreement.slices import OWN, Column, Slice, slices
from cotlab.cli.agreement_text import change_lines, diagnosis_lines, report_lines, table_lines
from cotlab.cli.context import client, project_id, server_option, settings
from cotlab.domain.agreement import Agreement, AgreementReport
from cotlab.domain.errors import BadInput
from cotlab.exchange.ratings import CodedColumn, RatingsFormat, RatingsTable, read_ratings

FILE = click.Path(path_type=Path, dir_okay=False)
NAMES = [one.name for one in COEFFICIENTS]
NO_VALUE = "(none)"
"""The slice of the rows with an empty cell."""
TOGETHER = "+"
FILE_ALONE = {"format_name": "--format", "cluster": "--cluster", "level": "--level", "order": "--order",
              "label": "--label"}  # fmt: skip
PROJECT_ALONE = {"server": "--server", "version": "--version", "before": "--before", "kinds": "--kinds",
                 "diagnose": "--diagnose"}  # fmt: skip


@click.command("agreement")
@server_option
@click.argument("file", type=FILE, required=False)
@click.option("--project", help="The labels of this project of a server, in place of FILE; you lead it.")
@click.option("--version", help="With --project: labels given under this version, as step-correctness@1.0.")
@click.option("--before", help="With --project and --version: how much it rose since this version, on the same steps.")
@click.option("--kinds", is_flag=True, help="With --project: hold the kinds of labels apart too.")
@click.option("--diagnose", is_flag=True, help="With --project: where disagreement sits, the largest part first.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice([one.value for one in RatingsFormat]),
    help="Else known by the content.",
)
@click.option("--by", metavar="COLUMN,...", help="Slices too: of a column, or label, annotator, pair; A+B crosses two.")
@click.option("--cluster", metavar="COLUMN", help="What intervals resample, as traces; else cluster, else the units.")
@click.option("--coefficient", "names", multiple=True, type=click.Choice(NAMES), help="One or more; else all that fit.")
@click.option("--level", type=click.Choice(["nominal", "ordinal"]), default="nominal", help="Ordinal: on a scale.")
@click.option("--order", metavar="LABEL,...", help="All labels, from one end of the scale to the other.")
@click.option("--label", metavar="NAME", help="This label against the rest.")
@click.option("--replicates", type=click.IntRange(0, 100_000), default=1_000, show_default=True, help="Resamples.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Repeats the same resamples.")
@click.option("--table", "with_tables", is_flag=True, help="Print the table behind the values too.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
@click.pass_context
def agreement_command(
    context: click.Context,
    server: str | None,
    file: Path | None,
    project: str | None,
    version: str | None,
    before: str | None,
    kinds: bool,
    diagnose: bool,
    format_name: str | None,
    by: str | None,
    cluster: str | None,
    names: tuple[str, ...],
    level: str,
    order: str | None,
    label: str | None,
    replicates: int,
    seed: int,
    with_tables: bool,
    as_json: bool,
) -> None:
    """Say how far people agree in FILE, a table with the columns unit, annotator and label, or in a project.

    FILE is CSV with a header, or JSON lines. A person rates a unit once. A column cluster says which units belong
    together, such as the steps of one trace; any other column can be a slice. docs/agreement.md says which number says
    what. Of a project it takes the first labels of people who did not see those of others; slices are label, annotator,
    pair, domain, tag, difficulty, origin, strategy, position and version.
    """
    if (file is None) == (project is None):
        raise BadInput("Name a FILE, or a project with --project.")
    _refuse_others(
        context, PROJECT_ALONE if project is None else FILE_ALONE, "FILE" if project is None else "--project"
    )
    if before is not None and (version is None or by is not None or diagnose):
        raise BadInput("--before takes --version, and neither --by nor --diagnose: from which version, and to which.")
    if file is not None:
        report = _of_file(file, format_name, by, cluster, names, level, order, label, replicates, seed)
        _say(report, report_lines(str(file), report), with_tables, as_json)
        return
    query = {
        "by": by, "version": _stored(version), "before": _stored(before), "coefficient": ",".join(names) or None,
        "kinds": kinds, "replicates": replicates, "seed": seed,
    }  # fmt: skip
    asyncio.run(_of_project(server, str(project), query, diagnose, with_tables, as_json))


def _refuse_others(context: click.Context, options: dict[str, str], chosen: str) -> None:
    """BadInput for an option that would be passed over in silence."""
    for name, flag in options.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise BadInput(f"{flag} says nothing together with {chosen}.")


def _say(model: BaseModel, lines: Iterable[str], with_tables: bool, as_json: bool) -> None:
    if as_json:
        lines = [model.model_dump_json(indent=2)]
    elif with_tables and isinstance(model, AgreementReport):
        lines = (*lines, *table_lines(model.results))
    for line in lines:
        click.echo(line)


def _of_file(
    file: Path, format_name: str | None, by: str | None, cluster: str | None, names: Sequence[str], level: str,
    order: str | None, label: str | None, replicates: int, seed: int,
) -> AgreementReport:  # fmt: skip
    wanted = [tuple(part.split(TOGETHER)) for part in _parts("--by", by)]
    columns = [name for part in wanted for name in part if name not in OWN]
    chosen = _chosen(names, level, order)
    with file.open("rb") as stream:
        kind = RatingsFormat(format_name) if format_name else None
        table = read_ratings(stream, str(file), format=kind, cluster=cluster, slices=columns)
    ratings = _ratings(file, table, _parts("--order", order))
    if label is not None and label not in ratings.labels:
        raise BadInput(f"--label {label}: {file} has the labels {', '.join(ratings.labels)}.")
    sliced = {name: _column(column) for name, column in table.slices.items()}
    parts = [Slice(ratings, {}, label), *(one for names in wanted for one in slices(ratings, sliced, names))]
    return AgreementReport(
        ratings=len(ratings), units=len(table.unit.cells), people=ratings.people, labels=ratings.labels,
        clusters=len(np.unique(ratings.cluster)), resampled=table.cluster.name if table.cluster else table.unit.name,
        replicates=replicates, seed=seed,
        results=tuple(result for one in parts for result in _measured(one, chosen, label, replicates, seed)),
    )  # fmt: skip


async def _of_project(
    server: str | None, name: str, query: dict[str, Any], diagnose: bool, with_tables: bool, as_json: bool
) -> None:
    given = {key: str(value).lower() if isinstance(value, bool) else value for key, value in query.items()
             if value is not None}  # fmt: skip
    async with client(settings(server=server)) as connection:
        found = await project_id(connection, name)
        if "before" in given:
            rose = await connection.agreement_change(found, {"after": given.pop("version"), **given})
            _say(rose, change_lines(rose), with_tables, as_json)
        elif diagnose:
            said = await connection.diagnosis(found, {key: given[key] for key in ("by", "version") if key in given})
            _say(said, diagnosis_lines(said), with_tables, as_json)
        else:
            report = await connection.agreement(found, given)
            _say(report, report_lines(name, report), with_tables, as_json)


def _stored(version: str | None) -> str | None:
    return version and version.replace("@", " ")


def _measured(
    one: Slice, chosen: Sequence[Coefficient], label: str | None, replicates: int, seed: int
) -> tuple[Agreement, ...]:
    return measure(one.ratings, chosen, slice=one.where, label=one.label or label, replicates=replicates, seed=seed)


def _parts(flag: str, text: str | None) -> list[str]:
    """The names in a list with commas. BadInput for an empty one, and for one that stands there twice."""
    parts = [] if text is None else [part.strip() for part in text.split(",")]
    if not all(name for part in parts for name in part.split(TOGETHER)) or len(set(parts)) < len(parts):
        raise BadInput(f"{flag} {text}: a name is empty or stands there twice.")
    return parts


def _chosen(names: Sequence[str], level: str, order: str | None) -> list[Coefficient]:
    chosen = [coefficient(name) for name in dict.fromkeys(names)]
    if order is None and (level == "ordinal" or ALPHA_ORDINAL in chosen):
        raise BadInput("An ordinal level takes --order: all labels, from one end of the scale to the other.")
    return chosen or list(COEFFICIENTS if level == "ordinal" else NOMINAL)


def _ratings(file: Path, table: RatingsTable, order: Sequence[str]) -> Ratings:
    """The table as arrays: units, people and clusters by name, and labels too where no order is given."""
    people, person = _by_name(table.annotator)
    found, label = _by_name(table.label)
    if len(people) < 2:
        raise BadInput(f"{file}, column annotator: all rows are by {people[0]}, and agreement takes two people.")
    if order:
        for code, name in enumerate(found):
            if name not in order:
                line = table.lines[int(np.argmax(label == code))]
                raise BadInput(f"{file} line {line}, column label: {name} is not in --order.")
        label = np.array([order.index(name) for name in found], dtype=np.int64)[label]
    cluster = _by_name(table.cluster)[1] if table.cluster else None
    return build(_by_name(table.unit)[1], person, label, cluster, people=people, labels=order or found)


def _by_name(column: CodedColumn) -> tuple[list[str], Codes]:
    """The names in a column with one value a cell, sorted, and for each row the place of its name."""
    names = [cell[0] for cell in column.cells]
    order = sorted(range(len(names)), key=names.__getitem__)
    places = np.empty(len(names), dtype=np.int64)
    places[order] = np.arange(len(names))
    return [names[place] for place in order], places[np.asarray(column.codes, dtype=np.int64)]


def _column(column: CodedColumn) -> Column:
    return Column(tuple(cell or (NO_VALUE,) for cell in column.cells), np.asarray(column.codes, dtype=np.int64))
