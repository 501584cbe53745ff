"""The command `cotlab-tui`."""

import asyncio
import os
import sys
from pathlib import Path

import click

from cotlab import __version__
from cotlab.client import ApiError, Client, Credentials, ServerGone, checked_server, save_credentials
from cotlab.domain.errors import BadInput
from tui.app.settings import THEMES, Settings, credentials_file, find_credentials, state_folder
from tui.app.storage.durable import make_folder

FRAMES_A_SECOND = "120"
"""Textual paints at the end of a frame: with its 60 a second, half of the wait for the next step is for frames."""
PLAIN_HTTP = click.option("--allow-plain-http", is_flag=True, help="Send the token in clear to another machine.")
SERVER = click.option("--server", metavar="URL", help="The server; otherwise COTLAB_SERVER, or where you signed in.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cotlab-tui")
@SERVER
@PLAIN_HTTP
@click.option("--theme", type=click.Choice(THEMES), default="terminal", envvar="COTLAB_THEME", show_default=True,
              help="Colours; `terminal` takes the terminal's own.")  # fmt: skip
@click.option("--confirm/--no-confirm", default=True, envvar="COTLAB_CONFIRM", show_default=True,
              help="Commit with enter, or with the label key alone.")  # fmt: skip
@click.pass_context
def main(context: click.Context, server: str | None, allow_plain_http: bool, theme: str, confirm: bool) -> None:
    """Label reasoning traces, one step at a time."""
    context.obj = (server, allow_plain_http)
    if context.invoked_subcommand is not None:
        return
    file = credentials_file(os.environ)
    try:
        credentials = find_credentials(os.environ, file, server, allow_plain_http)
    except BadInput as error:
        raise click.ClickException(error.sentence) from error
    run(Settings(file, state_folder(os.environ), credentials, allow_plain_http, theme, confirm))


def run(settings: Settings) -> None:
    """Open the terminal UI, and say what it leaves behind."""
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_A_SECOND)
    from tui.journeys import CotlabApp

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException("cotlab-tui needs a terminal")
    try:
        make_folder(settings.state)
    except OSError as error:
        raise click.ClickException(f"{settings.state}: labels cannot be kept here: {error.strerror}") from error
    app = CotlabApp(settings)
    said = app.run()
    if said:
        click.echo(said)
    if app.return_code:
        raise SystemExit(app.return_code)


@main.command()
@SERVER
@PLAIN_HTTP
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Read the token from a file; otherwise COTLAB_TOKEN, or a hidden prompt.")  # fmt: skip
@click.pass_context
def login(context: click.Context, server: str | None, allow_plain_http: bool, token_file: Path | None) -> None:
    """Sign in: check the token against the server and keep it, readable for you alone."""
    outer_server, outer_plain = context.obj
    allow = allow_plain_http or outer_plain
    server = server or outer_server or os.environ.get("COTLAB_SERVER") or click.prompt("Server")
    try:
        credentials = Credentials(server=checked_server(server, allow), token=_token(token_file))
    except BadInput as error:
        raise click.ClickException(error.sentence) from error
    person, other_version = asyncio.run(check(credentials, allow))
    file = credentials_file(os.environ)
    save_credentials(file, credentials)
    click.echo(f"signed in to {credentials.server} as {person}; kept in {file}")
    if other_version:
        click.echo(other_version, err=True)


def _token(file: Path | None) -> str:
    token = file.read_text().strip() if file else os.environ.get("COTLAB_TOKEN", "").strip()
    return token or str(click.prompt("Token", hide_input=True)).strip()


async def check(credentials: Credentials, allow_plain_http: bool) -> tuple[str, str | None]:
    """Who the token belongs to, and what to say where the server is of another version."""
    from tui.app.notices import version_sentence
    from tui.app.session import start_of_day

    async with Client(credentials.server, credentials.token, allow_plain_http=allow_plain_http) as client:
        try:
            info = await client.server_info()
            return (await client.queue(start_of_day())).person, version_sentence(info.version)
        except ApiError as error:
            raise click.ClickException(f"{credentials.server}: {error.sentence}") from error
        except ServerGone as gone:
            raise click.ClickException(str(gone)) from gone


if __name__ == "__main__":
    main()
