"""The formats, and the maps from label words to target values."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, opened, settings
from cotlab.exchange.formats import PAIR_WRITERS, READERS, WRITERS

if TYPE_CHECKING:
    from cotlab.domain.guidelines.schema import Value


@click.group("formats")
def formats_command() -> None:
    """See the formats that are read and written, and the maps of label words for conversions."""


@formats_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def formats_list(as_json: bool) -> None:
    """List the formats, and the maps."""
    from cotlab.exchange.readers.word_maps import WORD_MAPS

    read = {one.name for one in READERS}
    written = {one.name: "traces" for one in WRITERS} | {one.name: "pairs" for one in PAIR_WRITERS}
    names = dict.fromkeys((*(one.name for one in READERS), *written))
    if as_json:
        found = [{"name": name, "read": name in read, "written": written.get(name)} for name in names]
        click.echo(json.dumps({"formats": found, "maps": [one.name for one in WORD_MAPS]}))
        return
    for name in names:
        how = [*(["read"] if name in read else []), *([f"written of {written[name]}"] if name in written else [])]
        click.echo(f"{name:<18} {', '.join(how)}")
    click.echo("\nmaps of label words:")
    for one in WORD_MAPS:
        click.echo(f"{one.name:<18} {one.about}")


@formats_command.command("show")
@click.argument("name")
@database_option
@click.option("--project", help="Show the mapping NAME as an export of this project uses it.")
@click.option(
    "--guideline", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Show the mapping NAME of this guideline file.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def formats_show(
    name: str, database: str | None, project: str | None, guideline: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Show what each word stands for in the map NAME (a map's name, or a file with one), or the columns of the format
    NAME. The map goes first where both have the name.

    With --project or --guideline the mapping NAME of a guideline: what each label stands for under each version.
    """
    if project is not None:
        return _show_mapping(name, _of_project(name, project, database), as_json)
    if guideline is not None:
        return _show_mapping(name, _of_guideline(name, guideline), as_json)
    from cotlab.domain.datasets.pair_exports import PairShape
    from cotlab.exchange.formats import columns_of
    from cotlab.exchange.readers.word_maps import WORD_MAPS, word_map

    is_map = any(one.name == name for one in WORD_MAPS)
    written = {one.name for one in WRITERS} | {one.name for one in PAIR_WRITERS}
    if is_map or name not in written:
        words = word_map(name)
        what, about, shown = "values", words.about, dict[str, object](words.values)
    else:
        columns = columns_of(name, PairShape())
        what, shown = "columns", dict[str, object](columns or {})
        about = "columns" if shown else "no table, so that only JSON lines hold it"
    if as_json:
        click.echo(json.dumps({"name": name, what: shown}))
        return
    click.echo(f"{name}: {about}")
    for key, value in shown.items():
        click.echo(f"  {key:<20} {value if isinstance(value, str) else json.dumps(value)}")


def _show_mapping(name: str, versions: "dict[str, dict[str, Value]]", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"name": name, "versions": versions}))
        return
    for version, values in versions.items():
        click.echo(f"{name}: labels under {version}")
        for label, value in values.items():
            click.echo(f"  {label:<20} {json.dumps(value)}")


def _of_project(name: str, project: str, database: str | None) -> "dict[str, dict[str, Value]]":
    from cotlab.services.datasets.trace_items import mapping_of
    from cotlab.services.projects.projects import project_id_named

    with opened(settings(database=database)) as store:
        return store.read(lambda db: mapping_of(db, project_id_named(db, project), name))


def _of_guideline(name: str, file: Path) -> "dict[str, dict[str, Value]]":
    from cotlab.domain.errors import BadInput
    from cotlab.exchange.guideline.front_matter import parse_guideline

    head = parse_guideline(file.read_bytes(), str(file)).head
    if name not in head.labels.mapping_names():
        there = ", ".join(head.labels.mapping_names()) or "none"
        raise BadInput(f"mapping: {head.title} has no mapping {name} of all its labels; there is {there}")
    return {head.title: {label.name: label.values[name] for label in head.labels.top}}
