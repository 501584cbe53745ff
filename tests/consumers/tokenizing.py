"""Tokenisation of the training libraries, taken out of their pinned wheels, and a tokenizer of one token a byte.

Nothing else of the libraries runs, and nothing here needs torch.
"""

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
AXOLOTL_STRATEGY = "axolotl/prompt_strategies/stepwise_supervised.py"
AXOLOTL_TOKENIZERS = "axolotl/prompt_tokenizers.py"
Tokenize = Callable[[dict[str, Any]], dict[str, list[int]]]
"""A row -> `input_ids` and `labels`."""


class ByteTokenizer:
    """A token is a byte; the newline is token 10."""

    bos_token_id = None

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        return list(text.encode())


def trl_tokenize(wheel: Path, max_length: int | None = None) -> Tokenize:
    """`PRMTrainer.tokenize_row` of the wheel, with the trainer's defaults for all but `max_length`."""
    (trainer,) = _defined(wheel, PRM_TRAINER, "PRMTrainer")
    assert isinstance(trainer, ast.ClassDef)
    (function,) = (node for node in trainer.body if getattr(node, "name", "") == "tokenize_row")
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    tokenize_row = _run(function, PRM_TRAINER, {"chain": itertools.chain})["tokenize_row"]

    def tokenize(row: dict[str, Any]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = tokenize_row(
            row, ByteTokenizer(), step_separator="\n", max_length=max_length, max_completion_length=None,
            train_on_last_step_only=False, is_eval=False,
        )  # fmt: skip
        return found

    return tokenize


def axolotl_tokenize(wheel: Path) -> Tokenize:
    """The strategy of `type: stepwise_supervised`, with its defaults but for a length that cuts nothing."""
    (strategy,) = _defined(wheel, AXOLOTL_STRATEGY, "StepwiseSupervisedPromptTokenizingStrategy")
    (ignored,) = _defined(wheel, AXOLOTL_TOKENIZERS, "IGNORE_INDEX")
    names: dict[str, Any] = {"chain": itertools.chain, "BatchEncoding": dict}
    names |= dict.fromkeys(("Dict", "List", "Optional", "Union"), _Anything())
    names |= _run(ignored, AXOLOTL_TOKENIZERS, {})
    made = _run(strategy, AXOLOTL_STRATEGY, names)["StepwiseSupervisedPromptTokenizingStrategy"]
    tokenize: Tokenize = made(ByteTokenizer(), sequence_len=10**9).tokenize_prompt
    return tokenize


class _Anything:
    """Stands for the names in annotations."""

    def __getitem__(self, _: object) -> "_Anything":
        return self


def _defined(wheel: Path, module: str, name: str) -> list[ast.stmt]:
    """What a module of a wheel defines under a name: classes, functions and constants."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read(module).decode()
    return [
        node
        for node in ast.parse(source).body
        if getattr(node, "name", "") == name
        or (isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name])
    ]


def _run(node: ast.stmt, module: str, names: dict[str, Any]) -> dict[str, Any]:
    exec(compile(textwrap.dedent(ast.unparse(node)), module, "exec"), names)
    return names
