"""The pages of the docs as programs: their sessions, run as a reader would run them."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(\w+)(?: (session|output|consumer))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""Language, kind and text of a block."""
WAIT, ADDRESS = "sleep 3", "http://127.0.0.1:8437"
UNTIL_SERVED = r"""until SERVED=$(sed -n 's/.* serves //p' ./*/server.log | grep .); do sleep 0.1; done
COTLAB_SERVER=$SERVED"""
PATIENCE = 180.0
"""Seconds that a page's sessions have on a busy machine; they need some twenty on an idle one."""
HANDS = f"""#!{sys.executable}
import asyncio, os, tempfile
from pathlib import Path
from cotlab.client import Credentials
from tui.scripted import Expert, Judgement
from tui.app.settings import Settings

credentials = Credentials(server=os.environ["COTLAB_SERVER"], token=os.environ["COTLAB_TOKEN"])
settings = Settings(Path("credentials.json"), Path(tempfile.mkdtemp(dir=".")), credentials)
asyncio.run(Expert("hands", settings, lambda text: Judgement("correct", ""), print).label(1))
"""
"""In the place of `cotlab-tui`: the real terminal UI, with somebody at the keys."""


def session(blocks: Iterable[tuple[str, str, str]]) -> str:
    """What a page's sessions do, as one script of a shell."""
    return "set -e\n" + "".join(_as_shell(language, text) for language, kind, text in blocks if kind == "session")


def _as_shell(language: str, text: str) -> str:
    return f"python3 - <<'END_OF_PYTHON'\n{text}END_OF_PYTHON\n" if language == "python" else text


def as_shown(blocks: Iterable[tuple[str, str, str]], said: str) -> None:
    """Whether each line came that a page shows; … in it stands for anything."""
    for line in "".join(text for _, kind, text in blocks if kind == "output").splitlines():
        shape = ".*".join(map(re.escape, line.split("…")))
        assert re.search(f"^{shape}$", said, re.MULTILINE), f"this is shown, and it did not come: {line}\n{said}"


def run(script: str, folder: Path) -> str:
    """What a script printed. The folder has the shipped files and a `.venv` with the commands.

    The server takes a free port, and is waited for as long as it needs and not for the seconds that a person waits.
    """
    assert WAIT in script and ADDRESS in script
    script = script.replace(WAIT, UNTIL_SERVED).replace(ADDRESS, "${SERVED-}")
    for name in ("datasets", "guidelines"):
        (folder / name).symlink_to(ROOT / name)
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "cotlab").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cotlab "$@"\n')
    (commands / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (commands / "cotlab-tui").write_text(HANDS)
    for command in commands.iterdir():
        command.chmod(0o755)
    outside = {key: value for key, value in os.environ.items() if not key.startswith("COTLAB_")}
    environment = {**outside, "HOME": str(folder), "PYTHONPATH": str(ROOT), "COTLAB_PORT": "0"}
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, said
    return said
