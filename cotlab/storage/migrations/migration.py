"""What a migration is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema, in SQLite's words; tables listed in `append_only` refuse UPDATE and DELETE."""

    name: str
    statements: tuple[str, ...]
    append_only: tuple[str, ...] = ()
