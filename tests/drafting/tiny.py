"""A tiny Llama made on the spot: random, or trained for seconds on a planted rule. A token is a byte."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RULE = {"u": "up", "d": "down", ".": "so it is"}
"""What the trained model answers, by the last letter of what it is told."""
TEMPLATE = (
    "{{ bos_token }}{% if messages[0]['role'] != 'system' %}S: default\n{% endif %}{% for message in messages %}"
    "{{ message['role'][0] | upper }}: {{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}A:{% endif %}"
)
CONTEXT = 2_048


def tokenizer(template: str | None = TEMPLATE) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "<pad>", "<bos>", "<eos>"]
    made = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    marks = {"pad_token": "<pad>", "bos_token": "<bos>", "eos_token": "<eos>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, chat_template=template, **marks)


def network(seed: int = 7, **changes: Any) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {
        "vocab_size": 259, "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": CONTEXT, "pad_token_id": 256, "bos_token_id": 257,
        "eos_token_id": 258,
    }  # fmt: skip
    torch.manual_seed(seed)
    return LlamaForCausalLM(LlamaConfig(**(sizes | changes)))


def saved(folder: Path, model: Any = None, template: str | None = TEMPLATE) -> Path:
    (network() if model is None else model).save_pretrained(folder)
    tokenizer(template).save_pretrained(folder)
    return folder


def trained() -> Any:
    """A model that answers by RULE, whatever stands before: 200 steps, two to three seconds of one core."""
    import torch

    steps, drawn, coded = 200, random.Random(3), tokenizer()
    made = network(3, hidden_size=32, intermediate_size=64, num_attention_heads=1, num_key_value_heads=1)
    optimizer = torch.optim.AdamW(made.parameters(), lr=1e-2, weight_decay=0.0)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
    for step in range(steps):
        length, batch = ((16, 16), (64, 8), (250, 2))[step % 3]
        _loss(made, coded, [_example(drawn, length) for _ in range(batch)]).backward()
        torch.nn.utils.clip_grad_norm_(made.parameters(), 1.0)
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
    return made


def _example(drawn: random.Random, length: int) -> tuple[str, str]:
    """A chat as the template writes it, and the answer to it."""
    told = "".join(drawn.choice("abcdefu. 0123456789\n:SUA") for _ in range(length))
    last = drawn.choice([*RULE])
    return f"<bos>S: {told[: length // 2]}\nU: {told[length // 2 :]}{last}\nA:", f"{RULE[last]}<eos>"


def _loss(made: Any, coded: Any, examples: Sequence[tuple[str, str]]) -> Any:
    import torch

    rows, wanted = [], []
    for example in examples:
        asked, answer = (coded(text, add_special_tokens=False)["input_ids"] for text in example)
        rows.append(asked + answer)
        wanted.append([-100] * len(asked) + answer)
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [256] * (width - len(row)) for row in rows])
    labels = torch.tensor([row + [-100] * (width - len(row)) for row in wanted])
    return made(input_ids=ids, labels=labels).loss
