"""A GGUF file written as safetensors."""

from pathlib import Path

from transformers import AutoModelForCausalLM

from cotlab.drafting.local.files import find
from cotlab.drafting.local.loading import load
from cotlab.drafting.local.room import check_room


def convert(gguf: Path, folder: Path) -> None:
    """Write the model of a GGUF file into a folder, unpacked to single precision. Raises ModelFailed."""
    files = find(str(gguf.absolute()))
    check_room(gguf.stem, files)
    tokenizer, network = load(gguf.stem, files)
    config = network.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    # A network that came out of a GGUF file refuses to be saved.
    plain = AutoModelForCausalLM.from_config(config)
    plain.load_state_dict(network.state_dict(), assign=True)
    plain.generation_config = network.generation_config
    plain.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
