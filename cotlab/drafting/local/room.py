"""Whether a model fits into memory: told from what its files say, before any of it is loaded."""

import math
from collections.abc import Iterator
from pathlib import Path

from cotlab.domain.errors import ModelFailed
from cotlab.drafting.local.files import Files

FLOAT = 4
"""Bytes of a weight as it is run."""
REST = 500_000_000
"""Bytes for the libraries and what is worked out."""
GGUF = 2
"""A GGUF file is unpacked beside the model that is made of it."""
CGROUP = Path("/sys/fs/cgroup")


def check_room(name: str, files: Files, free: int | None = None) -> None:
    """Raise ModelFailed where a model is larger than the free memory (bytes), or where its files are cut off."""
    needed = needed_bytes(files)
    free = free_bytes() if free is None else free
    if needed > free:
        raise ModelFailed(f"{name} needs {_gigabytes(needed)} of memory, and {_gigabytes(free)} are free.")


def needed_bytes(files: Files) -> int:
    """Of memory at the peak, while loading. Raises ModelFailed for a file that cannot be read."""
    sizes = 0
    for path in files.weights:
        read = _gguf_sizes if files.gguf else _safetensors_sizes
        try:
            sizes += sum(read(path))
        except Exception as error:  # the readers raise whatever a broken file brings them to
            raise ModelFailed(f"{path.name} is cut off or corrupt ({type(error).__name__}).") from error
    return sizes * FLOAT * (GGUF if files.gguf else 1) + REST


def free_bytes() -> int:
    """Of memory, here or in the container that this process is in."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        most = int((CGROUP / "memory.max").read_text())
        lines = (line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        return min(free, most - next(int(value) for name, value in lines if name == "anon"))
    except (OSError, ValueError, StopIteration):  # no container, or none with a limit
        return free


def _safetensors_sizes(path: Path) -> Iterator[int]:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        for name in file.keys():  # noqa: SIM118 (no mapping)
            yield math.prod(file.get_slice(name).get_shape())


def _gguf_sizes(path: Path) -> Iterator[int]:
    from gguf import GGUFReader

    for tensor in GGUFReader(path).tensors:
        yield int(tensor.n_elements)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
