"""TRL's own `tokenize_row`, taken out of the pinned wheel, and a tokenizer of one token a byte. Neither needs torch."""

import ast
import itertools
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

IGNORED = -100
"""The label of a token that is not trained on."""
PRM_TRAINER = "trl/experimental/prm/prm_trainer.py"
TokenizeRow = Callable[..., dict[str, list[int]]]


class ByteTokenizer:
    """A token is a byte; the newline is token 10."""

    bos_token_id = None

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        return list(text.encode())


def tokenize_row_of(wheel: Path) -> TokenizeRow:
    """The function `PRMTrainer.tokenize_row` of the wheel, compiled from its source; nothing else of it runs."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read(PRM_TRAINER).decode()
    (trainer,) = (node for node in ast.parse(source).body if getattr(node, "name", "") == "PRMTrainer")
    assert isinstance(trainer, ast.ClassDef)
    (function,) = (node for node in trainer.body if getattr(node, "name", "") == "tokenize_row")
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    names: dict[str, Any] = {"chain": itertools.chain}
    exec(compile(textwrap.dedent(ast.unparse(function)), PRM_TRAINER, "exec"), names)
    found: TokenizeRow = names["tokenize_row"]
    return found


def tokenized(tokenize_row: TokenizeRow, row: dict[str, Any], max_length: int | None = None) -> dict[str, list[int]]:
    """`input_ids` and `labels` of one row, with the trainer's defaults for all but `max_length`."""
    return tokenize_row(
        row,
        ByteTokenizer(),
        step_separator="\n",
        max_length=max_length,
        max_completion_length=None,
        train_on_last_step_only=False,
        is_eval=False,
    )
