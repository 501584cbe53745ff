"""A model's tokenizer and network out of its files: on the processor, in single precision, and never from a network."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from cotlab.domain.errors import ModelFailed
from cotlab.drafting.local.files import Files

DTYPE = torch.float32
LAYER = re.compile(r"\blayers\.\d+\.")


def threads() -> int:
    """Set how many threads work on a model: the cores that this process may use but one, which others need."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(max(1, cores - 1))
    return int(torch.get_num_threads())


def load(name: str, files: Files) -> tuple[Any, Any]:
    """The tokenizer and the network of a model. Raises ModelFailed with one sentence."""
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    safe = {"local_files_only": True, "trust_remote_code": False}
    named = {"gguf_file": files.gguf} if files.gguf else {}
    with _said_of(f"The tokenizer of {name}", files):
        tokenizer = AutoTokenizer.from_pretrained(files.folder, **safe, **named)
    with _said_of(name, files):
        network, told = AutoModelForCausalLM.from_pretrained(
            files.folder, **safe, **named, use_safetensors=True, dtype=DTYPE, output_loading_info=True,
            ignore_mismatched_sizes=True,
        )  # fmt: skip
    _check_fit(name, tokenizer, network, told)
    ends = {*_ends(network.generation_config.eos_token_id), *_ends(tokenizer.eos_token_id)}
    # The rest of a model's own way of generating is left out: a draft's provenance says all of how it was sampled.
    network.generation_config = GenerationConfig(eos_token_id=sorted(ends) or None, pad_token_id=min(ends, default=0))
    return tokenizer, network.eval()


def context_of(network: Any) -> int | None:
    """How many tokens a prompt and its answer may have; None where there is no bound."""
    found = getattr(network.config.get_text_config(decoder=True), "max_position_embeddings", None)
    return found if isinstance(found, int) and found > 0 else None


def vocabulary_of(network: Any) -> int:
    """How many tokens a network knows, which a tokenizer can exceed."""
    return int(network.get_input_embeddings().weight.shape[0])


def _check_fit(name: str, tokenizer: Any, network: Any, told: Any) -> None:
    wrong = [*told["missing_keys"], *(key[0] if isinstance(key, tuple) else key for key in told["mismatched_keys"])]
    wrong += [key for key in told["unexpected_keys"] if LAYER.search(key)]
    if wrong:
        raise ModelFailed(f"The weights of {name} do not fit its config: {min(wrong)} ({len(wrong)} in all).")
    if tokenizer.vocab_size > vocabulary_of(network):
        raise ModelFailed(f"The tokenizer of {name} has tokens that its weights lack.")


def _ends(found: int | list[int] | None) -> list[int]:
    return [] if found is None else [found] if isinstance(found, int) else found


@contextmanager
def _said_of(what: str, files: Files) -> Iterator[None]:
    """Whatever a broken folder brings the library to raise, as the first sentence of it."""
    try:
        yield
    except Exception as error:
        if "trust_remote_code" in str(error):
            raise ModelFailed(f"{what} asks for code of its own, which is never run.") from error
        said = (str(error).replace(str(files.folder), "its folder").strip().splitlines() or [""])[0].split(". ")[0]
        raise ModelFailed(f"{what} cannot be loaded: {said[:200].rstrip('.') or type(error).__name__}.") from error
