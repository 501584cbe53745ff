"""Stepwise supervision as TRL's PRMTrainer reads it (trl 1.13.0, `PRMTrainer.tokenize_row`)."""

import json
from collections.abc import Iterable

from cotlab.domain.exports import LabelledPath, Target
from cotlab.exchange.problems import problem_text

SEPARATORS = "\r\n"
"""The trainer puts its own separator, a line feed, after the prompt's steps; one of ours would double it."""


class TrlStepwiseWriter:
    """`{"prompt": str, "completions": list[str], "labels": list[bool]}`, one row a path.

    The prompt ends with one line feed, because the trainer puts nothing between it and the first step. Line feeds at
    the end of a step are cut, inner ones stay. Steps without a label end the row. An alternative is a row of its own:
    the steps before it, then its own; where none of its own has a label there is no row, as its parent holds the rest.
    """

    name = "trl-stepwise"
    target = bool

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if len(path.steps) > path.branch:
            yield {
                "prompt": problem_text(path.problem).rstrip(SEPARATORS) + "\n",
                "completions": [step.text.rstrip(SEPARATORS) for step in path.steps],
                "labels": [target.value(step.labels[0]) for step in path.steps],
            }


def loader_snippet(file_name: str) -> str:
    """Python that loads the JSONL file with the `datasets` library, its types said and not guessed."""
    return f'''"""Load {file_name} with the Hugging Face datasets library."""

from datasets import Features, List, Value, load_dataset

features = Features(
    {{
        "prompt": Value("string"),
        "completions": List(Value("string")),
        "labels": List(Value("bool")),
    }}
)
dataset = load_dataset("json", data_files={json.dumps(file_name)}, features=features, split="train")
'''
