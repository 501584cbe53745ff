"""The formats, and the maps from label words to target values."""

import json

import click

from cotlab.exchange import PAIR_WRITERS, READERS, WRITERS


@click.group("formats")
def formats_command() -> None:
    """See the formats that are read and written, and the maps of label words for conversions."""


@formats_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def formats_list(as_json: bool) -> None:
    """List the formats, and the maps."""
    from cotlab.exchange.word_maps import WORD_MAPS

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
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def formats_show(name: str, as_json: bool) -> None:
    """Show what each word stands for in the map NAME (a map's name, or a file with one), or the columns of the format
    NAME. The map goes first where both have the name.
    """
    from cotlab.domain.pair_exports import PairShape
    from cotlab.exchange import columns_of
    from cotlab.exchange.word_maps import WORD_MAPS, word_map

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
