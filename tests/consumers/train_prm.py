# mypy: ignore-errors
"""Train a tiny random model on an exported file with TRL; run by the interpreter that `training_python` builds.

    python train_prm.py

Each line of the input is a JSON list of LOADER and HELD_OUT. LOADER is the loader snippet beside the export, run as it
is in its folder; HELD_OUT is a JSONL file of the same types. A line of "found " and a JSON object is the answer: the
rows that were loaded, their column types, the model's parameters, the training steps, and the accuracy on the held-out
rows.
"""

import json
import os
import runpy
import sys
import tempfile
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1", "CUDA_VISIBLE_DEVICES": ""}

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForTokenClassification, PreTrainedTokenizerFast, set_seed
from trl.experimental.prm import PRMConfig, PRMTrainer

from datasets import load_dataset

STEPS = 60


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, made on the spot."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: place for place, letter in enumerate([*alphabet, "<pad>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>")


def tiny_model(vocabulary: int, pad: int) -> LlamaForTokenClassification:
    return LlamaForTokenClassification(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=40,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=2_048,
            pad_token_id=pad,
            num_labels=2,
        )
    )


def main(loader: Path, held_out: Path) -> None:
    os.chdir(loader.parent)
    torch.set_num_threads(1)
    set_seed(7)
    dataset = runpy.run_path(str(loader))["dataset"]
    tokenizer = byte_tokenizer()
    model = tiny_model(len(tokenizer), tokenizer.pad_token_id)
    judged = load_dataset("json", data_files=str(held_out), features=dataset.features, split="train")
    with tempfile.TemporaryDirectory() as output:
        trainer = PRMTrainer(
            model=model,
            args=PRMConfig(
                output_dir=output,
                max_steps=STEPS,
                per_device_train_batch_size=16,
                per_device_eval_batch_size=32,
                learning_rate=0.01,
                use_cpu=True,
                bf16=False,
                report_to=[],
                save_strategy="no",
                disable_tqdm=True,
                logging_strategy="no",
            ),
            train_dataset=dataset,
            eval_dataset=judged,
            processing_class=tokenizer,
        )
        trainer.train()
        accuracy = trainer.evaluate()["eval_accuracy"]
    found = {
        "rows": len(dataset),
        "columns": {name: str(feature) for name, feature in dataset.features.items()},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "steps": trainer.state.global_step,
        "accuracy": accuracy,
    }
    print("found", json.dumps(found), flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        main(*map(Path, json.loads(line)))
