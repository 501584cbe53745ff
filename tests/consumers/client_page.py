# mypy: ignore-errors
"""What a reader has before the blocks of docs/client.md that train: a tiny random model and a tokenizer.

    python client_page.py BLOCKS

BLOCKS is a file of Python, run after it in the same names by the interpreter that `training_python` builds.
"""

import sys
from pathlib import Path

from train_prm import byte_tokenizer, tiny_model

tokenizer = byte_tokenizer()
model = tiny_model(len(tokenizer), tokenizer.pad_token_id)
blocks = Path(sys.argv[1])
exec(compile(blocks.read_text("utf-8"), str(blocks), "exec"))
