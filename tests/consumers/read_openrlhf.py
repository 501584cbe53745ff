# mypy: ignore-errors
"""Read exported files with OpenRLHF's ProcessRewardDataset; run by the interpreter that `training_python` builds.

    python read_openrlhf.py WHEEL LOADER...

Of the wheel, the class and the two functions that it needs are compiled, and nothing else of it runs. Each LOADER is
run in its folder. One JSON list is printed: for each loader its rows, each a list of steps with the sign that the
labels have at its marker, or the error that the dataset raises.
"""

import ast
import json
import os
import runpy
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

os.environ |= {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerFast

MARKER, SIGNS = "ки", ["+", "-"]
FOLDER = "openrlhf-0.9.5.data/purelib/openrlhf"


def dataset_class(wheel):
    names = {"torch": torch, "F": F, "Dataset": Dataset}
    names |= dict.fromkeys(("Callable", "List", "Optional"), list)
    wanted = {
        f"{FOLDER}/utils/utils.py": {"convert_token_to_id", "zero_pad_sequences"},
        f"{FOLDER}/datasets/process_reward_dataset.py": {"ProcessRewardDataset"},
    }
    with zipfile.ZipFile(wheel) as archive:
        for module, defined in wanted.items():
            body = [node for node in ast.parse(archive.read(module)).body if getattr(node, "name", "") in defined]
            assert len(body) == len(defined)
            exec(compile(ast.Module(body, []), module, "exec"), names)
    return names["ProcessRewardDataset"]


def byte_tokenizer():
    """One token a byte, and one for the marker."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: place for place, letter in enumerate([*alphabet, "<pad>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>")
    made.add_tokens([MARKER])
    return made


def seen(tokens, labels, tokenizer):
    """The texts before the markers, each with the sign that the marker's label is."""
    marker = tokenizer.convert_tokens_to_ids(MARKER)
    steps, start = [], 0
    for place, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        if token == marker:
            steps.append([tokenizer.decode(tokens[start:place]), tokenizer.decode([label])])
            start = place + 1
        elif label != -100:
            raise AssertionError("a label stands beside the markers")
    return steps


def main(wheel, loaders):
    tokenizer, found = byte_tokenizer(), []
    ProcessRewardDataset = dataset_class(wheel)
    strategy = SimpleNamespace(
        args=SimpleNamespace(input_key="input", label_key="label", placeholder_token=MARKER, reward_tokens=SIGNS)
    )
    for loader in loaders:
        os.chdir(loader.parent)
        rows = ProcessRewardDataset(runpy.run_path(str(loader))["dataset"], tokenizer, 100_000, strategy)
        read = []
        for place in range(len(rows)):
            try:
                tokens, _, labels = rows[place]
                read.append(seen(tokens[0].tolist(), labels[0].tolist(), tokenizer))
            except Exception as error:
                read.append(f"{type(error).__name__}: {error}")
        if rows and not any(isinstance(one, str) for one in read):
            padded, mask, _ = rows.collate_fn([rows[place] for place in range(len(rows))])
            assert padded.shape == mask.shape and padded.shape[0] == len(rows)
        found.append(read)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name).resolve() for name in sys.argv[2:]])
