"""The command: where it finds server and token, how it signs in, what it loads."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cotlab import __version__
from cotlab.client import Client, Credentials, load_credentials, save_credentials
from cotlab.domain.errors import BadInput
from tests.tui.fakes.server import FakeServer
from tui import main as main_module
from tui.app.settings import credentials_file, find_credentials, state_folder
from tui.main import main

HERE = "http://127.0.0.1:8000"
THERE = "https://cotlab.example.org"


@pytest.mark.parametrize(
    ("environment", "option", "found"),
    [
        ({}, None, (HERE, "kept")),
        ({}, HERE, (HERE, "kept")),
        ({}, THERE, None),
        ({"COTLAB_SERVER": THERE}, None, None),
        ({"COTLAB_SERVER": THERE, "COTLAB_TOKEN": "env"}, None, (THERE, "env")),
        ({"COTLAB_TOKEN": "env"}, None, (HERE, "env")),
        ({"COTLAB_SERVER": THERE, "COTLAB_TOKEN": "env"}, HERE, (HERE, "env")),
    ],
)
def test_where_server_and_token_come_from(
    tmp_path: Path, environment: dict[str, str], option: str | None, found: tuple[str, str] | None
) -> None:
    file = tmp_path / "credentials.json"
    save_credentials(file, Credentials(server=HERE, token="kept"))
    credentials = find_credentials(environment, file, option, False)
    assert (credentials and (credentials.server, credentials.token)) == found


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    save_credentials(file, Credentials(server=HERE, token="kept"))
    file.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        find_credentials({}, file, None, False)
    said = CliRunner().invoke(main, [], env={"COTLAB_CREDENTIALS": str(file)})
    assert said.exit_code == 1 and "chmod 600" in said.output and "Traceback" not in said.output


def test_the_environment_names_the_files() -> None:
    assert credentials_file({"COTLAB_CREDENTIALS": "here.json"}) == Path("here.json")
    assert state_folder({"COTLAB_STATE": "state"}) == Path("state")
    assert credentials_file({}).parts[-2:] == ("cotlab", "credentials.json")


@pytest.fixture
def over_http(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    def connect(address: str, token: str, allow_plain_http: bool = False) -> Client:
        return Client(address, token, allow_plain_http=allow_plain_http, transport=server.transport())

    monkeypatch.setattr(main_module, "Client", connect)
    return server


@pytest.mark.parametrize("how", ["file", "environment", "prompt"])
def test_login_checks_the_token_and_keeps_it(over_http: FakeServer, tmp_path: Path, how: str) -> None:
    file, token = tmp_path / "c" / "credentials.json", tmp_path / "token"
    token.write_text("cot_good\n")
    environment = {"COTLAB_CREDENTIALS": str(file), "COTLAB_TOKEN": "cot_good" if how == "environment" else ""}
    arguments = ["login", "--server", HERE, *(["--token-file", str(token)] if how == "file" else [])]
    said = CliRunner().invoke(main, arguments, env=environment, input="cot_good\n" if how == "prompt" else None)
    assert said.exit_code == 0, said.output
    assert f"signed in to {HERE} as ada" in said.output and "cot_good" not in said.output
    assert load_credentials(file) == Credentials(server=HERE, token="cot_good")


def test_login_with_a_wrong_token_writes_nothing(over_http: FakeServer, tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    said = CliRunner().invoke(
        main, ["login", "--server", HERE], input="cot_bad\n", env={"COTLAB_CREDENTIALS": str(file)}
    )
    assert said.exit_code == 1 and "unknown, expired or revoked" in said.output and not file.exists()


def test_login_refuses_plain_http_to_another_machine(over_http: FakeServer, tmp_path: Path) -> None:
    environment = {"COTLAB_CREDENTIALS": str(tmp_path / "c.json"), "COTLAB_TOKEN": "cot_good"}
    said = CliRunner().invoke(main, ["login", "--server", "http://example.org"], env=environment)
    assert said.exit_code == 1 and "plain http" in said.output and not over_http.requests
    said = CliRunner().invoke(main, ["login", "--server", "http://example.org", "--allow-plain-http"], env=environment)
    assert said.exit_code == 0


def test_login_says_so_where_the_server_is_away_or_of_another_version(over_http: FakeServer, tmp_path: Path) -> None:
    environment = {"COTLAB_CREDENTIALS": str(tmp_path / "c.json"), "COTLAB_TOKEN": "cot_good"}
    over_http.version = "99.0"
    said = CliRunner().invoke(main, ["login", "--server", HERE], env=environment)
    assert f"this is cotlab-tui {__version__} and the server is 99.0: install cotlab 99.0 here" in said.output
    over_http.gone = True
    said = CliRunner().invoke(main, ["login", "--server", HERE], env=environment)
    assert said.exit_code == 1 and "cannot be reached" in said.output


def test_without_a_terminal_it_says_so() -> None:
    said = CliRunner().invoke(main, [], env={"COTLAB_SERVER": HERE, "COTLAB_TOKEN": "x"})
    assert said.exit_code == 1 and "needs a terminal" in said.output


@pytest.mark.parametrize("module", ["tui.main", "tui.journeys"])
def test_what_it_loads(module: str) -> None:
    heavy = ("litestar", "sqlite_utils", "sympy", "transformers", "torch", "uvicorn")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_no_textual() -> None:
    code = "import sys, tui.main; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_client_is_closed(over_http: FakeServer) -> None:
    assert asyncio.run(main_module.check(Credentials(server=HERE, token="cot_good"), False)) == ("ada", None)
