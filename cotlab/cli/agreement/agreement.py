"""Agreement between people over any table of ratings, no project needed, or in a project of a server."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cotlab.agreement.coefficients import COEFFICIENTS
from cotlab.cli.agreement.file import of_file
from cotlab.cli.agreement.project import CHANGE, REPORT, WAYS, Way
from cotlab.cli.agreement.text import report_lines, say
from cotlab.cli.context import server_option
from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.ratings import RatingsFormat

FILE = click.Path(path_type=Path, dir_okay=False)
NAMES = [one.name for one in COEFFICIENTS]
FILE_ALONE = ("format_name", "cluster", "level", "order", "label")
MEASURED = (*FILE_ALONE, "by", "names", "replicates", "seed")
EVERYWHERE = ("file", "project", "as_json")


@click.command("agreement")
@server_option
@click.argument("file", type=FILE, required=False)
@click.option("--project", help="The labels of this project of a server, in place of FILE; you lead it.")
@click.option("--version", help="With --project: labels given under this version, as step-correctness@1.0.")
@click.option("--before", help="With --project and --version: how much it rose since this version, on the same steps.")
@click.option(
    "--task",
    type=click.Choice(["steps", "pairs"]),
    default="steps",
    show_default=True,
    help="With --project: of labels of steps, or of choices between the responses of pairs.",
)
@click.option("--question", help="With --task pairs: on this criterion, and not overall; --by question: on each.")
@click.option("--sources", is_flag=True, help="With --project: what came with files, in place of what people said.")
@click.option("--kinds", is_flag=True, help="With --project: hold the kinds of labels apart too.")
@click.option("--doubted", is_flag=True, help="With --project: count labels in doubt too (docs/calibration.md).")
@click.option("--diagnose", is_flag=True, help="With --project: where disagreement sits, the largest part first.")
@click.option(
    "--steps",
    metavar="[LABEL,...]",
    is_flag=False,
    flag_value="",
    help="With --project: the steps where these labels met, or any that differ.",
)
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="With --steps: in this slice; several narrow it.")
@click.option("--rule", help="With --steps: where either side cites this rule; none: where neither cites one.")
@click.option("--offset", type=click.IntRange(0), help="With --steps: pass over so many.")
@click.option("--limit", type=click.IntRange(1, 500), help="With --steps: print so many; else 50.")
@click.option("--taken", is_flag=True, help="With --project: agreement that the server took, the newest first.")
@click.option(
    "--go-on", metavar="DOMAIN", help="With --project and --reason: this domain goes on, though below the bar."
)
@click.option("--reason", help="With --go-on: why.")
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
    context: click.Context, /, file: Path | None, project: str | None, server: str | None, as_json: bool, **given: Any
) -> None:
    """Say how far people agree in FILE, a table with the columns unit, annotator and label, or in a project.

    FILE is CSV with a header, or JSON lines; or it holds pairs, of which the choices of sources are read. A person
    rates a unit once. A column cluster says which units belong together, such as the steps of one trace; any other
    column can be a slice. docs/agreement.md says which number says what. Of a project it takes the first labels of
    people who did not see those of others; slices are label, annotator, pair, domain, tag, difficulty, origin,
    strategy, position, version, cohort, minutes (into a session) and chosen (how handed out); of pairs question too.
    """
    if (file is None) == (project is None):
        raise BadInput("Name a FILE, or a project with --project.")
    if file is not None:
        _refuse_others(context, {*MEASURED, *EVERYWHERE, "with_tables"}, "FILE")
        report = of_file(file, **{name: given[name] for name in MEASURED})
        say(report, report_lines(str(file), report), given["with_tables"], as_json)
        return
    _refuse_others(context, context.params.keys() - set(FILE_ALONE), "--project")
    asyncio.run(_way(context).print(server, str(project), given, as_json))


def _way(context: click.Context) -> Way:
    """What is asked of a project. BadInput for two things at once, and for an option that says nothing to it."""
    ways = [way for way in WAYS if _is_given(context, way.option)]
    if CHANGE in ways and (context.params["version"] is None or len(ways) > 1 or context.params["by"] is not None):
        raise BadInput("--before takes --version, and neither --by nor --diagnose: from which version, and to which.")
    if len(ways) > 1:
        raise BadInput(f"{' and '.join(_flag(context, way.option) for way in ways)}: ask for one of them.")
    way = ways[0] if ways else REPORT
    chosen = _flag(context, way.option)
    _refuse_others(context, {way.option, *way.takes, *EVERYWHERE, "server"}, chosen)
    for name in way.needs:
        if context.params[name] is None:
            raise BadInput(f"{chosen} takes {_flag(context, name)}.")
    return way


def _refuse_others(context: click.Context, allowed: Collection[str], chosen: str) -> None:
    """BadInput for an option that would be passed over in silence."""
    for name in context.params:
        if name not in allowed and _is_given(context, name):
            raise BadInput(f"{_flag(context, name)} says nothing together with {chosen}.")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _flag(context: click.Context, name: str) -> str:
    return next(one.opts[0] for one in context.command.params if one.name == name)
