"""Commands on the host's database: init, serve, migrate, backup, restore."""

from pathlib import Path

import click

from cotlab.cli.context import database_option, settings


@click.command("init")
@database_option
@click.option("--admin", default="admin", show_default=True, help="The first admin's name.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long the token is good.")
def init_command(database: str | None, admin: str, days: int) -> None:
    """Make a database, its signing key and the first admin, and print the admin's token once."""
    from cotlab.services.people.setup import initialise

    made = initialise(settings(database=database), admin, days)
    click.echo(f"database     {made.database}")
    click.echo(f"signing key  {made.key_path} (keep a copy elsewhere; it is not in the backup)")
    click.echo(f"public key   {made.public_key}")
    click.echo(f"admin        {admin}, token (shown once):\n{made.token}")
    click.echo("next         cotlab serve, and in another shell: cotlab-tui login")


@click.command("serve")
@database_option
@click.option("--host", help="The address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on (8437; 0 takes a free one).")
def serve_command(database: str | None, host: str | None, port: int | None) -> None:
    """Serve the database over HTTP until it is stopped."""
    from cotlab.api.serving import serve

    serve(settings(database=database, host=host, port=port))


@click.command("migrate")
@database_option
def migrate_command(database: str | None) -> None:
    """Bring a database to this version's schema. A backup is made beside it first."""
    from cotlab.storage import migrate

    found = settings(database=database)
    applied = migrate(found.database)
    click.echo("\n".join(f"applied {name}" for name in applied) or "the database is up to date")


@click.command("backup")
@database_option
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def backup_command(database: str | None, target: Path, force: bool) -> None:
    """Write a copy of the database to TARGET, also while it is written to."""
    from cotlab.storage.backups.backup import backup

    backup(settings(database=database).database, target, force=force)
    click.echo(f"wrote {target} ({target.stat().st_size:,} bytes)")


@click.command("restore")
@database_option
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
def restore_command(database: str | None, source: Path) -> None:
    """Verify the backup SOURCE and put it in the place of the database; the replaced one is kept."""
    from cotlab.storage.backups.backup import restore

    found = settings(database=database)
    kept = restore(source, found.database)
    click.echo(f"restored {found.database} from {source}" + (f"; the old one is {kept}" if kept else ""))
