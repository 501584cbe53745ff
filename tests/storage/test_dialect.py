"""One SQL text, two engines."""

import pytest

from cotlab.storage.engine.dialect import ddl_to_postgresql, insert_by_name, to_postgresql

STATEMENTS = [
    ("SELECT 1", "SELECT 1", "nothing to do"),
    ("SELECT * FROM a WHERE b = :b AND c=:c_1", "SELECT * FROM a WHERE b = %(b)s AND c=%(c_1)s", "names"),
    ("VALUES (:a,:b,:a)", "VALUES (%(a)s,%(b)s,%(a)s)", "a name twice"),
    ("SELECT x::text, :y::bigint", "SELECT x::text, %(y)s::bigint", "casts"),
    ("SELECT ':a', ':it''s :b' || :c", "SELECT ':a', ':it''s :b' || %(c)s", "literals"),
    ('SELECT ":a" FROM t WHERE x = :x', 'SELECT ":a" FROM t WHERE x = %(x)s', "quoted names"),
    ("SELECT 7 % 2, '100%' , :p", "SELECT 7 %% 2, '100%%' , %(p)s", "percent signs"),
    ("SELECT 1 -- :a 5%\n, :b", "SELECT 1 -- :a 5%%\n, %(b)s", "a comment of a line"),
    ("SELECT /* :a\n' */ :b", "SELECT /* :a\n' */ %(b)s", "a comment of several lines"),
    ("SELECT CAST(:x AS TEXT) IS NULL", "SELECT CAST(%(x)s AS TEXT) IS NULL", "a cast in words"),
    ("SELECT '%s' || '%(x)s'", "SELECT '%%s' || '%%(x)s'", "what looks like psycopg's own"),
    ("SELECT 'a:b', :é", "SELECT 'a:b', :é", "names are ASCII"),
]


@pytest.mark.parametrize(("sql", "expected", "why"), STATEMENTS, ids=[row[2] for row in STATEMENTS])
def test_parameters(sql: str, expected: str, why: str) -> None:
    assert to_postgresql(sql) == expected


DEFINITIONS = [
    ("CREATE TABLE a (b INTEGER NOT NULL, c REAL) STRICT", "CREATE TABLE a (b BIGINT NOT NULL, c DOUBLE PRECISION)"),
    ("CREATE TABLE a (b BLOB)", "CREATE TABLE a (b BYTEA)"),
    ("CREATE TABLE t (text TEXT)", 'CREATE TABLE t (text TEXT COLLATE "C")'),
    ("CREATE TABLE t (integers INTEGER, strict INTEGER) STRICT", "CREATE TABLE t (integers BIGINT, strict BIGINT)"),
    ("CREATE INDEX a ON b (c) WHERE c IS NOT NULL", "CREATE INDEX a ON b (c) WHERE c IS NOT NULL"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), DEFINITIONS)
def test_definitions(statement: str, expected: str) -> None:
    assert ddl_to_postgresql(statement) == expected


def test_insert() -> None:
    assert insert_by_name("a", ("b", "c")) == "INSERT INTO a (b, c) VALUES (:b, :c)"
