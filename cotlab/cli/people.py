"""People and their tokens, on the host's database."""

from datetime import UTC, datetime

import click

from cotlab.cli.context import database_option, host, opened, settings
from cotlab.cli.sentences import counted


@click.group("user")
def user_command() -> None:
    """Add and list people."""


@user_command.command("add")
@database_option
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make the person an admin of the server.")
def user_add(database: str | None, name: str, admin: bool) -> None:
    """Add the person NAME."""
    from cotlab.services.people import add_person
    from cotlab.storage import SERVER

    with opened(settings(database=database)) as store:
        by = host(store)
        store.write(SERVER, lambda db: add_person(db, by, name, admin))
    click.echo(f"added {name}" + (" (admin)" if admin else ""))


@user_command.command("list")
@database_option
def user_list(database: str | None) -> None:
    """List people."""
    from cotlab.storage.actors import people

    with opened(settings(database=database)) as store:
        rows = store.read(people)
    for row in rows:
        click.echo(f"{row['name']}" + ("  admin" if row["admin"] else ""))
    click.echo(f"{counted(len(rows), 'person', 'people')}", err=True)


@click.group("token")
def token_command() -> None:
    """Issue, revoke and list tokens."""


@token_command.command("issue")
@database_option
@click.argument("person")
@click.option("--name", default="token", show_default=True, help="What the token is for.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long it is good.")
def token_issue(database: str | None, person: str, name: str, days: int) -> None:
    """Make a token for PERSON and print it once, alone on standard output."""
    from cotlab.services.people import issue_token
    from cotlab.storage import SERVER

    with opened(settings(database=database)) as store:
        by = host(store)
        issued = store.write(SERVER, lambda db: issue_token(db, by, person, name, days))
    click.echo(issued.token)
    click.echo(f"token {issued.id} of {person}, good until {_day(issued.expires_at)}; it is shown this once", err=True)


@token_command.command("revoke")
@database_option
@click.argument("token_id")
def token_revoke(database: str | None, token_id: str) -> None:
    """End the token TOKEN_ID at once (the eight digits that `token list` shows)."""
    from cotlab.services.people import revoke_token
    from cotlab.storage import SERVER

    with opened(settings(database=database)) as store:
        by = host(store)
        store.write(SERVER, lambda db: revoke_token(db, by, token_id))
    click.echo(f"revoked {token_id}")


@token_command.command("list")
@database_option
def token_list(database: str | None) -> None:
    """List tokens, never their secrets."""
    from cotlab.storage import now_microseconds
    from cotlab.storage.actors import tokens

    with opened(settings(database=database)) as store:
        rows = store.read(tokens)
    for row in rows:
        state = f"until {_day(row['expires_at'])}"
        if row["revoked_at"] is not None:
            state = f"revoked {_day(row['revoked_at'])}"
        elif row["expires_at"] <= now_microseconds():
            state = f"expired {_day(row['expires_at'])}"
        click.echo(f"{row['id']}  {row['person']:<20}  {row['name']:<24}  {state}")
    click.echo(f"{counted(len(rows), 'token')}, the oldest first", err=True)


def _day(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")
