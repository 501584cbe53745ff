"""The audit trail, on the host's database or on a file that was written out of it."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, host, opened, settings

if TYPE_CHECKING:
    from cotlab.storage import Store
    from cotlab.storage.audit.verification import Verdict

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("audit")
def audit_command() -> None:
    """Verify and write out the audit trail."""


@audit_command.command("verify")
@database_option
@click.argument("log", type=FILE, required=False)
@click.option("--archive", type=FILE, help="Verify an archive of a project (project export) instead.")
@click.option(
    "--public-key", "public_keys", multiple=True, metavar="HEX", help="A key to trust; else the signing key's."
)
@click.option("--witness", type=FILE, help="Heads that were kept elsewhere (audit heads writes them).")
@click.option("--receipts", type=FILE, help="Receipts that a person kept; cotlab-tui keeps them in its state folder.")
def audit_verify(
    database: str | None, log: Path | None, archive: Path | None, public_keys: tuple[str, ...],
    witness: Path | None, receipts: Path | None,
) -> None:  # fmt: skip
    """Verify the database, the file LOG that `audit export` wrote, or an archive.

    Exits 1 where anything is not as it was written. Of a LOG, the keys named are the only ones trusted; an archive
    holds its keys, and one that is named must have signed its newest head.
    """
    from cotlab.domain.errors import BadInput
    from cotlab.storage.audit.verification import log_lines, read_heads

    for key in public_keys:
        if not re.fullmatch("[0-9a-f]{64}", key):
            raise BadInput(f"--public-key: {key[:80]} is not 64 lower case hex digits")
    heads = read_heads(log_lines(witness)) if witness else []
    kept = list(_receipts(receipts)) if receipts else []
    found = settings(database=database)
    names: dict[str, str] = {}
    if log is not None:
        verdicts = [_verify_file(log, public_keys, heads, kept)]
    elif archive is not None:
        verdicts = [_verify_archive(archive, public_keys, heads, kept)]
    else:
        from cotlab.services.audit.verification import verify
        from cotlab.storage.projects.projects import projects

        with opened(found) as store:
            trusted = public_keys or (_own_key(found.key_path()),)
            verdicts = list(store.read(lambda db: verify(db, trusted, kept, heads)).values())
            names = {row["id"]: f"project {row['name']}" for row in store.read(projects)}
    for verdict in verdicts:
        _say(verdict, names.get(verdict.chain, verdict.chain or "receipts"))
    if not all(verdict.good for verdict in verdicts):
        sys.exit(1)


def _own_key(path: Path) -> str:
    from cotlab.storage.engine.signing import load_signer

    return load_signer(path).public_key


def _verify_file(log: Path, public_keys: tuple[str, ...], heads: list, receipts: list[str]) -> "Verdict":  # type: ignore[type-arg]
    from cotlab.domain.errors import BadInput
    from cotlab.storage.audit.verification import log_lines, verify_log
    from cotlab.storage.engine.signing import key_id

    if not public_keys:
        raise BadInput("--public-key: name the key to trust; cotlab audit key prints it, and init did")
    chain = _chain_of(log)
    keys = {key_id(key): key for key in public_keys}
    return verify_log(log_lines(log), chain, public_keys=keys, receipts=receipts, witness=heads)


def _verify_archive(file: Path, public_keys: tuple[str, ...], heads: list, receipts: list[str]) -> "Verdict":  # type: ignore[type-arg]
    from cotlab.exchange.archive import Archive
    from cotlab.services.projects.archive_chain import newest_key, verify_chain
    from cotlab.services.projects.archive_chain import public_keys as keys_in

    with file.open("rb") as stream:
        archive = Archive(stream, str(file))
        click.echo(f"{file}: {len(archive.manifest.members)} files as the manifest says, sha256 {archive.sha256}")
        if not public_keys:
            newest = newest_key(archive)
            click.echo(
                f"  signed last by the key {newest} ({keys_in(archive).get(newest, 'which is not in it')}), "
                "which the archive itself holds: compare it with what the server's operator says, or name it"
            )
        return verify_chain(archive, public_keys, receipts, heads)


def _chain_of(log: Path) -> str:
    """The chain that the first event of a log names; verifying then holds every line to it."""
    from cotlab.domain.errors import BadInput

    with log.open("rb") as file:
        first = file.readline().partition(b" ")[2]
    try:
        return str(json.loads(first)["chain"])
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{log}, line 1: this is no event of an audit trail") from None


def _receipts(path: Path) -> Iterator[str]:
    """The hashes in a file: one a line, or JSON lines with a `receipt`."""
    from cotlab.domain.errors import BadInput

    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("{"):
            try:
                text = json.loads(text)["receipt"]
            except (ValueError, KeyError):
                raise BadInput(f"{path}, line {number}: there is no receipt in it") from None
        if text:
            yield text


def _say(verdict: "Verdict", name: str) -> None:
    if verdict.good:
        click.echo(
            f"{name}: good, {verdict.events:,} events, {verdict.heads:,} signed heads, ends in {verdict.hash[:16]}…"
        )
        return
    click.echo(f"{name}: {verdict.wrong:,} findings in {verdict.events:,} events")
    for finding in verdict.findings[:20]:
        click.echo(f"  line {finding.line}: {finding.kind}: {finding.sentence}")


@audit_command.command("export")
@database_option
@click.option("--project", help="The project whose chain is written; else the server's.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
def audit_export(database: str | None, project: str | None, out: Path) -> None:
    """Write one chain to a file that a stranger can verify offline with the public key."""
    from cotlab.storage.audit.verification import export_log

    with opened(settings(database=database)) as store:
        chain = _chain(store, project)
        with out.open("w", encoding="utf-8", newline="\n") as file:
            lines = store.read(lambda db: sum(1 for line in export_log(db, chain) if file.write(line)))
    click.echo(f"wrote {lines:,} lines of the {f'project {project}' if project else 'server'}'s chain to {out}")


def _chain(store: "Store", project: str | None) -> str:
    from cotlab.services.projects.projects import project_id_named
    from cotlab.storage import SERVER

    return SERVER if project is None else store.read(lambda db: project_id_named(db, project))


@audit_command.command("heads")
@database_option
def audit_heads(database: str | None) -> None:
    """Print the newest signed head of each chain, to be kept elsewhere as a witness."""
    from cotlab.storage.audit.audit_trail import newest_heads

    with opened(settings(database=database)) as store:
        for head in store.read(newest_heads):
            click.echo(head.line, nl=False)


@audit_command.command("key")
@database_option
@click.option("--rotate", is_flag=True, help="Make a new key; the old one vouches for it. Restart the server after.")
def audit_key(database: str | None, rotate: bool) -> None:
    """Print the public key that verifies what is signed now."""
    from cotlab.services.audit.verification import add_key
    from cotlab.storage import SERVER
    from cotlab.storage.engine.signing import rotate as rotate_key

    found = settings(database=database)
    if rotate:
        with opened(found) as store:
            by = host(store)
            rotate_key(found.key_path(), lambda signer: store.write(SERVER, lambda db: add_key(db, by, signer)))
    click.echo(_own_key(found.key_path()))
