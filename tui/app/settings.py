"""What the terminal UI is started with: options, then the environment, then the file that sign-in wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_dir, user_state_dir

from cotlab.client import Credentials, checked_server, load_credentials

THEMES = ("terminal", "dark", "light", "contrast")


@dataclass(frozen=True, slots=True)
class Settings:
    """`credentials` is None until somebody signs in."""

    credentials_file: Path
    state: Path
    credentials: Credentials | None = None
    allow_plain_http: bool = False
    theme: str = "terminal"
    confirm: bool = True


def credentials_file(environment: Mapping[str, str]) -> Path:
    named = environment.get("COTLAB_CREDENTIALS")
    return Path(named) if named else Path(user_config_dir("cotlab")) / "credentials.json"


def state_folder(environment: Mapping[str, str]) -> Path:
    named = environment.get("COTLAB_STATE")
    return Path(named) if named else Path(user_state_dir("cotlab"))


def find_credentials(
    environment: Mapping[str, str], file: Path, server: str | None, allow_plain_http: bool
) -> Credentials | None:
    """Where and as whom to go on; None where nobody is signed in.

    COTLAB_TOKEN and COTLAB_SERVER win over the file; a token of the file goes to no other server than its own.
    Raises BadInput for a server whose name is none, plain http beyond this machine, or a file that others can read.
    """
    kept = load_credentials(file)
    token = environment.get("COTLAB_TOKEN")
    server = server or environment.get("COTLAB_SERVER") or (kept.server if kept else None)
    if server is None:
        return None
    server = checked_server(server, allow_plain_http)
    if token:
        return Credentials(server=server, token=token)
    return kept if kept is not None and kept.server == server else None
