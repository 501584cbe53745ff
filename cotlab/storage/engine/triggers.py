"""The database itself refuses to change or delete what is only ever added to."""

from collections.abc import Iterable, Iterator

_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$"""


def sqlite_triggers(tables: Iterable[str]) -> Iterator[str]:
    """Two triggers a table."""
    for table in tables:
        for change in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
            )


def postgresql_triggers(tables: Iterable[str]) -> Iterator[str]:
    """One function, and a trigger a table that holds for TRUNCATE too."""
    yield _FUNCTION
    for table in tables:
        yield (
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
