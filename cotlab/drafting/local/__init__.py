"""A model on this machine, run by the library transformers: a folder, an entry of the hub's cache, or a GGUF file.

Nothing here loads the library or torch before a model is opened, which workers and `cotlab model check` do alone.
"""

import os
from importlib.util import find_spec

from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.drafting.driver import Driver, DriverKind, Surroundings
from cotlab.drafting.local.files import find, hashes
from cotlab.drafting.local.room import needed_bytes

QUIET = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TQDM_DISABLE": "1"}
LIBRARIES = ("torch", "transformers", "safetensors", "tokenizers", "accelerate", "gguf", "psutil")


def check(model: NewModel, _: Surroundings) -> None:
    """Raise BadInput for what is no model on this machine."""
    if model.place is None:
        raise BadInput("place: the driver transformers takes a folder, an entry of the cache, or a GGUF file")
    if model.options.key_env or model.options.key_file:
        raise BadInput("options: a model on this machine asks for no key")
    find(model.place)


def prepare_libraries() -> None:
    """Keep the libraries off every network, which they read when they are first loaded.

    Raises ModelFailed where they are not installed.
    """
    os.environ |= QUIET
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise ModelFailed(f"A model on this machine needs {', '.join(missing)}: install cotlab[models].")


def open_local(model: NewModel, _: Surroundings) -> Driver:
    prepare_libraries()
    from cotlab.drafting.local.model import LocalModel

    return LocalModel(model)


def fingerprint(model: NewModel) -> dict[str, str]:
    """Raises ModelFailed for a GGUF file that is cut off or corrupt, where the library is here that can tell."""
    files = find(str(model.place))
    if files.gguf and find_spec("gguf"):
        needed_bytes(files)
    return hashes(files)


KIND = DriverKind("transformers", check, open_local, leaves=lambda _: False, fingerprint=fingerprint)
