# mypy: ignore-errors
"""Feed exported preference rows to a trainer of TRL; run by the interpreter that `training_python` builds.

    python train_preferences.py

Each line of the input is a JSON list of dpo, reward or kto, LOADER and HELD_OUT. LOADER is the loader snippet beside
the export, run as it is in its folder; HELD_OUT is a JSONL file of the same types. A line of "found " and a JSON object
is the answer: the version of TRL, the rows that were loaded and that the trainer kept, the training steps, the first
loss, and what was found on the held-out rows. DPO and KTO load a reference model by its path, so that the tiny one is
saved first.
"""

import json
import os
import runpy
import sys
import tempfile
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1", "CUDA_VISIBLE_DEVICES": ""}

import torch
import trl
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
    set_seed,
)

from datasets import load_dataset

STEPS = 30

TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}</>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, made on the spot, with an end, a pad and a chat template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*alphabet, "<pad>", "<end>"]
    tokenizer = Tokenizer(models.BPE({letter: place for place, letter in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>")
    made.chat_template = TEMPLATE
    return made


def saved_model(kind: str, tokenizer: PreTrainedTokenizerFast, folder: str) -> str:
    """The path of a tiny random model, saved with its tokenizer."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1_024,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        num_labels=1,
    )
    made = LlamaForSequenceClassification(config) if kind == "reward" else LlamaForCausalLM(config)
    made.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def main(kind: str, loader: Path, held_out: Path) -> None:
    os.chdir(loader.parent)
    torch.set_num_threads(1)
    set_seed(7)
    dataset = runpy.run_path(str(loader))["dataset"]
    judged = load_dataset("json", data_files=str(held_out), features=dataset.features, split="train")
    tokenizer = byte_tokenizer()
    Trainer, Config = {
        "dpo": (trl.DPOTrainer, trl.DPOConfig),
        "reward": (trl.RewardTrainer, trl.RewardConfig),
        "kto": (trl.KTOTrainer, trl.KTOConfig),
    }[kind]
    with tempfile.TemporaryDirectory() as output:
        trainer = Trainer(
            model=saved_model(kind, tokenizer, f"{output}/model"),
            args=Config(
                output_dir=output,
                max_steps=STEPS,
                per_device_train_batch_size=16,
                learning_rate=0.01,
                use_cpu=True,
                bf16=False,
                gradient_checkpointing=False,
                report_to=[],
                save_strategy="no",
                disable_tqdm=True,
                logging_steps=1,
            ),
            train_dataset=dataset,
            eval_dataset=judged,
            processing_class=tokenizer,
        )
        kept = len(trainer.train_dataset)
        trainer.train()
        evaluated = trainer.evaluate()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    found = {
        "version": trl.__version__,
        "rows": len(dataset),
        "kept": kept,
        "steps": trainer.state.global_step,
        "first_loss": losses[0],
        "held_out": {name: value for name, value in evaluated.items() if isinstance(value, float)},
    }
    print("found", json.dumps(found), flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        kind, *paths = json.loads(line)
        main(kind, *map(Path, paths))
