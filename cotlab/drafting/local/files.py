"""The files of a model on this machine. They are found and hashed without a library, and none is ever unpickled."""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotlab.domain.errors import BadInput

REVISION = re.compile(r"^[0-9a-f]{40}$")
ENTRY = re.compile(r"^(?!/)(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)@(?P<revision>.+)$")
INDEX = "model.safetensors.index.json"
MAGIC = b"GGUF"
OTHER_WEIGHTS = "transformers_weights"
"""The field of a config by which the library loads another file than the one that is hashed here."""
TOKENIZER = (
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt",
)  # fmt: skip
BESIDE = ("config.json", "generation_config.json", "chat_template.jinja")
PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True, slots=True)
class Files:
    """A model's files; `revision` is that of a cache entry. A GGUF file is weights and tokenizer at once."""

    folder: Path
    weights: tuple[Path, ...]
    tokenizer: tuple[Path, ...]
    beside: tuple[Path, ...] = ()
    revision: str | None = None

    @property
    def gguf(self) -> str | None:
        """The name of the GGUF file, where the model is one."""
        return self.weights[0].name if self.weights[0].suffix == ".gguf" else None


def find(place: str) -> Files:
    """The files of the model at a place. Raises BadInput where there is none, never with the place itself."""
    entry = ENTRY.match(place)
    path = _cached(entry) if entry else Path(place)
    if not path.is_absolute():
        raise BadInput(
            "place: a model is a folder or GGUF file by its whole path, or an entry of the cache as owner/name@revision"
        )
    if path.suffix == ".gguf" and path.is_file():
        _check_magic(path)
        return Files(path.parent, (path,), (path,))
    if not path.is_dir():
        raise BadInput(f"place: there is no {'such entry in the cache' if entry else 'such folder or GGUF file'} here")
    revision = path.name if path.parent.name == "snapshots" and REVISION.match(path.name) else None
    if (path / "adapter_config.json").exists():
        raise BadInput("place: this is an adapter without its model; merge the two first")
    if not (path / "config.json").is_file():
        raise BadInput("place: the folder has no config.json")
    if OTHER_WEIGHTS in _config(path):
        raise BadInput(f"place: config.json names weights of its own ({OTHER_WEIGHTS}); call them model.safetensors")
    weights, tokenizer = _weights(path), _there(path, TOKENIZER)
    if not tokenizer:
        raise BadInput("place: the folder has no tokenizer")
    return Files(path, weights, tokenizer, _there(path, BESIDE), revision)


def _cached(entry: re.Match[str]) -> Path:
    if not REVISION.match(entry["revision"]):
        raise BadInput("place: an entry of the cache is named with its revision, a commit of 40 hexadecimal digits")
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser().absolute()
    return cache / f"models--{entry['owner']}--{entry['name']}" / "snapshots" / entry["revision"]


def _check_magic(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BadInput(f"place: {path.name} is no GGUF file")


def _config(folder: Path) -> dict[str, Any]:
    """Empty where it cannot be read, which the library then says."""
    try:
        found = json.loads((folder / "config.json").read_text("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _weights(folder: Path) -> tuple[Path, ...]:
    whole, index = folder / "model.safetensors", folder / INDEX
    if whole.is_file():
        return (whole,)
    if not index.is_file():
        if any(any(folder.glob(pattern)) for pattern in PICKLED):
            raise BadInput("place: the weights are pickled, which can run code; only safetensors and GGUF are loaded")
        if any(folder.glob("*.gguf")):
            raise BadInput("place: the folder holds GGUF; name the file itself")
        raise BadInput("place: the folder has no weights (model.safetensors)")
    try:
        names = sorted({str(name) for name in json.loads(index.read_text("utf-8"))["weight_map"].values()})
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise BadInput(f"place: {INDEX} cannot be read") from None
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise BadInput(f"place: {INDEX} names what is no safetensors file of the folder")
        if not (folder / name).is_file():
            raise BadInput(f"place: the folder lacks {name}, which {INDEX} names")
    if not names:
        raise BadInput(f"place: {INDEX} names no weights")
    return tuple(folder / name for name in names)


def _there(folder: Path, names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(folder / name for name in names if (folder / name).is_file())


def hashes(files: Files) -> dict[str, str]:
    """SHA-256 (hex) of each file by its name; reads them all."""
    return {path.name: _sha256(path) for path in sorted({*files.weights, *files.tokenizer, *files.beside})}


def together(paths: Iterable[Path], found: dict[str, str]) -> str:
    """One SHA-256 for several files: that of the only one, else of lines as `sha256sum` writes them, by name."""
    names = sorted(path.name for path in paths)
    if len(names) == 1:
        return found[names[0]]
    return hashlib.sha256("".join(f"{found[name]}  {name}\n" for name in names).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
