"""A fresh database, ready to serve."""

from dataclasses import dataclass
from pathlib import Path

from cotlab.domain.errors import AlreadyExists, BadInput, WrongDatabase
from cotlab.services.audit.verification import add_key
from cotlab.services.people.accounts import add_person, issue_token
from cotlab.settings import Settings
from cotlab.storage import SERVER, Db, Store, create, is_postgresql, open_store
from cotlab.storage.engine.signing import create_key, known_keys, load_signer

HOST = "host"
"""The actor of what happens before the first person is there."""


@dataclass(frozen=True, slots=True)
class Initialised:
    database: str
    key_path: Path
    public_key: str
    admin_id: str
    token: str


def initialise(settings: Settings, admin: str, days: int) -> Initialised:
    """Make database, key, first admin and token. A key file that is there already is used. Raises AlreadyExists."""
    if not is_postgresql(settings.database) and Path(settings.database).exists():
        raise AlreadyExists(f"There is a file {settings.database} already; name another database.")
    key_path = settings.key_path()
    signer = load_signer(key_path) if key_path.exists() else create_key(key_path)
    create(settings.database)
    store = open_store(settings.database, signer=signer)

    def fill(db: Db) -> tuple[str, str]:
        admin_id = add_person(db, HOST, admin, admin=True)
        add_key(db, admin_id, signer)
        return admin_id, issue_token(db, HOST, admin, "made with the database", days).token

    try:
        admin_id, token = store.write(SERVER, fill)
    finally:
        store.close()
    return Initialised(settings.database, key_path, signer.public_key, admin_id, token)


def open_database(settings: Settings) -> Store:
    """The store that the settings name. Raises WrongDatabase for none, BadInput for a key that is not its own."""
    if not is_postgresql(settings.database) and not Path(settings.database).is_file():
        raise WrongDatabase(f"There is no database {settings.database}; cotlab init makes one.")
    signer = load_signer(settings.key_path())
    store = open_store(settings.database, signer=signer, batch=settings.write_batch)
    try:
        known = store.read(known_keys)
    except BaseException:
        store.close()
        raise
    if signer.id not in known:
        store.close()
        raise BadInput(f"The signing key {settings.key_path()} is not one of the database {settings.database}.")
    return store
