"""The few differences between the two engines' SQL, as text."""

import re
from collections.abc import Sequence
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<kept>'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ::)
      | (?P<percent>%)
      | (?<!\w):(?P<name>[A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE | re.DOTALL,
)

_DDL = (
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bREAL\b"), "DOUBLE PRECISION"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    # SQLite sorts text by its bytes; so must PostgreSQL, or paging by a text key differs.
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
    (re.compile(r"\)\s*STRICT\s*$"), ")"),
)


def _replace(match: re.Match[str]) -> str:
    if match["name"]:
        return f"%({match['name']})s"
    return match[0].replace("%", "%%")


@lru_cache(maxsize=4096)
def to_postgresql(sql: str) -> str:
    """`:name` becomes `%(name)s`; casts, literals, quoted names and comments stay, with their `%` doubled."""
    return _TOKEN.sub(_replace, sql)


def ddl_to_postgresql(statement: str) -> str:
    """A CREATE statement of SQLite with the types of PostgreSQL; type words are upper case, names lower case."""
    for pattern, replacement in _DDL:
        statement = pattern.sub(replacement, statement)
    return statement


@lru_cache(maxsize=1024)
def insert_by_name(table: str, columns: tuple[str, ...]) -> str:
    """`INSERT INTO table (a, b) VALUES (:a, :b)`."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(':' + column for column in columns)})"


def insert_by_place(table: str, columns: Sequence[str]) -> str:
    """`INSERT INTO table (a, b) VALUES (?, ?)`."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"
