"""People and their tokens, on the host's database."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, host, opened, settings
from cotlab.cli.sentences import counted

if TYPE_CHECKING:
    from cotlab.domain.people import Left

json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("user")
def user_command() -> None:
    """Add and list people, let them go, and bring them back."""


@user_command.command("add")
@database_option
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make the person an admin of the server.")
def user_add(database: str | None, name: str, admin: bool) -> None:
    """Add the person NAME."""
    from cotlab.services.people.accounts import add_person
    from cotlab.storage import SERVER

    with opened(settings(database=database)) as store:
        by = host(store)
        store.write(SERVER, lambda db: add_person(db, by, name, admin))
    click.echo(f"added {name}" + (" (admin)" if admin else ""))


@user_command.command("list")
@database_option
def user_list(database: str | None) -> None:
    """List people."""
    from cotlab.storage.people.actors import people

    with opened(settings(database=database)) as store:
        rows = store.read(people)
    for row in rows:
        click.echo(row["name"] + ("  admin" if row["admin"] else "") + ("  deactivated" if row["away"] else ""))
    click.echo(f"{counted(len(rows), 'person', 'people')}", err=True)


@user_command.command("deactivate")
@database_option
@click.argument("name")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@json_option
def user_deactivate(database: str | None, name: str, reason: str, as_json: bool) -> None:
    """Let NAME do nothing any more: not sign in, nor be handed anything.

    What they have in hand goes back to the queue, what they finished stands, and their tokens end. Says what only they
    were qualified for, and which batches name nobody else.
    """
    from cotlab.domain.people import LeavingBody
    from cotlab.services.work.absence import deactivate

    with opened(settings(database=database)) as store:
        left = deactivate(store, host(store), LeavingBody(person=name, reason=reason))
    if as_json:
        click.echo(left.model_dump_json(indent=2))
        return
    _say_left(left)


def _say_left(left: "Left") -> None:
    click.echo(f"deactivated {left.person}; {_count(left.tokens_ended, 'token')} ended")
    for project, number in left.given_back.items():
        click.echo(f"{project}: {_count(number, 'open assignment')} given back")
    for missed in left.missed:
        if missed.fields:
            click.echo(f"{missed.project}: nobody else may label {', '.join(missed.fields)}")
        if missed.batches:
            batches = "; ".join(missed.batches)
            click.echo(f"{missed.project}: for nobody else, so given back to everybody: {batches}")
        if missed.cases:
            click.echo(f"{missed.project}: nobody else adjudicates")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


@user_command.command("reactivate")
@database_option
@click.argument("name")
@json_option
def user_reactivate(database: str | None, name: str, as_json: bool) -> None:
    """Let NAME work again, with the roles that they have; issue them a new token."""
    from cotlab.services.work.absence import reactivate

    with opened(settings(database=database)) as store:
        reactivate(store, host(store), name)
    click.echo(json.dumps({"person": name}) if as_json else f"reactivated {name}; cotlab token issue makes a new token")


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
    from cotlab.services.people.accounts import issue_token
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
    from cotlab.services.people.accounts import revoke_token
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
    from cotlab.storage.people.actors import tokens

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
