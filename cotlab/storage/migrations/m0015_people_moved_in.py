"""People who came in with a project from another server."""

STATEMENTS = (
    # The name that an archive gives somebody whose name is another person's here.
    "ALTER TABLE actors ADD COLUMN carried_name TEXT",
)

APPEND_ONLY: tuple[str, ...] = ()
