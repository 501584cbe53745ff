"""Where a database is: a file's path, or the URL of a PostgreSQL database."""

from pathlib import Path

from cotlab.domain.errors import WrongDatabase


def is_postgresql(database: str | Path) -> bool:
    """Whether this is `postgresql://...` (or `postgres://...`) and not a path."""
    return isinstance(database, str) and database.startswith(("postgresql://", "postgres://"))


def sqlite_path(database: str | Path) -> Path:
    """The absolute path of a file. Raises WrongDatabase for the URL of anything else."""
    text = str(database)
    if "://" in text and not isinstance(database, Path):
        raise WrongDatabase("A database is a file's path or postgresql://user@host/name.")
    if not text:
        raise WrongDatabase("The path of the database is empty.")
    return Path(database).expanduser().absolute()
