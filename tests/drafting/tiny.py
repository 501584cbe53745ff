"""A tiny Llama made on the spot: random, or trained for seconds on a planted rule.

A token is a byte, and the tokenizer puts a beginning in front of what it is given, unless told otherwise.
"""

import random
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RULE = {"u": "up", "d": "down", ".": "so it is"}
"""What the trained model answers, by the last letter of what it is told."""
TEMPLATE = (
    "{{ bos_token }}{% if messages[0]['role'] != 'system' %}S: default\n{% endif %}{% for message in messages %}"
    "{{ message['role'][0] | upper }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}A:{% endif %}"
)
CONTEXT = 2_048
LETTERS = string.ascii_letters + string.digits + " \n:,?" + "".join(RULE)


def tokenizer(template: str | None = TEMPLATE) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    alphabet = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "<pad>", "<bos>", "<eos>"]
    made = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 257)])
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
    """A model that answers by RULE, whatever stands before: some 150 steps, a second or two of one core."""
    import torch

    torch.set_num_threads(1)
    drawn, coded, losses = random.Random(3), tokenizer(), list[float]()
    made = network(3, hidden_size=32, intermediate_size=64, num_attention_heads=1, num_key_value_heads=1)
    optimizer = torch.optim.AdamW(made.parameters(), lr=5e-3, weight_decay=0.0)
    while not losses or max(losses[-24:]) > 0.03:
        length, batch = ((16, 16), (64, 8), (250, 2))[len(losses) % 3]
        loss = _loss(made, coded, [_example(drawn, length) for _ in range(batch)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(made.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        assert len(losses) < 1_000, "the rule was not learned"
    return made


def _example(drawn: random.Random, length: int) -> tuple[str, str]:
    """A chat as the template writes it, and the answer to it."""
    told, last = "".join(drawn.choices(LETTERS, k=length)), drawn.choice([*RULE])
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


def gguf(path: Path) -> Path:
    """A random model as a GGUF file, with the template."""
    import numpy as np
    from gguf import GGUFWriter, TokenType

    sizes, drawn = {"hidden": 32, "inner": 64, "vocabulary": 259}, np.random.default_rng(5)
    letters = [token for token, _ in sorted(tokenizer().get_vocab().items(), key=lambda pair: pair[1])]
    writer = GGUFWriter(path, "llama")
    numbers = {
        "context_length": CONTEXT, "block_count": 1, "embedding_length": sizes["hidden"],
        "feed_forward_length": sizes["inner"], "head_count": 2, "head_count_kv": 2, "rope_dimension_count": 16,
        "vocab_size": sizes["vocabulary"], "pad_token_id": 258, "bos_token_id": 257, "eos_token_id": 258,
    }  # fmt: skip
    for name, value in numbers.items():
        getattr(writer, f"add_{name}")(value)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([*letters[:256], "ab", *letters[257:]])  # a merge is asked for, and needs a token
    writer.add_token_types([TokenType.NORMAL] * 257 + [TokenType.CONTROL] * 2)
    writer.add_token_merges(["a b"])
    writer.add_chat_template(TEMPLATE)
    square, wide = (sizes["hidden"], sizes["hidden"]), (sizes["inner"], sizes["hidden"])
    shapes = {
        "token_embd": (sizes["vocabulary"], sizes["hidden"]), "output": (sizes["vocabulary"], sizes["hidden"]),
        "output_norm": square[:1], "blk.0.attn_norm": square[:1], "blk.0.ffn_norm": square[:1],
        "blk.0.attn_q": square, "blk.0.attn_k": square, "blk.0.attn_v": square, "blk.0.attn_output": square,
        "blk.0.ffn_gate": wide, "blk.0.ffn_up": wide, "blk.0.ffn_down": wide[::-1],
    }  # fmt: skip
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", drawn.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
