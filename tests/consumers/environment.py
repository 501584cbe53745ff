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
from typing import NoReturn

import pytest

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
READERS = Path(__file__).with_name("requirements-readers.txt")
STEPWISE_TRL, PREFERENCE_TRL = "1.13.0", "1.16.0"
"""The last version that trains on steps, and the one whose preference trainers are tested."""
WHEELS = {
    f"trl-{STEPWISE_TRL}-py3-none-any.whl": "7c7ae0c72e969450221cf4c7cfe69c532c5a83c727204f1c8ced38a9b79134ec",
    f"trl-{PREFERENCE_TRL}-py3-none-any.whl": "c4726e139dd40e1a41661511c639c8a68416782b2e3e8c0befebd77bb7ba0396",
    "axolotl-0.19.0-py3-none-any.whl": "f28eb3ad3709975eec4adfe13307dd980c7e7917cc43cb03f2c6f26c007135cc",
    "openrlhf-0.9.5-cp311-cp311-manylinux1_x86_64.whl": (
        "d82cc62d045a4ef307509febeeded2992e435cd118118fc9cb5680d63ee47fae"
    ),
}
"""Wheels whose code is read or put on a path, never installed, with their sha256."""
AXOLOTL, OPENRLHF = [name for name in WHEELS if not name.startswith("trl-")]

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


def wheel(name: str) -> Path:
    """A pinned wheel, downloaded once for whatever Python; AssertionError where its bytes are not the pinned ones."""
    path = cache_folder() / name
    if not path.exists():
        project, version, python, abi, platform = name.removesuffix(".whl").split("-")
        only = [] if platform == "any" else ["--platform", platform, "--abi", abi, "--python-version", python[2:]]
        _pip(
            sys.executable, "download", "--no-deps", "--only-binary=:all:", *only, "--dest", str(path.parent),
            f"{project}=={version}",
        )  # fmt: skip
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == WHEELS[name], f"{name} has sha256 {found}, not the pinned {WHEELS[name]}"
    return path


def trl_wheel(version: str = STEPWISE_TRL) -> Path:
    return wheel(f"trl-{version}-py3-none-any.whl")


def trl_folder(version: str) -> Path:
    """A folder with this version of TRL alone, to be put before that of `training_python` on PYTHONPATH."""
    folder = cache_folder() / f"trl-{version}"
    with _locked(cache_folder() / f"trl-{version}.lock"):
        if not (folder / "complete").exists():
            with zipfile.ZipFile(trl_wheel(version)) as archive:
                archive.extractall(folder)
            (folder / "complete").touch()
    return folder


def training_python() -> Path:
    """The interpreter of an environment with TRL and torch.

    torch comes first and alone: resolved together with TRL, pip prefers the build with CUDA.
    """
    return _python(REQUIREMENTS, first="torch==")


def reading_python() -> Path:
    """The interpreter of an environment with the libraries that read tables, without torch."""
    return _python(READERS)


def lock_of(requirements: Path) -> Path:
    """The versions of all that requirements bring with them, as `pip freeze` wrote them."""
    return requirements.with_name(requirements.name.replace("requirements", "constraints"))


def _python(requirements: Path, first: str | None = None) -> Path:
    """An environment that is built once for each content of its requirements and of its lock."""
    lock = lock_of(requirements)
    key = hashlib.sha256(requirements.read_bytes() + lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_folder() / f"venv-{key}"
    python, complete = folder / "bin" / "python", folder / "complete"
    with _locked(cache_folder() / f"venv-{key}.lock"):
        if not complete.exists():
            venv.create(folder, with_pip=True, clear=True)
            lines = requirements.read_text().splitlines()
            for line in lines if first is not None else ():
                if line.startswith(first or ""):
                    _pip(str(python), "install", "--constraint", str(lock), line)
            _pip(str(python), "install", "--constraint", str(lock), "--requirement", str(requirements))
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


def asked_for() -> bool:
    """Training libraries are large: they are installed and run where that is asked for, as in CI."""
    return bool(os.environ.get("COTLAB_CONSUMERS") or os.environ.get("CI"))


def skip_or_fail(error: InstallFailed) -> NoReturn:
    if error.unreachable and not os.environ.get("CI"):
        pytest.skip("pip reaches no package index, so the training libraries are not here")
    raise error
