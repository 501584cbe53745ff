"""Where the training libraries live while they are tested: outside this clone, and outside its environment."""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
STEPWISE_TRL, PREFERENCE_TRL = "1.13.0", "1.16.0"
"""The last version that trains on steps, and the one whose preference trainers are tested."""
TRL_SHA256 = {
    STEPWISE_TRL: "7c7ae0c72e969450221cf4c7cfe69c532c5a83c727204f1c8ced38a9b79134ec",
    PREFERENCE_TRL: "c4726e139dd40e1a41661511c639c8a68416782b2e3e8c0befebd77bb7ba0396",
}

NO_INDEX = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ProxyError",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Network is unreachable",
)


class InstallFailed(Exception):
    """pip did not install what the consumers need; `unreachable` where it found no package index at all."""

    def __init__(self, output: str) -> None:
        super().__init__(output[-4000:])
        self.unreachable = any(sign in output for sign in NO_INDEX)


def cache_folder() -> Path:
    """The folder of the wheels and environments: `cotlab-consumers` under XDG_CACHE_HOME or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "cotlab-consumers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def trl_wheel(version: str = STEPWISE_TRL) -> Path:
    """The pinned wheel of TRL, downloaded once; AssertionError where its bytes are not the pinned ones."""
    wheel = cache_folder() / f"trl-{version}-py3-none-any.whl"
    if not wheel.exists():
        _pip(sys.executable, "download", "--no-deps", "--dest", str(wheel.parent), f"trl=={version}")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert found == TRL_SHA256[version], f"{wheel.name} has sha256 {found}, not the pinned {TRL_SHA256[version]}"
    return wheel


def trl_folder(version: str) -> Path:
    """A folder with this version of TRL alone, to be put before that of `training_python` on PYTHONPATH."""
    folder = cache_folder() / f"trl-{version}"
    with _locked(cache_folder() / f"trl-{version}.lock"):
        if not (folder / "complete").exists():
            with zipfile.ZipFile(trl_wheel(version)) as wheel:
                wheel.extractall(folder)
            (folder / "complete").touch()
    return folder


def training_python() -> Path:
    """The interpreter of an environment with TRL and torch, built once for each content of requirements.txt.

    torch comes first and alone: resolved together with TRL, pip prefers the build with CUDA.
    """
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_folder() / f"venv-{key}"
    python, complete = folder / "bin" / "python", folder / "complete"
    with _locked(cache_folder() / f"venv-{key}.lock"):
        if not complete.exists():
            venv.create(folder, with_pip=True, clear=True)
            torch = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("torch=="))
            _pip(str(python), "install", torch)
            _pip(str(python), "install", "--requirement", str(REQUIREMENTS))
            complete.touch()
    return python


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _pip(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallFailed(done.stdout + done.stderr)
