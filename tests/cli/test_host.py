"""Commands on the host: what a new user types, and what they read when it is wrong."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from cotlab.settings import Settings
from tests.cli.conftest import Command

GOOD = '{"problem": {"text": "What is 1 + 1?"}, "steps": [{"text": "1 + 1 = %d"}]}\n'


def test_init_makes_a_database_a_key_and_an_admin(command: Command, tmp_path: Path) -> None:
    said = command("init", "--admin", "ada")
    assert said.code == 0
    assert "ada, token (shown once):\ncot_" in said.out
    assert stat.S_IMODE((tmp_path / "cotlab.db.signing-key").stat().st_mode) == 0o600
    token = next(line for line in said.out.splitlines() if line.startswith("cot_"))
    assert token.encode() not in (tmp_path / "cotlab.db").read_bytes(), "a token is never stored in clear"
    assert command("user", "list").out == "ada  admin\n"
    again = command("init")
    assert (again.code, again.out) == (1, "")
    assert "There is a file cotlab.db already" in again.error


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--database", "no.db"), "There is no database no.db; cotlab init makes one."),
        (("user", "add", "x", "--database", "no.db"), "There is no database no.db; cotlab init makes one."),
        (("serve", "--nope"), "No such option '--nope'."),
        (("nope",), "No such command 'nope'."),
        (("import", "f.jsonl"), "Missing option '--project'."),
        (("import", "f.jsonl", "--project", "p"), "f.jsonl: No such file or directory"),
        (("export", "--project", "p", "--format", "native"), "Missing option '--labels'."),
        (("project", "list"), "Name the server"),
        (("restore", "no.backup"), "There is no backup at no.backup."),
        (("migrate", "--database", "no.db"), "no.db"),
        (("backup", "b.db", "--database", "no.db"), "no.db"),
    ],
)
def test_a_wrong_command_is_one_sentence(command: Command, arguments: tuple[str, ...], sentence: str) -> None:
    said = command(*arguments)
    assert said.code != 0
    assert sentence in said.error
    assert "Traceback" not in said.error


def test_a_file_that_is_no_database(command: Command, tmp_path: Path) -> None:
    assert command("init").code == 0
    (tmp_path / "cotlab.db").write_bytes(b"this is no database, but it is long enough to look at" * 40)
    said = command("user", "list")
    assert said.code == 1 and said.error.startswith("Error: ") and "Traceback" not in said.error


def test_a_key_of_another_database_is_refused(command: Command) -> None:
    assert command("init").code == 0 and command("init", "--database", "other.db").code == 0
    Path("cotlab.db.signing-key").write_bytes(Path("other.db.signing-key").read_bytes())
    assert "is not one of the database" in command("user", "list").error


def test_tokens_are_shown_once_listed_and_revoked(command: Command) -> None:
    assert command("init").code == 0 and command("user", "add", "ann").code == 0
    issued = command("token", "issue", "ann", "--name", "laptop", "--days", "2")
    token = issued.out.strip()
    assert token.startswith("cot_") and "\n" not in token
    listed = command("token", "list")
    assert "laptop" in listed.out and token not in listed.out
    token_id = token.split("_")[1]
    assert command("token", "revoke", token_id).code == 0
    assert f"{token_id}  ann                   laptop                    revoked" in command("token", "list").out
    assert command("token", "revoke", "ffffffff").error == "Error: There is no token ffffffff.\n"
    assert "no person named bob" in command("token", "issue", "bob").error
    assert "already" in command("user", "add", "ANN").error


def test_import_names_broken_lines_and_is_safe_to_repeat(settled_in: Settings, command: Command) -> None:
    lines = [GOOD % 2, "nope\n", GOOD % 3, '{"problem": {"text": "x"}, "steps": [{"text": " "}]}\n']
    Path("traces.jsonl").write_text("".join(lines))
    first = command("import", "traces.jsonl", "--project", "pilot")
    assert first.code == 1
    assert "2 traces with 2 steps and 1 new problem;" in first.out and "2 broken" in first.out
    assert "traces.jsonl, line 4: steps.0.text: the text is empty" in first.error
    rejects = [json.loads(line) for line in Path("traces.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [(row["line"], row["field"], row["text"]) for row in rejects] == [
        (2, "", "nope"),
        (4, "steps.0.text", lines[3].strip()),
    ]
    second = command("import", "traces.jsonl", "--project", "pilot")
    assert "0 traces with 0 steps and 0 new problems" in second.out and "2 there already" in second.out
    Path("traces.jsonl").write_text(lines[0])
    assert command("import", "traces.jsonl", "--project", "pilot").code == 0
    assert "no project named nope" in command("import", "traces.jsonl", "--project", "nope").error


def test_an_export_without_a_label_leaves_no_file(settled_in: Settings, command: Command) -> None:
    Path("traces.jsonl").write_text(GOOD % 2)
    assert command("import", "traces.jsonl", "--project", "pilot").code == 0
    said = command("export", "--project", "pilot", "--format", "native", "--labels", "settled")
    assert said.code == 1 and "nothing to export" in said.error
    assert "1 trace, not labelled" in said.out
    assert not list(Path().glob("pilot-native*"))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--format", "nope"), "'nope' is not one of 'native', 'prm800k', 'trl-stepwise'"),
        (("--format", "trl-stepwise"), "mapping: is required for the format trl-stepwise"),
        (("--format", "trl-stepwise", "--mapping", "prm800k"), "mapping: prm800k does not fit"),
        (("--format", "native", "--mapping", "correctness"), "nothing is mapped"),
        (("--format", "native", "--as-of", "999999"), "as_of: the project's chain ends at"),
    ],
)
def test_a_wrong_export_order(settled_in: Settings, command: Command, more: tuple[str, ...], sentence: str) -> None:
    said = command("export", "--project", "pilot", "--labels", "each", *more)
    assert said.code != 0 and sentence in said.error
    assert not list(Path().glob("pilot-*"))


def test_backup_and_restore(settled_in: Settings, command: Command) -> None:
    Path("traces.jsonl").write_text(GOOD % 2)
    assert command("backup", "before.db").code == 0
    assert "already" in command("backup", "before.db").error
    assert command("import", "traces.jsonl", "--project", "pilot").code == 0
    assert command("restore", "before.db").code == 0
    assert "1 trace" in command("import", "traces.jsonl", "--project", "pilot").out, "the import was undone"
    content = bytearray(Path("before.db").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4000] = bytes(4000)
    Path("damaged.db").write_bytes(content)
    assert command("restore", "damaged.db").code == 1
    assert "1 there already" in command("import", "traces.jsonl", "--project", "pilot").out, "nothing was replaced"


def test_migrate_has_nothing_to_do(command: Command) -> None:
    assert command("init").code == 0
    assert command("migrate").out == "the database is up to date\n"


def test_a_newer_database_is_refused(command: Command) -> None:
    assert command("init").code == 0
    with sqlite3.connect("cotlab.db") as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE name LIKE '%migrations%' AND type = 'table'")
        (table,) = found.fetchone()
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
        values = ["'0999_of_the_future'" if column == "name" else column for column in columns]
        database.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} LIMIT 1")
    database.close()
    said = command("user", "list")
    assert said.code == 1 and "newer" in said.error


def test_completion_and_help_name_every_command(command: Command) -> None:
    from cotlab.cli import COMMANDS

    said = command("--help")
    assert all(name in said.out for name in COMMANDS)
    assert "_COTLAB_COMPLETE" in command("completion", "bash").out
    for name in COMMANDS:
        assert command(name, "--help").out.startswith(f"Usage: cotlab {name}")
